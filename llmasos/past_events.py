"""A process's events under earlier daemons, from its journal; and the one order that they and the live ones are in.

- `past_events(home, pid, up_to)` gives them page by page as they were told, the last one `Exited` if it has ended:
  bounded memory, one short look at the journal a page. A message is one `Text`, however it came when it was said.
- `Telling(seen)` counts what is told, past and live, and leaves out what a reader has seen.
- `told_again(...)` goes on with the live ones, for code that has been told some of them.
- What is not on record is not told again, and not counted: changes of state and questions (`StateChanged`, `Asked`,
  `ApprovalAsked`, `ApprovalGiven`), and `Text` of a process that has neither a model's nor an app's code's.

A `Position` is a number of events and a number of characters, each counted by itself: where in the text of a message a
call or a page came is no matter then, nor in how many pieces the text came. So a position means the same after every
restart: a message that was cut in two by one is told from its beginning by who goes on with it, and its events again
are those that the journal has already (`Past.open_calls`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio

from llmasos import history
from llmasos.events import (
    Answered,
    ApprovalAsked,
    ApprovalGiven,
    Asked,
    CallEnded,
    CallStarted,
    Event,
    Exited,
    Paged,
    ProcessHandle,
    Record,
    StateChanged,
    Text,
    Told,
)
from llmasos.kernel.conversation import SHOWN
from llmasos.kernel.journal import LAST_SEQ
from llmasos.kernel.past_code import PAST
from llmasos.kernel.process_record import CODED, SILENT
from llmasos.kernel.process_table import no_process

TO_ITS_END = LAST_SEQ
PAGE = 32  # records that are in memory at a time; none is much longer than a call's longest result
KINDS = ("message", "text", "said", "did", "interrupted", "intent", "result", "told", "page", "exit", "compacted")
UNTOLD = (StateChanged, Asked, ApprovalAsked, ApprovalGiven)


@dataclass(frozen=True, slots=True)
class Position:
    """Behind so many events that are no text, and so many characters of text."""

    events: int = 0
    chars: int = 0


class Telling:
    """Events in order, less those up to a position. `streams`: whether text is on record, and so counted."""

    def __init__(self, seen: Position = Position(), *, at: Position = Position(), streams: bool = True) -> None:
        self.seen, self.streams = seen, streams
        self._events, self._chars = at.events, at.chars

    @property
    def at(self) -> Position:
        """Of what was given to `tell`."""
        return Position(self._events, self._chars)

    @property
    def position(self) -> Position:
        """Of a reader who has been told all up to here."""
        return Position(max(self._events, self.seen.events), max(self._chars, self.seen.chars))

    def tell(self, event: Event) -> Event | None:
        """What of it is news. An end always is: what was announced and never came on record may have its number."""
        match event:
            case Text(text=text) if self.streams:
                known = self.seen.chars - self._chars
                self._chars += len(text)
                if known <= 0:
                    return event
                return replace(event, text=text[known:]) if known < len(text) else None
            case Text() | Exited():
                return event
            case _ if isinstance(event, UNTOLD):
                return event
        self._events += 1
        return event if self._events > self.seen.events else None


@dataclass(slots=True)
class Past:
    """One process's past as it is read: record by record into events."""

    pid: int
    streams: bool = True  # what its model says is its output
    coded: bool = False  # what its code says is
    open_calls: set[int] = field(default_factory=set)  # begun, and not ended on record: they may begin once more

    @property
    def has_text(self) -> bool:
        """Whether all of its output is on record."""
        return self.streams or self.coded

    def events(self, record: Record) -> list[Event]:
        """Raises Compacted."""
        body = record.body
        match record.kind:
            case "message" if body["role"] == "assistant" and not body.get(PAST):
                return self._message(body)
            case "text" if self.streams and body["content"]:
                return [Text(self.pid, body["content"])]
            case "said" if self.streams:
                return [Text(self.pid, body["text"])]
            case "did" if body["what"] == "say" and not body.get(PAST):
                return [Text(self.pid, said(body))]
            case "interrupted" if not body.get(PAST):
                return [Answered(self.pid, "", "interrupted")]
            case "intent":
                return self._started(body["call"], body)
            case "result":
                return [*self._started(body["seq"], body), self._ended(body)]
            case "told":
                return [Told(self.pid, body["message"])]
            case "page" if not body.get(PAST):
                back, out = (sum(page.get("tokens", 0) for page in body[way]) for way in ("in", "out"))
                return [Paged(self.pid, len(body["in"]), back, len(body["out"]), out)]
            case "exit":
                return [Exited(self.pid, body["exit_code"], body["answer"], body["error"])]
            case "compacted":
                raise history.compacted(record)
        return []

    def repeats(self, event: Event) -> bool:
        """Whether it is one that the past has told already: a call that a restart makes once more."""
        if not (isinstance(event, CallStarted) and event.seq in self.open_calls):
            return False
        self.open_calls.discard(event.seq)
        return True

    def _message(self, body: dict[str, Any]) -> list[Event]:
        content, whole = body["content"] or "", SHOWN not in body
        shown = content if whole else content[: body[SHOWN]]
        text: list[Event] = [Text(self.pid, shown)] if shown and self.streams else []
        return [*text, Answered(self.pid, content)] if whole and not body.get("tool_calls") else text

    def _started(self, call: int, body: dict[str, Any]) -> list[Event]:
        if call in self.open_calls:
            return []
        self.open_calls.add(call)
        return [CallStarted(self.pid, call, body["name"], body["arguments"])]

    def _ended(self, body: dict[str, Any]) -> CallEnded:
        self.open_calls.discard(body["seq"])
        shown = (body[key] for key in ("seq", "name", "decision", "result", "error", "seconds"))
        return CallEnded(self.pid, *shown)


