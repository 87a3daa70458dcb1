"""How long a step takes is learned from steps, and what fits beside somebody from that."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim
from llmasos.kernel.engine import Engine
from llmasos.kernel.generation import Generation
from llmasos.kernel.limits import Budget, Limits
from llmasos.kernel.pace import ASK_EVERY, LOOK_EVERY, Pace
from llmasos.kernel.process import Process, State
from llmasos.kernel.run_queue import make_policy


def pace_of(steps: list[int], fixed: float, per_row: float) -> Pace:
    """One that has seen steps of so many decode rows on a device with such costs, in seconds."""
    pace, seconds = Pace(), 0.0
    for rows in steps:
        seconds += fixed + per_row * rows
        pace.see(seconds, [1] * rows)
    return pace


def test_what_fits_keeps_a_step_short() -> None:
    pace = pace_of([1, 1, 33, 33, 10], 0.006, 0.002)
    assert pace.most_beside(1) == 2, "12 ms of at most 13.6"
    assert pace.most_beside(10) == 9, "44 ms of at most 44.2"


def test_of_nothing_seen_nothing_is_known() -> None:
    assert Pace().most_beside(1) is None


def tried(pace: Pace, seen: dict[int, float], beside: dict[int, float], most_s: float, times: int) -> list[int]:
    """What it says beside one row, step after step, where steps take such seconds: by rows, then by what it says."""
    seconds, found = 0.0, list[int]()
    for rows, step in seen.items():
        seconds += step
        pace.see(seconds, [1] * rows)
    for _ in range(times):
        most = pace.most_beside(1)
        assert most is not None
        found.append(most)
        seconds += beside.get(most, most_s)
        pace.see(seconds, [1] * (1 + most))
    return found


def test_a_step_in_blocks_is_seen_for_what_it_takes() -> None:
    """Four rows as slow as eight: between one and eight a line says too little, until four were tried."""
    seen = {1: 0.020, 8: 0.047, 32: 0.120}
    found = tried(Pace(), seen, {0: 0.020, 1: 0.030, 2: 0.031}, 0.047, 200)
    assert found[0] == 3, "a line from one to eight says 31.6 ms of at most 34"
    assert found[100:].count(2) >= 95


def test_where_one_row_more_doubles_a_step_every_second_one_is_without() -> None:
    pace = Pace()
    assert tried(pace, {1: 0.017, 2: 0.033, 32: 0.120}, {0: 0.017}, 0.033, 30) == [0, 1] * 15
    pace.see(1000.0, [300, 1])
    assert pace.most_beside(1) == 1, "beside a prompt that is read others are not kept waiting"


def test_what_was_not_seen_for_long_is_looked_at() -> None:
    def found(*steps: int) -> int | None:
        return pace_of([*steps], 0.006, 0.002).most_beside(1)

    assert found(*[4] * ASK_EVERY) == 0, "nobody has seen how long a step takes without others"
    assert found(1, *[4] * (ASK_EVERY - 2)) == 2
    assert found(1, *[4] * (LOOK_EVERY - 1)) == 2
    assert found(1, *[4] * (LOOK_EVERY + ASK_EVERY - 1)) == 0, "seen too long ago"
    assert found(1, *[4] * (LOOK_EVERY + ASK_EVERY)) == 2, "others are not kept waiting at every step"
    assert found(1, *[9] * (ASK_EVERY - 1)) == 3, "one more than a line says would fit"


def test_prompts_are_not_taken_for_rows() -> None:
    pace = pace_of([1, 33] * 5, 0.006, 0.002)
    known = pace.most_beside(1)
    pace.see(1000.0, [512, 1, 1])
    assert pace.most_beside(1) == known


@given(st.lists(st.integers(1, 64), min_size=2), st.floats(0, 1), st.floats(0, 1))
def test_somebody_fits_in_nearly_every_step(steps: list[int], fixed: float, per_row: float) -> None:
    pace = pace_of(steps, fixed, per_row)
    found = pace.most_beside(1)
    assert found is not None and (found >= 1 or len(steps) % ASK_EVERY == 0 or steps[-1] > 1)
    pace.see(1000.0, [1])
    assert pace.most_beside(1) or (len(steps) + 1) % ASK_EVERY == 0, "after a step without others comes one with them"


def test_a_favoured_process_waits_little_longer_among_many_than_alone() -> None:
    sim = Sim(num_sequences=40, num_cells=40 * 256)
    engine = Engine(sim, policy=make_policy("fair"), clock=sim.clock, burst_seconds=0.0)
    mine = started(engine, 2, nice=-10)
    alone = gaps(engine, mine, 40)
    others = [started(engine, pid) for pid in range(3, 35)]
    gaps(engine, mine, 5)  # what a row costs is not known yet
    among = gaps(engine, mine, 60)
    assert max(among) <= 2 * max(alone)
    assert sum(generation.num_tokens for generation in others) >= 60


def started(engine: Engine, pid: int, nice: int = 0) -> Generation:
    process = Process(pid, 1, "agent", "sim", "", Path(), frozenset(), Budget(Limits()), nice=nice)
    process.become(State.READY)
    process.context.append("user", "", [40 + pid, 41])
    process.context.append("assistant", "")
    generation = engine.generate(process, TokenSampler(Sampling()), stop_tokens=())
    engine.add(generation)
    return generation


def gaps(engine: Engine, generation: Generation, num_tokens: int) -> list[float]:
    """Seconds from each of its next tokens to the one behind it."""
    times: list[float] = []
    while len(times) <= num_tokens:
        before, batch = generation.num_tokens, engine.compose()
        assert batch is not None
        engine.step(batch)
        engine.complete(batch)
        if generation.num_tokens > before:
            times.append(engine.driver.clock.now)  # type: ignore[attr-defined]
    return [b - a for a, b in pairwise(times)]
