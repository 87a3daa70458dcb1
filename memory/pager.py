"""Paging: a conversation that grows without end over a window that does not.

- `fetch(window)`: before the model reads a new request, archived pages that it seems to need return, in front of it.
- `supplement(text, window)`: what archived pages say about a tool's result stands behind it: the request was read.
- `evict(window)`: above the high watermark the coldest pages leave, down to the low one in one go, so that what a
  rebuilt context costs is paid once in many turns; a note in the window says how much is archived.
- `fold(text, window)`: what is too long for the window is archived whole; its beginning and end stand in for it.
- Nothing is lost: a page is in the archive before it leaves the window, word for word.
- These block on the store; `begin_turn`, `is_crowded` and `is_long` are cheap.

What never leaves: system messages, pinned pages, blocks (always.py), the request under way and its last step. What does
not fit even so is the engine's WindowTooSmall; pins and blocks have a share of their own, and are refused past it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llmasos.errors import WindowTooSmall
from llmasos.memory.always import Always, pins_in
from llmasos.memory.archive import Archive
from llmasos.memory.eviction import Eviction, LeastRecentlyUsed
from llmasos.memory.excerpt import covers, nearest_lines, queries_of, says
from llmasos.memory.page_in import SURE, Found, PageIn, Recent
from llmasos.memory.page_table import FRAME_TOKENS, Message, Page, PageTable, open_turn, size_of
from llmasos.memory.summary import Summary
from llmasos.memory.transcript import Transcript

CANDIDATES = 8  # archived pages looked at for a request
NOTED = "Noted."  # what the assistant says to an excerpt: templates want an answer to every message
RESULTS_PART = 0.5  # of the room for paging in, once more for the results of a turn's calls
HEAD_PART = 0.6  # of a folded text's room is for its beginning


@dataclass(frozen=True, slots=True)
class Rules:
    """When to page and what. Watermarks, what one turn's paging in may take, and one message, are shares of the window.

    `always_share` is of what the system message leaves: pins and blocks together; `summary_share` is for sentences of
    what is archived, in the note.
    """

    high: float = 0.85
    low: float = 0.55
    page_in_share: float = 0.25
    message_share: float = 0.3
    always_share: float = 0.4
    summary_share: float = 0.0
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
        self.always = Always()
        self.summary = Summary()
        self._asked: Message | None = None  # the request that was looked up last
        self._indexed = table is None  # a fork's archive is filled at its first use
        self._spent = 0  # tokens paged in for the results of its calls
        self._shown: set[int] = set()  # pages that it has been given

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
        self._spent, self._shown = 0, set()
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
                self._shown.add(found.page.page_id)
                chosen.append(page)
        for page in sorted(chosen, key=lambda page: page.turn):
            self._return(page)
        return Moves(paged_in=chosen)

    def supplement(self, text: str, window_tokens: int) -> tuple[str, list[Page]]:
        """What archived pages say about a result, to be read behind it, and the parts of them. Raises StoreUnavailable.

        Only what is surely about it, for a result is no question, and for all results of a turn together in a part of
        the room that a request has. What it says itself (`recall`) is not said again.
        """
        room = int(RESULTS_PART * self.rules.page_in_share * window_tokens)
        given: list[Page] = []
        for query in queries_of(text):
            for found in self.rules.page_in.choose(self.find(query)):
                fresh = found.page.page_id not in self._shown and not says(text, found.text.splitlines())
                part = self._part(found, query, room - self._spent) if fresh and found.strength >= SURE else ""
                if part:
                    size = self.transcript.count(part)
                    message = {"role": "tool", "content": part, **found.page.untrusted}
                    given.append(Page(found.page.page_id, (message,), size, self.table.turn, self.table.turn))
                    self._spent += size
                    self._shown.add(found.page.page_id)
                    found.page.num_faults, found.page.last_use = found.page.num_faults + 1, self.table.turn
        return "".join(f"\n{page.text}" for page in given), given

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
            own = [page for page in leaving if not page.is_copy]
            self.archive.put(own)
            self.summary.add(
                (page.text for page in own if page.labels.trusted),
                int(self.rules.summary_share * window_tokens),
                self.transcript.count,
            )
            self._leave(leaving)
        return Moves(paged_out=leaving)

    def fold(self, message: Message, window_tokens: int) -> str:
        """Archive a long message; what stands in for its text in the window. Raises StoreUnavailable."""
        page, text = self._archived(message), str(message["content"])
        room = self.rules.message_share * window_tokens * len(text) / page.num_tokens  # characters
        head, tail = text[: int(HEAD_PART * room)], text[len(text) - int((1 - HEAD_PART) * room) :]
        size = f"{page.num_tokens} tokens in all, {page.num_tokens - self.transcript.count(head + tail)} archived"
        return f"{head}\n[... {size}; recall finds what they say ...]\n{tail}"

    def restore(self, folded: Sequence[Message], always: Mapping[str, Any], window_tokens: int) -> None:
        """After a restart: archive again what the transcript, which has every message, has no room for.

        `folded` are long texts that it has in part only, `always` what `Always.facts` gave. Raises StoreUnavailable.
        """
        for message in folded:
            self._archived(message)
        pages = self.table.see(self.transcript.messages, self.transcript.count)
        self.table.turn = len(pages)
        for turn, page in enumerate(pages, start=1):
            page.turn = page.last_use = turn
        self._keep_again(pages, always)
        self.transcript.prompt()  # what it comes to; the next one builds the context again
        if self.is_crowded(window_tokens):
            self.evict(window_tokens)
        for page in self.table.archived:
            page.left = self.archive.stored(page) or page.left  # not now: it was away before the restart

    def _archived(self, message: Message) -> Page:
        """A page that is in the archive alone."""
        page = self.table.add((message,), self.transcript.count(str(message["content"])), resident=False)
        self.archive.put([page])
        return page

    # -- what processes ask -------------------------------------------------------------------------------------------

    def pin(self, query: str, window_tokens: int) -> Page | None:
        """Keep the page that says most of a query in the window, paging it in if need be.

        Of an archived one that is too long, or no turn, its part about the query. Raises StoreUnavailable,
        WindowTooSmall when there is no room for it beside what is kept already.
        """
        page = self._best(query)
        if page is None or page.pinned:
            return page
        room = self._always_room(window_tokens)
        if not page.resident and not (page.is_turn and page.num_tokens <= room):
            left = room - sum(other.num_tokens for other in self.table.pages.values() if other.pinned)
            part = self._excerpt(Found(page, SURE, page.text), query, left)
            if part is None:
                raise WindowTooSmall(f"what is about {query!r} does not fit: {max(0, left)} tokens are left for pins")
            page = part
        self._pin(page, room, query)
        if not page.resident:
            self._return(page)
        return page

    def unpin(self, query: str) -> Page | None:
        """Let a pinned page be paged out again."""
        pinned = [page for page in self.table.pages.values() if page.pinned]
        page = max(pinned, key=lambda page: covers(page.text, query), default=None)
        if page is not None:
            page.pinned = False
        return page

    def forget(self, page: Page) -> None:
        """Take an archived page out of the archive for good. Raises StoreUnavailable."""
        self.archive.remove(page)
        self.table.remove(page)
        self.summary.forget(page.text)

    def set_block(self, name: str, text: str, window_tokens: int) -> None:
        """A named text that is always in the window; an empty one is removed.

        Raises WindowTooSmall when there is no room for it beside what is kept already: nothing has changed.
        """
        changed = Always(dict(self.always.blocks))
        changed.set(name, text)
        if text:
            pages, room = self.table.pages.values(), self._always_room(window_tokens)
            changed.check(pages, self.transcript.count, room, f"the note {name}")
        self.always = changed
        self.transcript.rearrange(self.transcript.messages, self._note())

    # -- inside -------------------------------------------------------------------------------------------------------

    def _always_room(self, window_tokens: int) -> int:
        """Tokens that pins and blocks may have: a share of what the system and the template leave."""
        first = next(iter(self.transcript.context.segments), None)
        said = self.transcript.count(first.text) if first is not None and first.role != "system" else 0
        head = len(first.tokens) - said if first is not None else 0
        return int(self.rules.always_share * (window_tokens - head))

    def _pin(self, page: Page, room: int, query: str) -> None:
        page.pinned = True
        try:
            self.always.check(self.table.pages.values(), self.transcript.count, room, f"what is about {query!r}")
        except WindowTooSmall:
            page.pinned = False
            if page.is_copy and not page.resident:
                self.table.remove(page)
            raise

    def _keep_again(self, pages: Sequence[Page], always: Mapping[str, Any]) -> None:
        """Blocks and pins as they were; a pinned excerpt, which is nowhere else, before the turn under way."""
        found, lost = pins_in(pages, always)
        self.always = Always(dict(always.get("blocks", {})))
        for pin in lost:
            page = self.table.add(tuple(pin), size_of(pin, self.transcript.count), is_copy=True, resident=False)
            self._return(page)
            found.append(page)
        for page in found:
            page.pinned = True
        if always:
            self.transcript.rearrange(self.transcript.messages, self._note())

    def _return(self, page: Page) -> None:
        """Put a page in front of the request under way, where it invalidates nothing that was read before."""
        messages = self.transcript.messages
        at = open_turn(messages)
        if at >= len(messages) - self.transcript.num_unread:
            self.transcript.insert(at, page.messages)
        else:  # asked for in the middle of a turn
            self.transcript.rearrange([*messages[:at], *page.messages, *messages[at:]], self._note())
        page.resident, page.last_use, page.left = True, self.table.turn, None
        page.num_faults += 1

    def _excerpt(self, found: Found, query: str, room: int) -> Page | None:
        """The part of a page that matched, as a page of its own, when the whole is too long or no turn."""
        count = self.transcript.count
        text = self._part(found, query, room - 2 * FRAME_TOKENS - count(NOTED))
        if not text:
            return None
        messages = ({"role": "user", "content": text, **found.page.untrusted}, {"role": "assistant", "content": NOTED})
        return self.table.add(messages, size_of(messages, count), is_copy=True, resident=False)

    def _part(self, found: Found, query: str, room: int) -> str:
        """The lines of what was found that say most of the query, marked as such; empty when there is no room."""
        mark = f"[archived, turn {found.page.turn}] "
        text = nearest_lines(found.text, query, room - self.transcript.count(mark), self.transcript.count)
        return mark + text if text else ""

    def _best(self, query: str) -> Page | None:
        archived = [found.page for found in self.find(query, 1)]
        resident = self.table.see(self.transcript.messages, self.transcript.count)
        best = max([*archived, *resident], key=lambda page: covers(page.text, query), default=None)
        return best if best is not None and covers(best.text, query) > 0 else None

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
        said = [f"Of them:\n{self.summary.text}"] if archived and self.summary.text else []
        return "\n".join([*filter(None, [self.always.text]), *archived, *said])

    def fork(self, transcript: Transcript, archive: Archive) -> Pager:
        """The pager of a copy of this conversation, with pages of its own."""
        twin = Pager(transcript, archive, self.rules, self.table.copy())
        twin._asked, twin.always = self._asked, Always(dict(self.always.blocks))
        twin.summary = self.summary.copy()
        twin._spent, twin._shown = self._spent, set(self._shown)
        return twin

    def check_integrity(self) -> None:
        self.table.check_integrity(self.transcript.messages)
