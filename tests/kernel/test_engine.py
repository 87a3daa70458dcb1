"""The engine over `sim`: random schedules in virtual time through its synchronous core, then the loop itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmasos.drivers.choice import Floats
from llmasos.drivers.driver import Row, Sample, Sampler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim, babble
from llmasos.errors import (
    DriverBroken,
    DriverClosed,
    DriverError,
    GrammarError,
    LLMasOSError,
    OutOfSequences,
    QuotaExceeded,
    WindowTooSmall,
)
from llmasos.kernel.batch import TokenRecord
from llmasos.kernel.engine import Engine
from llmasos.kernel.generation import Generation
from llmasos.kernel.limits import Budget, Limits
from llmasos.kernel.process import Process, State
from llmasos.kernel.run_queue import POLICIES, make_policy

GREEDY = Sampling()


def new_process(pid: int, prompt: list[int], budget: Budget | None = None, nice: int = 0) -> Process:
    budget = budget or Budget(Limits())
    process = Process(pid, 1, "agent", "sim", "", Path(), frozenset(), budget, nice=nice)
    process.become(State.READY)
    process.context.append("user", "", prompt)
    process.context.append("assistant", "")
    return process


def new_engine(sim: Sim, policy: str = "fair", **how: Any) -> Engine:
    return Engine(sim, policy=make_policy(policy), clock=sim.clock, **{"burst_seconds": 0.0, **how})


def alone(prompt: list[int], num_tokens: int) -> list[int]:
    """What greedy sampling says after a prompt when nobody else is there, without an engine."""
    state = 0xCBF29CE484222325
    said: list[int] = []
    for token in prompt:
        state = ((state ^ (token + 1)) * 0x100000001B3) % 2**64
    while len(said) < num_tokens:
        said.append(int(babble(state).argmax()))
        state = ((state ^ (said[-1] + 1)) * 0x100000001B3) % 2**64
    return said


def step(engine: Engine) -> bool:
    """One step of the synchronous core; False when nobody was runnable."""
    batch = engine.compose()
    if batch is None:
        return False
    engine.step(batch)
    engine.complete(batch)
    engine.check_integrity()
    return True


def drain(engine: Engine, most: int = 10_000) -> None:
    for _ in range(most):
        if not step(engine):
            return
    raise AssertionError(f"still busy after {most} steps")


def now(coroutine: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that has nothing to wait for."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


class Forcing(Sampler):
    """A sampler with a grammar's effects: after each sampled token so many that are forced."""

    def __init__(self, num_forced: int, done_after: int = 1_000) -> None:
        self.num_forced = num_forced
        self.done_after = done_after

    def sample(self, logits: Floats) -> Sample:
        self.done_after -= 1
        forced = tuple(40 + i for i in range(self.num_forced))
        return Sample(int(logits.argmax()), -0.5, forced=forced, grammar_done=self.done_after == 0)


class Stirred(Sim):
    """A sim in the middle of whose next step something happens, as it may to a device's thread."""

    then: Callable[[], None] | None = None

    def step(self, rows: Sequence[Row]) -> list[Sample | None]:
        samples = super().step(rows)
        if self.then is not None:
            then, self.then = self.then, None
            then()
        return samples


# -- random schedules -------------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """One process of a random schedule, and what happens to it at which step."""

    prompt: list[int]
    max_tokens: int
    num_forced: int
    nice: int
    arrival: int
    tree: int
    events: dict[int, tuple[str, str]]  # step -> what, and when: before the step, under way, inside the driver's


