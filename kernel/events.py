"""What happens to a process, as those outside see it.

- Every event names its pid; a token is journaled before its `Text` is published.
- An `EventStream` keeps a process's events: a late reader gets them all, in order, from the first.
- Text of one generation is merged while nobody has read it yet, so a stream nobody follows stays small.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import anyio


@dataclass(frozen=True, slots=True)
class Event:
    pid: int


@dataclass(frozen=True, slots=True)
class Text(Event):
    text: str


@dataclass(frozen=True, slots=True)
class CallStarted(Event):
    seq: int
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallEnded(Event):
    seq: int
    name: str
    decision: str  # allow, deny
    result: str | None
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked(Event):
    question: str


@dataclass(frozen=True, slots=True)
class ApprovalAsked(Event):
    """A call waits for a yes or a no; `question` is consent.py's, as a document. `pid` may be a descendant's."""

    question: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ApprovalGiven(Event):
    """It waits no more: whoever was asked may stop asking."""

    question: str  # its id
    approved: bool


@dataclass(frozen=True, slots=True)
class Told(Event):
    message: str


@dataclass(frozen=True, slots=True)
class Paged(Event):
    """Pages of its context came back from the archive, or left for it; tokens of them together."""

    num_in: int
    tokens_in: int
    num_out: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class StateChanged(Event):
    state: str
    waiting_on: str


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """One turn of a conversation is complete. `error` says why it was cut short, if it was."""

    answer: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Exited(Event):
    exit_code: int
    answer: str | None
    error: str | None


class EventStream:
    """One process's events, for any number of readers, each at its own pace."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._seen = 0  # how many some reader has taken: those are never merged into
        self._changed = anyio.Event()
        self._closed = False

    @property
    def num_events(self) -> int:
        return len(self._events)

    def publish(self, event: Event) -> None:
        last = self._events[-1] if self._events else None
        if isinstance(event, Text) and isinstance(last, Text) and self._seen < len(self._events):
            self._events[-1] = replace(last, text=last.text + event.text)
        else:
            self._events.append(event)
        self._wake()

    def close(self) -> None:
        """No more events; readers end after the last."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def follow(self, start: int = 0) -> AsyncIterator[Event]:
        """From event number `start` on. What a reader has seen keeps its number."""
        position = start
        while True:
            while position < len(self._events):
                event = self._events[position]
                position += 1
                self._seen = max(self._seen, position)
                yield event
            if self._closed:
                return
            await self._changed.wait()
