"""How long a step takes by the rows in it: measured, so that a step can be kept short for somebody's sake.

- `see(driver_seconds, fed)` after every driver step: the device's seconds so far, and the tokens each row fed.
- `most_beside(num_rows)`: how many tokens of others fit in a step beside so many rows, so that it takes no more than
  `STRETCH` times as long as it would without them; None while nothing is known. Where even one row more takes longer,
  every second time 0. Now and then 0, or one more than is known to fit: what has not been seen for long is looked at.
- What is kept is a time for each number of rows, not a line: kernels that work in blocks take as long for four rows as
  for eight. Between two numbers that were seen a line is drawn.
- Steps that decode are what it learns from; a long prompt's tokens count like rows, which is more than they take.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

STRETCH = 1.7  # a step beside others, against one without: what is left to twice is for the way to the reader
NEWEST = 0.2  # the weight of the newest time of a number of rows: one slow step decides nothing
LOOK_EVERY = (
    256  # steps, after which a number of rows is looked at again: contexts grow, and what was slow may be no more
)
ASK_EVERY = 32  # steps: one that looks may be a long one, or leave others out, or read a prompt, which says nothing
DECODE_TOKENS = 4  # a row that feeds more reads a prompt


class Pace:
    """Seconds of a decode step by its number of rows, each a mean that forgets."""

    def __init__(self) -> None:
        self._seconds_so_far = 0.0
        self._num_steps = 0
        self._last_rows = 0  # of the last step; 0 when it read a prompt
        self._seconds: dict[int, float] = {}
        self._seen: dict[int, int] = {}  # the step in which a number of rows was last seen

    def see(self, driver_seconds: float, fed: Sequence[int]) -> None:
        seconds, self._seconds_so_far = driver_seconds - self._seconds_so_far, driver_seconds
        self._num_steps += 1
        self._last_rows = rows = sum(fed) if max(fed, default=0) <= DECODE_TOKENS else 0
        if not rows:
            return
        known = self._seconds.get(rows, seconds)
        self._seconds[rows] = known + NEWEST * (seconds - known)
        self._seen[rows] = self._num_steps

    def most_beside(self, num_rows: int) -> int | None:
        if not self._seconds:
            return None
        asks = self._num_steps % ASK_EVERY == 0
        if asks and self._is_old(num_rows):
            return 0
        known = sorted(self._seconds)
        bound = STRETCH * self._expected(num_rows, known)
        if self._expected(num_rows + 1, known) > bound:  # nobody is starved by steps that are short
            return 0 if self._last_rows > num_rows else 1
        most = 1
        while num_rows + most < known[-1] and self._expected(num_rows + most + 1, known) <= bound:
            most += 1
        return most + 1 if asks and num_rows + most < known[-1] and self._is_old(num_rows + most + 1) else most

    def _is_old(self, rows: int) -> bool:
        return rows not in self._seen or self._num_steps - self._seen[rows] >= LOOK_EVERY

    def _expected(self, rows: int, known: Sequence[int]) -> float:
        """Seconds of a step of so many rows; outside of what was seen as the nearest line goes on."""
        if rows in self._seconds:
            return self._seconds[rows]
        if len(known) == 1:
            return self._seconds[known[0]] * rows / known[0]
        at = max(1, min(bisect_left(known, rows), len(known) - 1))
        low, high = known[at - 1], known[at]
        slope = max(0.0, self._seconds[high] - self._seconds[low]) / (high - low)
        return max(0.0, self._seconds[low] + slope * (rows - low))