@dataclass
class World:
    """A schedule being carried out."""

    engine: Engine
    sim: Stirred
    plans: list[Plan]
    processes: list[Process]
    journal: list[TokenRecord] = field(default_factory=list)
    generations: dict[int, Generation] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def arrive(self, at: int) -> None:
        for i, plan in enumerate(self.plans):
            if plan.arrival == at:
                sampler = Forcing(plan.num_forced) if plan.num_forced else TokenSampler(GREEDY)
                self.generations[i] = self.engine.generate(
                    self.processes[i], sampler, max_tokens=plan.max_tokens, stop_tokens=()
                )
                self.engine.add(self.generations[i])

    def happen(self, at: int, when: str) -> None:
        for i, generation in self.generations.items():
            what, then = self.plans[i].events.get(at - self.plans[i].arrival, ("", ""))
            if what == "leave" and then == "inside":  # whoever leaves waits for what is under way
                then = "under way"
            if what and then == when and i not in self.left:
                self._do(what, i, generation)

    def _do(self, what: str, i: int, generation: Generation) -> None:
        pid = generation.pid
        if what == "leave":
            self.left.add(i)
            now(self.engine.release(pid))
        elif what == "interrupt":
            self.engine.interrupt(pid)
        elif what == "pause":
            self.engine.pause(pid)
        elif what == "resume":
            self.engine.resume(pid)

    def check(self) -> None:
        self.engine.check_integrity()
        self.sim.check_integrity()
        assert self.sim.num_free_cells >= 0
        for i, process in enumerate(self.processes):
            process.context.check_integrity()
            self._check_limits(process)
            self._check_output(i, process)

    def _check_limits(self, process: Process) -> None:
        for node in (process.budget, process.budget.parent):
            assert node is not None
            assert node.limits.tokens is None or node.used["tokens"] <= node.limits.tokens
        window = process.budget.context_tokens() or self.sim.info.window_tokens
        assert len(process.context.tokens) <= max(window, len(process.context.segments[0].tokens))

    def _check_output(self, i: int, process: Process) -> None:
        plan, said = self.plans[i], process.context.segments[-1].tokens
        assert len(said) <= plan.max_tokens
        if not plan.num_forced:
            assert said == alone(plan.prompt, len(said)), "tokens of another process are in its context"
        assert said == [record.token for record in self.journal if record.pid == process.pid], "journal and context"
        used = process.budget.used["tokens"]
        assert used == len(said), f"charged {used} tokens for {len(said)}"
        assert process.accounting.completion_tokens == len(said)


TOKENS = st.integers(min_value=32, max_value=36)
EVENTS = st.dictionaries(
    st.integers(0, 12),
    st.tuples(
        st.sampled_from(["leave", "interrupt", "pause", "resume"]), st.sampled_from(["before", "under way", "inside"])
    ),
    max_size=3,
)


@st.composite
def plans(draw: st.DrawFn) -> list[Plan]:
    prefix = draw(st.lists(TOKENS, max_size=40))
    return [
        Plan(
            prompt=prefix[: draw(st.integers(0, len(prefix)))] + draw(st.lists(TOKENS, min_size=1, max_size=30)),
            max_tokens=draw(st.integers(1, 50)),
            num_forced=draw(st.sampled_from([0, 0, 1, 3])),
            nice=draw(st.integers(-20, 19)),
            arrival=draw(st.integers(0, 20)),
            tree=draw(st.integers(0, 2)),
            events=draw(EVENTS),
        )
        for _ in range(draw(st.integers(1, 8)))
    ]


def make_world(draw: Any, policy: str, planned: list[Plan]) -> World:
    shapes = st.fixed_dictionaries(
        {
            "num_sequences": st.integers(1, 4),
            "num_cells": st.integers(80, 300),
            "can_fork": st.booleans(),
            "can_truncate": st.booleans(),
            "shares_cells": st.booleans(),
        }
    )
    sim = Stirred(window_tokens=120, **draw(shapes))
    limits = st.builds(Limits, tokens=st.none() | st.integers(0, 40), context=st.none() | st.integers(20, 90))
    root = Budget(Limits(children=None, depth=None), clock=sim.clock)
    trees = [Budget(draw(limits), root, sim.clock) for _ in range(3)]
    processes = [
        new_process(i + 2, list(p.prompt), Budget(draw(limits), trees[p.tree], sim.clock), p.nice)
        for i, p in enumerate(planned)
    ]
    journal: list[TokenRecord] = []
    burst = draw(st.sampled_from([0.0, 0.1, 10.0]))  # of virtual time: one driver step, some, all there are
    step_tokens = draw(st.integers(2, 64))
    engine = new_engine(sim, policy, step_tokens=step_tokens, burst_seconds=burst, sink=journal.extend)
    return World(engine, sim, planned, processes, journal)


