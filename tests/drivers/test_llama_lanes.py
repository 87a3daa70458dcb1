"""What is lanes' own: who gets them, where sequences go, and that forks over lanes are copied once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llmasos.drivers import llama_lanes
from llmasos.drivers.driver import Row
from llmasos.drivers.gguf_random import write_random
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.drivers.llama_lanes import LlamaLanes
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.errors import DriverError

TOKENS = list(range(40, 140))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_random(path)
    return path


@pytest.fixture
def lanes(tiny: Path) -> Iterator[LlamaLanes]:
    driver = llama_lanes.load(tiny, lanes=2, num_sequences=8, num_cells=2048)
    assert isinstance(driver, LlamaLanes)
    yield driver
    driver.check_integrity()
    driver.shutdown()


def test_whoever_names_threads_gets_one_context(tiny: Path) -> None:
    driver = llama_lanes.load(tiny, threads=1, num_sequences=4)
    assert isinstance(driver, LlamaCpp)
    driver.shutdown()


def test_a_tiny_model_gets_a_lane_for_each_core(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_lanes, "available_cores", lambda: 3)
    driver = llama_lanes.load(tiny, num_sequences=6)
    assert isinstance(driver, LlamaLanes) and driver.info.num_sequences == 6
    assert sorted(driver.open() for _ in range(6)) == list(range(6))
    driver.shutdown()


def test_lanes_share_the_memory_that_one_context_would_have(tiny: Path) -> None:
    one = llama_lanes.load(tiny, lanes=1, num_sequences=256)
    two = llama_lanes.load(tiny, lanes=2, num_sequences=256)
    assert two.info.num_cells <= one.info.num_cells + 512
    one.shutdown()
    two.shutdown()


def test_sequences_go_where_the_fewest_are(lanes: LlamaLanes) -> None:
    ids = [lanes.open() for _ in range(4)]
    assert [sequence_id % 2 for sequence_id in ids] == [0, 1, 0, 1]
    lanes.close(ids[0])
    lanes.close(ids[2])
    assert lanes.open() % 2 == 0


def test_forks_over_lanes_copy_a_prefix_once(lanes: LlamaLanes) -> None:
    source = lanes.open()
    lanes.step([Row(source, TOKENS)])
    children = [lanes.fork(source, 90) for _ in range(5)]
    assert {child % 2 for child in children} == {0, 1}
    assert lanes.info.num_cells - lanes.num_free_cells == 100 + 90


def test_a_copy_that_went_its_own_way_is_not_forked_from(lanes: LlamaLanes) -> None:
    source = lanes.open()
    lanes.step([Row(source, TOKENS)])
    copy = lanes.fork(source, 90)
    assert copy % 2 != source % 2
    lanes.truncate(copy, 10)
    lanes.step([Row(copy, [41] * 80)])
    lanes.open()  # the source's lane has two now
    again = lanes.fork(source, 90)
    assert again % 2 == copy % 2
    samplers = [TokenSampler(Sampling(num_logprobs=0)) for _ in range(2)]
    first, second = lanes.step([Row(source, [50], samplers[0]), Row(again, [*TOKENS[90:], 50], samplers[1])])
    assert first is not None and second is not None and first.token == second.token
    assert first.logprob == pytest.approx(second.logprob, abs=0.05)


def test_a_step_that_one_lane_refuses_changes_no_lane(lanes: LlamaLanes) -> None:
    ids = [lanes.open(), lanes.open()]
    with pytest.raises(DriverError):
        lanes.step([Row(ids[0], [50, 51]), Row(ids[1], [50, 10**6])])
    assert [lanes.length(sequence_id) for sequence_id in ids] == [0, 0]
