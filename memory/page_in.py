"""Which archived pages return for what was just said: small policies over what the archive found.

- `relevant`: what is likely about the request, best match first.
- `recent`: the same, but of pages that match about as well the newer goes first, so what was corrected wins.
- `never`: none; processes may still `recall`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from llmasos.memory.page_table import Page

LIKELY = 0.85  # of a hit's strength (store.py), where 1 is just likely: a page too many costs less than one too few
SURE = 1.0  # for what no question asked for: there a page too many only distracts
BESIDE_BEST = 0.6  # of the best one's strength: weaker ones would only take room
CERTAIN = 2.0  # past this strength one says nothing against those beside it: a correction is in other words
AT_ONCE = 3  # pages for one request: more would push each other out within a few turns
LEVEL = 0.9  # of each other's strength: as good as equal


class Found(NamedTuple):
    """An archived page and how strongly it matches; `text` is the part of it that does."""

    page: Page
    strength: float
    text: str


class PageIn(Protocol):
    def choose(self, found: Sequence[Found]) -> list[Found]:
        """Those that should return, first one first. `found` is best first."""
        ...


class Relevant:
    def choose(self, found: Sequence[Found]) -> list[Found]:
        best = max((item.strength for item in found), default=0.0)
        enough = max(LIKELY, BESIDE_BEST * min(best, CERTAIN))
        likely = [item for item in found if item.strength >= enough]
        return sorted(likely, key=lambda item: -item.strength)[:AT_ONCE]


class Recent(Relevant):
    def choose(self, found: Sequence[Found]) -> list[Found]:
        chosen = super().choose(found)
        best = max((item.strength for item in chosen), default=0.0)
        return sorted(chosen, key=lambda item: (item.strength < LEVEL * best, -item.page.turn))


class Never:
    def choose(self, found: Sequence[Found]) -> list[Found]:
        return []


PAGE_INS: dict[str, type[PageIn]] = {"relevant": Relevant, "recent": Recent, "never": Never}
