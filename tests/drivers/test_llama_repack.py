"""Weights that are laid out anew: which, and that they are the same weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("llama_cpp")
from llmasos.drivers import gguf, llama_cpp, llama_repack
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.drivers.llama_native import avoids_amx

pytest.importorskip("gguf")
from llmasos.drivers.gguf_random import RandomShape, write_random

TOKENS = [50, 60, 70, 80, 90, 100]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where AMX is left alone."""
    monkeypatch.setattr(llama_repack, "avoids_amx", lambda: True)


def test_matrices_of_a_type_with_a_layout_are_named(tmp_path: Path, named: None) -> None:
    path = tmp_path / "q4.gguf"
    write_random(path, RandomShape(layers=3), kind="q4_0")
    patterns = llama_repack._patterns(gguf.check(path))
    assert len(patterns) == 7 and r"^blk\.(0|1|2)\.ffn_down\.weight$" in patterns


@pytest.mark.parametrize("kind", ["f16", "q8_0"])
def test_what_has_no_layout_is_left_alone(tmp_path: Path, named: None, kind: str) -> None:
    path = tmp_path / "other.gguf"
    write_random(path, kind=kind)
    assert llama_repack.overrides(gguf.check(path)) is None


def test_odd_rows_are_left_alone(tmp_path: Path, named: None) -> None:
    path = tmp_path / "odd.gguf"
    write_random(path, kind="q4_0")
    tensor = next(t for t in gguf.check(path).tensors if t.name == "blk.0.ffn_up.weight")
    assert llama_repack._has_layout(tensor)
    assert not llama_repack._has_layout(gguf.TensorInfo(tensor.name, (64, 132), "q4_0", 0, 0))


@pytest.mark.skipif(not avoids_amx(), reason="llama.cpp chooses the layout itself here")
def test_a_model_says_the_same_in_either_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "q4.gguf"
    write_random(path, kind="q4_0")
    repacked = LlamaCpp.load(path, threads=1)
    found = repacked.log_probabilities(TOKENS)
    repacked.shutdown()
    monkeypatch.setattr(llama_cpp, "overrides", lambda header: None)
    plain = LlamaCpp.load(path, threads=1)
    np.testing.assert_allclose(found, plain.log_probabilities(TOKENS), atol=0.5)
    plain.shutdown()
