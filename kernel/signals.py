"""Signals: what may be sent to a process, with Unix's numbers and names."""

from __future__ import annotations

import enum

from llmasos.errors import UsageError


class Signal(enum.IntEnum):
    """TERM and KILL end a process (KILL its tree too); INT ends the turn; STOP and CONT hold and resume it."""

    INT = 2
    KILL = 9
    USR1 = 10
    TERM = 15
    CONT = 18
    STOP = 19

    @classmethod
    def parse(cls, text: str) -> Signal:
        """A signal from `TERM`, `SIGTERM`, `15` or any of them behind a dash. Raises UsageError."""
        word = text.lstrip("-").upper().removeprefix("SIG")
        for signal in cls:
            if word in (signal.name, str(signal.value)):
                return signal
        raise UsageError(f"unknown signal {text!r}; known: {', '.join(s.name for s in cls)}")
