"""Heads that copy, from the first step on: the weights that gradient descent finds late and all at once.

- `set_induction(model)` sets one head of the first block to look at the previous token and two of the second to look
  for what followed the last time the present token was seen. They are initial values: training goes on from them.
- Measured on nano's data (width 192, 6 layers, loss after 0.26M tokens): 1.70 with it, 3.64 without; without it 2.15
  was reached after 1.6M tokens.

How. One coordinate of every embedding is the same constant, from which the first head makes a query and a key that
hold a position and nothing else; under the rotation their product is greatest one token back. It writes what it finds
into directions R. The second block's query is the present token (directions P), its key the previous token (R), in the
slow pairs only: the fast ones turn too far over a window to match anything. What it finds it writes where it stood, so
that the tied output names it.

Source: Olsson et al. 2022, In-context Learning and Induction Heads.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from llmasos.apps.training.model import Block, Llama

CONSTANT = 3.0  # the constant coordinate, in standard deviations of an embedding
FAST_PAIRS = 14  # rotating pairs that tell neighbouring positions apart
SHARPNESS = 1.46  # of the look one token back, per pair
MATCH = 2.0  # scale of queries and keys that compare tokens
PREVIOUS_GAIN, COPY_GAIN = 1.5, 2.0  # of what is written, against the embeddings
REACH_TOKENS = 1250  # a slow pair turns by less than one radian over so many
NOISE = 0.1  # of the usual random values beside what is set


def set_induction(model: Llama) -> None:
    """Set the heads in place. Needs two layers, two heads and a width of three heads or more."""
    shape = model.shape
    dim, half = shape.head_dim, shape.head_dim // 2
    frequencies = shape.rope_theta ** -(torch.arange(half) / half)
    basis, _ = torch.linalg.qr(torch.randn(shape.width, shape.width))
    basis[:, 0] = 0.0  # nothing reads or writes the constant
    present, previous, other = basis[:dim], basis[dim : 2 * dim], basis[2 * dim : 3 * dim]  # (D, width) each
    scale = float(model.embed.weight.std())
    model.embed.weight[:, 0] = CONSTANT * scale
    first, second = cast("Block", model.blocks[0]), cast("Block", model.blocks[1])
    _look_back(_head(first.q, 0, dim), _head(first.k, 0, dim), frequencies, shape.width)
    _head(first.v, 0, dim).copy_(present)
    first.o.weight[:, :dim] = PREVIOUS_GAIN * scale * previous.T
    slow = (frequencies * REACH_TOKENS < 1.0).float().repeat(2)[:, None]
    for head, found in enumerate((other, present)):
        _head(second.q, head, dim).mul_(NOISE).add_(MATCH * slow * present)
        _head(second.k, head, dim).mul_(NOISE).add_(MATCH * slow * previous)
        _head(second.v, head, dim).copy_(found)
        second.o.weight[:, head * dim : (head + 1) * dim] = COPY_GAIN * scale * found.T


def _head(layer: nn.Linear, head: int, dim: int) -> Tensor:
    """A head's rows of a projection: (D, width)."""
    return layer.weight[head * dim : (head + 1) * dim]


def _look_back(q: Tensor, k: Tensor, frequencies: Tensor, width: int) -> None:
    """Query and key out of the constant alone, one token apart: q . k is a sum of cos(frequency * (distance - 1))."""
    half = len(frequencies)
    seen = CONSTANT / math.sqrt(1 + (CONSTANT**2 - 1) / width)  # the constant behind the norm
    size = SHARPNESS * math.sqrt(math.sqrt(2 * half)) / seen * (torch.arange(half) < FAST_PAIRS)
    q.mul_(NOISE)
    k.mul_(NOISE)
    k[:half, 0], k[half:, 0] = size, 0.0
    q[:half, 0], q[half:, 0] = size * frequencies.cos(), -size * frequencies.sin()
