"""What the scheduler did last: steps by moment, and no more of them than are kept."""

from __future__ import annotations

from llmasos.kernel.timeline import MAX_STEPS, Share, Timeline


def test_steps_are_those_that_ended_behind_a_moment_in_their_order() -> None:
    timeline = Timeline()
    for second in range(4):
        timeline.add(second, second + 1, [Share(second, 2, 1)])
    assert [step.ended for step in timeline.since(2)] == [3, 4]
    assert [step.shares for step in timeline.since(3)] == [(Share(3, 2, 1),)]
    assert timeline.since(4) == [] and len(timeline.since(-1)) == 4


def test_it_keeps_only_the_latest() -> None:
    timeline = Timeline()
    for second in range(MAX_STEPS + 9):
        timeline.add(second, second + 1, [])
    assert [len(timeline.since(0)), timeline.since(0)[0].began] == [MAX_STEPS, 9]
