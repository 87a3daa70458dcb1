"""Choosing from a row of logits when the sampler's state has spoken: the same bits wherever it is done.

- `Choice(uniform, temperature=0.7, top_k=40, mask=bits).token(logits)`: no state, no Python object of the sampler's.
- A driver in a process of its own makes it there (`step_numbers.py` carries it), where the logits are: a row of 190 KB
  that crosses to another process costs more than all the rest of the way (`bench/worker.py`).
- It does not know random streams, grammars or history: `sampling.py` has them.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from llmasos.errors import DriverBroken

Floats: TypeAlias = NDArray[np.float32]
Ids: TypeAlias = NDArray[np.intp]

_BLOCKS = 64  # that a maximum is taken over
_FIRST_LOOK = 256  # weights that top-p looks at first
_DRAW_BLOCK = 1024  # weights that are summed together when there are many
_COLDEST = 1e-20  # temperature below which a difference of logits is past all numbers
_NO_IDS = np.empty(0, dtype=np.intp)
_NO_BIAS = np.empty(0, dtype=np.float32)


class Choice(NamedTuple):
    """What one row wants of its logits. The defaults take the best token.

    The order is bias, mask, temperature, top-k, top-p, min-p, draw: as Hugging Face and vLLM have it.
    """

    uniform: float = 0.0  # from 0 to below 1; where in the cumulated weight the token is
    temperature: float = 0.0  # 0: the best token
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    bias_ids: Ids = _NO_IDS
    bias: Floats = _NO_BIAS
    mask: bytes = b""  # bit t, the lowest of a byte first, says whether token t may come, and one may; empty: all

    @property
    def is_best(self) -> bool:
        """It wants the best token, and nothing else."""
        return self.temperature == 0.0 and not len(self.bias_ids) and not self.mask

    def token(self, logits: Floats) -> int:
        """The token, of logits (vocab,). Raises DriverBroken when those are no numbers."""
        scores = logits
        if len(self.bias_ids):
            scores = logits.copy()
            scores[self.bias_ids] += self.bias
        if not self.mask:
            return self._chosen(scores)
        allowed = allowed_ids(self.mask, len(logits))
        return int(allowed[self._chosen(scores[allowed])])

    def _chosen(self, scores: Floats) -> int:
        if self.temperature == 0.0 or len(scores) == 1:
            return best(scores)
        ids, weights = candidates(scores, self)
        index = draw(weights, self.uniform)
        return index if ids is None else int(ids[index])


def allowed_ids(mask: bytes, vocab_size: int) -> Ids:
    """The tokens whose bits are set."""
    bits = np.unpackbits(np.frombuffer(mask, np.uint8), count=vocab_size, bitorder="little")
    return np.flatnonzero(bits.view(np.bool_))


def best(scores: Floats) -> int:
    """The first of the best. Raises DriverBroken."""
    token = int(scores.argmax())
    if math.isnan(scores[token]):
        raise DriverBroken("the model's logits are not numbers")
    return token


def candidates(scores: Floats, choice: Choice) -> tuple[Ids | None, Floats]:
    """The ids that may be drawn (None: all) and their weights, not normalised; cut before anything is sorted."""
    top = float(scores.max())
    if not math.isfinite(top):
        raise DriverBroken("the model's logits are not numbers")
    ids, weights = _cut_by_score(scores, top, choice)
    if choice.top_p < 1.0:
        inside = nucleus(weights, choice.top_p)
        ids, weights = inside if ids is None else ids[inside], weights[inside]
    if choice.min_p > 0.0:
        strong = np.flatnonzero(weights >= choice.min_p)  # the best token's weight is 1
        ids, weights = strong if ids is None else ids[strong], weights[strong]
    return ids, weights


def _cut_by_score(scores: Floats, top: float, choice: Choice) -> tuple[Ids | None, Floats]:
    """The first `top_k`, or all, with their weights."""
    ids: Ids | None = None
    if 0 < choice.top_k < len(scores):
        ids = np.flatnonzero(scores >= kth_bound(scores, choice.top_k))
        ids = ids[np.argsort(-scores[ids], kind="stable")[: choice.top_k]]
    weights = (scores if ids is None else scores[ids]) - np.float32(top)
    weights *= np.float32(1.0 / max(choice.temperature, _COLDEST))
    return ids, np.exp(weights, out=weights)


def kth_bound(scores: Floats, k: int) -> float:
    """A value that at least k scores reach, found without sorting them: the k-th best maximum of blocks."""
    width = len(scores) // _BLOCKS
    if width <= k:
        return float(np.partition(scores, len(scores) - k)[len(scores) - k])
    maxima = scores[: width * _BLOCKS].reshape(_BLOCKS, width).max(axis=0)
    return float(np.partition(maxima, width - k)[width - k])


def nucleus(weights: Floats, top_p: float) -> Ids:
    """Indices of the fewest heaviest weights that hold `top_p` of the whole, heaviest first; at least one.

    Looks at the heaviest few hundred first: sorting a whole vocabulary costs 10 ms.

    Source: Holtzman et al. 2020.
    """
    wanted = top_p * float(weights.sum(dtype=np.float64))
    num = _FIRST_LOOK
    while True:
        heavy = np.arange(len(weights)) if num >= len(weights) else np.flatnonzero(weights >= kth_bound(weights, num))
        order = heavy[np.argsort(-weights[heavy], kind="stable")]
        cumulated = np.cumsum(weights[order], dtype=np.float64)
        if cumulated[-1] >= wanted or num >= len(weights):
            return order[: int(np.searchsorted(cumulated, wanted)) + 1]
        num *= 16


def draw(weights: Floats, uniform: float) -> int:
    """The index at `uniform` (from 0 to below 1) of the cumulated weight; of many weights, block by block."""
    if len(weights) <= 4 * _DRAW_BLOCK:
        return _draw_one(weights, uniform)[0]
    sums = np.add.reduceat(weights, np.arange(0, len(weights), _DRAW_BLOCK))
    block, rest = _draw_one(sums, uniform)
    start = block * _DRAW_BLOCK
    return start + _draw_one(weights[start : start + _DRAW_BLOCK], rest)[0]


def _draw_one(weights: Floats, uniform: float) -> tuple[int, float]:
    """The index at `uniform` of the cumulated weight, and how far into its own weight that is. Never a zero weight."""
    cumulated = np.cumsum(weights, dtype=np.float64)
    target = uniform * cumulated[-1]
    last = np.searchsorted(cumulated, cumulated[-1])
    index = int(min(np.searchsorted(cumulated, target, side="right"), last))
    before = cumulated[index - 1] if index else 0.0
    return index, float((target - before) / weights[index])
