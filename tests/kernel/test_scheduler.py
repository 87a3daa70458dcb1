"""The next batch within a budget: pure, so tested by drawing every kind of load."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.errors import ConfigError
from llmasos.kernel.run_queue import POLICIES, make_policy
from llmasos.kernel.scheduler import DECODE_ROW_TOKENS, Scheduler


@dataclass(eq=False)
class Waiting:
    num_pending: int
    nice: int = 0
    tree: str = ""


def scheduler_of(
    pending: list[int], *, step_tokens: int = 64, max_rows: int = 8, policy: str = "rr"
) -> tuple[Scheduler[Waiting], list[Waiting]]:
    scheduler: Scheduler[Waiting] = Scheduler(make_policy(policy), step_tokens=step_tokens, max_rows=max_rows)
    waiting = [Waiting(n) for n in pending]
    for entity in waiting:
        scheduler.policy.add(entity)
    return scheduler, waiting


def granted(pending: list[int], step_tokens: int = 64, max_rows: int = 8, cells: int = 10_000) -> list[int]:
    """Tokens granted to each of those waiting, in their order."""
    scheduler, waiting = scheduler_of(pending, step_tokens=step_tokens, max_rows=max_rows)
    grants = dict(scheduler.compose(cells))
    return [grants.get(entity, 0) for entity in waiting]


def test_nobody_waiting_is_no_batch() -> None:
    assert granted([]) == []


def test_all_that_fits_goes_at_once() -> None:
    assert granted([1, 1, 20, 42]) == [1, 1, 20, 42]


def test_decode_rows_come_before_prefill() -> None:
    assert granted([500, 1, 1, 3]) == [59, 1, 1, 3]


def test_prompts_share_what_is_left_and_the_small_are_filled_first() -> None:
    assert granted([500, 17, 500]) == [23, 17, 24]


def test_no_more_prompts_are_read_at_once_than_get_a_whole_chunk() -> None:
    assert granted([500] * 6, step_tokens=512) == [128] * 4 + [0] * 2
    assert granted([40, 500, 500, 500, 500], step_tokens=512) == [40, 157, 157, 158, 0]
    assert granted([30] * 6, step_tokens=512) == [30] * 6, "what a chunk leaves is the next one's"
    assert granted([500] * 6, step_tokens=64) == [16] * 4 + [0] * 2, "a smaller step has smaller chunks"


def test_prefill_keeps_a_quarter_when_there_are_many_decode_rows() -> None:
    assert granted([1] * 12 + [500], step_tokens=8, max_rows=20) == [1] * 6 + [0] * 6 + [2]


def test_rows_are_bounded() -> None:
    assert granted([1] * 12, max_rows=8) == [1] * 8 + [0] * 4


def test_a_step_takes_two_tokens_at_least() -> None:
    with pytest.raises(ConfigError, match="step_tokens"):
        scheduler_of([], step_tokens=1)


def test_order_is_the_rank_when_there_is_not_room_for_all() -> None:
    scheduler, waiting = scheduler_of([1, 1, 30])
    scheduler.policy.charge([(waiting[2], 3, 0), (waiting[0], 0, 1)])
    assert [entity for entity, _ in scheduler.compose(num_free_cells=3)] == [waiting[2], waiting[0], waiting[1]]


@pytest.mark.parametrize("policy", list(POLICIES))
@given(
    pending=st.lists(st.integers(1, 200) | st.just(1), max_size=20),
    step_tokens=st.integers(2, 100),
    max_rows=st.integers(1, 12),
    cells=st.integers(0, 400),
)
def test_every_batch_is_within_its_bounds_and_wastes_nothing(
    policy: str, pending: list[int], step_tokens: int, max_rows: int, cells: int
) -> None:
    scheduler, waiting = scheduler_of(pending, step_tokens=step_tokens, max_rows=max_rows, policy=policy)
    grants = scheduler.compose(cells)
    tokens = sum(n for _, n in grants)
    assert len(grants) == len({id(entity) for entity, _ in grants}) <= max_rows
    assert tokens <= step_tokens
    assert all(0 < n <= entity.num_pending for entity, n in grants)
    best = scheduler.policy.ranked()[:max_rows]
    assert tokens == min(step_tokens, sum(entity.num_pending for entity in best)), "budget was wasted"
    if any(entity.num_pending <= DECODE_ROW_TOKENS for entity in best) and step_tokens >= 4:
        assert any(entity.num_pending <= DECODE_ROW_TOKENS for entity, _ in grants), "decode starves"
    if any(entity.num_pending > DECODE_ROW_TOKENS for entity in best):
        assert any(entity.num_pending > DECODE_ROW_TOKENS for entity, _ in grants), "prefill starves"
    assert waiting or not grants


def among(favoured: list[int], others: list[int], nice: int = -10, **sizes: int) -> tuple[list[int], list[int]]:
    """Tokens granted to the favoured and to the others, where a step of one row takes 8 ms and each further one 2."""
    scheduler, waiting = scheduler_of([*others, *favoured], **sizes)  # type: ignore[arg-type]
    for entity in waiting[len(others) :]:
        entity.nice = nice
    for seconds, rows in ((0.008, 1), (0.08, 33), (0.088, 1), (0.16, 33)):
        scheduler.pace.see(seconds, [1] * rows)
    grants = dict(scheduler.compose(10_000))
    assert sum(grants.values()) <= scheduler.step_tokens and len(grants) <= scheduler.max_rows
    return [grants.get(e, 0) for e in waiting[len(others) :]], [grants.get(e, 0) for e in waiting[: len(others)]]


def test_beside_a_favoured_row_others_get_what_keeps_the_step_short() -> None:
    mine, others = among([1], [1] * 32, max_rows=40)
    assert mine == [1] and 1 <= sum(others) <= 4
    mine, others = among([1], [300] * 32, max_rows=40)
    assert mine == [1] and 1 <= sum(others) <= 4


def test_a_favoured_prompt_leaves_others_something() -> None:
    mine, others = among([500], [1] * 8, max_rows=40)
    assert mine[0] >= 48 and sum(others) >= 1


def test_a_level_or_two_of_nice_shortens_no_step() -> None:
    mine, others = among([1], [1] * 32, nice=-4, max_rows=40)
    assert mine == [1] and sum(others) == 32


@given(
    st.lists(st.integers(1, 600), max_size=6),
    st.lists(st.integers(1, 600), max_size=12),
    st.integers(2, 64),
    st.integers(1, 20),
)
def test_short_steps_are_within_budget_and_leave_nobody_out_for_ever(
    favoured: list[int], others: list[int], step_tokens: int, max_rows: int
) -> None:
    mine, theirs = among(favoured, others, step_tokens=step_tokens, max_rows=max_rows)
    if favoured and max_rows > 1:
        assert any(mine)
    if others and max_rows > 1:
        assert any(theirs)
