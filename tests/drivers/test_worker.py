"""What a driver in a process of its own adds to the contract: real deaths, real hangs, and what is said of them."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llmasos.drivers import worker_process
from llmasos.drivers.breaker import Breaker
from llmasos.drivers.driver import Row, Sample
from llmasos.drivers.grammar import GrammarCompiler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import VirtualClock
from llmasos.drivers.worker import Worker
from llmasos.errors import DriverBroken, DriverError, DriverLost, GrammarError, ModelDamaged, ModelNotFound

pytest.importorskip("gguf")
from llmasos.drivers.gguf_random import RandomShape, write_random
from llmasos.drivers.llama_cpp import LlamaCpp

PROMPT = [50 + i for i in range(20)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_random(path)
    return path


@pytest.fixture
def driver(tiny: Path) -> Iterator[Worker]:
    with contextlib.closing(Closing(tiny)) as closing:
        yield closing.driver


class Closing:
    def __init__(self, path: Path) -> None:
        self.driver = Worker.load(path, num_sequences=8, threads=1)
        self.close = self.driver.shutdown


def kill(driver: Worker, number: signal.Signals) -> int:
    pid = driver.health.pid
    assert pid is not None
    os.kill(pid, number)
    return pid


def is_alive(pid: int) -> bool:
    """There, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.01)


def said(driver: Worker, sampler: TokenSampler, num: int, tokens: list[int]) -> list[int]:
    """So many tokens after a context, which is extended by them."""
    sequence_id = driver.open()
    new = tokens
    for _ in range(num):
        sample = driver.step([Row(sequence_id, new, sampler)])[0]
        assert sample is not None
        new = [sample.token]
        tokens = [*tokens, sample.token]
    driver.close(sequence_id)
    return tokens[-num:]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_death_is_told_and_the_next_call_finds_another_process(driver: Worker, number: signal.Signals) -> None:
    sequence_id = driver.open()
    driver.step([Row(sequence_id, PROMPT)])
    before = kill(driver, number)
    with pytest.raises(DriverLost, match=f"was killed by {number.name}"):
        driver.step([Row(sequence_id, [50])])
    assert driver.health.pid is None and driver.num_free_cells == driver.info.num_cells
    assert driver.open() != sequence_id, "the number of a lost sequence is not given again"
    assert driver.health.restarts == 1 and driver.health.pid not in (None, before)
    assert driver.health.last_death.startswith(f"was killed by {number.name}") and not driver.health.down
    driver.check_integrity()


def test_a_sequence_of_an_earlier_life_is_lost_whoever_asks(driver: Worker) -> None:
    old = driver.open()
    kill(driver, signal.SIGKILL)
    new = driver.open()  # needs nothing of what was lost: the death is nobody's business but the log's
    verbs: list[Callable[[int], object]] = [
        lambda i: driver.step([Row(new, [50]), Row(i, [50])]),
        lambda i: driver.fork(i, 0),
        lambda i: driver.truncate(i, 0),
        driver.length,
        driver.export_sequence,
    ]
    for verb in verbs:
        with pytest.raises(DriverLost):
            verb(old)
    driver.close(old)
    assert driver.length(new) == 0


def test_a_process_that_stands_still_is_killed(driver: Worker) -> None:
    pid = kill(driver, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(DriverLost, match="stood still for 2 s"):
        driver.import_sequence(b"", 0)
    assert time.monotonic() - began < 30
    assert not is_alive(pid)


def test_samplers_outlive_the_process(tiny: Path, driver: Worker) -> None:
    """A random stream with a seed goes on where it was: the lost step drew nothing from it."""
    how = Sampling(temperature=1.0, seed=3)
    whole = said(driver, TokenSampler(how), 12, PROMPT)
    sampler = TokenSampler(how)
    first = said(driver, sampler, 6, PROMPT)
    sequence_id = driver.open()
    kill(driver, signal.SIGSEGV)
    with pytest.raises(DriverLost):
        driver.step([Row(sequence_id, [*PROMPT, *first], sampler)])
    assert first + said(driver, sampler, 6, [*PROMPT, *first]) == whole


CALL = {"function": {"name": "clock", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}}}}


