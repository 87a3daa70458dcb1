"""Who is away longest is missed least."""

from __future__ import annotations

from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim, VirtualClock
from llmasos.memory.demand import Demand
from llmasos.memory.residency import Residency
from llmasos.memory.waits import UNKNOWN_S, Waits


def test_waits_are_learnt_by_what_is_waited_for() -> None:
    clock = VirtualClock()
    waits = Waits(clock)
    assert waits.left(2) == 0.0
    waits.begin(2, "ask")
    assert waits.left(2) == UNKNOWN_S
    clock.advance(60.0)
    assert waits.left(2) == 60.0, "it goes on for as long again"
    waits.end(2)
    waits.end(2)
    assert waits.left(2) == 0.0
    waits.begin(2, "ask")
    waits.begin(3, "clock")
    clock.advance(0.2)
    waits.end(3)
    waits.begin(3, "clock")
    assert waits.left(2) == 59.8 and abs(waits.left(3) - 0.2) < 1e-9


def test_who_waits_longest_loses_its_kv_first() -> None:
    sim = Sim(window_tokens=256, num_cells=1024, num_sequences=3)
    away = {2: 0.1, 3: 60.0, 4: 1.0}
    residency = Residency(sim, away=lambda pid: away.get(pid, 0.0))

    def feed(pid: int) -> None:
        tokens = [40 + pid] * 40
        residency.run([Demand(pid, tokens, TokenSampler(Sampling()), max_tokens=len(tokens))])

    for pid in (2, 3, 4):  # 2 is the least recently used
        feed(pid)
    feed(5)
    assert (residency.num_resident(3), residency.num_resident(2) > 0, residency.num_resident(4) > 0) == (0, True, True)
    feed(6)
    assert (residency.num_resident(4), residency.num_resident(2) > 0) == (0, True)
    residency.check_integrity()
