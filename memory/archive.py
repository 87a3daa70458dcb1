"""One process's pages in the vector store: put when they leave the window, found by what they say.

- A page is stored message by message, long ones in parts of some hundred words: a vector of several things means none.
- The store is an index: pages can be put again, as after a fork or a restart.
- With each part goes what is known of it: the process, the turn that it was said in and its place in the page, its
  message's role and source. A text said twice is stored once, as it was first.
- Every verb blocks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from llmasos.memory.lexical import Metadata
from llmasos.memory.page_in import Found
from llmasos.memory.page_table import Message, Page, spoken
from llmasos.memory.segment import labels_of
from llmasos.memory.store import Store, identity

PART_WORDS = 150
_PARTS_A_PAGE = 16  # looked at for each page wanted: all that the store found, whose order is another one


class Archive:
    """The archived pages of one process, under a namespace of a store. `clock` gives seconds since the epoch."""

    def __init__(self, store: Store, pid: int, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.namespace = f"pages-{pid}"
        self._pid = pid
        self._clock = clock
        self._pages: dict[str, Page] = {}  # by a stored part's id

    def put(self, pages: Iterable[Page]) -> None:
        """Store pages, but for what is there. Raises StoreUnavailable."""
        leaving, owners, new = list(pages), dict[str, Page](), dict[str, Metadata]()
        for page in leaving:
            for part, known in described(page, self._pid):
                part_id = identity(part)
                owners[part_id] = page
                if part_id not in self._pages:
                    new.setdefault(part, known)
        if new:
            self.store.put(self.namespace, *new, metadata=list(new.values()))
        self._pages |= owners
        for page in leaving:
            page.left = page.left or self._clock()

    def stored(self, page: Page) -> float | None:
        """When the last of a page's parts was stored, seconds since the epoch. Raises StoreUnavailable."""
        found = self.store.get(self.namespace, *(identity(part) for part in parts_of(page)))
        return max((document.created for document in found.values()), default=None)

    def search(self, query: str, limit: int) -> list[Found]:
        """Archived pages by a query, best first, each once. Raises StoreUnavailable.

        By strength, not by the fused rank: what only its meaning gives away ranks behind all that share a word too.
        """
        found: dict[int, Found] = {}
        hits = self.store.search(self.namespace, query, limit * _PARTS_A_PAGE)
        for hit in sorted(hits, key=lambda hit: -hit.strength):
            page = self._pages.get(hit.document_id)
            if page is not None and not page.resident:
                found.setdefault(page.page_id, Found(page, hit.strength, hit.text))
        return list(found.values())[:limit]

    def remove(self, page: Page) -> None:
        """Forget one page. Raises StoreUnavailable."""
        for part in [part for part, owner in self._pages.items() if owner is page]:
            self.store.remove(self.namespace, part)
            del self._pages[part]

    def drop(self) -> None:
        """Forget every page. Raises StoreUnavailable."""
        if self._pages:
            self.store.drop(self.namespace)
            self._pages.clear()


def parts_of(page: Page) -> Iterator[str]:
    yield from (part for part, _ in _said(page))


def described(page: Page, pid: int) -> Iterator[tuple[str, Metadata]]:
    """The parts of a page with what is known of each; `part` counts from 1, an unknown turn is left out."""
    turn = {"turn": page.turn} if page.turn else {}
    for place, (part, message) in enumerate(_said(page), start=1):
        source = labels_of(message).source
        yield part, {"process": pid, **turn, "part": place, "role": message["role"], "source": source}


def _said(page: Page) -> Iterator[tuple[str, Message]]:
    for message in page.messages:
        for text in spoken(message):
            yield from ((part, message) for part in parts(text))


def parts(text: str) -> Iterator[str]:
    """A text in runs of whole lines of at most PART_WORDS words; a longer line is cut between words."""
    lines: list[str] = []
    num_words = 0
    for line in _short(text.splitlines()):
        size = len(line.split())
        if lines and num_words + size > PART_WORDS:
            yield "\n".join(lines)
            lines, num_words = [], 0
        lines.append(line)
        num_words += size
    if num_words:
        yield "\n".join(lines)


def _short(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        words = line.split()
        if len(words) <= PART_WORDS:
            yield line
        else:
            yield from (" ".join(words[i : i + PART_WORDS]) for i in range(0, len(words), PART_WORDS))
