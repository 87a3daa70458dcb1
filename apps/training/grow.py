"""Training that starts from a trained model, of the same shape or of a smaller one.

- `grow(model, file)` fills `model` with the weights of a Llama GGUF that our exporter wrote (f16 or q8_0). A narrower
  file with fewer heads or a smaller feed-forward is widened so that the larger model computes what the small one did.

How. New coordinates of the stream are zero: embeddings have zeros there and nothing writes to them yet. A norm over
more coordinates divides by less, so its old weights shrink by the root of the ratio. New heads and new neurons read
at random and write nothing. So training goes on where it stopped, with room to grow into.

Source: Chen et al. 2016, Net2Net; Gong et al. 2019, Efficient Training of BERT by Progressively Stacking.
"""

from __future__ import annotations

import math
from pathlib import Path

import gguf
import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from llmasos.apps.training.model import Llama, hf_name
from llmasos.drivers.gguf_export import gguf_name, unpermute
from llmasos.errors import ConfigError

SILENT = (".o.weight", ".down.weight")  # new columns write nothing at first


def grow(model: Llama, file: Path) -> None:
    """Fill `model` in place.

    Raises:
        ConfigError: the file is no GGUF of this vocabulary, depth and head size, or is larger than the model.
    """
    tensors = _tensors(model, file)
    ratio = len(tensors["norm.weight"]) / model.shape.width
    with torch.no_grad():
        for name, weight in model.named_parameters():
            old = torch.from_numpy(tensors[name])
            if any(was > now for was, now in zip(old.shape, weight.shape, strict=True)):
                raise ConfigError(f"{file}: {name} is {list(old.shape)}, larger than the recipe's {list(weight.shape)}")
            if weight.dim() == 1:
                weight.copy_(_norm(old, len(weight)) * math.sqrt(ratio))
            else:
                _widen(name, weight, old)


def _tensors(model: Llama, file: Path) -> dict[str, NDArray[numpy.float32]]:
    """The file's tensors in float32, by our names, with the rows of q and k as we have them."""
    try:
        stored = {tensor.name: tensor for tensor in gguf.GGUFReader(file).tensors}
        tensors = {}
        for name, weight in model.named_parameters():
            tensor = stored.pop(gguf_name(hf_name(name)))
            values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
            if name.endswith((".q.weight", ".k.weight")):
                values = unpermute(values, len(values) // model.shape.head_dim)
            tensors[name] = numpy.ascontiguousarray(values)
            if values.ndim != weight.dim():
                raise ValueError(f"{name} has {values.ndim} dimensions")
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{file}: no model to start this recipe from: {error}") from error
    if stored or len(tensors["embed.weight"]) != model.shape.vocab:
        raise ConfigError(f"{file}: no model to start this recipe from: its layers or its vocabulary differ")
    return tensors


def _norm(old: Tensor, width: int) -> Tensor:
    return torch.cat((old, old.abs().mean().expand(width - len(old))))


def _widen(name: str, weight: Tensor, old: Tensor) -> None:
    """Old values in the corner; the rest random where it reads, zero where it would be heard."""
    rows, columns = old.shape
    if name == "embed.weight" or name.endswith(SILENT):
        weight.zero_()
    else:
        weight.normal_(std=1.0 / math.sqrt(weight.shape[1]))
    weight[:rows, :columns] = old
