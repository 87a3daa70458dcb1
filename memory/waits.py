"""How long a process that waits is likely to be away from the model: measured, by what it waits for.

- `begin(pid, name)` when it traps or reads its input, `end(pid)` when it goes on; `left(pid)` is asked at any moment.
- Whoever is away longest is missed least: memory/residency.py takes its KV first. KV that is kept is wasted while its
  process is away, and bringing it back costs what it is long, so the length cancels out.
- `is_outside(pid)`: it waits for somebody outside, who may never come back; calls have deadlines, and are soon over.
- Per name the mean of the last waits, newer ones counting more. A wait that has outlasted its mean is taken to go on
  for as long again: the longer it lasts, the longer it will.

Source: Abhyankar et al. 2024, InferCept (expected waste of keeping, swapping and dropping).
"""

from __future__ import annotations

import time
from collections.abc import Callable

NEWEST = 0.2  # of the mean is the newest wait
READER, INPUT = "reader", "input"  # a client that does not read, a user or a program that says nothing
UNKNOWN_S = 1.0  # of a call that nobody has made yet


class Waits:
    """Seconds on a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._means: dict[str, float] = {}
        self._under_way: dict[int, tuple[str, float]] = {}  # by pid: for what, since when

    def begin(self, pid: int, name: str) -> None:
        self._under_way[pid] = (name, self._clock())

    def end(self, pid: int) -> None:
        """Learn from a wait; one that was not begun is none."""
        name, since = self._under_way.pop(pid, ("", 0.0))
        if name:
            spent = self._clock() - since
            mean = self._means.get(name, spent)
            self._means[name] = mean + NEWEST * (spent - mean)

    def is_outside(self, pid: int) -> bool:
        return self._under_way.get(pid, ("", 0.0))[0] in (READER, INPUT)

    def left(self, pid: int) -> float:
        """Seconds until the process is likely to need the model; 0 for one that does not wait."""
        wait = self._under_way.get(pid)
        if wait is None:
            return 0.0
        name, since = wait
        elapsed, mean = self._clock() - since, self._means.get(name, UNKNOWN_S)
        return mean - elapsed if elapsed < mean / 2 else max(elapsed, mean / 2)
