"""Limits of a process and of its whole tree: tokens, seconds, syscalls, children, depth, context.

- `Limits` is what was asked for; a `Budget` counts against it and against every ancestor's.
- `charge` takes all or nothing, up the tree: a limit is never exceeded by a single token.
- It does not know processes; time is injected.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields

from llmasos.errors import QuotaExceeded, UsageError


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
        values = {f.name: getattr(base or cls(), f.name) for f in fields(cls)}
        for item in items:
            name, _, text = item.partition("=")
            if name not in values:
                raise UsageError(f"unknown limit {name!r}; known: {', '.join(values)}")
            values[name] = _number(name, text)
        return cls(**values)


def _number(name: str, text: str) -> float | int:
    try:
        value = float(text) if name == "seconds" else int(text)
    except ValueError:
        raise UsageError(f"limit {name}={text!r} is not a number") from None
    if value < 0:
        raise UsageError(f"limit {name}={text} is negative")
    return value


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
        self.depth = parent.depth + 1 if parent else 0

    def _chain(self) -> list[Budget]:
        chain: list[Budget] = []
        node: Budget | None = self
        while node is not None:
            chain.append(node)
            node = node.parent
        return chain

    def remaining(self, what: str) -> int | None:
        """How much may still be charged, the tightest of the tree's limits; None is no limit."""
        rooms = [
            limit - node.used[what]
            for node in self._chain()
            if (limit := getattr(node.limits, what)) is not None
        ]
        return max(min(rooms), 0) if rooms else None

    def charge(self, what: str, amount: int = 1) -> None:
        """Use `amount` of tokens, syscalls or children. Raises QuotaExceeded, having charged nothing."""
        room = self.remaining(what)
        if room is not None and amount > room:
            raise QuotaExceeded(f"limit reached: {what} ({self._limit(what)})", what)
        for node in self._chain():
            node.used[what] += amount

    def refund(self, what: str, amount: int = 1) -> None:
        """Give back: a child that ended, a reserved token that was not sampled."""
        for node in self._chain():
            node.used[what] -= amount
            assert node.used[what] >= 0, f"refunded more {what} than was charged"

    def seconds_left(self) -> float | None:
        now = self.clock()
        rooms = [
            node.limits.seconds - (now - node.started) for node in self._chain() if node.limits.seconds is not None
        ]
        return max(min(rooms), 0.0) if rooms else None

    def check_seconds(self) -> None:
        """Raises QuotaExceeded once a deadline of the tree has passed."""
        left = self.seconds_left()
        if left is not None and left <= 0:
            raise QuotaExceeded(f"limit reached: seconds ({self._limit('seconds')})", "seconds")

    def context_tokens(self) -> int | None:
        """The tightest limit on the tokens of a context."""
        limits = [node.limits.context for node in self._chain() if node.limits.context is not None]
        return min(limits) if limits else None

    def child(self, limits: Limits) -> Budget:
        """A child's budget, charged as one live child. Raises QuotaExceeded on children or depth."""
        for distance, node in enumerate(self._chain(), start=1):
            if node.limits.depth is not None and distance > node.limits.depth:
                raise QuotaExceeded(f"limit reached: depth ({node.limits.depth})", "depth")
        self.charge("children")
        return Budget(limits, self, self.clock)

    def _limit(self, what: str) -> float | int:
        return min(v for node in self._chain() if (v := getattr(node.limits, what)) is not None)
