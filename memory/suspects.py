"""Whose tokens may have killed the driver, found by computing each suspect's alone.

- After a death everybody in the step is a suspect. A suspect runs alone until it has been given a token; then it is
  acquitted. So one request that kills the driver ends itself, and not everyone who was computed beside it.
- One that was alone at `MOST_DEATHS` deaths running is given the error; before, it may have been chance (memory was
  short, somebody sent a signal).
- It does not know drivers or sequences.
"""

from __future__ import annotations

from collections.abc import Sequence

from llmasos.errors import DriverBroken, DriverLost
from llmasos.memory.demand import Demand

MOST_DEATHS = 3  # four with the one in company: fewer than the breaker allows (drivers/breaker.py)


class Suspects:
    def __init__(self) -> None:
        self._deaths: dict[int, int] = {}  # by pid: deaths at which it was alone

    def narrowed(self, demands: Sequence[Demand]) -> Sequence[Demand]:
        """The best ranked suspect alone, if there is one; the others are put off."""
        suspect = next((demand for demand in demands if demand.pid in self._deaths), None)
        if suspect is None:
            return demands
        for demand in demands:
            demand.put_off()
        return [suspect]

    def accuse(self, demands: Sequence[Demand], error: DriverLost) -> None:
        """The driver died of a step for these."""
        if len(demands) == 1:
            demand = demands[0]
            self._deaths[demand.pid] = self._deaths.get(demand.pid, 0) + 1
            if self._deaths[demand.pid] >= MOST_DEATHS:
                self.forget(demand.pid)
                demand.error = DriverBroken(f"{error}, {MOST_DEATHS} times over the context of process {demand.pid}")
        else:
            self._deaths |= {demand.pid: 0 for demand in demands if demand.pid not in self._deaths}

    def acquit(self, demands: Sequence[Demand]) -> None:
        """The driver lived: whoever was given a token is none any more."""
        if self._deaths:
            for demand in demands:
                if demand.sample is not None or demand.error is not None:
                    self.forget(demand.pid)

    def forget(self, pid: int) -> None:
        self._deaths.pop(pid, None)
