"""Limits and budgets: exact, up the whole tree, from more than one thread."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.drivers.sim import VirtualClock
from llmasos.errors import QuotaExceeded, UsageError
from llmasos.kernel.limits import Budget, Limits


def test_parse_changes_what_is_named_and_keeps_the_rest() -> None:
    base = Limits(tokens=5, depth=2)
    parsed = Limits.parse(["tokens=9", "seconds=1.5"], base)
    assert parsed == Limits(tokens=9, seconds=1.5, depth=2)


@pytest.mark.parametrize(
    "word", ["tokens", "tokens=", "tokens=many", "tokens=-1", "tokens=1.5", "seconds=nan", "seconds=inf", "seconds=-1"]
)
def test_parse_refuses_what_is_no_number_from_0_up(word: str) -> None:
    with pytest.raises(UsageError, match="limit"):
        Limits.parse([word])


def test_parse_names_the_known_limits() -> None:
    with pytest.raises(UsageError, match="tokens, seconds, syscalls, children, depth, context"):
        Limits.parse(["token=3"])


@given(
    limits=st.lists(st.none() | st.integers(0, 20), min_size=1, max_size=4),
    amounts=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), max_size=30),
)
def test_charging_is_all_or_nothing_and_never_passes_a_limit(
    limits: list[int | None], amounts: list[tuple[int, int]]
) -> None:
    chain: list[Budget] = []
    for limit in limits:
        chain.append(Budget(Limits(tokens=limit), chain[-1] if chain else None))
    for who, amount in amounts:
        budget = chain[who % len(chain)]
        before = [node.used["tokens"] for node in chain]
        room = budget.remaining("tokens")
        if room is None or amount <= room:
            budget.charge("tokens", amount)
            assert all(
                node.used["tokens"] == was + amount
                for node, was in zip(chain, before, strict=True)
                if node in line(budget)
            )
        else:
            with pytest.raises(QuotaExceeded):
                budget.charge("tokens", amount)
            assert [node.used["tokens"] for node in chain] == before
        assert all(node.limits.tokens is None or node.used["tokens"] <= node.limits.tokens for node in chain)


def line(budget: Budget) -> list[Budget]:
    return [budget, *(line(budget.parent) if budget.parent else [])]


def test_charge_up_to_takes_what_there_is() -> None:
    parent = Budget(Limits(tokens=5))
    child = parent.child(Limits(tokens=3))
    assert child.charge_up_to("tokens", 2) == 2
    assert child.charge_up_to("tokens", 9) == 1
    assert child.charge_up_to("tokens", 9) == 0
    assert parent.used["tokens"] == 3
    assert Budget(Limits()).charge_up_to("tokens", 9) == 9


def test_message_names_the_limit_that_was_reached() -> None:
    parent = Budget(Limits(tokens=100))
    child = parent.child(Limits(tokens=None))
    other = parent.child(Limits(tokens=70))
    child.charge("tokens", 90)
    with pytest.raises(QuotaExceeded, match=r"tokens \(100\)"):
        other.charge("tokens", 20)


def test_refund_goes_up_the_tree() -> None:
    parent = Budget(Limits(children=2))
    child = parent.child(Limits())
    child.child(Limits())
    with pytest.raises(QuotaExceeded, match="children"):
        parent.child(Limits())
    child.refund("children")
    assert parent.used["children"] == 1
    parent.child(Limits())


def test_depth_is_counted_from_whoever_has_the_limit() -> None:
    root = Budget(Limits(depth=None, children=None))
    top = root.child(Limits(depth=2))
    grandchild = top.child(Limits()).child(Limits())
    with pytest.raises(QuotaExceeded, match="depth"):
        grandchild.child(Limits())


def test_deadline_is_the_first_of_the_tree() -> None:
    clock = VirtualClock()
    parent = Budget(Limits(seconds=10), clock=clock)
    clock.advance(4)
    child = parent.child(Limits(seconds=20))
    assert child.seconds_left() == 6
    child.check_seconds()
    clock.advance(6)
    with pytest.raises(QuotaExceeded, match=r"seconds \(10\)"):
        child.check_seconds()
    assert child.seconds_left() == 0
    assert Budget(Limits()).seconds_left() is None


def test_context_limit_is_the_tightest() -> None:
    assert Budget(Limits(context=100)).child(Limits(context=200)).context_tokens() == 100
    assert Budget(Limits()).context_tokens() is None


def test_tree_is_the_highest_ancestor_below_the_root() -> None:
    root = Budget(Limits())
    top = root.child(Limits())
    assert top.child(Limits()).child(Limits()).tree is top.tree is top
    assert root.tree is root


def test_threads_cannot_pass_a_limit_together() -> None:
    parent = Budget(Limits(tokens=5_000, children=None))
    taken: list[int] = []

    def charge(budget: Budget) -> None:
        taken.append(sum(budget.charge_up_to("tokens", 3) for _ in range(2_000)))

    threads = [threading.Thread(target=charge, args=(parent.child(Limits()),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == parent.used["tokens"] == 5_000
