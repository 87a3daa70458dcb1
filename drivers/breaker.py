"""How often a driver that dies is started again: five times a minute by default, then not until there is room again.

- `take(what)` before every restart; it raises DriverBroken when there were too many.
- It closes by itself as the restarts grow old: whoever comes then tries again.
- `reason` may be read from any thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from llmasos.errors import DriverBroken

RESTARTS = 5
WITHIN_S = 60.0


class Breaker:
    def __init__(
        self, restarts: int = RESTARTS, within_s: float = WITHIN_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.restarts = restarts
        self.within_s = within_s
        self._clock = clock
        self._taken: tuple[float, ...] = ()  # when, those that are not old, oldest first

    def take(self, what: str) -> None:
        """Allow one more restart. Raises DriverBroken, beginning with `what`, when there were too many."""
        if reason := self.reason:
            raise DriverBroken(f"{what}; {reason}")
        self._taken = (*self._recent(), self._clock())

    @property
    def reason(self) -> str:
        """Why there is no restart now; empty when there may be one."""
        recent = self._recent()
        if len(recent) < self.restarts:
            return ""
        wait = max(1.0, recent[0] + self.within_s - self._clock())
        times = f"{self.restarts} restart{'' if self.restarts == 1 else 's'}"
        return f"after {times} in {self.within_s:.0f} s it is not started again for {wait:.0f} s"

    def _recent(self) -> tuple[float, ...]:
        now = self._clock()
        return tuple(taken for taken in self._taken if now - taken < self.within_s)
