"""One process's pages in the vector store: put when they leave the window, found by what they say.

- A page is stored message by message, long ones in parts of some hundred words: a vector of several things means none.
- The store is an index: pages can be put again, as after a fork or a restart.
- Every verb blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from llmasos.memory.page_in import Found
from llmasos.memory.page_table import Page, spoken
from llmasos.memory.store import Store, identity

PART_WORDS = 150
_PARTS_A_PAGE = 16  # looked at for each page wanted: all that the store found, whose order is another one


class Archive:
    """The archived pages under one namespace of a store."""

    def __init__(self, store: Store, namespace: str) -> None:
        self.store = store
        self.namespace = namespace
        self._pages: dict[str, Page] = {}  # by a stored part's id

    def put(self, pages: Iterable[Page]) -> None:
        """Store pages, but for what is there. Raises StoreUnavailable."""
        owners = {part: page for page in pages for part in parts_of(page)}
        if new := [part for part in owners if identity(part) not in self._pages]:
            self.store.put(self.namespace, *new)
        self._pages |= {identity(part): page for part, page in owners.items()}

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
    for message in page.messages:
        for text in spoken(message):
            yield from parts(text)


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