@pytest.mark.parametrize("policy", list(POLICIES))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), planned=plans())
def test_random_schedules_keep_every_invariant(policy: str, data: st.DataObject, planned: list[Plan]) -> None:
    world = make_world(data.draw, policy, planned)
    engine = world.engine
    for at in range(3_000):
        world.arrive(at)
        world.happen(at, "before")
        num_runnable = len(engine.policy)
        batch = engine.compose()
        if batch is None:
            assert not len(engine.policy), "somebody is runnable and nothing runs"
            world.happen(at, "under way")
            world.happen(at, "inside")
        else:
            assert num_runnable
            world.happen(at, "under way")
            world.sim.then = lambda at=at: world.happen(at, "inside")
            engine.step(batch)
            assert batch.error is None
            engine.complete(batch)
            assert any(demand.fed for demand in batch.demands) or batch.demands[0].error, "a step without a row"
        world.check()
        if batch is None and at > 40:
            break
    for i, generation in world.generations.items():
        paused = any(what == "pause" for what, _ in planned[i].events.values())
        assert generation.finish_reason or paused, "somebody was never finished"
        if generation.finish_reason and i not in world.left:
            check_reason(world, i)


def check_reason(world: World, i: int) -> None:
    generation, said = world.generations[i], world.processes[i].context.segments[-1].tokens
    if generation.finish_reason == "length":
        assert len(said) == world.plans[i].max_tokens
    elif generation.finish_reason == "limit":
        assert isinstance(generation.error, QuotaExceeded)
        assert world.processes[i].budget.remaining("tokens") == 0
    elif generation.finish_reason == "error":
        assert isinstance(generation.error, WindowTooSmall), generation.error
    else:
        assert generation.finish_reason == "interrupted"


# -- one behaviour each -----------------------------------------------------------------------------------------------


def test_shared_prefix_is_computed_once_and_counted_as_cached() -> None:
    engine = new_engine(Sim())
    shared = list(range(32, 132))
    processes = [new_process(i, [*shared, 40 + i]) for i in range(2, 18)]
    for process in processes:
        engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=3))
    drain(engine)
    totals = engine.statistics()
    assert totals.prefill_tokens < len(shared) + 3 * len(processes)
    assert totals.forks == 15
    for process in processes:
        used = process.accounting
        assert used.cached_tokens + used.prefill_tokens == used.prompt_tokens == 101
        assert process.context.segments[-1].tokens == alone([*shared, 40 + process.pid], 3)


def test_what_a_row_that_leaves_gives_back_is_there_for_its_tree() -> None:
    """The last token of a tree is reserved for one that is killed in the step: the other has it, and ends after it."""
    engine = new_engine(Sim(), burst_seconds=0.0)
    tree = Budget(Limits(tokens=1))
    generations = [
        engine.generate(new_process(pid, [40, pid], Budget(Limits(), tree)), TokenSampler(GREEDY), max_tokens=9)
        for pid in (2, 3)
    ]
    for generation in generations:
        engine.add(generation)
    batch = engine.compose()
    assert batch is not None and len(batch.generations) == 1
    (leaves,) = batch.generations
    (stays,) = [generation for generation in generations if generation is not leaves]
    now(engine.release(leaves.pid))
    engine.step(batch)
    engine.complete(batch)
    assert not stays.finish_reason
    drain(engine)
    assert (stays.finish_reason, len(stays.process.context.segments[-1].tokens)) == ("limit", 1)
    assert tree.used["tokens"] == 1


def test_a_burst_goes_to_the_journal_and_to_its_consumer_at_once() -> None:
    written: list[list[TokenRecord]] = []
    engine = new_engine(Sim(), burst_seconds=10.0, sink=written.append)
    process = new_process(2, [40, 41])
    engine.add(generation := engine.generate(process, TokenSampler(GREEDY), max_tokens=5))
    assert step(engine) and step(engine)
    assert [len(records) for records in written] == [1, 4], "the first token is shown at once"
    assert [emission.token for emission in generation.unseen] == alone([40, 41], 5)
    assert engine.statistics().steps == 5 and generation.finish_reason == "length"
    assert process.budget.used["tokens"] == 5


def test_a_burst_lasts_no_longer_than_it_may() -> None:
    sim = Sim()
    engine = new_engine(sim, burst_seconds=2.5 * sim.costs.of(1, 1))
    engine.add(engine.generate(new_process(2, [40]), TokenSampler(GREEDY), max_tokens=50))
    step(engine)
    step(engine)
    assert engine.statistics().steps == 1 + 3


