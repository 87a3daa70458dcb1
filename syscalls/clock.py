"""The time, as a process may ask for it. The clock is injected: nothing here reads the machine's by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from llmasos.kernel.syscall import syscall

# strftime's names follow the locale; a model is told English ones.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def local_time() -> datetime:
    """The machine's time in its own zone."""
    return datetime.now().astimezone()


class Clock:
    def __init__(self, now: Callable[[], datetime] = local_time) -> None:
        self._now = now

    @syscall(effect="read", capability="clock", family="clock")
    def clock(self) -> str:
        """Current date and time."""
        now = self._now()
        return f"{_DAYS[now.weekday()]} {now:%Y-%m-%d %H:%M}"
