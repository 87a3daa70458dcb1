"""Breakpoints and steps: where a process stops by itself, as a debugger's does, to go on with CONT.

- `Breakpoint.parse("syscall:write_file")`: before that call is on record (`syscall:*`, any); `text:PATTERN`: at the
  token with which what it generates, calls included, matches a regular expression.
- `Breaks` are one task's: the points, and how many tokens to go. It says why to stop; the task stops (`Task.halt`).
- To stop at the very token, a generation is cut into slices (slices.py); without points and steps it is in one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from llmasos.errors import UsageError

MATCH_SECONDS = 0.02  # a pattern that backtracks for ever holds up everybody
ANY = "*"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """`what` is a call's name, or a regular expression that matches no empty text."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.what}"

    @classmethod
    def parse(cls, text: str, calls: Iterable[str]) -> Breakpoint:
        """`calls` are the names there are. Raises UsageError."""
        kind, _, what = text.partition(":")
        if kind not in ("syscall", "text") or not what:
            raise UsageError(f"a breakpoint is syscall:NAME or text:PATTERN, not {text!r}")
        known = sorted(calls)
        if kind == "syscall" and what != ANY and what not in known:
            raise UsageError(f"breakpoint {text}: no such call; there are: {', '.join(known)}")
        if kind == "text":
            _check_pattern(text, what)
        return cls(kind, what)


def _check_pattern(text: str, pattern: str) -> None:
    try:
        if regex.search(pattern, "", timeout=MATCH_SECONDS):
            raise UsageError(f"breakpoint {text} matches at every token: the empty text, too")
    except regex.error as error:
        raise UsageError(f"breakpoint {text}: {error}") from None
    except RecursionError:
        raise UsageError(f"breakpoint {text[:60]}...: the pattern is nested too deep") from None


class Breaks:
    def __init__(self) -> None:
        self.points: tuple[Breakpoint, ...] = ()
        self.steps: int | None = None  # tokens to go until the next stop
        self.passes = False  # the next call is the one that it has stopped at already
        self._looked_at = 0  # characters of the message that cannot begin a match any more

    def set(self, points: Sequence[Breakpoint]) -> None:
        self.points = tuple(points)

    @property
    def slice_tokens(self) -> int | None:
        """After how many tokens to look again; None: not before the end."""
        return 1 if any(point.kind == "text" for point in self.points) else self.steps

    def at_call(self, name: str) -> str | None:
        """Why to stop before a call."""
        passes, self.passes = self.passes, False
        if (reason := self.overdue()) is not None:
            return reason
        for point in self.points:
            if point.kind == "syscall" and point.what in (ANY, name) and not passes:
                return f"breakpoint {point}"
        return None

    def overdue(self) -> str | None:
        """Why to stop before anything else: the steps ended with the last message."""
        if self.steps is None or self.steps > 0:
            return None
        self.steps = None
        return "step"

    def ended(self, num_tokens: int) -> None:
        """A message is complete, so many tokens after the last look."""
        if self.steps is not None:
            self.steps = max(0, self.steps - num_tokens)

    def begin(self, raw: str) -> None:
        """A message begins, or goes on after what of it is there already."""
        self._looked_at = len(raw)

    def generated(self, raw: str, num_tokens: int) -> str | None:
        """Why to stop after so many more tokens, of a message that is `raw` by now."""
        reason = self._matched(raw)
        if self.steps is not None:
            self.steps -= num_tokens
            if self.steps <= 0:
                self.steps = None
                reason = reason or "step"
        return reason

    def _matched(self, raw: str) -> str | None:
        """A match counts once: the next one begins behind it."""
        for point in self.points:
            if point.kind != "text":
                continue
            try:
                match = regex.search(point.what, raw, pos=self._looked_at, timeout=MATCH_SECONDS)
            except TimeoutError:  # everybody else waits meanwhile: it is not tried again and again in silence
                return f"breakpoint {point}, which takes too long to look for"
            if match is not None:
                self._looked_at = max(match.end(), match.start() + 1)  # one that is empty (a lookbehind's), too
                return f"breakpoint {point}"
        return None