@pytest.mark.parametrize("what", ["arrival", "pause", "interrupt"])
def test_whatever_is_asked_of_the_engine_ends_a_burst(what: str) -> None:
    sim = Stirred()
    engine = new_engine(sim, burst_seconds=10.0)
    process, other = new_process(2, [40, 41]), new_process(3, [50])
    engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=50))
    step(engine)
    sim.then = {
        "arrival": lambda: engine.add(engine.generate(other, TokenSampler(GREEDY), max_tokens=5)),
        "pause": lambda: engine.pause(2),
        "interrupt": lambda: engine.interrupt(2),
    }[what]
    step(engine)
    assert process.context.segments[-1].tokens == alone([40, 41], 2)


def test_second_turn_prefills_only_what_is_new() -> None:
    engine = new_engine(Sim())
    process = new_process(2, list(range(32, 92)))
    engine.add(first := engine.generate(process, TokenSampler(GREEDY), max_tokens=5))
    drain(engine)
    now(engine.remove(first))
    process.context.append("tool", "", [50, 51, 52])
    process.context.append("assistant", "")
    engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=5))
    drain(engine)
    assert process.accounting.prefill_tokens == 60 + 1 + 3  # the last sampled token was not fed before
    before = process.context.tokens[:-5]
    assert process.context.segments[-1].tokens == alone(before, 5)


def test_context_rewritten_between_turns_gives_what_the_new_one_says() -> None:
    engine = new_engine(Sim())
    process = new_process(2, list(range(32, 92)))
    engine.add(first := engine.generate(process, TokenSampler(GREEDY), max_tokens=5))
    drain(engine)
    now(engine.remove(first))
    rewritten = [*range(32, 70), 33, 34]
    process.context = new_process(2, rewritten).context
    engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=5))
    drain(engine)
    assert process.context.segments[-1].tokens == alone(rewritten, 5)


def test_end_token_stays_in_the_context_and_stops() -> None:
    sim = Sim()
    sim.enqueue("hi")
    engine = new_engine(sim)
    process = new_process(2, [40])
    engine.add(generation := engine.generate(process, TokenSampler(GREEDY)))
    drain(engine)
    assert generation.finish_reason == "stop"
    assert process.context.segments[-1].tokens == [*b"hi", sim.tokenizer.eos_token]


def test_forced_tokens_are_charged_journaled_and_fed() -> None:
    journal: list[TokenRecord] = []
    engine = new_engine(Sim(), sink=journal.extend)
    process = new_process(2, [40], Budget(Limits(tokens=100)))
    engine.add(generation := engine.generate(process, Forcing(2, done_after=3)))
    drain(engine)
    assert generation.finish_reason == "grammar"
    assert process.budget.used["tokens"] == 9 == generation.num_tokens
    assert [record.forced for record in journal] == [False, True, True] * 3
    assert (process.accounting.decode_tokens, process.accounting.forced_tokens) == (3, 6)


@pytest.mark.parametrize(("limit", "said"), [(0, 0), (1, 1), (2, 2), (4, 4), (5, 5)])
def test_token_limit_cuts_forced_tokens_too(limit: int, said: int) -> None:
    engine = new_engine(Sim())
    process = new_process(2, [40], Budget(Limits(tokens=limit)))
    engine.add(generation := engine.generate(process, Forcing(2)))
    drain(engine)
    assert len(process.context.segments[-1].tokens) == said == process.budget.used["tokens"]
    assert generation.finish_reason == "limit"
    assert isinstance(generation.error, QuotaExceeded) and generation.error.limit == "tokens"


def test_seconds_limit_is_checked_at_every_token() -> None:
    sim = Sim()
    engine = new_engine(sim)
    process = new_process(2, [40], Budget(Limits(seconds=0.05), clock=sim.clock))
    engine.add(generation := engine.generate(process, TokenSampler(GREEDY)))
    drain(engine)
    assert generation.finish_reason == "limit"
    assert sim.clock.now - 0.05 < 0.01


