"""Paging: a conversation that grows without end over a window that does not.

- `fetch(window)`: before the model reads a new request, archived pages that it seems to need return, in front of it.
- `evict(window)`: above the high watermark the coldest pages leave, down to the low one in one go, so that what a
  rebuilt context costs is paid once in many turns; a note in the window says how much is archived.
- `fold(text, window)`: what is too long for the window is archived whole; its beginning and end stand in for it.
- Nothing is lost: a page is in the archive before it leaves the window, word for word.
- These block on the store; `begin_turn`, `is_crowded` and `is_long` are cheap.

What never leaves: system messages, pinned pages, blocks (blocks.py), the request under way and its last step. What does
not fit even so is the engine's WindowTooSmall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from llmasos.memory.archive import Archive
from llmasos.memory.eviction import Eviction, LeastRecentlyUsed
from llmasos.memory.page_in import Found, PageIn, Recent
from llmasos.memory.page_table import FRAME_TOKENS, Message, Page, PageTable, open_turn, size_of
from llmasos.memory.transcript import Transcript

CANDIDATES = 8  # archived pages looked at for a request
NOTED = "Noted."  # what the assistant says to an excerpt: templates want an answer to every message
HEAD_PART = 0.6  # of a folded text's room is for its beginning


@dataclass(frozen=True, slots=True)
class Rules:
    """When to page and what. Watermarks, and what one paging in or one message may take, are shares of the window."""

    high: float = 0.85
    low: float = 0.55
    page_in_share: float = 0.25
    message_share: float = 0.3
    eviction: Eviction = field(default_factory=LeastRecentlyUsed)
    page_in: PageIn = field(default_factory=Recent)


@dataclass(slots=True)
class Moves:
    """What one paging did."""

    paged_in: list[Page] = field(default_factory=list)
    paged_out: list[Page] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.paged_in or self.paged_out)


class Pager:
    """The pages of one transcript."""

    def __init__(self, transcript: Transcript, archive: Archive, rules: Rules, table: PageTable | None = None) -> None:
        self.transcript = transcript
        self.archive = archive
        self.rules = rules
        self.table = table or PageTable()
        self.blocks: dict[str, str] = {}  # always resident, by name
        self._asked: Message | None = None  # the request that was looked up last
        self._indexed = table is None  # a fork's archive is filled at its first use

    # -- cheap -------------------------------------------------------------------------------------------------------

    def begin_turn(self) -> bool:
        """Take note of a new request, if there is one; whether archived pages may answer it."""
        messages = self.transcript.messages
        at = open_turn(messages)
        if at == len(messages) or messages[at] is self._asked:
            return False
        self.table.see(messages, self.transcript.count)
        self.table.turn += 1
        self._asked = messages[at]
        return bool(self.table.archived)

    def is_crowded(self, window_tokens: int) -> bool:
        return len(self.transcript.context.tokens) > self.rules.high * window_tokens

    def is_long(self, text: str, window_tokens: int) -> bool:
        """Whether one message would take more of the window than one may."""
        room = int(self.rules.message_share * window_tokens)
        return len(text.encode("utf-8", "replace")) > room and self.transcript.count(text) > room

    # -- paging -------------------------------------------------------------------------------------------------------

    def fetch(self, window_tokens: int) -> Moves:
        """Page in what the request under way seems to need. Raises StoreUnavailable."""
        messages = self.transcript.messages
        query = str(messages[open_turn(messages)]["content"])
        room = int(self.rules.page_in_share * window_tokens)
        chosen: list[Page] = []
        for found in self.rules.page_in.choose(self.find(query)):
            whole = found.page.is_turn and found.page.num_tokens <= room
            page = found.page if whole else self._excerpt(found, query, room)
            if page is not None:
                room -= page.num_tokens
                chosen.append(page)
        for page in sorted(chosen, key=lambda page: page.turn):
            self._return(page)
        return Moves(paged_in=chosen)

    def find(self, query: str, limit: int = CANDIDATES) -> list[Found]:
        """Archived pages about a query, best first. Raises StoreUnavailable."""
        if not self._indexed:
            self.archive.put(self.table.archived)
            self._indexed = True
        return self.archive.search(query, limit) if query.strip() else []

    def evict(self, window_tokens: int) -> Moves:
        """Page out the coldest pages until the context is at the low watermark. Raises StoreUnavailable."""
        spare = len(self.transcript.context.tokens) - int(self.rules.low * window_tokens)
        leaving: list[Page] = []
        for page in self._evictable():
            if spare <= 0:
                break
            leaving.append(page)
            spare -= page.num_tokens
        if leaving:
            self.archive.put(page for page in leaving if not page.is_copy)
            self._leave(leaving)
        return Moves(paged_out=leaving)

    def fold(self, role: str, text: str, window_tokens: int) -> str:
        """Archive a long text; what stands in for it in the window. Raises StoreUnavailable."""
        page = self._archived({"role": role, "content": text})
        room = self.rules.message_share * window_tokens * len(text) / page.num_tokens  # characters
        head, tail = text[: int(HEAD_PART * room)], text[len(text) - int((1 - HEAD_PART) * room) :]
        size = f"{page.num_tokens} tokens in all, {page.num_tokens - self.transcript.count(head + tail)} archived"
        return f"{head}\n[... {size}; recall finds what they say ...]\n{tail}"

    def restore(self, folded: Sequence[Message], window_tokens: int) -> None:
        """After a restart: archive again what the transcript, which has every message, has no room for.

        `folded` are long texts that it has in part only. Raises StoreUnavailable.
        """
        for message in folded:
            self._archived(message)
        pages = self.table.see(self.transcript.messages, self.transcript.count)
        self.table.turn = len(pages)
        for turn, page in enumerate(pages, start=1):
            page.turn = page.last_use = turn
        self.transcript.prompt()  # what it comes to; the next one builds the context again
        if self.is_crowded(window_tokens):
            self.evict(window_tokens)

    def _archived(self, message: Message) -> Page:
        """A page that is in the archive alone."""
        page = self.table.add((message,), self.transcript.count(str(message["content"])), resident=False)
        self.archive.put([page])
        return page

    # -- what processes ask -------------------------------------------------------------------------------------------

    def pin(self, query: str) -> Page | None:
        """Keep the page that says most of a query in the window, paging it in if need be. Raises StoreUnavailable."""
        page = self._best(query)
        if page is None:
            return None
        if not page.resident:
            self._return(page)
        page.pinned = True
        return page

    def unpin(self, query: str) -> Page | None:
        """Let a pinned page be paged out again."""
        pinned = [page for page in self.table.pages.values() if page.pinned]
        page = max(pinned, key=lambda page: self.archive.covers(page.text, query), default=None)
        if page is not None:
            page.pinned = False
        return page

    def forget(self, page: Page) -> None:
        """Take an archived page out of the archive for good. Raises StoreUnavailable."""
        self.archive.remove(page)
        self.table.remove(page)

    def set_block(self, name: str, text: str) -> None:
        """A named text that is always in the window; an empty one is removed."""
        if text:
            self.blocks[name] = text
        else:
            self.blocks.pop(name, None)
        self.transcript.rearrange(self.transcript.messages, self._note())

    # -- inside -------------------------------------------------------------------------------------------------------

    def _return(self, page: Page) -> None:
        """Put a page in front of the request under way, where it invalidates nothing that was read before."""
        messages = self.transcript.messages
        at = open_turn(messages)
        if at >= len(messages) - self.transcript.num_unread:
            self.transcript.insert(at, page.messages)
        else:  # asked for in the middle of a turn
            self.transcript.rearrange([*messages[:at], *page.messages, *messages[at:]], self._note())
        page.resident, page.last_use = True, self.table.turn
        page.num_faults += 1

    def _excerpt(self, found: Found, query: str, room: int) -> Page | None:
        """The part of a page that matched, as a page of its own, when the whole is too long or no turn."""
        count = self.transcript.count
        mark = f"[archived, turn {found.page.turn}] "
        text = self._nearest_lines(found.text, query, room - 2 * FRAME_TOKENS - count(mark + NOTED))
        if not text:
            return None
        messages = ({"role": "user", "content": mark + text}, {"role": "assistant", "content": NOTED})
        return self.table.add(messages, size_of(messages, count), is_copy=True, resident=False)

    def _nearest_lines(self, text: str, query: str, room: int) -> str:
        """The lines of a text that say most of a query, as many as fit, in their order."""
        lines = text.splitlines()
        chosen = set()
        for i in sorted(range(len(lines)), key=lambda i: -self.archive.covers(lines[i], query)):
            room -= self.transcript.count(lines[i] + "\n")
            if room < 0:
                break
            chosen.add(i)
        return "\n".join(line for i, line in enumerate(lines) if i in chosen)

    def _best(self, query: str) -> Page | None:
        archived = [found.page for found in self.find(query, 1)]
        resident = self.table.see(self.transcript.messages, self.transcript.count)
        best = max([*archived, *resident], key=lambda page: self.archive.covers(page.text, query), default=None)
        return best if best is not None and self.archive.covers(best.text, query) > 0 else None

    def _evictable(self) -> list[Page]:
        """Pages that may leave, coldest first; those paged in for this very request last."""
        table = self.table
        pages = [page for page in table.see(self.transcript.messages, self.transcript.count) if not page.pinned]
        wanted = [page for page in pages if page.num_faults and page.last_use == table.turn]
        cold = self.rules.eviction.order([page for page in pages if page not in wanted], table.turn)
        return cold + wanted

    def _leave(self, pages: Sequence[Page]) -> None:
        gone = {id(message) for page in pages for message in page.messages}
        for page in pages:
            page.resident = False
            if page.is_copy:
                self.table.remove(page)
        kept = [message for message in self.transcript.messages if id(message) not in gone]
        self.transcript.rearrange(kept, self._note())

    def _note(self) -> str:
        """What stands in the window for what is not there, and the blocks."""
        num_messages = sum(len(page.messages) for page in self.table.archived)
        archived = (
            [f"[{num_messages} earlier messages were archived; recall finds what they say.]"] if num_messages else []
        )
        return "\n".join([f"[{name}] {text}" for name, text in self.blocks.items()] + archived)

    def fork(self, transcript: Transcript, archive: Archive) -> Pager:
        """The pager of a copy of this conversation, with pages of its own."""
        twin = Pager(transcript, archive, self.rules, self.table.copy())
        twin._asked, twin.blocks = self._asked, dict(self.blocks)
        return twin

    def check_integrity(self) -> None:
        self.table.check_integrity(self.transcript.messages)
