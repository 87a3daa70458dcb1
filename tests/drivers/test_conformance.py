"""The driver contract, over every driver: `sim` sharing and copying, llama.cpp with unified KV and with streams,
and in a process of its own.

llama.cpp runs a tiny random model. What a sequence holds is told by the logits after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from llmasos.drivers.driver import Driver, Row, Sample, Sampler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim
from llmasos.errors import DriverClosed, DriverError, OutOfSequences

WINDOW, SEQUENCES, CELLS = 512, 8, 2048
Open = Callable[[], Driver]


class Recorder(Sampler):
    """Keeps the logits that it was shown."""

    def __init__(self) -> None:
        self.logits: list[NDArray[np.float32]] = []

    def sample(self, logits: NDArray[np.float32]) -> Sample:
        self.logits.append(logits.copy())
        return Sample(int(logits.argmax()))


class Raising(Sampler):
    def sample(self, logits: NDArray[np.float32]) -> Sample:
        raise DriverError("this sampler always fails")


@pytest.fixture(
    scope="module", params=["sim", "sim-copying", "llama-unified", "llama-streams", "llama-lanes", "worker"]
)
def open_driver(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Loads the driver anew."""
    if request.param.startswith("sim"):
        shares = request.param == "sim"
        return lambda: Sim(window_tokens=WINDOW, num_sequences=SEQUENCES, num_cells=CELLS, shares_cells=shares)
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    pytest.importorskip("llmasos.drivers.gguf_random").write_random(path)
    from llmasos.drivers.llama_cpp import LlamaCpp

    if request.param == "llama-lanes":
        from llmasos.drivers import llama_lanes

        return lambda: llama_lanes.load(path, lanes=2, num_sequences=SEQUENCES, num_cells=CELLS + 512)
    if request.param == "worker":
        from llmasos.drivers.worker import Worker

        return lambda: Worker.load(path, num_sequences=SEQUENCES, num_cells=CELLS, threads=1)
    unified = request.param == "llama-unified"
    return lambda: LlamaCpp.load(path, num_sequences=SEQUENCES, num_cells=CELLS, threads=1, kv_unified=unified)


@pytest.fixture(scope="module")
def shared(open_driver: Open) -> Iterator[Driver]:
    driver = open_driver()
    yield driver
    driver.shutdown()


@pytest.fixture
def driver(shared: Driver) -> Iterator[Driver]:
    """The loaded driver, empty; afterwards whole and emptied again."""
    empty = shared.num_free_cells
    yield shared
    check(shared)
    close_all(shared)
    assert shared.num_free_cells == empty == shared.info.num_cells


def check(driver: Driver) -> None:
    driver.check_integrity()  # type: ignore[attr-defined]


def close_all(driver: Driver) -> None:
    for sequence_id in range(driver.info.num_sequences):
        try:
            driver.close(sequence_id)
        except DriverError:
            continue


def logits_after(driver: Driver, sequence_id: int, tokens: Sequence[int]) -> NDArray[np.float32]:
    recorder = Recorder()
    driver.step([Row(sequence_id, tokens, recorder)])
    return recorder.logits[0]


def fresh_logits(driver: Driver, tokens: Sequence[int]) -> NDArray[np.float32]:
    """What the model says after tokens, in a sequence of their own."""
    sequence_id = driver.open()
    try:
        return logits_after(driver, sequence_id, tokens)
    finally:
        driver.close(sequence_id)


def same(left: NDArray[np.float32], right: NDArray[np.float32]) -> bool:
    """Equal but for the order in which floats were added: 0.007 at most, where one other token in 170 makes 0.038."""
    return bool(np.abs(left - right).max() < 0.02 * (left.std() + right.std()))


def text(seed: int, num_tokens: int) -> list[int]:
    return [int(token) for token in np.random.default_rng(seed).integers(40, 250, num_tokens)]