def test_full_window_is_an_error_that_names_both_sizes() -> None:
    engine = new_engine(Sim(window_tokens=10))
    process = new_process(2, list(range(32, 40)))
    engine.add(generation := engine.generate(process, TokenSampler(GREEDY)))
    drain(engine)
    assert len(process.context.tokens) == 10
    assert isinstance(generation.error, WindowTooSmall) and "10" in str(generation.error)


def test_decode_rows_go_on_while_a_long_prompt_is_read() -> None:
    engine = new_engine(Sim(), step_tokens=16)
    talker = new_process(2, [40])
    engine.add(engine.generate(talker, TokenSampler(GREEDY), max_tokens=100))
    step(engine)
    engine.add(engine.generate(new_process(3, [41] * 300), TokenSampler(GREEDY), max_tokens=1))
    for expected in range(2, 20):
        step(engine)
        assert len(talker.context.segments[-1].tokens) == expected


def test_short_prompt_is_not_stuck_behind_a_long_one() -> None:
    engine = new_engine(Sim(), step_tokens=64)
    engine.add(engine.generate(new_process(2, [41] * 1500), TokenSampler(GREEDY), max_tokens=1))
    step(engine)
    late = new_process(3, [42] * 60)
    engine.add(engine.generate(late, TokenSampler(GREEDY), max_tokens=1))
    for _ in range(3):
        step(engine)
    assert late.context.segments[-1].tokens


def test_states_follow_the_batch() -> None:
    engine = new_engine(Sim(num_sequences=1), "rr")
    first, second = new_process(2, [40]), new_process(3, [41])
    for process in (first, second):
        engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=100))
    step(engine)
    assert (first.state, second.state) == (State.RUNNING, State.READY)
    for _ in range(40):
        step(engine)
    assert (first.state, second.state) == (State.READY, State.RUNNING)
    engine.pause(3)
    second.become(State.STOPPED)
    drain(engine)
    assert second.state is State.STOPPED


def test_sampler_that_fails_ends_its_own_generation_alone() -> None:
    class Failing(Sampler):
        def sample(self, logits: Floats) -> Sample:
            raise GrammarError("the grammar allows no token here")

    engine = new_engine(Sim())
    good, bad = new_process(2, [40]), new_process(3, [41])
    engine.add(fine := engine.generate(good, Forcing(1), max_tokens=4))
    engine.add(failed := engine.generate(bad, Failing()))
    drain(engine)
    assert fine.finish_reason == "length"
    assert isinstance(failed.error, GrammarError)
    assert bad.budget.used["tokens"] == 0


def test_token_outside_the_vocabulary_fails_its_own_process_alone() -> None:
    engine = new_engine(Sim())
    engine.add(good := engine.generate(new_process(2, [40]), TokenSampler(GREEDY), max_tokens=4))
    engine.add(bad := engine.generate(new_process(3, [99_999]), TokenSampler(GREEDY)))
    drain(engine)
    assert good.finish_reason == "length"
    assert isinstance(bad.error, DriverError)


def test_broken_driver_is_told_to_everyone_and_survived() -> None:
    sim = Sim(num_sequences=1)
    engine = new_engine(sim)
    processes = [new_process(i, [40 + i]) for i in range(2, 5)]
    generations = [engine.generate(p, TokenSampler(GREEDY), max_tokens=5) for p in processes]
    for generation in generations:
        engine.add(generation)
    step(engine)
    sim.fail_next()
    step(engine)
    assert all(isinstance(g.error, DriverBroken) for g in generations)
    for generation in generations:
        now(engine.remove(generation))
    before = list(processes[0].context.tokens)
    engine.add(engine.generate(processes[0], TokenSampler(GREEDY), max_tokens=5))
    drain(engine)
    assert processes[0].context.tokens[len(before) :] == alone(before, 5)


def test_an_error_of_the_drivers_library_breaks_no_engine() -> None:
    sim = Stirred()
    engine = new_engine(sim)
    process = new_process(2, [40, 41])

    def fail() -> None:
        raise ValueError("from the depths")

    sim.then = fail
    engine.add(failed := engine.generate(process, TokenSampler(GREEDY), max_tokens=3))
    drain(engine)
    assert isinstance(failed.error, DriverBroken) and "ValueError: from the depths" in str(failed.error)
    assert process.context.segments[-1].tokens == [] and process.budget.used["tokens"] == 0
    now(engine.remove(failed))
    engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=3))
    drain(engine)
    assert process.context.segments[-1].tokens == alone([40, 41], 3)


