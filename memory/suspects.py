"""Whose tokens may have killed the driver, found by computing each suspect's alone.

- After a death everybody in the step is a suspect. A suspect runs alone until it has been given a token; then it is
  acquitted. So one request that kills the driver ends itself, and not everyone who was computed beside it.
- One that was alone at `MOST_DEATHS` deaths running, in the same way at the same place of its context, is given the
  error. Anything less may be chance: memory was short, somebody sent signals.
- It does not know drivers or sequences.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmasos.errors import DriverBroken, DriverLost
from llmasos.memory.demand import Demand

MOST_DEATHS = 3  # four with the one in company: fewer than the breaker allows (drivers/breaker.py)


class Suspects:
    def __init__(self) -> None:
        self._deaths: dict[int, list[tuple[str, int]]] = {}  # by pid: how and where, at deaths alike when it was alone

    def narrowed(self, demands: Sequence[Demand]) -> Sequence[Demand]:
        """One suspect alone with what was granted to all, if there is one: that of the last death, else the best one.

        Another one's turn in between would hide from either what killed the driver meanwhile.
        """
        suspects = [demand for demand in demands if demand.pid in self._deaths]
        if not suspects:
            return demands
        suspect = max(suspects, key=lambda demand: len(self._deaths[demand.pid]))
        suspect.max_tokens = sum(demand.max_tokens for demand in demands)
        return [suspect]

    def accuse(self, demands: Sequence[Demand], error: DriverLost) -> None:
        """The driver died of a step for these."""
        if len(demands) == 1:
            self._accuse_one(demands[0], error)
        else:
            self._deaths |= {demand.pid: [] for demand in demands if demand.pid not in self._deaths}

    def acquit(self, demands: Sequence[Demand]) -> None:
        """The driver lived: whoever was given a token is none any more."""
        if self._deaths:
            for demand in demands:
                if demand.sample is not None or demand.error is not None:
                    self.forget(demand.pid)

    def _accuse_one(self, demand: Demand, error: DriverLost) -> None:
        death = str(error), demand.start
        alike = [earlier for earlier in self._deaths.get(demand.pid, []) if earlier == death]
        self._deaths[demand.pid] = [*alike, death]
        if len(alike) + 1 >= MOST_DEATHS:
            self.forget(demand.pid)
            demand.error = DriverBroken(f"{error}, {MOST_DEATHS} times over the context of process {demand.pid}")

    def forget(self, pid: int) -> None:
        self._deaths.pop(pid, None)
