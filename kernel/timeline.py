"""What the scheduler did last: who was in which step, when, and with how many tokens.

- The engine adds a step (a burst of driver steps is one) when it is complete; `since(moment)` gives those that ended
  behind that moment. Moments are the engine's clock, seconds.
- It keeps the last `MAX_STEPS`: at 60 bursts a second about a minute, and it says nothing of what was before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from llmasos.kernel.model import Model

MAX_STEPS = 4096


class Share(NamedTuple):
    """One process's part of a step: tokens of its prompt that were computed, and tokens that it got."""

    pid: int
    prefill_tokens: int
    new_tokens: int


class Step(NamedTuple):
    began: float
    ended: float
    shares: tuple[Share, ...]


class Timeline:
    def __init__(self) -> None:
        self._steps: deque[Step] = deque(maxlen=MAX_STEPS)

    def add(self, began: float, ended: float, shares: Sequence[Share]) -> None:
        self._steps.append(Step(began, ended, tuple(shares)))

    def since(self, moment: float) -> list[Step]:
        """In the order they ended."""
        found: list[Step] = []
        for step in reversed(self._steps):
            if step.ended <= moment:
                break
            found.append(step)
        return found[::-1]


def steps(models: Iterable[Model], since: float) -> list[dict[str, Any]]:
    """The steps of loaded models that ended after `since`; moments are those of `time.monotonic`."""
    return [
        {"model": model.name, "began": step.began, "ended": step.ended, "shares": step.shares}
        for model in models
        for step in model.engine.timeline.since(since)
    ]