def test_out_of_sequences_is_met_by_eviction_and_another_try() -> None:
    sim = Sim()
    engine = new_engine(sim)
    processes = [new_process(i, [40 + i] * 20) for i in range(2, 6)]
    for process in processes:
        engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=5))
    step(engine)
    sim.fail_next(OutOfSequences("no cells, as told"), times=2)
    drain(engine)
    assert engine.statistics().evictions >= 2
    for process in processes:
        assert process.context.segments[-1].tokens == alone([40 + process.pid] * 20, 5)


def test_journal_that_refuses_leaves_nothing_in_context_or_budget() -> None:
    def refuse(records: list[TokenRecord]) -> None:
        raise LLMasOSError("journal: disk full")

    engine = new_engine(Sim(), sink=refuse)
    process = new_process(2, [40])
    engine.add(generation := engine.generate(process, Forcing(2)))
    drain(engine)
    assert str(generation.error) == "journal: disk full"
    assert process.context.tokens == [40]
    assert process.budget.used["tokens"] == 0


@pytest.mark.parametrize("policy", list(POLICIES))
def test_nobody_starves_in_front_of_an_endless_stream_of_others(policy: str) -> None:
    engine = new_engine(Sim(num_sequences=2), policy)
    patient = new_process(2, [40] * 30, nice=19)
    engine.add(engine.generate(patient, TokenSampler(GREEDY), max_tokens=4))
    pid = 3
    for _ in range(2_000):
        while len(engine.policy) < 4:
            other = new_process(pid, [41] * 20, nice=-20)
            engine.add(engine.generate(other, TokenSampler(GREEDY), max_tokens=12))
            pid += 1
        step(engine)
    assert len(patient.context.segments[-1].tokens) == 4


def test_fair_gives_a_tree_of_many_no_more_than_a_tree_of_one() -> None:
    engine = new_engine(Sim(num_sequences=2))
    root = Budget(Limits(children=None, depth=None))
    crowd, single = root.child(Limits(children=None)), root.child(Limits())
    many = [new_process(i, [40 + i], crowd.child(Limits())) for i in range(2, 8)]
    one = new_process(20, [39], single)
    for process in (*many, one):
        engine.add(engine.generate(process, TokenSampler(GREEDY), max_tokens=1500))
    for _ in range(800):
        step(engine)
    had = len(one.context.segments[-1].tokens)
    assert 650 < had <= 800
    assert sum(len(p.context.segments[-1].tokens) for p in many) >= 700


# -- the loop ---------------------------------------------------------------------------------------------------------