def said(body: dict[str, Any]) -> str:
    """What code said, of its record."""
    return str(body.get("said", body["key"].get("text")))


def past(home: Path, pid: int) -> Past:
    """Before any of it is read. Blocks. Raises NoSuchProcess."""
    born = history.page(home, pid, ["spawn"], after=0, up_to=TO_ITS_END, limit=1)
    if not born:
        raise no_process(pid)
    return Past(pid, not born[0].body.get(SILENT), bool(born[0].body.get(CODED)))


def past_events(home: Path, past: Past, up_to: int = TO_ITS_END) -> Iterator[list[Event]]:
    """Those on record up to a record's number, or its end: a page at a time. Blocks. Raises Compacted."""
    after = 0
    while records := history.page(home, past.pid, KINDS, after=after, up_to=up_to, limit=PAGE):
        after = records[-1].seq
        end = next((i for i, record in enumerate(records) if record.kind == "exit"), None)
        yield [event for record in records[: None if end is None else end + 1] for event in past.events(record)]
        if end is not None:
            return


def is_unfinished(home: Path, pid: int, up_to: int = TO_ITS_END) -> bool:
    """Whether it was in the middle of a message there: how much of that was shown is on no record. Blocks."""
    last = history.last(home, pid, ("message", "text", "said", "tokens"), up_to)
    return last is not None and last.kind == "tokens"


def has_text(live: ProcessHandle) -> bool:
    """Whether all of its output is on record."""
    return live.task.program.streams or live.task.program.coded


async def numbered(events: AsyncIterator[Event], told: Telling, skip: int = 0) -> AsyncIterator[tuple[Event, Position]]:
    """Events that are news, each with the place behind it; less the first so many."""
    number = 0
    async for event in events:
        if (news := told.tell(event)) is not None:
            number += 1
            if number > skip:
                yield news, told.position


async def told_again(
    home: Path, live: ProcessHandle, seen: Position, skip: int, up_to: int
) -> AsyncIterator[tuple[Event, Position]]:
    """A process's events from the journal up to a record, then its live ones, behind those that were seen."""
    known = await anyio.to_thread.run_sync(past, home, live.pid)
    return numbered(_all_of(home, known, live, up_to), Telling(seen, streams=known.has_text), skip)


async def _all_of(home: Path, known: Past, live: ProcessHandle, up_to: int) -> AsyncIterator[Event]:
    pages = past_events(home, known, up_to)
    while (page := await anyio.to_thread.run_sync(next, pages, None)) is not None:
        for event in page:
            yield event
    async for event in ProcessHandle.events(live):
        if not known.repeats(event):
            yield event
