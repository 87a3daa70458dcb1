"""How often a driver that dies is started again: five times a minute, then not until there is room again.

- `take()` before every restart; it raises DriverBroken when there were too many.
- It closes by itself as the restarts grow old: whoever comes then tries again.
"""

from __future__ import annotations

import time
from collections import deque
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
        self._taken: deque[float] = deque()

    def take(self, what: str) -> None:
        """Allow one more restart. Raises DriverBroken, beginning with `what`, when there were too many."""
        if reason := self.reason:
            raise DriverBroken(f"{what}; {reason}")
        self._taken.append(self._clock())

    @property
    def reason(self) -> str:
        """Why there is no restart now; empty when there may be one."""
        now = self._clock()
        while self._taken and now - self._taken[0] >= self.within_s:
            self._taken.popleft()
        if len(self._taken) < self.restarts:
            return ""
        wait = self._taken[0] + self.within_s - now
        return f"it was started again {self.restarts} times in {self.within_s:.0f} s, next in {max(wait, 1):.0f} s"
