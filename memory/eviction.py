"""Which pages leave first when a context passes its high watermark: small policies, coldest page first.

- `lru`: the page not wanted for the longest time; wanted means said, paged in, or recalled.
- `oldest`: the page said first, whatever was wanted since.
- `largest`: the page that frees most for the time it has not been wanted, so that few leave.

`bench/paging.py` compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from llmasos.memory.page_table import Page


class Eviction(Protocol):
    def order(self, pages: Sequence[Page], turn: int) -> list[Page]:
        """The pages, first to leave first. `turn` is the present one."""
        ...


class LeastRecentlyUsed:
    def order(self, pages: Sequence[Page], turn: int) -> list[Page]:
        return sorted(pages, key=lambda page: (page.last_use, page.page_id))


class Oldest:
    def order(self, pages: Sequence[Page], turn: int) -> list[Page]:
        return sorted(pages, key=lambda page: (page.turn, page.page_id))


class Largest:
    def order(self, pages: Sequence[Page], turn: int) -> list[Page]:
        return sorted(pages, key=lambda page: (-page.num_tokens * (turn - page.last_use), page.page_id))


EVICTIONS: dict[str, type[Eviction]] = {"lru": LeastRecentlyUsed, "oldest": Oldest, "largest": Largest}
