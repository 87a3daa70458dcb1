"""A trained model, grown: the larger one computes what the small one did; and attention's own way back."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy
import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
torch = pytest.importorskip("torch")
gguf = pytest.importorskip("gguf")

from llmasos.apps.training.attention import attend  # noqa: E402
from llmasos.apps.training.export import header_of  # noqa: E402
from llmasos.apps.training.grow import grow  # noqa: E402
from llmasos.apps.training.mean import mean  # noqa: E402
from llmasos.apps.training.model import Llama, Shape, weights  # noqa: E402
from llmasos.drivers import gguf_export  # noqa: E402
from llmasos.errors import ConfigError  # noqa: E402

SMALL = Shape(vocab=64, width=64, layers=2, heads=2, ffn=96, window_tokens=256, rope_theta=1e5)
LARGE = Shape(vocab=64, width=128, layers=2, heads=4, ffn=160, window_tokens=256, rope_theta=1e5)


def awake(shape: Shape) -> Llama:
    """A model whose every matrix does something."""
    torch.manual_seed(1)
    model = Llama(shape)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)
    return model


def written(model: Llama, file: Path) -> Path:
    vocabulary = {f"t{i}": i for i in range(62)} | {"<|im_end|>": 62, "<|endoftext|>": 63}
    header = header_of(SMALL, "small", {"model": {"vocab": vocabulary, "merges": []}}, "")
    tensors = {name: numpy.asarray(value.numpy()) for name, value in weights(model).items()}
    gguf_export.write(file, header, tensors, "f16")
    return file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(awake(SMALL), tmp_path / "small.gguf")


@pytest.mark.parametrize("shape", [SMALL, LARGE])
def test_a_grown_model_computes_what_the_small_one_did(file: Path, shape: Shape) -> None:
    grown = Llama(shape)
    grow(grown, file)
    tokens = torch.randint(0, 64, (2, 200))
    with torch.no_grad():
        small, large = (model.logits(model(tokens)) for model in (awake(SMALL), grown))
    assert (small - large).abs().max() < 0.01 * small.abs().max()


def test_the_mean_of_two_checkpoints_is_theirs_weight_by_weight(file: Path, tmp_path: Path) -> None:
    other = awake(SMALL)
    with torch.no_grad():
        for weight in other.parameters():
            weight.add_(1.0)
    between = mean(SMALL, file, written(other, tmp_path / "other.gguf"), 0.25)
    for weight, first in zip(between.parameters(), awake(SMALL).parameters(), strict=True):
        assert (weight - first - 0.25).abs().max() < 0.01


def test_what_cannot_be_grown_is_refused(file: Path, tmp_path: Path) -> None:
    for shape, why in (
        (Shape(**{**LARGE.__dict__, "vocab": 65}), "vocabulary differ"),
        (Shape(**{**LARGE.__dict__, "layers": 3}), "no model to start this recipe from"),
        (Shape(**{**LARGE.__dict__, "layers": 1}), "layers or its vocabulary"),
        (Shape(**{**SMALL.__dict__, "ffn": 64}), "larger than the recipe's"),
    ):
        with pytest.raises(ConfigError, match=why):
            grow(Llama(shape), file)
    (tmp_path / "text.gguf").write_text("no model")
    for name in ("text.gguf", "missing.gguf"):
        with pytest.raises(ConfigError, match="no model to start"):
            grow(Llama(SMALL), tmp_path / name)


@pytest.mark.parametrize("length", [5, 200, 1300])
def test_attention_is_softmax_attention_both_ways(length: int) -> None:
    torch.manual_seed(0)
    q, k, v = (torch.randn(1, 2, length, 32, requires_grad=True) for _ in range(3))
    scores = (q @ k.transpose(-1, -2) / math.sqrt(32)).masked_fill(~torch.ones(length, length).tril().bool(), -1e9)
    plain, ours = scores.softmax(-1) @ v, attend(q, k, v)
    push = torch.randn_like(plain)
    assert torch.allclose(plain, ours, atol=1e-5)
    for one, other in zip(*(torch.autograd.grad(result, (q, k, v), push) for result in (plain, ours)), strict=True):
        assert torch.allclose(one, other, atol=1e-4)
