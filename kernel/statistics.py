"""What an engine has done: counters it adds to, and the frozen value others are given."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Counters:
    """Counts, tokens and seconds since the engine was made; changed by the engine only."""

    steps: int = 0
    rows: int = 0
    prefill_tokens: int = 0
    decode_tokens: int = 0
    forced_tokens: int = 0
    cached_tokens: int = 0
    busy_seconds: float = 0.0  # from compose to complete, the driver's included


@dataclass(frozen=True, slots=True)
class Statistics:
    """`Counters` at one moment, and what residency and run queue were then."""

    steps: int = 0
    rows: int = 0
    prefill_tokens: int = 0
    decode_tokens: int = 0
    forced_tokens: int = 0
    cached_tokens: int = 0
    busy_seconds: float = 0.0
    driver_seconds: float = 0.0
    evictions: int = 0
    forks: int = 0
    swap_outs: int = 0
    swap_ins: int = 0
    swap_drops: int = 0
    swap_ram_bytes: int = 0
    swap_disk_bytes: int = 0
    saves: int = 0
    restores: int = 0
    num_runnable: int = 0
    num_paused: int = 0
    num_free_cells: int = 0

    @classmethod
    def of(cls, counters: Counters, **now: Any) -> Statistics:
        return cls(**asdict(counters), **now)

    @property
    def python_share(self) -> float:
        """The part of busy time that is not the driver's."""
        return 1.0 - self.driver_seconds / self.busy_seconds if self.busy_seconds else 0.0

    @property
    def rows_per_step(self) -> float:
        return self.rows / self.steps if self.steps else 0.0