def test_other_tokens_have_other_logits(driver: Driver) -> None:
    tokens = text(0, 30)
    assert not same(fresh_logits(driver, tokens), fresh_logits(driver, [tokens[0] + 1, *tokens[1:]]))


def test_info_says_what_was_asked_for(driver: Driver) -> None:
    info = driver.info
    assert (info.window_tokens, info.num_sequences) == (WINDOW, SEQUENCES)
    assert info.vocab_size == driver.tokenizer.vocab_size and info.fingerprint
    assert info.can_fork and info.can_truncate and info.can_export and info.can_embed
    assert driver.chat_template and not driver.add_bos and driver.bos_token is None


def test_prefill_in_chunks_is_prefill_at_once(driver: Driver) -> None:
    tokens = text(1, 200)
    sequence_id = driver.open()
    driver.step([Row(sequence_id, tokens[:70])])
    driver.step([Row(sequence_id, tokens[70:71])])
    assert same(logits_after(driver, sequence_id, tokens[71:]), fresh_logits(driver, tokens))
    assert driver.length(sequence_id) == 200


def test_rows_of_a_batch_are_as_if_alone(driver: Driver) -> None:
    """Decode rows and prefill chunks mixed, with and without samplers, lengths far apart."""
    texts = [text(seed, length) for seed, length in enumerate((1, 2, 40, 300, 17, 5))]
    ids = [driver.open() for _ in texts]
    driver.step([Row(i, tokens[:-1]) for i, tokens in zip(ids, texts, strict=True) if tokens[:-1]])
    recorders = [Recorder() for _ in texts]
    rows = [Row(i, t[-1:], r) for i, t, r in zip(ids, texts, recorders, strict=True)]
    samples = driver.step([*rows[:3], Row(driver.open(), text(9, 60)), *rows[3:]])
    assert samples[3] is None
    for tokens, recorder, sample in zip(texts, recorders, samples[:3] + samples[4:], strict=True):
        assert sample is not None and sample.token == recorder.logits[0].argmax()
        assert same(recorder.logits[0], fresh_logits(driver, tokens))


def test_greedy_text_is_the_same_batched_and_alone(driver: Driver) -> None:
    prompts = [text(20 + i, 10 + 3 * i) for i in range(4)]
    alone = [generate(driver, [prompt])[0] for prompt in prompts]
    together = generate(driver, prompts)
    assert sum(a == b for a, b in zip(alone, together, strict=True)) >= 3  # a near tie may fall either way


def generate(driver: Driver, prompts: list[list[int]]) -> list[list[int]]:
    ids = [driver.open() for _ in prompts]
    samplers = [TokenSampler(Sampling()) for _ in prompts]
    said: list[list[int]] = [[] for _ in prompts]
    new = prompts
    for _ in range(8):
        samples = driver.step([Row(i, t, s) for i, t, s in zip(ids, new, samplers, strict=True)])
        new = [[sample.token] for sample in samples if sample is not None]
        said = [[*old, *token] for old, token in zip(said, new, strict=True)]
    for sequence_id in ids:
        driver.close(sequence_id)
    return said


def test_step_of_more_tokens_than_a_native_batch(driver: Driver) -> None:
    texts = [text(30 + i, 400) for i in range(5)]
    recorders = [Recorder() for _ in texts]
    ids = [driver.open() for _ in texts]
    driver.step([Row(i, t, r) for i, t, r in zip(ids, texts, recorders, strict=True)])
    close_all(driver)
    for tokens, recorder in zip(texts, recorders, strict=True):
        assert same(recorder.logits[0], fresh_logits(driver, tokens))


@pytest.mark.parametrize("num_tokens", [0, 1, 50, 99, 100])
def test_fork_holds_the_prefix_and_leaves_the_parent(driver: Driver, num_tokens: int) -> None:
    tokens, other = text(2, 100), text(3, 20)
    parent = driver.open()
    driver.step([Row(parent, tokens)])
    child = driver.fork(parent, num_tokens)
    assert driver.length(child) == num_tokens and driver.length(parent) == 100
    assert same(logits_after(driver, child, other), fresh_logits(driver, tokens[:num_tokens] + other))
    assert same(logits_after(driver, parent, other), fresh_logits(driver, tokens + other))


