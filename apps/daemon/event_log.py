"""A process's events as a daemon serves them: those of earlier daemons and the live ones, one behind the other.

- `await followed(daemon, pid, live, last_id)` gives the stream from its first event, or behind the one whose id a
  client has seen last; the process may be alive, or have ended at any time.
- An id is `EVENTS.CHARS`, a place that means the same under every daemon (past_events.py); for a live event
  `.LIFE.NUMBER` behind it, that daemon and its own count, which places what no journal has, too; `.end` for the last.
- What cannot be resumed is refused before the stream begins: an id that is none, or of no event of this process (400),
  a past that was compacted (410).

The live events of a process that began here are read from memory alone, as they always were.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio

from llmasos.apps.daemon.refusals import Refused
from llmasos.apps.daemon.state import Daemon
from llmasos.apps.daemon.streams import event
from llmasos.client import event_name
from llmasos.events import Event, Exited, ProcessHandle
from llmasos.past_events import TO_ITS_END, Position, Telling, has_text, is_unfinished, past, past_events

_COUNT = r"(\d{1,15})"
_ID = re.compile(rf"{_COUNT}\.{_COUNT}(?:\.(?:(end)|([0-9a-f]{{1,15}})\.{_COUNT}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an id says: a position; whether that is the end; a life and its number of the event, for a live one."""

    position: Position
    ended: bool = False
    life: str = ""
    number: int = 0


def seen(last_id: str) -> Seen:
    """Raises Refused."""
    if (found := _ID.fullmatch(last_id)) is None:
        raise Refused(400, f"Last-Event-ID is the id of an event, not {last_id[:40]!r}", code="invalid_value")
    events, chars, end, life, number = found.groups()
    return Seen(Position(int(events), int(chars)), bool(end), life or "", int(number or 0))


async def followed(daemon: Daemon, pid: int, live: ProcessHandle | None, last_id: str | None) -> AsyncIterator[str]:
    """Server-sent events to its exit. `live` is its handle, if this daemon has one.

    Raises Refused, NoSuchProcess, Compacted.
    """
    last = seen(last_id) if last_id is not None else None
    stray = Refused(400, f"Last-Event-ID {last_id!r} is of no event of process {pid}", code="invalid_value")
    home = daemon.kernel.config.home
    if last is not None and last.ended:
        if live is None:
            await anyio.to_thread.run_sync(past, home, pid)
        elif live.process.alive:
            raise stray
        return _nothing()
    life, seen_here = _life(daemon), -1
    if live is not None and last is not None and last.life == life:
        seen_here = last.number
    if live is not None and seen_here >= live.task.stream.num_events:
        raise stray
    at = last.position if last is not None else Position()
    if live is not None and not live.task.is_resumed:
        if last is not None and seen_here < 0:
            raise stray
        return _live_events(live, Telling(at=at, streams=has_text(live)), life, seen_here + 1)
    earlier = Earlier(home, pid, daemon.kernel.journal.begun if live is not None else TO_ITS_END)
    if last is not None and seen_here < 0 and not await anyio.to_thread.run_sync(earlier.has, at):
        raise stray
    await anyio.to_thread.run_sync(earlier.begin)
    return _joined(earlier, live, at, life, seen_here)


class Earlier:
    """What the journal has of a process up to a record's number. All of it blocks."""

    def __init__(self, home: Path, pid: int, up_to: int) -> None:
        self._home, self._pid, self._up_to = home, pid, up_to

    def has(self, position: Position) -> bool:
        """Whether a reader may have got so far: a call is announced before it is on record, text of a message too.

        Raises NoSuchProcess, Compacted.
        """
        known = past(self._home, self._pid)
        told = Telling(streams=known.has_text)
        for page in past_events(self._home, known, self._up_to):
            for happened in page:
                told.tell(happened)
        if position.events > told.at.events + 1:
            return False
        return position.chars <= told.at.chars or is_unfinished(self._home, self._pid, self._up_to)

    def begin(self) -> None:
        """Look at the first page. Raises NoSuchProcess, Compacted."""
        self.past = past(self._home, self._pid)
        self._pages: Iterator[list[Event]] = past_events(self._home, self.past, self._up_to)
        self._first = next(self._pages, None)

    def page(self) -> list[Event] | None:
        """The next one; None at the end. Raises Compacted, when that came in between."""
        first, self._first = self._first, None
        return first if first is not None else next(self._pages, None)


async def _joined(
    earlier: Earlier, live: ProcessHandle | None, at: Position, life: str, seen_here: int
) -> AsyncIterator[str]:
    """Of this daemon's own events those up to the number `seen_here` have been seen, also what is not counted."""
    told = Telling(at, streams=earlier.past.has_text)
    while (page := await anyio.to_thread.run_sync(earlier.page)) is not None:
        for happened in page:
            if (news := told.tell(happened)) is not None:
                yield _sent(news, told)
    if live is None:
        return
    number = 0
    async for happened in live.events():
        known = earlier.past.repeats(happened)
        if not known and (news := told.tell(happened)) is not None and number > seen_here:
            yield _sent(news, told, f".{life}.{number}")
        number += 1


async def _live_events(live: ProcessHandle, told: Telling, life: str, start: int) -> AsyncIterator[str]:
    """Of a process that began here; `told` has those before `start`."""
    number = start
    async for happened in live.events(start):
        told.tell(happened)
        yield _sent(happened, told, f".{life}.{number}")
        number += 1


def _sent(happened: Event, told: Telling, place: str = "") -> str:
    at = told.position
    place = ".end" if isinstance(happened, Exited) else place
    return event(asdict(happened), event_id=f"{at.events}.{at.chars}{place}", name=event_name(type(happened)))


def _life(daemon: Daemon) -> str:
    return format(int(daemon.started * 1000), "x")


async def _nothing() -> AsyncIterator[str]:
    nothing: tuple[str, ...] = ()
    for piece in nothing:
        yield piece
