"""What one process asks of a step, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
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


def spread(admitted: Sequence[Demand], num_tokens: int) -> None:
    """Tokens that some had less use for than was granted go to the others, best ranked first."""
    pending = [len(demand.tokens) - demand.start for demand in admitted]
    for demand, need in zip(admitted, pending, strict=True):
        demand.max_tokens = min(demand.max_tokens, need)
    spare = num_tokens - sum(demand.max_tokens for demand in admitted)
    for demand, need in zip(admitted, pending, strict=True):
        more = min(need - demand.max_tokens, spare)
        demand.max_tokens += more
        spare -= more
