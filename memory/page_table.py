"""A conversation as pages: which are in the window, which only in the archive.

- A `Page` is what leaves and returns together: a whole turn, or one finished step (a call and its result) of the turn
  under way. It is made once, from messages that do not change any more.
- `pages_of(messages)` cuts a conversation; `PageTable` remembers its pages, resident or archived.
- It knows neither the tokenizer nor the store.

Invariant: a page is resident exactly while its messages are the transcript's.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from llmasos.memory.excerpt import own_text
from llmasos.memory.segment import UNTRUSTED, Labels, joined, labels_of, merged, untrusted

Message = dict[str, Any]
FRAME_TOKENS = 5


@dataclass(slots=True, eq=False)
class Page:
    """`turn` is when it was said, `last_use` when it was last wanted: turns of the conversation, from 1.

    `left` is when it was archived, in seconds since the epoch, while it is.
    """

    page_id: int
    messages: tuple[Message, ...]
    num_tokens: int
    turn: int
    last_use: int
    resident: bool = True
    pinned: bool = False
    is_copy: bool = False  # an excerpt of another page: it may vanish
    num_faults: int = 0  # times it was paged in
    left: float | None = None

    @property
    def text(self) -> str:
        """What it says, as it is looked for."""
        return "\n".join(part for message in self.messages for part in spoken(message))

    @property
    def labels(self) -> Labels:
        return joined(map(labels_of, self.messages))

    @property
    def untrusted(self) -> dict[str, str]:
        """What a message that repeats it has to say of its sources."""
        return untrusted(merged(*(message.get(UNTRUSTED, "") for message in self.messages)))

    @property
    def is_turn(self) -> bool:
        return bool(self.messages[0]["role"] == "user")


def spoken(message: Message, *, whole: bool = False) -> Iterator[str]:
    """A message as lines of plain text, its calls too; `whole`: with what was put behind it from the archive."""
    if text := str(message["content"] or "") if whole else own_text(message):
        yield text
    for call in message.get("tool_calls") or ():
        arguments = call["function"]["arguments"]
        written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        yield f"{call['function']['name']} {written}"


def fingerprint(message: Message) -> str:
    """The same for equal messages, and says nothing of what they say."""
    return hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()[:32]


def without_run(messages: Sequence[Message], run: Sequence[str]) -> list[Message]:
    """Messages less the first that follow one another as these fingerprints do."""
    prints = [fingerprint(message) for message in messages]
    at = next((i for i in range(len(prints)) if run and prints[i : i + len(run)] == list(run)), None)
    return list(messages) if at is None else [*messages[:at], *messages[at + len(run) :]]


def head_of(messages: Sequence[Message]) -> int:
    """How many system messages stand first: they never leave."""
    return next((i for i, message in enumerate(messages) if message["role"] != "system"), len(messages))


def open_turn(messages: Sequence[Message]) -> int:
    """Where the turn under way begins: its request never leaves."""
    return next((i for i in range(len(messages) - 1, -1, -1) if messages[i]["role"] == "user"), len(messages))


def pages_of(messages: Sequence[Message]) -> Iterator[tuple[Message, ...]]:
    """What could leave, in order: the closed turns, then the finished steps of the open one, but for the last."""
    first, last = head_of(messages), open_turn(messages)
    yield from _cut(messages[first:last], "user")
    yield from list(_cut(messages[last + 1 :], "assistant"))[:-1]


def _cut(messages: Sequence[Message], role: str) -> Iterator[tuple[Message, ...]]:
    """Runs that begin with a message of a role each; what stands before the first is a run too."""
    starts = [i for i, message in enumerate(messages) if message["role"] == role]
    bounds = sorted({0, *starts, len(messages)})
    yield from (tuple(messages[a:b]) for a, b in itertools.pairwise(bounds))


class PageTable:
    """The pages of one conversation, by id, in the order they were made."""

    def __init__(self) -> None:
        self.pages: dict[int, Page] = {}
        self.turn = 0
        self._next_id = 1
        self._of: dict[int, Page] = {}  # by the identity of a page's first message

    def see(self, messages: Sequence[Message], count: Callable[[str], int]) -> list[Page]:
        """The pages of these messages, known ones as they are; `count` gives the tokens of a text."""
        return [self._of.get(id(run[0])) or self._made(run, count) for run in pages_of(messages)]

    @property
    def archived(self) -> list[Page]:
        return [page for page in self.pages.values() if not page.resident]

    def add(
        self, messages: tuple[Message, ...], num_tokens: int, *, is_copy: bool = False, resident: bool = True
    ) -> Page:
        """A new page; steps of a turn that has become a page of its own are part of that now."""
        for message in messages[1:]:
            if (step := self._of.pop(id(message), None)) is not None:
                del self.pages[step.page_id]
        page = Page(self._next_id, messages, num_tokens, self.turn, self.turn, resident, is_copy=is_copy)
        self._next_id += 1
        self._keep(page)
        return page

    def remove(self, page: Page) -> None:
        del self.pages[page.page_id]
        del self._of[id(page.messages[0])]

    def copy(self) -> PageTable:
        """A fork's table: the same messages, pages of its own."""
        twin = PageTable()
        twin.turn, twin._next_id = self.turn, self._next_id
        for page in self.pages.values():
            twin._keep(Page(*(getattr(page, name) for name in Page.__slots__)))
        return twin

    def check_integrity(self, messages: Sequence[Message]) -> None:
        present = {id(message) for message in messages}
        for page in self.pages.values():
            inside = [id(message) in present for message in page.messages]
            assert all(inside) if page.resident else not any(inside), f"page {page.page_id} is not where it should be"

    def _made(self, messages: tuple[Message, ...], count: Callable[[str], int]) -> Page:
        return self.add(messages, size_of(messages, count))

    def _keep(self, page: Page) -> None:
        self.pages[page.page_id] = page
        self._of[id(page.messages[0])] = page


def size_of(messages: Sequence[Message], count: Callable[[str], int]) -> int:
    """Tokens of messages, about: those of what they say and FRAME_TOKENS of the template around each."""
    parts = (part for message in messages for part in spoken(message, whole=True))
    return sum(map(count, parts)) + FRAME_TOKENS * len(messages)
