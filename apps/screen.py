"""A process as a person follows it: text as it comes, calls as one line each, questions in place.

- `Screen.for_terminal()` writes answers to stdout and everything else to stderr, and knows what those can show.
- `follow(events, screen, ask)` shows events until the turn is over, the process has stopped or has exited; what nobody
  has answered by then, `Unanswered`, is put again by the next one.
- Notes are ours, what stands in them is anybody's: nothing in one steers the terminal.
- On a terminal a running call is a dim line that becomes its outcome; elsewhere only outcomes, and only if asked for.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import AsyncIterator
from typing import TextIO

import anyio

from llmasos.apps.printable import call_words, one_line, printable
from llmasos.apps.questions import Ask, Consent, Questions, Reply, Unanswered
from llmasos.apps.terminal import forget_typed, read_line
from llmasos.events import (
    Answered,
    CallEnded,
    CallStarted,
    Event,
    Exited,
    Paged,
    StateChanged,
    Text,
    Told,
)


class Screen:
    """Where a process is shown. `calls` says whether its calls are; `live` whether a line may be rewritten."""

    def __init__(self, out: TextIO, notes: TextIO, *, live: bool, colour: bool, calls: bool, safe: bool) -> None:
        self.out, self.notes = out, notes
        self.live, self.colour, self.calls, self.safe = live, colour, calls, safe
        self.said = ""  # text of the turn since its last call
        self._open = False  # whether the cursor stands behind text
        self._running: CallStarted | None = None
        self._calling = False  # whether the cursor stands behind the line of a running call

    @classmethod
    def for_terminal(cls, *, verbose: bool = False) -> Screen:
        terminal = sys.stderr.isatty()
        live = terminal and os.environ.get("TERM", "dumb") != "dumb"
        return cls(
            sys.stdout,
            sys.stderr,
            live=live,
            colour=live and not os.environ.get("NO_COLOR"),
            calls=terminal or verbose,
            safe=sys.stdout.isatty(),
        )

    def quiet(self) -> Screen:
        """One for a process whose text goes elsewhere: notes and questions alone."""
        return Screen(io.StringIO(), self.notes, live=False, colour=self.colour, calls=False, safe=True)

    def show(self, event: Event) -> None:
        """One event."""
        match event:
            case Text(text=text):
                self.text(text)
            case CallStarted():
                self._start(event)
            case CallEnded():
                self._end(event)
            case Paged():
                self._paged(event)
            case Told(message=message):
                self.note(message)
            case Answered(error=str(error)):
                self.note(" ".join(error.split()))
            case Answered():
                self.finish()
            case Exited(answer=str(answer)) if answer.strip() and answer.strip() != self.said.strip():
                self.finish()
                self.text(answer)

    def text(self, text: str) -> None:
        """What the process says."""
        if not self.said and not self._open:
            text = text.lstrip("\n")
        if not text:
            return
        self.said += text
        self.out.write(printable(text) if self.safe else text)
        self.out.flush()
        self._open = not text.endswith("\n")

    def note(self, line: str, *, dim: bool = False) -> None:
        """One line beside the output."""
        self.finish()
        line = printable(line)
        self.notes.write(f"{self.dim(line) if dim else line}\n")
        self.notes.flush()

    def finish(self) -> None:
        """End the line that is open, if one is: of text, or of a call that runs."""
        if self._open:
            self.out.write("\n")
            self.out.flush()
        if self._calling:
            self.notes.write("\n")
            self.notes.flush()
        self._open = self._calling = False

    def end_line(self) -> None:
        """Go below whatever stands on the line: the terminal has put a ^C there."""
        self.notes.write("\n")
        self.notes.flush()
        self._open = self._calling = False

    def begin(self) -> None:
        """A new turn."""
        self.said = ""

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def _start(self, event: CallStarted) -> None:
        self.begin()
        if self.calls and self.live:
            self.finish()
            self.notes.write(self.dim(self._fit(f"· {call_words(event.name, event.arguments)} …")))
            self.notes.flush()
            self._calling = True
        self._running = event

    def _end(self, event: CallEnded) -> None:
        if not self.calls:
            return
        again, self._calling = self._calling, False
        self.finish()
        arguments = self._running.arguments if self._running and self._running.seq == event.seq else {}
        mark, outcome = ("✗", event.error) if event.error is not None else ("✓", event.result or "")
        line = f"{mark} {call_words(event.name, arguments)} → {outcome}"
        self.notes.write(("\r\x1b[K" if again else "") + self.dim(self._fit(line)) + "\n")
        self.notes.flush()

    def _paged(self, event: Paged) -> None:
        if not self.calls:
            return
        for num, tokens, what in (
            (event.num_in, event.tokens_in, "back from the archive"),
            (event.num_out, event.tokens_out, "archived: the window was full, recall finds them"),
        ):
            if num:
                self.note(f"~ {num} part{'s' * (num > 1)} of the conversation ({tokens} tokens) {what}", dim=True)

    def _fit(self, line: str) -> str:
        return one_line(line, shutil.get_terminal_size().columns - 1 if self.live else 200)


async def terminal_ask(screen: Screen, question: str, *, fresh: bool = False) -> str | None:
    """Put a process's question to the person at the terminal; None when there is none any more.

    With `fresh` what was typed before the question stood there is no answer to it.
    """
    screen.finish()
    if fresh:
        forget_typed()
    screen.notes.write(f"? {one_line(question, 500)} ")
    screen.notes.flush()
    return await read_line()


async def follow(
    events: AsyncIterator[Event],
    screen: Screen,
    ask: Ask,
    reply: Reply,
    consent: Consent,
    unanswered: Unanswered | None = None,
) -> Event | None:
    """Show events until Answered, Exited, or a stop; the event that ended it. None: the stream has ended.

    Questions are put one after the other; one that was answered elsewhere is put no more. Who follows a process again
    gives the same `unanswered`: its events have been read, and tell of no question twice.
    """
    async with anyio.create_task_group() as group:
        questions = Questions(
            group, screen, ask, reply, consent, unanswered if unanswered is not None else Unanswered()
        )
        questions.put_again()
        async for event in events:
            if questions.take(event):
                continue
            screen.show(event)
            if isinstance(event, Answered | Exited) or (isinstance(event, StateChanged) and event.state == "stopped"):
                group.cancel_scope.cancel()
                return event
        group.cancel_scope.cancel()
    return None