@pytest.mark.parametrize("temperature", [0.0, 0.9])
@pytest.mark.parametrize(
    "more",
    [{}, {"top_k": 40, "min_p": 0.05}, {"top_p": 0.9, "logit_bias": {55: 3.0, 60: -5.0}}, {"num_logprobs": 2},
     {"presence_penalty": 0.8}],
)  # fmt: skip
def test_a_choice_there_is_the_choice_here(
    tiny: Path, driver: Worker, temperature: float, more: dict[str, Any]
) -> None:
    """With and without a grammar, in one batch; the logits of two processes of a kind are the same bits."""
    sampling = Sampling(temperature=temperature, seed=5, **more)
    here = LlamaCpp.load(tiny, num_sequences=8, threads=1)
    try:
        grammars = GrammarCompiler(driver.tokenizer)
        said = []
        for one in (here, driver):
            samplers = [
                TokenSampler(sampling),
                TokenSampler(sampling, grammars.tools("hermes", [CALL])),
                TokenSampler(sampling, grammars.json({"type": "string", "maxLength": 60})),
                TokenSampler(Sampling()),
            ]
            ids = [one.open() for _ in samplers]
            new, found = [PROMPT] * 4, []
            for _ in range(8):
                samples = one.step([Row(i, tokens, s) for i, tokens, s in zip(ids, new, samplers, strict=True)])
                assert all(samples)
                found.append(samples)
                new = [[s.token, *s.forced] for s in samples if s is not None]
            said.append(found)
        assert said[0] == said[1]
    finally:
        here.shutdown()


def test_a_sampler_that_refuses_the_token_takes_the_step_back(driver: Worker) -> None:
    class Refusing(TokenSampler):
        def chose(self, token: int) -> Sample:
            raise GrammarError("not this one")

    ids = [driver.open() for _ in range(2)]
    driver.step([Row(i, PROMPT) for i in ids])
    with pytest.raises(GrammarError, match="not this one"):
        driver.step([Row(ids[0], [50], TokenSampler(Sampling())), Row(ids[1], [50, 51], Refusing(Sampling()))])
    assert [driver.length(i) for i in ids] == [len(PROMPT)] * 2


def test_what_needs_no_sequence_is_asked_of_the_next_process(driver: Worker) -> None:
    texts = ["the cat sat", "a ship"]
    vectors, likely = driver.embed(texts), driver.log_probabilities(PROMPT)
    kill(driver, signal.SIGKILL)
    assert np.allclose(driver.embed(texts), vectors, atol=1e-3)
    kill(driver, signal.SIGKILL)
    assert np.allclose(driver.log_probabilities(PROMPT), likely, atol=1e-3)
    assert driver.health.restarts == 2


def test_a_process_that_dies_too_often_is_left_alone_for_a_while(tiny: Path) -> None:
    clock = VirtualClock()
    driver = Worker.load(tiny, num_sequences=4, threads=1, breaker=Breaker(2, 60.0, clock))
    for _ in range(2):
        kill(driver, signal.SIGSEGV)
        driver.open()
    kill(driver, signal.SIGSEGV)
    says = "its driver was killed by SIGSEGV; after 2 restarts in 60 s it is not started again for 60 s"
    with pytest.raises(DriverBroken, match=says) as raised:
        driver.open()
    assert not isinstance(raised.value, DriverLost)
    assert driver.health.down == "after 2 restarts in 60 s it is not started again for 60 s"
    clock.advance(61.0)
    assert not driver.health.down
    driver.open()
    assert driver.health.restarts == 3
    driver.shutdown()