def test_fork_outlives_its_parent(driver: Driver) -> None:
    tokens = text(4, 60)
    parent = driver.open()
    driver.step([Row(parent, tokens)])
    child = driver.fork(parent, 40)
    driver.close(parent)
    overwriting = driver.open()
    driver.step([Row(overwriting, text(5, 100))])
    assert same(logits_after(driver, child, tokens[40:]), fresh_logits(driver, tokens))


@pytest.mark.parametrize("num_tokens", [0, 1, 79, 80])
def test_truncate_forgets_the_rest(driver: Driver, num_tokens: int) -> None:
    tokens, other = text(6, 80), text(7, 9)
    sequence_id = driver.open()
    driver.step([Row(sequence_id, tokens)])
    driver.truncate(sequence_id, num_tokens)
    assert driver.length(sequence_id) == num_tokens
    assert same(logits_after(driver, sequence_id, other), fresh_logits(driver, tokens[:num_tokens] + other))


def test_cells_are_counted_and_shared_ones_once(open_driver: Open) -> None:
    driver = open_driver()
    total = driver.info.num_cells
    parent = driver.open()
    driver.step([Row(parent, text(8, 100))])
    assert driver.num_free_cells == total - 100
    child = driver.fork(parent, 60)
    copied = total - 100 - driver.num_free_cells
    assert copied in (0, 60)
    driver.truncate(parent, 10)
    driver.close(parent)
    assert driver.num_free_cells == total - 60
    driver.close(child)
    assert driver.num_free_cells == total
    check(driver)
    driver.shutdown()


def test_exported_sequence_goes_on_where_it_was(driver: Driver) -> None:
    tokens, other = text(10, 90), text(11, 5)
    sequence_id = driver.open()
    driver.step([Row(sequence_id, tokens)])
    data = driver.export_sequence(sequence_id)
    driver.close(sequence_id)
    driver.step([Row(driver.open(), text(12, 50))])
    imported = driver.import_sequence(data, 90)
    assert driver.length(imported) == 90
    assert same(logits_after(driver, imported, other), fresh_logits(driver, tokens + other))


def test_empty_sequence_can_be_exported(driver: Driver) -> None:
    imported = driver.import_sequence(driver.export_sequence(driver.open()), 0)
    assert driver.length(imported) == 0


def test_damaged_export_is_refused(driver: Driver) -> None:
    sequence_id = driver.open()
    driver.step([Row(sequence_id, text(13, 20))])
    data = driver.export_sequence(sequence_id)
    free = driver.num_free_cells
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    for bad in (b"", data[:10], data[:-1], data + b"x", bytes(flipped), bytes(len(data))):
        with pytest.raises(DriverError):
            driver.import_sequence(bad, 20)
    with pytest.raises(DriverError):
        driver.import_sequence(data, 19)
    assert driver.num_free_cells == free


@pytest.mark.parametrize(
    "make",
    [
        lambda used, fresh: [Row(used, [50]), Row(99, [50])],
        lambda used, fresh: [Row(used, [50]), Row(-1, [50])],
        lambda used, fresh: [Row(used, [50]), Row(used, [51])],
        lambda used, fresh: [Row(used, [50]), Row(fresh, [])],
        lambda used, fresh: [Row(used, [50]), Row(fresh, [60, -1])],
        lambda used, fresh: [Row(used, [50, 10**6])],
        lambda used, fresh: [Row(fresh, [50] * (WINDOW + 1))],
        lambda used, fresh: [Row(used, [50], Recorder()), Row(fresh, [50, 51], Raising())],
    ],
    ids=["unknown", "negative", "twice", "empty", "token<0", "token>vocab", "window", "sampler"],
)
def test_failed_step_changes_nothing(driver: Driver, make: Callable[[int, int], list[Row]]) -> None:
    tokens, other = text(14, 33), text(15, 4)
    used, fresh = driver.open(), driver.open()
    driver.step([Row(used, tokens)])
    free = driver.num_free_cells
    with pytest.raises(DriverError):
        driver.step(make(used, fresh))
    assert (driver.length(used), driver.length(fresh), driver.num_free_cells) == (33, 0, free)
    check(driver)
    assert same(logits_after(driver, used, other), fresh_logits(driver, tokens + other))


