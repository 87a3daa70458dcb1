"""How KV is laid out: who gets streams, who shares cells, and how much is computed at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmasos.drivers.driver import Row, Sample
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.errors import DriverError

pytest.importorskip("llama_cpp")
from llmasos.drivers import llama_sizes
from llmasos.drivers.llama_cpp import LlamaCpp

pytest.importorskip("gguf")
from llmasos.drivers.gguf_random import write_random


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    write_random(path)
    return path


def load(path: Path, **how: object) -> LlamaCpp:
    return LlamaCpp.load(path, num_sequences=4, window_tokens=256, **how)  # type: ignore[arg-type]


def test_each_sequence_has_its_own_cells_where_memory_holds_a_window_for_all(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama_sizes, "TINY_PARAMETERS", 0)
    for how, unified in (({}, False), ({"num_cells": 1024}, False), ({"num_cells": 768}, True), ({"kv_mb": 1}, False)):
        driver = load(tiny, **how)
        assert driver._sizes.kv_unified is unified, how
        assert driver.info.num_cells == (768 if unified else 4 * 256)
        driver.shutdown()


def test_a_tiny_model_and_one_sequence_share_cells(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = load(tiny)
    assert driver._sizes.kv_unified
    driver.shutdown()
    monkeypatch.setattr(llama_sizes, "TINY_PARAMETERS", 0)
    alone = LlamaCpp.load(tiny, num_sequences=1)
    assert alone._sizes.kv_unified
    alone.shutdown()


def test_memory_for_kv_is_held_to(tiny: Path) -> None:
    driver = LlamaCpp.load(tiny, num_sequences=256, kv_mb=2)
    assert driver.info.num_cells * driver.info.kv_bytes_per_token <= 2 * 2**20 + 256 * driver.info.kv_bytes_per_token
    driver.shutdown()
    with pytest.raises(DriverError, match="kv_mb must be from 1"):
        LlamaCpp.load(tiny, kv_mb=0)


def test_fewer_tokens_are_computed_at_once_where_scores_are_long(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load(tiny)
    assert whole._sizes.micro_batch_tokens == 128
    whole.shutdown()
    monkeypatch.setattr(llama_sizes, "SCORES_BYTES", 2**19)
    small, flash = load(tiny), load(tiny, flash_attention=True)
    assert (small._sizes.micro_batch_tokens, flash._sizes.micro_batch_tokens) == (64, 512)
    small.shutdown()
    flash.shutdown()


def test_streams_answer_alike_in_any_order_of_rows(tiny: Path) -> None:
    def answers(order: list[int]) -> list[Sample | None]:
        driver = load(tiny, kv_unified=False, threads=1)
        ids = [driver.open() for _ in range(4)]
        rows = [Row(ids[i], [40 + i, 60, 80 + 7 * i], TokenSampler(Sampling()) if i != 2 else None) for i in range(4)]
        found = driver.step([rows[i] for i in order])
        driver.check_integrity()
        driver.shutdown()
        return [found[order.index(i)] for i in range(4)]

    straight = answers([0, 1, 2, 3])
    assert straight[2] is None and len({sample.token for sample in straight if sample is not None}) > 1
    assert answers([3, 1, 0, 2]) == straight
