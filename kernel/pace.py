"""How long a step takes by the rows in it: measured, so that a step can be kept short for somebody's sake.

- `see(driver_seconds, fed)` after every driver step: the device's seconds so far, and the tokens each row fed.
- `most_beside(num_rows)`: how many tokens of others fit in a step beside so many rows, so that it takes no more than
  `STRETCH` times as long as it would without them; None while too little is known.
- Steps that decode are what it learns from, as a line over their rows; a long prompt's tokens count like rows, which is
  more than they take.
"""

from __future__ import annotations

from collections.abc import Sequence

STRETCH = 1.6  # a step beside others, against one without: what is left to twice is for the way to the reader
FORGET = 0.98  # of what was seen is kept a step: contexts grow, and steps with them
MIN_SPREAD = 1.0  # rows squared: the variance without which a line says nothing
DECODE_TOKENS = 4  # a row that feeds more reads a prompt


class Pace:
    """Seconds of a decode step: a line over the number of rows, by least squares that forget."""

    def __init__(self) -> None:
        self._seconds_so_far = 0.0
        self._weight = self._rows = self._seconds = self._rows_rows = self._rows_seconds = 0.0
        self._per_row: float | None = None

    def see(self, driver_seconds: float, fed: Sequence[int]) -> None:
        seconds, self._seconds_so_far = driver_seconds - self._seconds_so_far, driver_seconds
        if not fed or max(fed) > DECODE_TOKENS:
            return
        rows = sum(fed)
        self._weight = FORGET * self._weight + 1.0
        self._rows = FORGET * self._rows + rows
        self._seconds = FORGET * self._seconds + seconds
        self._rows_rows = FORGET * self._rows_rows + rows * rows
        self._rows_seconds = FORGET * self._rows_seconds + rows * seconds
        self._learn()

    def most_beside(self, num_rows: int) -> int | None:
        """At least one: nobody is starved by a step that is short."""
        if self._per_row is None or self._per_row <= 0.0:
            return None
        alone = max(self._seconds / self._weight + self._per_row * (num_rows - self._rows / self._weight), 0.0)
        return max(1, int((STRETCH - 1.0) * alone / self._per_row))

    def _learn(self) -> None:
        mean = self._rows / self._weight
        spread = self._rows_rows / self._weight - mean * mean
        if spread >= MIN_SPREAD:
            self._per_row = (self._rows_seconds / self._weight - mean * self._seconds / self._weight) / spread
