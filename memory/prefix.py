"""How much token lists share, and which kept ones are worth their room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Held(NamedTuple):
    """Tokens of a context, each counted from its start: on the device, in swap, on the device for another too."""

    resident: int = 0
    swapped: int = 0
    shared: int = 0


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two lists share from the start; slices compare in C, so halving beats a loop."""
    high = min(len(a), len(b))
    if a[:high] == b[:high]:
        return high
    low = 0
    while low < high - 1:
        middle = (low + high) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low


def surplus(kept: Mapping[int, tuple[Sequence[int], int]], newest: int, most: int) -> list[int]:
    """Which kept prefixes may go: those the newest begins with, then beyond `most` the least recently used.

    `kept` gives the tokens and the time of the last use by key.
    """
    tokens = kept[newest][0]
    inside = [key for key, (part, _) in kept.items() if key != newest and common_prefix(tokens, part) == len(part)]
    rest = sorted(kept.keys() - inside, key=lambda key: (kept[key][1], -key))
    return inside + rest[: max(0, len(rest) - most)]
