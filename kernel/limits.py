"""Limits of a process and of its whole tree: tokens, seconds, syscalls, children, depth, context.

- `Limits` is what was asked for; a `Budget` counts against it and against every ancestor's.
- `charge` takes all or nothing, up the tree: a limit is never exceeded by a single token.
- It does not know processes; time is injected.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from llmasos.errors import LLMasOSError, ProcessFailed, QuotaExceeded, UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """None means the parent's limit alone. `tokens` are generated ones (sampled and forced)."""

    tokens: int | None = None
    seconds: float | None = None
    syscalls: int | None = None
    children: int | None = 32  # live at once
    depth: int | None = 4
    context: int | None = None  # tokens in the window

    @classmethod
    def parse(cls, items: list[str], base: Limits | None = None) -> Limits:
        """Limits from `name=value` words. Raises UsageError naming the known ones."""
        return replace(base or cls(), **cls.changes(items))

    @classmethod
    def changes(cls, items: list[str]) -> dict[str, Any]:
        """What `name=value` words ask for, by name. Raises UsageError."""
        known = [f.name for f in fields(cls)]
        values: dict[str, Any] = {}
        for item in items:
            name, _, text = item.partition("=")
            if name not in known:
                raise UsageError(f"unknown limit {name!r}; known: {', '.join(known)}")
            values[name] = None if text == "none" else _number(name, text)
        return values


def _number(name: str, text: str) -> float | int:
    try:
        value = float(text) if name == "seconds" else int(text)
    except ValueError:
        raise UsageError(f"limit {name}={text!r} is not a number") from None
    if not 0 <= value < math.inf:  # NaN is outside too
        raise UsageError(f"limit {name}={text} is not a number from 0 up")
    return value


# Engines charge tokens in their device's thread while the event loop charges syscalls and children.
_COUNTING = threading.Lock()


class Budget:
    """Counts what a process and its descendants have used against limits, its own and its ancestors'."""

    def __init__(
        self, limits: Limits, parent: Budget | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits
        self.parent = parent
        self.clock = clock
        self.started = clock()
        self.used: dict[str, int] = {"tokens": 0, "syscalls": 0, "children": 0}
        self.depth: int = parent.depth + 1 if parent else 0
        # The tree that fairness is counted by: the highest ancestor below the root (init).
        self.tree: Budget = self if parent is None or parent.parent is None else parent.tree
        self._chain: tuple[Budget, ...] = (self, *(parent._chain if parent else ()))

    def remaining(self, what: str) -> int | None:
        """How much may still be charged, the tightest of the tree's limits; None is no limit."""
        tightest: int | None = None
        for node in self._chain:
            limit: int | None = getattr(node.limits, what)
            if limit is not None:
                room = limit - node.used[what]
                tightest = room if tightest is None or room < tightest else tightest
        return tightest if tightest is None else max(tightest, 0)

    def charge(self, what: str, amount: int = 1) -> None:
        """Use `amount` of tokens, syscalls or children. Raises QuotaExceeded, having charged nothing."""
        with _COUNTING:
            room = self.remaining(what)
            if room is not None and amount > room:
                raise QuotaExceeded(f"limit reached: {what} ({self._limit(what)})", what)
            for node in self._chain:
                node.used[what] += amount

    def charge_up_to(self, what: str, amount: int) -> int:
        """Use as much of `amount` as the limits leave; how much that was."""
        with _COUNTING:
            room = self.remaining(what)
            taken = amount if room is None else min(amount, room)
            for node in self._chain:
                node.used[what] += taken
        return taken

    def is_held_by(self, other: Budget, what: str) -> bool:
        """Whether a limit that leaves nothing here counts what the other uses, too, and so may give back."""
        if what not in self.used:
            return False
        full = [n for n in self._chain if (limit := getattr(n.limits, what)) is not None and n.used[what] >= limit]
        return any(node in other._chain for node in full)

    def refund(self, what: str, amount: int = 1) -> None:
        """Give back: a child that ended, a reserved token that was not sampled."""
        with _COUNTING:
            for node in self._chain:
                node.used[what] -= amount
                assert node.used[what] >= 0, f"refunded more {what} than was charged"

    def seconds_left(self) -> float | None:
        """Seconds until the first deadline of the tree, at least 0; None is no deadline."""
        deadline = self.deadline
        return None if deadline is None else max(deadline - self.clock(), 0.0)

    @property
    def deadline(self) -> float | None:
        """When the first limit on seconds is reached, by `clock`."""
        first: float | None = None
        for node in self._chain:
            seconds = node.limits.seconds
            if seconds is not None and (first is None or node.started + seconds < first):
                first = node.started + seconds
        return first

    def check_seconds(self) -> None:
        """Raises QuotaExceeded once a deadline of the tree has passed."""
        deadline = self.deadline
        if deadline is not None and self.clock() >= deadline:
            raise QuotaExceeded(f"limit reached: seconds ({self._limit('seconds')})", "seconds")

    def context_tokens(self) -> int | None:
        """The tightest limit on the tokens of a context."""
        tightest: int | None = None
        for node in self._chain:
            limit = node.limits.context
            if limit is not None and (tightest is None or limit < tightest):
                tightest = limit
        return tightest

    def child(self, limits: Limits) -> Budget:
        """A child's budget, charged as one live child. Raises QuotaExceeded on children or depth."""
        for distance, node in enumerate(self._chain, start=1):
            if node.limits.depth is not None and distance > node.limits.depth:
                raise QuotaExceeded(f"limit reached: depth ({node.limits.depth})", "depth")
        self.charge("children")
        return Budget(limits, self, self.clock)

    def _limit(self, what: str) -> float | int:
        """The limit that is nearest to being reached, for the message."""
        limits = [(node, getattr(node.limits, what)) for node in self._chain]
        near = [(_room(node, what, limit), limit) for node, limit in limits if limit is not None]
        tightest: float | int = min(near)[1]
        return tightest


def timed_out(budget: Budget, error: TimeoutError) -> LLMasOSError:
    """What ended a body: the limit on seconds, or a time limit of its own."""
    try:
        budget.check_seconds()
    except QuotaExceeded as reached:
        return reached
    return ProcessFailed(f"timed out: {error}")


def _room(node: Budget, what: str, limit: float) -> float:
    return node.started + limit if what == "seconds" else limit - node.used[what]
