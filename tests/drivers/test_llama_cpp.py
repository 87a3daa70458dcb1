"""What the llama.cpp driver adds to the contract: loading, refusing, stopping, keeping quiet."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llmasos.drivers.driver import Row, Sampler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.errors import DriverError, DriverNotInstalled, ModelDamaged, ModelNotFound

pytest.importorskip("llama_cpp")
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.drivers.llama_native import SPINS, StepInterrupted, set_waiting

pytest.importorskip("gguf")
from llmasos.drivers.gguf_random import RandomShape, write_random


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_random(path)
    return path


@pytest.fixture
def driver(tiny: Path) -> Iterator[LlamaCpp]:
    driver = LlamaCpp.load(tiny, num_sequences=16, threads=1)
    yield driver
    driver.check_integrity()
    driver.shutdown()


def test_info_describes_the_model(driver: LlamaCpp, tiny: Path) -> None:
    info = driver.info
    assert (info.name, info.path, info.architecture, info.quantization) == ("tiny", tiny, "llama", "f16")
    assert (info.window_tokens, info.train_window_tokens, info.num_cells) == (512, 512, 512 * 16)
    assert info.kv_bytes_per_token == 2 * 2 * 64 * 2 and info.embedding_width == 64
    assert driver.chat_template == "{% for message in messages %}{{ message.content }}{% endfor %}"


def test_rows_with_others_between_them_leave_those_alone(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spare row goes where a stream is missing between two; what that holds is as before."""
    apart, together = (LlamaCpp.load(tiny, num_sequences=8, threads=1, kv_unified=False) for _ in range(2))
    for driver in (apart, together):
        ids = [driver.open() for _ in range(7)]
        for i in ids:
            driver.step([Row(i, range(40 + i, 40 + 10 + 2 * i))])
        driver.close(ids[3])
        driver.step([Row(ids[5], [60] * (driver.info.window_tokens - driver.length(ids[5])))])
    rows = [0, 2, 4, 6]  # 1 is open, 3 is not, 5 is full
    decode, pieces = together._decoder.decode, []

    def seen(*how: Any) -> Any:
        pieces.append(how[2])
        return decode(*how)

    monkeypatch.setattr(together._decoder, "decode", seen)
    for token in (50, 51, 52):
        found = together.step([Row(i, [token], TokenSampler(Sampling())) for i in rows])
        assert found == [apart.step([Row(i, [token], TokenSampler(Sampling()))])[0] for i in rows]
        together.check_integrity()
    assert pieces == [[0, 1, 2, 3, 4, 6]] * 3
    assert together.length(1) == 11 and together.length(5) == together.info.window_tokens
    both = [driver.step([Row(1, [50], TokenSampler(Sampling()))]) for driver in (apart, together)]
    assert both[0] == both[1] and together.open() == 3
    for driver in (apart, together):
        driver.shutdown()


def test_who_says_how_threads_wait_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "")  # for it to be as it was in the end
        monkeypatch.delenv(name)
    set_waiting()
    found = os.environ.get("OMP_WAIT_POLICY"), os.environ.get("GOMP_SPINCOUNT")
    assert found == (("ACTIVE", SPINS) if sys.platform.startswith("linux") else ("PASSIVE", None))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    set_waiting()
    assert (os.environ["OMP_WAIT_POLICY"], os.environ.get("GOMP_SPINCOUNT")) == ("PASSIVE", None)


def test_models_may_be_loaded_at_once_by_the_first_who_need_the_library(tiny: Path) -> None:
    code = (
        "import pathlib, sys, concurrent.futures as c; sys.setswitchinterval(1e-6); "
        "from llmasos.drivers.llama_cpp import LlamaCpp; "
        "load = lambda _: LlamaCpp.load(pathlib.Path(sys.argv[1]), num_sequences=2, threads=1).shutdown(); "
        "list(c.ThreadPoolExecutor(8).map(load, range(8)))"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", code, str(tiny)], check=True, timeout=60)


def test_fingerprint_is_of_model_and_kv_layout(tiny: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    write_random(other, seed=1)
    drivers = [LlamaCpp.load(tiny), LlamaCpp.load(tiny), LlamaCpp.load(tiny, flash_attention=True)]
    prints = [driver.info.fingerprint for driver in [*drivers, LlamaCpp.load(other)]]
    assert prints[0] == prints[1] and len(set(prints)) == 3
    sequence_id = drivers[0].open()
    drivers[0].step([Row(sequence_id, [50] * 20)])
    exported = drivers[0].export_sequence(sequence_id)
    assert drivers[1].length(drivers[1].import_sequence(exported, 20)) == 20
    with pytest.raises(DriverError, match="not 20 tokens of this model"):
        drivers[2].import_sequence(exported, 20)


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ({"window_tokens": 513}, "window_tokens must be from 1 to 512"),
        ({"window_tokens": 0}, "window_tokens"),
        ({"num_sequences": 0}, "num_sequences must be from 1 to 256"),
        ({"num_sequences": 257}, "num_sequences"),
        ({"num_cells": -1}, "num_cells"),
        ({"threads": -2}, "threads"),
    ],
)
def test_impossible_sizes_are_refused(tiny: Path, sizes: dict[str, Any], reason: str) -> None:
    with pytest.raises(DriverError, match=reason):
        LlamaCpp.load(tiny, **sizes)


