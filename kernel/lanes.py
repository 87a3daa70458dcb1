"""The tasks of a process's code: each is a lane, which asks for the same again after a restart, in the same order.

- `lanes.own(what, key)` is the lane of the task that runs now. One that is not known yet takes the first lane that
  began with the same, else a new one.
- `lanes.dead()`: one whose task has ended with more to ask.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio

from llmasos.kernel.past_code import Asked

MAIN = 0
NO_TASK = -1  # what asks from a callback of the event loop, as other threads do
MANY = 64


@dataclass(slots=True)
class Lane:
    """`past`: what it is to ask again. The coroutine is held: no other has its id meanwhile."""

    number: int
    coroutine: Any
    past: deque[Asked]

    @property
    def is_over(self) -> bool:
        return self.coroutine is not None and getattr(self.coroutine, "cr_frame", self) is None


class Lanes:
    """Made in the code's first task."""

    def __init__(self, past: Mapping[int, deque[Asked]]) -> None:
        self._unclaimed = dict(sorted(past.items()))
        self._next = max([MAIN, *past]) + 1
        own = _coroutine()
        self._known = {id(own): Lane(MAIN, own, self._unclaimed.pop(MAIN, deque()))}

    def own(self, what: str, key: Any) -> Lane:
        own = _coroutine()
        lane = self._known.get(id(own))
        if lane is None or lane.coroutine is not own:
            lane = self._known[id(own)] = self._taken(own, what, key)
            self._forget()
        if own is None and lane.past:
            self._first_alike(lane, what, key)
        return lane

    def dead(self) -> Lane | None:
        return next((lane for lane in self._known.values() if lane.past and lane.is_over), None)

    def _first_alike(self, lane: Lane, what: str, key: Any) -> None:
        """Threads take no turns: what of theirs is asked next is what fits."""
        at = next((i for i, asked in enumerate(lane.past) if (asked.what, asked.key) == (what, key)), 0)
        asked = lane.past[at]
        del lane.past[at]
        lane.past.appendleft(asked)

    def _taken(self, own: Any, what: str, key: Any) -> Lane:
        if own is None:
            return Lane(NO_TASK, None, self._unclaimed.pop(NO_TASK, deque()))
        for number, past in self._unclaimed.items():
            if number != NO_TASK and (past[0].what, past[0].key) == (what, key):
                return Lane(number, own, self._unclaimed.pop(number))
        self._next += 1
        return Lane(self._next - 1, own, deque())

    def _forget(self) -> None:
        if len(self._known) > MANY:
            self._known = {key: lane for key, lane in self._known.items() if lane.past or not lane.is_over}


def _coroutine() -> Any:
    """Of the task that runs now; None outside of any."""
    try:
        return anyio.get_current_task().coro
    except RuntimeError:
        return None
