"""How long a step takes is learned from steps, and what fits beside somebody from that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llmasos.kernel.pace import STRETCH, Pace


def pace_of(steps: list[int], fixed: float, per_row: float) -> Pace:
    """One that has seen steps of so many decode rows on a device with such costs, in seconds."""
    pace, seconds = Pace(), 0.0
    for rows in steps:
        seconds += fixed + per_row * rows
        pace.see(seconds, [1] * rows)
    return pace


def test_what_fits_is_a_share_of_the_time_alone() -> None:
    pace = pace_of([1, 1, 33, 33, 1], 0.006, 0.002)
    assert pace.most_beside(1) == int((STRETCH - 1) * 0.008 / 0.002)
    assert pace.most_beside(10) == int((STRETCH - 1) * 0.026 / 0.002)


def test_with_steps_of_one_size_nothing_is_known() -> None:
    assert Pace().most_beside(1) is None
    assert pace_of([4] * 100, 0.006, 0.002).most_beside(1) is None


def test_what_was_learned_stays_while_steps_are_alike() -> None:
    known = pace_of([1, 33] * 5 + [3] * 1000, 0.006, 0.002).most_beside(1)
    assert known is not None and 1 <= known <= 3


def test_prompts_are_not_taken_for_rows() -> None:
    pace = pace_of([1, 33] * 5, 0.006, 0.002)
    known = pace.most_beside(1)
    pace.see(1000.0, [512, 1, 1])
    assert pace.most_beside(1) == known


@given(st.lists(st.integers(1, 64), min_size=2), st.floats(0, 1), st.floats(0, 1))
def test_somebody_always_fits(steps: list[int], fixed: float, per_row: float) -> None:
    found = pace_of(steps, fixed, per_row).most_beside(1)
    assert found is None or found >= 1
