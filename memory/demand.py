"""What one process asks of a step, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from llmasos.drivers.driver import Sample, Sampler
from llmasos.errors import DriverError


@dataclass(slots=True, eq=False)
class Demand:
    pid: int
    tokens: list[int]  # its whole context
    sampler: Sampler
    max_tokens: int = 0  # to be fed in this step
    fresh: bool = True  # the context may have changed in any way since its KV was computed
    # What came of it.
    start: int = 0  # tokens resident before the step
    fed: int = 0  # tokens appended by it; 0: there was no room
    sample: Sample | None = None
    error: DriverError | None = None

    def put_off(self) -> None:
        """Nothing has come of it yet in this step."""
        self.fed, self.sample, self.error = 0, None, None
