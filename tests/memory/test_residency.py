"""Whose KV the device holds: shared by prefix, evicted under pressure, always exactly what it is said to be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import Sim
from llmasos.errors import DriverBroken, DriverError, OutOfSequences
from llmasos.memory.demand import Demand
from llmasos.memory.prefix import common_prefix, surplus
from llmasos.memory.residency import MAX_KEPT_PREFIXES, Residency
from llmasos.memory.swap import SwapSpace

SYSTEM = list(range(32, 82))


def demand(pid: int, tokens: Sequence[int], max_tokens: int = 1_000) -> Demand:
    return Demand(pid, list(tokens), TokenSampler(Sampling()), max_tokens)


def check(sim: Sim, residency: Residency, *demands: Demand) -> None:
    """What the device holds for each is a prefix of its context, and what the residency says it is."""
    residency.check_integrity()
    sim.check_integrity()
    for one in demands:
        resident = residency._residents.get(one.pid)
        if resident is not None:
            assert sim.held_tokens(resident.sequence_id) == resident.tokens == one.tokens[: len(resident.tokens)]


def test_a_prompt_is_fed_in_chunks_and_sampled_at_its_end() -> None:
    sim = Sim()
    residency, one = Residency(sim), demand(2, SYSTEM, 30)
    residency.run([one])
    assert (one.start, one.fed, one.sample) == (0, 30, None)
    residency.run([one])
    assert (one.start, one.fed) == (30, 20) and one.sample is not None
    check(sim, residency, one)


def test_a_longer_prefix_of_another_is_forked() -> None:
    sim = Sim()
    residency, first, second = Residency(sim), demand(2, [*SYSTEM, 90, 91]), demand(3, [*SYSTEM, 100])
    residency.run([first])
    residency.run([second])
    assert (second.start, second.fed) == (50, 1)
    assert sim.info.num_cells - sim.num_free_cells == 53
    assert residency.held(2, first.tokens) == (52, 0, 50) and residency.held(3, second.tokens) == (51, 0, 50)
    assert residency.held(3, [*SYSTEM[:20], 7]) == (20, 0, 20) and residency.held(4, second.tokens) == (0, 0, 0)
    check(sim, residency, first, second)


def test_the_same_context_is_forked_but_for_its_last_token() -> None:
    sim = Sim()
    residency, first, second = Residency(sim), demand(2, SYSTEM), demand(3, SYSTEM)
    residency.run([first])
    residency.run([second])
    assert (second.start, second.fed) == (49, 1)
    assert first.sample is not None and second.sample is not None
    assert first.sample.token == second.sample.token


def test_a_prefix_under_way_is_waited_for_and_the_budget_goes_to_who_computes_it() -> None:
    residency, first, second = Residency(Sim()), demand(2, [*SYSTEM, 90], 10), demand(3, [*SYSTEM, 91], 10)
    residency.run([first, second])
    assert (first.fed, second.fed) == (20, 0)
    first.max_tokens = second.max_tokens = 15
    residency.run([first, second])
    assert (first.fed, second.fed) == (30, 0)
    first.max_tokens = second.max_tokens = 10
    residency.run([first, second])
    assert (first.fed, second.start, second.fed) == (1, 50, 1)


def test_without_forks_everyone_computes_its_own() -> None:
    sim = Sim(can_fork=False)
    residency, first, second = Residency(sim), demand(2, SYSTEM), demand(3, SYSTEM)
    residency.run([first, second])
    assert (first.fed, second.fed) == (50, 50)
    check(sim, residency, first, second)


@pytest.mark.parametrize("can_truncate", [True, False])
def test_a_changed_context_keeps_only_what_still_holds(can_truncate: bool) -> None:
    sim = Sim(can_truncate=can_truncate)
    residency = Residency(sim)
    residency.run([demand(2, SYSTEM)])
    changed = demand(2, [*SYSTEM[:20], 99, 98])
    residency.run([changed])
    assert changed.start == (20 if can_truncate else 0)
    check(sim, residency, changed)


def test_the_least_recently_used_outside_the_step_is_evicted_first() -> None:
    sim = Sim(num_sequences=2)
    residency = Residency(sim)
    a, b, c = demand(2, [40] * 20), demand(3, [41] * 20), demand(4, [42] * 20)
    for one in (a, b, c):
        residency.run([one])
    assert [residency.num_resident(pid) for pid in (2, 3, 4)] == [0, 20, 20]
    assert residency.num_evictions == 1
    check(sim, residency, a, b, c)


def test_under_pressure_the_worst_ranked_of_a_step_makes_room_for_the_best() -> None:
    sim = Sim(window_tokens=100, num_cells=60)
    residency = Residency(sim)
    a, b = demand(2, [40] * 25), demand(3, [41] * 25)
    residency.run([a, b])
    a.tokens += [50] * 20
    b.tokens += [50]
    a.max_tokens = b.max_tokens = 100
    residency.run([a, b])
    assert (a.fed, b.fed) == (20, 0)
    assert residency.num_resident(3) == 0
    check(sim, residency, a, b)


def test_nobody_is_admitted_whose_whole_context_has_no_room() -> None:
    sim = Sim(window_tokens=100, num_cells=60)
    residency, a, b = Residency(sim), demand(2, [40] * 40, 10), demand(3, [41] * 40, 10)
    residency.run([a, b])
    assert a.fed and not b.fed


def test_what_fits_in_no_way_is_that_demands_error() -> None:
    sim = Sim()
    residency, one = Residency(sim), demand(2, SYSTEM)
    sim.fail_next(OutOfSequences("no cells"))
    residency.run([one])
    assert isinstance(one.error, OutOfSequences)
    residency.run([one])
    assert one.error is None and one.fed == 50


def test_a_refused_step_fails_the_culprit_alone() -> None:
    sim = Sim()
    residency, good, bad = Residency(sim), demand(2, SYSTEM), demand(3, [99_999])
    residency.run([good, bad])
    assert good.fed == 50 and good.sample is not None and good.error is None
    assert isinstance(bad.error, DriverError) and not bad.fed
    check(sim, residency, good)


def test_a_broken_driver_leaves_nothing_resident() -> None:
    sim = Sim()
    residency, one = Residency(sim), demand(2, SYSTEM)
    residency.run([one])
    sim.fail_next(DriverBroken("it broke"))
    one.tokens.append(40)
    with pytest.raises(DriverBroken):
        residency.run([one])
    assert residency.num_resident(2) == 0
    check(sim, residency, one)
    one.max_tokens = 100
    residency.run([one])
    assert one.fed == 51


def test_a_released_process_leaves_its_first_segment_to_the_next() -> None:
    sim = Sim()
    residency = Residency(sim)
    residency.run([demand(2, [*SYSTEM, 90, 91])])
    residency.release(2, len(SYSTEM))
    assert sim.info.num_cells - sim.num_free_cells == len(SYSTEM)
    one = demand(3, [*SYSTEM, 100])
    residency.run([one])
    assert (one.start, one.fed) == (50, 1)
    residency.release(3, len(SYSTEM))
    assert sim.info.num_cells - sim.num_free_cells == len(SYSTEM), "the same prefix is kept twice"
    check(sim, residency)


def test_kept_prefixes_are_few_and_the_first_to_go() -> None:
    sim = Sim(num_sequences=MAX_KEPT_PREFIXES + 2)
    residency = Residency(sim)
    for pid in range(2, 12):
        residency.run([demand(pid, [30 + pid] * 30)])
        residency.release(pid, 30)
    assert sim.info.num_cells - sim.num_free_cells == 30 * MAX_KEPT_PREFIXES
    live = [demand(pid, [60 + pid] * 30) for pid in range(20, 20 + MAX_KEPT_PREFIXES + 2)]
    residency.run(live)
    assert all(one.fed == 30 for one in live)
    check(sim, residency, *live)


SHORT = st.lists(st.integers(40, 42), max_size=40)


@given(SHORT, SHORT)
def test_common_prefix_is_the_first_difference(a: list[int], b: list[int]) -> None:
    differs = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    assert common_prefix(a, b) == differs


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_happens_the_device_holds_what_is_said(data: st.DataObject) -> None:
    sim = Sim(
        window_tokens=80,
        num_sequences=data.draw(st.integers(1, 4)),
        num_cells=data.draw(st.integers(80, 160)),
        can_fork=data.draw(st.booleans()),
        can_truncate=data.draw(st.booleans()),
        shares_cells=data.draw(st.booleans()),
        can_export=data.draw(st.booleans()),
    )
    residency = Residency(sim, swap=SwapSpace(data.draw(st.sampled_from([0, 300, 10_000]))))
    contexts = {pid: demand(pid, [40, pid]) for pid in range(2, 8)}
    for _ in range(data.draw(st.integers(1, 15))):
        chosen = data.draw(st.lists(st.sampled_from(sorted(contexts)), unique=True, max_size=sim.info.num_sequences))
        for pid in chosen:
            change(data, contexts[pid])
        if chosen and (kind := data.draw(st.sampled_from([None, OutOfSequences, DriverError]))) is not None:
            sim.fail_next(kind("as told"))
        demands = [contexts[pid] for pid in chosen]
        residency.run(demands)
        assert not demands or any(one.fed or one.error for one in demands), "the best ranked got nothing"
        for one in demands:
            assert one.sample is None or one.start + one.fed == len(one.tokens)
        if data.draw(st.booleans()):
            residency.release(data.draw(st.sampled_from(sorted(contexts))), data.draw(st.integers(0, 40)))
        check(sim, residency, *(one for one in contexts.values() if not one.fresh))


def change(data: st.DataObject, one: Demand) -> None:
    """A new turn with any context, or more tokens behind the old one."""
    if data.draw(st.booleans()):
        one.tokens = list(SYSTEM[: data.draw(st.integers(0, 40))]) + data.draw(SHORT.filter(bool))
        one.tokens = one.tokens[:80]
        one.fresh = True
    elif len(one.tokens) < 80:
        one.tokens.append(43)
    else:
        one.fresh = True
    one.max_tokens = data.draw(st.integers(1, 60))


def test_of_kept_prefixes_those_inside_the_newest_go_then_the_oldest() -> None:
    kept = {-1: ([1, 2], 5), -2: ([1, 2, 3], 1), -3: ([9], 3), -4: ([1, 2, 3, 4], 6)}
    assert surplus(kept, -4, 8) == [-1, -2]
    assert surplus(kept, -4, 1) == [-1, -2, -3]
    assert surplus(kept, -3, 3) == [-2]


def test_a_conversation_sent_again_and_again_is_computed_once() -> None:
    """What a client of the API does: each request has the last one's whole context and a little more."""
    sim = Sim(window_tokens=1024, num_cells=4096)
    residency, context = Residency(sim), [*range(40, 80)]
    for pid in range(2, 12):
        context = [*context, *range(100 + pid, 140 + pid)]
        one = Demand(pid, list(context), TokenSampler(Sampling()), max_tokens=len(context))
        residency.run([one])
        assert one.fed <= 41 or pid == 2, "only what is new is fed"
        residency.release(pid, 1 << 40)
        residency.check_integrity()
    assert residency.num_forks == 9
