"""What goes through the engine's step: the batch, and the tokens that it sends to the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from llmasos.errors import LLMasOSError
from llmasos.kernel.generation import Generation
from llmasos.memory.demand import Demand


class TokenRecord(NamedTuple):
    """A token on its way to the journal."""

    pid: int
    segment_id: int
    token: int
    forced: bool
    logprob: float | None


@dataclass(slots=True)
class Batch:
    """What one step is for, and how it went as a whole."""

    generations: list[Generation]
    demands: list[Demand]
    began: float
    error: LLMasOSError | None = None

    @property
    def records(self) -> list[TokenRecord]:
        """What was kept of its samples, for the journal."""
        return [
            TokenRecord(generation.pid, generation.segment.segment_id, e.token, e.forced, e.logprob)
            for generation in self.generations
            for e in generation.kept
        ]