def test_what_cannot_be_loaded_is_said_as_in_process(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        Worker.load(tmp_path / "none.gguf")
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(tiny.read_bytes()[:-40_000])
    with pytest.raises(ModelDamaged):
        Worker.load(damaged)
    with pytest.raises(DriverError, match="window_tokens must be from 1 to 512, not 513"):
        Worker.load(tiny, window_tokens=513)


def test_a_file_that_becomes_another_is_not_taken_for_the_same(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_random(path)
    driver = Worker.load(path, num_sequences=4, threads=1, breaker=Breaker(2, 60.0, VirtualClock()))
    write_random(tmp_path / "other.gguf", RandomShape(layers=3))
    (tmp_path / "other.gguf").replace(path)
    kill(driver, signal.SIGKILL)
    with pytest.raises(DriverBroken, match="is not what it was"):
        driver.open()
    path.unlink()
    with pytest.raises(ModelNotFound):
        driver.open()
    assert driver.health.down == "after 2 restarts in 60 s it is not started again for 60 s"
    driver.shutdown()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import ctypes; ctypes.string_at(0)", "the driver was killed by SIGSEGV while it loaded this model"),
        (
            "import os, sys; print('ggml.c:1: GGML_ASSERT(x) failed', file=sys.stderr, flush=True); os.abort()",
            r"was killed by SIGABRT \(ggml.c:1: GGML_ASSERT\(x\) failed\)",
        ),
        ("import sys; sys.exit(3)", "ended with code 3"),
        ("import socket, sys; socket.socket(fileno=int(sys.argv[1])).send(b'x' * 64)", "broke off|ended with code 0"),
        ("import socket, sys, time; s = socket.socket(fileno=int(sys.argv[1])); s.close(); time.sleep(9)", "broke off"),
        ("import sys; [sys.stderr.write('words ' * 999 + chr(10)) for _ in range(99)]; 1 / 0", r"\(.*"),
    ],
    ids=["segfault", "assert", "exit", "garble", "hang up", "chatter"],
)
def test_a_file_that_kills_its_loader_is_one_line(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, says: str
) -> None:
    """The loader is replaced by one that does what hostile bytes might make it do."""
    (tmp_path / "loader_that_dies.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(worker_process, "MAIN", "loader_that_dies")
    monkeypatch.setattr(worker_process, "_LAST_GASP_S", 1.0)
    with pytest.raises(DriverBroken, match=says) as raised:
        Worker.load(tiny)
    assert "\n" not in str(raised.value) and str(tiny) in str(raised.value)


def test_it_does_not_outlive_its_parent_whatever_it_is_at(tiny: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from llmasos.drivers.worker import Worker\n"
        f"driver = Worker.load(Path({str(tiny)!r}), threads=1); print(driver.health.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.kill()
    until(lambda: not is_alive(pid))


def test_shutting_down_ends_the_process_and_leaves_nothing_open(tiny: Path) -> None:
    files = Path("/proc/self/fd")
    before = len(list(files.iterdir()))
    driver = Worker.load(tiny, num_sequences=4, threads=1)
    pid = kill(driver, signal.SIGKILL)
    driver.open()
    second = driver.health.pid
    driver.shutdown()
    assert second is not None and not is_alive(pid) and not is_alive(second)
    assert driver.health.pid is None
    assert len(list(files.iterdir())) == before


def test_polite_signals_are_for_its_parent(driver: Worker) -> None:
    """A service's stop signals everything that belongs to it, and the daemon has steps to finish."""
    for number in (signal.SIGINT, signal.SIGTERM):
        kill(driver, number)
    driver.open()
    assert driver.health.restarts == 0


def test_memory_that_runs_out_is_an_error_or_a_death_and_never_ours(tmp_path: Path) -> None:
    path = tmp_path / "wide.gguf"
    write_random(path, RandomShape(width=512, layers=4, heads=8, ffn=1024, window_tokens=1024))
    driver = Worker.load(path, num_sequences=4, threads=1)
    pid = driver.health.pid
    assert pid is not None
    status = Path(f"/proc/{pid}/status").read_text()
    size = int(status.split("VmSize:")[1].split()[0]) * 1024
    resource.prlimit(pid, resource.RLIMIT_AS, (size + 2**17, resource.RLIM_INFINITY))
    with pytest.raises(DriverBroken):
        for _ in range(20):
            sequence_id = driver.open()
            driver.step([Row(sequence_id, [50] * 900)])
            driver.export_sequence(sequence_id)
            driver.close(sequence_id)
            driver.embed(["text " * 100])
    if driver.health.pid == pid:
        resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    driver.step([Row(driver.open(), PROMPT)])
    driver.shutdown()


def test_when_memory_is_short_it_goes_first(driver: Worker) -> None:
    score = Path(f"/proc/{driver.health.pid}/oom_score_adj")
    assert int(score.read_text()) >= 500


def test_a_step_under_way_can_be_interrupted(tmp_path: Path) -> None:
    import threading

    path = tmp_path / "slow.gguf"
    write_random(path, RandomShape(width=512, layers=16, heads=8, ffn=2048, window_tokens=2048))
    driver = Worker.load(path, num_sequences=2, threads=1)
    sequence_id = driver.open()
    timer = threading.Timer(0.2, driver.interrupt)
    timer.start()
    with pytest.raises(DriverError, match="interrupted"):
        driver.step([Row(sequence_id, [50] * 2000)])
    assert driver.length(sequence_id) == 0 and driver.health.restarts == 0
    driver.shutdown()