class Gated(Sim):
    """A device whose steps begin only when the test lets them, and which says when one has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.may_go = threading.Semaphore(0)

    def step(self, rows: Any) -> list[Sample | None]:
        self.begun.release()
        assert self.may_go.acquire(timeout=10)
        return super().step(rows)


async def collect(generation: Generation) -> list[int]:
    tokens: list[int] = []
    async with generation:
        async for emissions in generation:
            tokens += [emission.token for emission in emissions]
    return tokens


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(5_000):
        if condition():
            return
        await anyio.sleep(0.001)
    raise AssertionError("it never came true")


@pytest.mark.anyio
async def test_loop_runs_many_at_once_and_sleeps_when_idle() -> None:
    sim = Sim()
    engine = new_engine(sim)
    said: dict[int, list[int]] = {}

    async def talk(pid: int) -> None:
        process = new_process(pid, [40 + pid])
        said[pid] = await collect(engine.generate(process, TokenSampler(GREEDY), max_tokens=10))
        await engine.release(pid)

    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        for _ in range(2):
            async with anyio.create_task_group() as talkers:
                for pid in range(2, 18):
                    talkers.start_soon(talk, pid)
            await anyio.wait_all_tasks_blocked()
        assert said == {pid: alone([40 + pid], 10) for pid in range(2, 18)}
        assert engine.statistics().steps < 40
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_cancelled_consumer_is_out_of_the_step_under_way_and_of_the_next() -> None:
    sim, journal = Gated(), list[TokenRecord]()
    engine = new_engine(sim, sink=journal.extend)
    process = new_process(2, [40])
    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        with anyio.CancelScope() as scope:
            async with engine.generate(process, TokenSampler(GREEDY)) as generation:
                sim.may_go.release()
                assert len(await anext(generation)) == 1
                await anyio.to_thread.run_sync(sim.begun.acquire)
                await anyio.to_thread.run_sync(sim.begun.acquire)
                scope.cancel()
                await anyio.sleep_forever()
        said = process.context.segments[-1].tokens  # while the device is still in the step
        assert said == alone([40], 1)
        sim.may_go.release()
        await until(lambda: engine.statistics().steps == 2)
        assert [record.token for record in journal] == said
        assert process.budget.used["tokens"] == 1
        engine.check_integrity()
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_consumer_leaving_after_the_journal_has_its_token_waits_for_it() -> None:
    left = threading.Event()
    in_sink = threading.Event()
    journal: list[TokenRecord] = []

    def sink(records: list[TokenRecord]) -> None:
        journal.extend(records)
        in_sink.set()
        assert left.wait(10)

    engine = new_engine(Sim(), sink=sink)
    process = new_process(2, [40])
    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        async with engine.generate(process, TokenSampler(GREEDY)) as generation:
            await anyio.to_thread.run_sync(in_sink.wait)
            threading.Timer(0.02, left.set).start()
        assert process.context.segments[-1].tokens == [record.token for record in journal] == alone([40], 1)
        assert [emission.token for emission in generation.unseen] == alone([40], 1)
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_interrupt_ends_within_the_token_under_way() -> None:
    sim = Gated()
    engine = new_engine(sim)
    process = new_process(2, [40])
    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        async with engine.generate(process, TokenSampler(GREEDY)) as generation:
            await anyio.to_thread.run_sync(sim.begun.acquire)
            engine.interrupt(2)
            sim.may_go.release()
            assert [e.token for e in await anext(generation)] == alone([40], 1)
            with pytest.raises(StopAsyncIteration):
                await anext(generation)
        assert generation.finish_reason == "interrupted"
        assert sim.num_steps == 1
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_errors_come_after_what_was_generated() -> None:
    engine = new_engine(Sim())
    process = new_process(2, [40], Budget(Limits(tokens=3)))
    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        tokens: list[int] = []
        with pytest.raises(QuotaExceeded):
            async with engine.generate(process, TokenSampler(GREEDY)) as generation:
                async for emissions in generation:
                    tokens += [emission.token for emission in emissions]
        assert tokens == alone([40], 3)
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_paused_process_waits_and_goes_on_where_it_was() -> None:
    engine = new_engine(Sim())
    process = new_process(2, [40])
    engine.pause(2)
    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        tokens: list[int] = []

        async def talk() -> None:
            tokens.extend(await collect(engine.generate(process, TokenSampler(GREEDY), max_tokens=5)))

        group.start_soon(talk)
        await anyio.wait_all_tasks_blocked()
        assert engine.statistics().steps == 0 and engine.statistics().num_paused == 1
        engine.resume(2)
        await until(lambda: len(tokens) == 5)
        assert tokens == alone([40], 5)
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_ended_engine_tells_those_who_wait_and_those_who_come() -> None:
    sim = Sim()
    engine = new_engine(sim)
    engine.pause(2)
    with pytest.raises(DriverClosed):
        async with engine.generate(new_process(2, [40]), TokenSampler(GREEDY)) as generation:
            async with anyio.create_task_group() as group:
                group.start_soon(engine.run)
                await anyio.wait_all_tasks_blocked()
                group.cancel_scope.cancel()
            await anext(generation)
    with pytest.raises(DriverClosed):
        engine.add(engine.generate(new_process(3, [40]), TokenSampler(GREEDY)))


@pytest.mark.anyio
async def test_driver_that_breaks_in_the_loop_fails_the_generation_and_not_the_loop() -> None:
    sim = Sim()
    engine = new_engine(sim)
    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        sim.fail_next()
        with pytest.raises(DriverBroken):
            await collect(engine.generate(new_process(2, [40]), TokenSampler(GREEDY)))
        assert await collect(engine.generate(new_process(2, [40]), TokenSampler(GREEDY), max_tokens=2))
        group.cancel_scope.cancel()
