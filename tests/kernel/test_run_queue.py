"""Policies: who ranks before whom, and that nobody waits for ever."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.errors import ConfigError
from llmasos.kernel.run_queue import POLICIES, Fair, Policy, Priority, make_policy


@dataclass(eq=False)
class Runner:
    name: str
    nice: int = 0
    tree: str = ""
    had: int = 0


def serve(policy: Policy[Runner], steps: int, rows: int = 1, prefill: int = 0) -> None:
    """Give the best ranked a row in each step."""
    for _ in range(steps):
        best = policy.ranked()[:rows]
        policy.charge([(runner, prefill, 1) for runner in best])
        for runner in best:
            runner.had += 1
        policy.check_integrity()


def queue_of(name: str, *runners: Runner, quantum: int = 4) -> Policy[Runner]:
    policy: Policy[Runner] = make_policy(name, quantum)
    for runner in runners:
        policy.add(runner)
    return policy


def test_unknown_policy_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="fair, priority, rr, fifo"):
        make_policy("lottery")
    with pytest.raises(ConfigError, match="quantum"):
        make_policy("rr", 0)


def test_fifo_runs_the_first_to_its_end() -> None:
    a, b = Runner("a"), Runner("b", nice=-20)
    policy = queue_of("fifo", a, b)
    serve(policy, 50)
    assert (a.had, b.had) == (50, 0)
    policy.remove(a)
    serve(policy, 1)
    assert b.had == 1


def test_round_robin_gives_a_quantum_each() -> None:
    runners = [Runner(name) for name in "abc"]
    policy = queue_of("rr", *runners)
    order = []
    for _ in range(12):
        order.append(policy.ranked()[0].name)
        serve(policy, 1)
    assert "".join(order) == "aaaabbbbcccc"


def test_priority_serves_the_lowest_nice_first_and_ages_the_rest() -> None:
    low, high = Runner("low", nice=5), Runner("high", nice=0)
    policy = queue_of("priority", low, high)
    serve(policy, 16)
    assert (low.had, high.had) == (0, 16)
    serve(policy, 200)
    assert 0 < low.had < high.had


def test_fair_weighs_nice_by_a_quarter_a_level() -> None:
    favoured, plain = Runner("favoured", nice=-3, tree="f"), Runner("plain", tree="p")
    policy = queue_of("fair", favoured, plain)
    serve(policy, 3_000)
    assert favoured.had / plain.had == pytest.approx(1.25**3, rel=0.05)


def test_fair_counts_the_whole_tree() -> None:
    crowd = [Runner(f"crowd{i}", tree="crowd") for i in range(5)]
    single = Runner("single", tree="single")
    policy = queue_of("fair", *crowd, single)
    serve(policy, 1_000)
    assert single.had == pytest.approx(500, abs=10)
    assert all(runner.had == pytest.approx(100, abs=10) for runner in crowd)


def test_fair_counts_prefill_as_half() -> None:
    reader, writer = Runner("reader", tree="r"), Runner("writer", tree="w")
    policy = queue_of("fair", reader, writer, quantum=1)
    for _ in range(900):
        best = policy.ranked()[0]
        policy.charge([(best, 2, 1) if best is reader else (best, 0, 1)])
        best.had += 1
    assert writer.had / reader.had == pytest.approx(2, rel=0.02)


def test_fair_saves_nothing_up_while_idle() -> None:
    busy, sleeper = Runner("busy", tree="b"), Runner("sleeper", tree="s")
    policy = queue_of("fair", busy, sleeper)
    policy.remove(sleeper)
    serve(policy, 1_000)
    policy.add(sleeper)
    busy.had = 0
    serve(policy, 100)
    assert busy.had == pytest.approx(50, abs=5)


def test_fair_forgets_trees_that_are_gone() -> None:
    policy: Fair[Runner] = Fair(4)
    for i in range(500):
        runner = Runner(str(i), tree=str(i))
        policy.add(runner)
        serve(policy, 3)
        policy.remove(runner)
    assert len(policy._attained) <= 2


def test_leaving_the_queue_ends_a_turn() -> None:
    a, b = Runner("a"), Runner("b")
    policy = queue_of("rr", a, b)
    serve(policy, 2)
    policy.remove(a)
    policy.add(a)
    assert policy.ranked()[0] is b


RUNNERS = st.lists(st.tuples(st.integers(-20, 19), st.sampled_from("xyz")), min_size=1, max_size=8)


@pytest.mark.parametrize("name", [name for name in POLICIES if name != "fifo"])
@given(kinds=RUNNERS, rows=st.integers(1, 3), quantum=st.integers(1, 8))
def test_everyone_is_served_within_a_bound(name: str, kinds: list[tuple[int, str]], rows: int, quantum: int) -> None:
    runners = [Runner(str(i), nice, tree) for i, (nice, tree) in enumerate(kinds)]
    policy = queue_of(name, *runners, quantum=quantum)
    if name == "fair":  # a share may be as small as 1.25 ** -39, and is then served as seldom
        for runner in runners:
            runner.nice //= 5
    levels = max(nice for nice, _ in kinds) - min(nice for nice, _ in kinds)
    bound = quantum * len(runners) * (levels + 2 if name == "priority" else 48 * len(runners))
    for _ in range(bound):
        serve(policy, 1, rows)
        if all(runner.had for runner in runners):
            return
    raise AssertionError(f"{[r.name for r in runners if not r.had]} starve under {name}")


@pytest.mark.parametrize("name", list(POLICIES))
@given(data=st.data())
def test_any_sequence_of_events_keeps_the_queue_whole(name: str, data: st.DataObject) -> None:
    policy: Policy[Runner] = make_policy(name, 3)
    known = [Runner(str(i), data.draw(st.integers(-20, 19)), data.draw(st.sampled_from("xy"))) for i in range(5)]
    for who in data.draw(st.lists(st.integers(0, 9), max_size=40)):
        if who >= 5:
            serve(policy, 1, 1 + who % 3, prefill=who)
        elif known[who] in policy:
            policy.remove(known[who])
        else:
            policy.add(known[who])
        policy.check_integrity()


def test_aging_is_bounded_by_the_difference_in_nice() -> None:
    low, high = Runner("low", nice=19), Runner("high", nice=-20)
    policy: Priority[Runner] = Priority(4)
    policy.add(low)
    policy.add(high)
    serve(policy, 4 * 41)
    assert low.had >= 1
