"""Whose doing the deaths of a driver are, and whose they are not."""

from __future__ import annotations

from collections.abc import Sequence

from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.errors import DriverBroken, DriverLost
from llmasos.memory.demand import Demand
from llmasos.memory.suspects import MOST_DEATHS, Suspects

WAYS = ("was killed by SIGSEGV", "was killed by SIGKILL", "stood still for 2 s")


def demands(*pids: int) -> list[Demand]:
    return [Demand(pid, [1, 2, 3], TokenSampler(Sampling()), 3) for pid in pids]


def dies(suspects: Suspects, ranked: Sequence[Demand], way: str) -> list[Demand]:
    """The driver dies of the step; those who are told."""
    chosen = suspects.narrowed(ranked)
    suspects.accuse(chosen, DriverLost(f"its driver {way}"))
    return [demand for demand in chosen if demand.error is not None]


def test_deaths_of_other_kinds_in_between_are_nobodys_doing() -> None:
    """Whoever ranks first when it hangs: the ways change with the ranks, and still nobody is taken for the cause."""
    suspects = Suspects()
    dies(suspects, demands(1, 2, 3), WAYS[0])
    for number in range(30):
        way = WAYS[number % 3]
        assert dies(suspects, demands(1, 2, 3) if way == WAYS[2] else demands(2, 3, 1), way) == []


def test_who_kills_it_is_told_wherever_it_ranks_meanwhile() -> None:
    suspects = Suspects()
    dies(suspects, demands(1, 2), WAYS[0])
    told = [dies(suspects, demands(*pids), WAYS[0]) for pids in ((1, 2), (2, 1), (1, 2), (2, 1), (1, 2), (2, 1))]
    assert [[demand.pid for demand in each] for each in told] == [[], [], [1], [], [], [2]]
    assert isinstance(told[MOST_DEATHS - 1][0].error, DriverBroken)
