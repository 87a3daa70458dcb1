"""An engine over a driver that dies: everybody is computed again and goes on, but for who kills it every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmasos.drivers.driver import Row, Sample
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim
from llmasos.errors import DriverBroken, DriverLost
from llmasos.kernel.engine import Engine
from llmasos.kernel.generation import Generation
from llmasos.kernel.process import Process
from llmasos.memory.demand import Demand
from llmasos.memory.residency import Residency
from tests.kernel.test_engine import alone, drain, new_engine, new_process, now

GREEDY = Sampling()
POISON = 99


class Mortal(Sim):
    """Any of its calls may be told to die; what it held is closed by who held it."""

    dies: Callable[[Sequence[Row]], bool] = staticmethod(lambda rows: False)
    deaths = 0

    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        self._live_or_die(rows)
        return super().step(rows)

    def open(self) -> int:
        self._live_or_die()
        return super().open()

    def fork(self, sequence_id: int, num_tokens: int) -> int:
        self._live_or_die()
        return super().fork(sequence_id, num_tokens)

    def truncate(self, sequence_id: int, num_tokens: int) -> None:
        self._live_or_die()
        super().truncate(sequence_id, num_tokens)

    def _live_or_die(self, rows: Sequence[Row] = ()) -> None:
        if self.dies(rows):
            self.deaths += 1
            raise DriverLost("its driver was killed by SIGSEGV")


def poisoned(rows: Sequence[Row]) -> bool:
    return any(POISON in row.tokens for row in rows)


def started(engine: Engine, *prompts: list[int], max_tokens: int = 6) -> list[tuple[Process, Generation]]:
    made = []
    for pid, prompt in enumerate(prompts, 2):
        process = new_process(pid, prompt)
        made.append((process, engine.generate(process, TokenSampler(GREEDY), max_tokens=max_tokens)))
        engine.add(made[-1][1])
    return made


def said(process: Process) -> list[int]:
    return process.context.segments[-1].tokens


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    gaps=st.lists(st.tuples(st.integers(18, 40), st.integers(1, 2)), max_size=5),
    prompts=st.lists(st.lists(st.integers(32, 40), min_size=1, max_size=60), min_size=1, max_size=6),
    num_sequences=st.integers(1, 4),
    burst=st.sampled_from([0.0, 0.1, 10.0]),
    step_tokens=st.integers(4, 64),
)
def test_whenever_it_dies_nobody_says_anything_else(
    gaps: list[tuple[int, int]], prompts: list[list[int]], num_sequences: int, burst: float, step_tokens: int
) -> None:
    """At most twice before a suspect can have its token: three deaths running over one are held to be its doing."""
    at: set[int] = set()
    for gap, times in gaps:
        at |= {max(at, default=-17) + gap + i for i in range(times)}
    sim = Mortal(window_tokens=120, num_sequences=num_sequences, num_cells=200)
    engine = new_engine(sim, burst_seconds=burst, step_tokens=step_tokens)
    calls = iter(range(10_000))
    sim.dies = lambda rows: next(calls) in at
    made = started(engine, *prompts)
    drain(engine)
    sim.check_integrity()
    for (process, generation), prompt in zip(made, prompts, strict=True):
        assert generation.error is None and said(process) == alone(prompt, 6)
        assert process.budget.used["tokens"] == 6


def test_who_kills_it_every_time_is_told_and_the_others_go_on() -> None:
    sim = Mortal()
    sim.dies = poisoned
    engine = new_engine(sim, burst_seconds=10.0)
    prompts = [[40 + i] * 20 for i in range(5)]
    prompts[2][17] = POISON
    made = started(engine, *prompts)
    drain(engine)
    for number, ((process, generation), prompt) in enumerate(zip(made, prompts, strict=True)):
        if number == 2:
            assert generation.finish_reason == "error" and isinstance(generation.error, DriverBroken)
            assert str(generation.error) == "its driver was killed by SIGSEGV, 3 times over the context of process 4"
        else:
            assert generation.error is None and said(process) == alone(prompt, 6)
    assert sim.deaths == 4, "once in company, three times alone: fewer than open the breaker"


def test_a_death_before_the_step_brings_nobody_the_last_one_again() -> None:
    sim = Mortal()
    residency = Residency(sim, sim.clock)
    old = Demand(2, [40, 41], TokenSampler(GREEDY), max_tokens=2)
    residency.run([old])
    assert old.sample is not None
    sim.dies = lambda rows: not rows
    residency.run([Demand(3, [50], TokenSampler(GREEDY), max_tokens=1), old])
    assert sim.deaths == 1 and old.sample is None and not old.fed


def test_deaths_that_are_not_alike_prove_nothing() -> None:
    """Somebody sends signals faster than a context is computed."""
    sim = Mortal()
    engine = new_engine(sim)
    [(process, generation)] = started(engine, [40, 41])
    for name in ("SIGSEGV", "SIGKILL", "SIGSEGV", "SIGKILL", "SIGSEGV", "SIGSEGV"):
        sim.fail_next(DriverLost(f"its driver was killed by {name}"))
    drain(engine)
    assert generation.error is None and said(process) == alone([40, 41], 6)


def test_one_alone_that_kills_it_is_told_after_three() -> None:
    sim = Mortal()
    sim.dies = poisoned
    engine = new_engine(sim)
    [(_, generation)] = started(engine, [40, POISON, 41])
    drain(engine)
    assert isinstance(generation.error, DriverBroken) and sim.deaths == 3


def test_the_end_of_a_suspect_does_not_hold_up_the_others() -> None:
    sim = Mortal()
    sim.dies = poisoned
    engine = new_engine(sim)
    made = started(engine, [40, POISON, 41], [50, 51])
    batch = engine.compose()
    assert batch is not None
    engine.step(batch)
    engine.complete(batch)
    now(engine.release(2))
    drain(engine)
    assert said(made[1][0]) == alone([50, 51], 6) and sim.deaths == 1


@pytest.mark.parametrize("verb", ["close", "truncate"])
def test_a_death_found_when_a_process_ends_is_nobody_s_fault(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Mortal()
    engine = new_engine(sim)
    _, second = started(engine, list(range(32, 82)), [50, 51], max_tokens=8)
    engine._prefix_tokens[2] = 50 if verb == "truncate" else 0
    for _ in range(3):
        batch = engine.compose()
        assert batch is not None
        engine.step(batch)
        engine.complete(batch)

    def dies(*arguments: object) -> None:
        monkeypatch.undo()
        raise DriverLost("its driver was killed by SIGSEGV")

    monkeypatch.setattr(sim, verb, dies)
    now(engine.release(2))
    drain(engine)
    assert second[1].error is None and said(second[0]) == alone([50, 51], 8)


def test_a_driver_that_is_not_started_again_is_told_to_everybody() -> None:
    sim = Mortal()
    engine = new_engine(sim)
    made = started(engine, [40], [41])
    sim.fail_next(DriverBroken("after 5 restarts in 60 s it is not started again for 9 s"))
    drain(engine)
    assert all(isinstance(generation.error, DriverBroken) for _, generation in made)
