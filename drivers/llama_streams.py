"""Rows of separate KV streams, in the company in which llama.cpp computes them.

llama.cpp computes rows together whose streams follow on each other, and begins another piece of work where one is
missing. A piece costs what three or four rows do, and two shapes in turn build the graph anew each time: eight rows of
a 135M model take 26 ms in one piece and 36 in two (two cores). So a spare row, which is taken out again, goes where
few are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

MAX_MISSING = 3


def missing(ids: Sequence[int]) -> list[int]:
    """Streams that a spare row each brings two neighbours together in; `ids` ascend."""
    near = ((a, b) for a, b in pairwise(ids) if b - a - 1 <= MAX_MISSING)
    return [between for a, b in near for between in range(a + 1, b)]