def test_too_few_cells_is_out_of_sequences(driver: Driver) -> None:
    if driver.info.num_cells == WINDOW * SEQUENCES:
        pytest.skip("windows of their own never run out")
    ids = [driver.open() for _ in range(SEQUENCES)]
    num = driver.info.num_cells // SEQUENCES
    for sequence_id in ids:
        driver.step([Row(sequence_id, text(sequence_id, num))])
    assert driver.num_free_cells == 0
    with pytest.raises(OutOfSequences):
        driver.step([Row(ids[0], [50])])
    assert driver.length(ids[0]) == num
    for other in ids[1:3]:  # lanes have cells of their own
        driver.truncate(other, num - 1)
    driver.step([Row(ids[0], [50])])


def test_all_sequences_in_use_is_out_of_sequences(driver: Driver) -> None:
    ids = {driver.open() for _ in range(SEQUENCES)}
    assert len(ids) == SEQUENCES
    for make in (driver.open, lambda: driver.fork(0, 0)):
        with pytest.raises(OutOfSequences):
            make()
    driver.close(3)
    assert driver.open() == 3


@pytest.mark.parametrize("num_tokens", [-1, 11])
def test_prefix_that_is_not_there_is_refused(driver: Driver, num_tokens: int) -> None:
    sequence_id = driver.open()
    driver.step([Row(sequence_id, text(16, 10))])
    for verb in (driver.fork, driver.truncate):
        with pytest.raises(DriverError):
            verb(sequence_id, num_tokens)
    assert driver.length(sequence_id) == 10


def test_unknown_sequences_are_refused(driver: Driver) -> None:
    for verb in (driver.close, driver.length, driver.export_sequence):
        with pytest.raises(DriverError):
            verb(5)
    for verb2 in (driver.fork, driver.truncate):
        with pytest.raises(DriverError):
            verb2(5, 0)


def test_log_probabilities_are_those_of_steps(driver: Driver) -> None:
    tokens = text(17, 150)
    found = driver.log_probabilities(tokens)
    assert found.shape == (149,) and found.dtype == np.float32 and (found <= 0).all()
    for position in (1, 2, 64, 65, 149):
        logits = fresh_logits(driver, tokens[:position]).astype(np.float64)
        expected = logits[tokens[position]] - logits.max() - np.log(np.exp(logits - logits.max()).sum())
        assert found[position - 1] == pytest.approx(expected, abs=0.1)
    assert driver.log_probabilities([]).shape == driver.log_probabilities([5]).shape == (0,)
    assert driver.num_free_cells == driver.info.num_cells
    for bad in ([5, -1], text(1, WINDOW + 1)):
        with pytest.raises(DriverError):
            driver.log_probabilities(bad)


def test_embeddings_have_unit_length_and_tell_texts_apart(driver: Driver) -> None:
    texts = ["the cat sat", "", "a much longer text about ships " * 5, "the cat sat", *(f"text {i}" for i in range(20))]
    vectors = driver.embed(texts)
    assert vectors.shape == (24, driver.info.embedding_width) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert vectors[0] @ vectors[3] == pytest.approx(1.0, abs=1e-3) and vectors[0] @ vectors[2] < 0.99
    assert driver.embed([]).shape == (0, driver.info.embedding_width)