def test_missing_and_damaged_files_are_refused(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        LlamaCpp.load(tmp_path / "none.gguf")
    whole = tiny.read_bytes()
    bad = tmp_path / "bad.gguf"
    for data in (b"", whole[:1000], whole[:-1], b"\0" * len(whole)):
        bad.write_bytes(data)
        with pytest.raises(ModelDamaged):
            LlamaCpp.load(bad)


def test_file_that_only_the_loader_can_tell_is_damaged_too(tiny: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(tiny.read_bytes().replace(b"output_norm.weight", b"output_mron.weight"))
    with pytest.raises(ModelDamaged, match=r"cannot load it: error loading model: .*output_norm"):
        LlamaCpp.load(bad)


def test_one_sequence_cannot_be_forked(tiny: Path) -> None:
    driver = LlamaCpp.load(tiny, num_sequences=1)
    assert not driver.info.can_fork and driver.info.can_truncate
    with pytest.raises(DriverError, match="cannot fork"):
        driver.fork(driver.open(), 0)
    driver.shutdown()


def test_embedding_model_has_no_sequences(tiny: Path) -> None:
    driver = LlamaCpp.load(tiny, embeddings=True)
    assert driver.embed(["one", "two"]).shape == (2, 64)
    with pytest.raises(DriverError, match="all 0 sequences"):
        driver.open()
    driver.shutdown()


@pytest.mark.parametrize("window_tokens", [1, 77, 511])
@pytest.mark.parametrize("num_sequences", [1, 7])
@pytest.mark.parametrize("kv_unified", [True, False])
def test_odd_sizes_run(tmp_path: Path, window_tokens: int, num_sequences: int, kv_unified: bool) -> None:
    path = tmp_path / "odd.gguf"
    write_random(path, RandomShape(window_tokens=window_tokens))
    driver = LlamaCpp.load(path, num_sequences=num_sequences, kv_unified=kv_unified)
    driver.step([Row(driver.open(), [50] * window_tokens) for _ in range(num_sequences)])
    with pytest.raises(DriverError):
        driver.step([Row(0, [50])])
    assert driver.embed(["x" * window_tokens, "y"]).shape == (2, 64)
    driver.check_integrity()
    driver.shutdown()


def test_text_longer_than_the_window_is_not_cut(driver: LlamaCpp) -> None:
    with pytest.raises(DriverError, match="600 tokens cannot be embedded in a window of 512"):
        driver.embed(["x" * 600])


def test_interrupt_stops_a_long_prefill_and_leaves_nothing_behind(driver: LlamaCpp) -> None:
    ids = [driver.open() for _ in range(16)]
    rows = [Row(sequence_id, [40 + sequence_id] * 500) for sequence_id in ids]
    stopped = threading.Event()

    def interrupt() -> None:
        while not stopped.is_set():
            time.sleep(0.005)
            driver.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(StepInterrupted):
            driver.step(rows)
    finally:
        stopped.set()
        thread.join()
    assert driver.num_free_cells == driver.info.num_cells and not any(map(driver.length, ids))
    driver.check_integrity()
    driver.step(rows[:1])
    assert driver.length(ids[0]) == 500


def test_scattered_cells_are_found_again(driver: LlamaCpp) -> None:
    """A full cache with holes all over still takes exactly as many tokens as it has cells."""
    ids = [driver.open() for _ in range(16)]
    for start in range(0, 512, 32):
        driver.step([Row(sequence_id, [50] * 32) for sequence_id in ids])
        assert driver.length(ids[0]) == start + 32
    assert driver.num_free_cells == 0
    for sequence_id in ids:
        driver.truncate(sequence_id, 512 - 7 - sequence_id)
    free = driver.num_free_cells
    driver.close(ids[0])
    last = driver.open()
    driver.step([Row(last, [60] * 500)])
    driver.step([Row(sequence_id, [61] * (7 + sequence_id)) for sequence_id in ids[1:]])
    assert driver.num_free_cells == free + 512 - 7 - 500 - (free - 7)


def test_nothing_is_printed(tiny: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    driver = LlamaCpp.load(tiny)
    driver.step([Row(driver.open(), [50], TokenSampler(Sampling()))])
    driver.shutdown()
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(tiny.read_bytes().replace(b"output_norm.weight", b"output_mron.weight"))
    with pytest.raises(ModelDamaged):
        LlamaCpp.load(bad)
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_logits_are_shown_without_a_copy_and_cannot_be_written(driver: LlamaCpp) -> None:
    class Writer(Sampler):
        def sample(self, logits: Any) -> Any:
            assert not logits.flags.owndata
            logits[0] = 1.0

    with pytest.raises(ValueError, match="read-only"):
        driver.step([Row(driver.open(), [50], Writer())])


def test_numpy_tokens_are_taken_as_they_are(driver: LlamaCpp) -> None:
    tokens: Any = np.arange(40, 60, dtype=np.int32)
    driver.step([Row(driver.open(), tokens.tolist()), Row(driver.open(), tuple(tokens.tolist()))])


IMPORTS = """
import sys
from llmasos.drivers.llama_native import library
api = library()
assert "llama_cpp" not in sys.modules and "jinja2" not in sys.modules, "the whole package was imported"
import llama_cpp
assert llama_cpp.Llama and llama_cpp.__version__ and llama_cpp.llama_decode is api.llama_decode
import llama_cpp.llama_cpp as again
assert again is api
"""


def test_bindings_are_imported_alone_and_the_package_still_can_be() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, timeout=60)


MISSING = """
import sys, importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "llama_cpp" else find(name, *rest)
from llmasos.drivers.llama_native import library
try:
    library()
except Exception as error:
    print(type(error).__name__, error)
"""


def test_missing_library_ends_with_the_pip_line() -> None:
    done = subprocess.run([sys.executable, "-c", MISSING], check=True, timeout=60, capture_output=True, text=True)
    assert done.stdout.startswith(DriverNotInstalled.__name__)
    assert done.stdout.strip().endswith("pip install llama-cpp-python==0.3.36")