def test_shut_down_driver_refuses_everything(open_driver: Open) -> None:
    driver = open_driver()
    sequence_id = driver.open()
    driver.shutdown()
    driver.shutdown()
    verbs: list[Callable[[], object]] = [
        driver.open,
        lambda: driver.close(sequence_id),
        lambda: driver.length(sequence_id),
        lambda: driver.fork(sequence_id, 0),
        lambda: driver.truncate(sequence_id, 0),
        lambda: driver.step([Row(sequence_id, [50])]),
        lambda: driver.export_sequence(sequence_id),
        lambda: driver.import_sequence(b"", 0),
        lambda: driver.embed(["a"]),
        lambda: driver.log_probabilities([50, 51]),
    ]
    for verb in verbs:
        with pytest.raises(DriverClosed):
            verb()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_tokenizer_gives_text_back(driver: Driver, said: str) -> None:
    tokens = driver.tokenizer.encode(said)
    assert driver.tokenizer.decode(tokens) == said.encode()
    assert b"".join(map(driver.tokenizer.token_bytes, tokens)) == said.encode()


def test_control_tokens_only_when_asked_for(driver: Driver) -> None:
    tokenizer = driver.tokenizer
    marked = "<|im_start|>user\nhi<|im_end|>"
    plain, special = tokenizer.encode(marked), tokenizer.encode(marked, special=True)
    assert not any(map(tokenizer.is_control, plain)) and tokenizer.decode(plain) == marked.encode()
    assert sum(map(tokenizer.is_control, special)) == 2
    assert tokenizer.decode(special) == b"user\nhi"
    assert tokenizer.decode(special, special=True) == marked.encode()
    assert special[-1] in tokenizer.end_tokens and tokenizer.eos_token == special[-1]


def test_tool_call_markers_are_text_in_one_token(driver: Driver) -> None:
    tokens = driver.tokenizer.encode("a<tool_call>b", special=True)
    assert len(tokens) == 3 and not driver.tokenizer.is_control(tokens[1])
    assert driver.tokenizer.decode(tokens) == b"a<tool_call>b"


Operation = tuple[str, int, int]
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["open", "close", "fork", "truncate", "step", "step", "export"]),
        st.integers(0, 2**16),
        st.integers(0, 120),
    ),
    min_size=4,
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPERATIONS)
def test_any_schedule_keeps_every_sequence_its_own(driver: Driver, operations: list[Operation]) -> None:
    """Against a model of the contract in ten lines: after any operations each KV is that of its own tokens."""
    held: dict[int, list[int]] = {driver.open(): [], driver.open(): []}
    for verb, seed, number in operations:
        perform(driver, held, verb, seed, number)
        assert {i: driver.length(i) for i in held} == {i: len(tokens) for i, tokens in held.items()}
    check(driver)
    for sequence_id, tokens in list(held.items()):
        ending = logits_after(driver, sequence_id, [77])
        driver.close(sequence_id)
        assert same(ending, fresh_logits(driver, [*tokens, 77]))


def perform(driver: Driver, held: dict[int, list[int]], verb: str, seed: int, number: int) -> None:
    ids = sorted(held)
    one = ids[seed % len(ids)] if ids else -1
    if verb == "open" and len(ids) < SEQUENCES:
        held[driver.open()] = []
    elif ids and verb == "close":
        driver.close(one)
        del held[one]
    elif ids and verb == "fork" and len(ids) < SEQUENCES:
        num = min(number, len(held[one]))
        held[driver.fork(one, num)] = held[one][:num]
    elif ids and verb == "truncate":
        driver.truncate(one, min(number, len(held[one])))
        held[one] = held[one][:number]
    elif ids and verb == "step":
        new = {i: text(seed + i, 1 + (number + i) % 40) for i in ids if len(held[i]) < WINDOW - 60 and (seed + i) % 3}
        driver.step([Row(i, tokens, Recorder() if i % 2 else None) for i, tokens in new.items()])
        held.update({i: held[i] + tokens for i, tokens in new.items()})
    elif ids and verb == "export" and len(ids) < SEQUENCES:
        held[driver.import_sequence(driver.export_sequence(one), len(held[one]))] = list(held[one])
