"""The next batch within a token budget: who gets a row, and how many tokens.

- `Scheduler(policy, step_tokens=512, max_rows=32).compose(num_free_cells)` gives grants, best ranked first.
- Decode rows come first, so nobody's long prompt stalls another's stream; then prompts share what is left, as many at
  once as get a chunk worth the while, so nobody's long prompt stalls another's first token for long either.
- While somebody runs whom nice favours much, steps are short: the others get what fits beside it (`pace.py`).
- Pure and synchronous: it knows neither driver nor time, and changes nothing.

Invariants:
1. At most `max_rows` grants, at most `step_tokens` tokens, none of zero tokens and none beyond what is pending.
2. Work-conserving: while someone is runnable there is a grant, and what is left of the budget, nobody granted a
   row could have used.
3. Prefill keeps a quarter of the budget while there is any, and decode the rest: neither starves the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from llmasos.errors import ConfigError
from llmasos.kernel.pace import Pace
from llmasos.kernel.run_queue import Entity, Policy

# A sampled token and the tokens its grammar forces behind it are still a decode row.
DECODE_ROW_TOKENS = 16
# Of one prompt, where there is that much of it: a driver reads it two to three times as fast in one piece as in sixteen
# (135M parameters on two cores: 400 tokens a second from 128 on, 150 in sixteen pieces of 29).
CHUNK_TOKENS = 128
FAVOURED_BY = 5  # levels of nice: three times the weight (run_queue.WEIGHTS)


class Candidate(Entity, Protocol):
    @property
    def num_pending(self) -> int:
        """Tokens of its context that its sequence does not hold yet; at least one."""
        ...


C = TypeVar("C", bound=Candidate)


class Scheduler(Generic[C]):
    def __init__(self, policy: Policy[C], *, step_tokens: int, max_rows: int) -> None:
        if step_tokens < 2:
            raise ConfigError(f"scheduler.step_tokens = {step_tokens}: a step takes at least 2 tokens")
        self.policy = policy
        self.step_tokens = step_tokens
        self.max_rows = max_rows
        self.pace = Pace()

    def compose(self, num_free_cells: int) -> list[tuple[C, int]]:
        """Grants of tokens. The order matters to who comes after: it is the rank for what room there is."""
        pending = {entity: entity.num_pending for entity in self.policy.runnable}
        room = self._room_beside(pending)
        if room is not None:
            return self._short(pending, room)
        if len(pending) <= self.max_rows and sum(pending.values()) <= min(self.step_tokens, num_free_cells):
            return list(pending.items())
        chosen = self.policy.ranked()[: self.max_rows]
        granted = _share({entity: pending[entity] for entity in chosen}, self.step_tokens)
        return [(entity, granted[entity]) for entity in chosen if entity in granted]

    def _room_beside(self, pending: dict[C, int]) -> int | None:
        """Tokens of others in a step that is kept short for the favoured ones; None: it is not."""
        levels = {entity.nice for entity in pending}
        if self.max_rows < 2 or len(levels) < 2 or max(levels) - min(levels) < FAVOURED_BY:
            return None
        return self.pace.most_beside(sum(entity.nice < min(levels) + FAVOURED_BY for entity in pending))

    def _short(self, pending: dict[C, int], room: int) -> list[tuple[C, int]]:
        """The favoured ones, then as much of the others as there is room for, in rank order: a row at least."""
        ranked, line = self.policy.ranked(), min(entity.nice for entity in pending) + FAVOURED_BY
        first = [entity for entity in ranked if entity.nice < line][: self.max_rows - 1]
        kept = min(room, max(1, self.step_tokens // 4))
        granted = _share({entity: pending[entity] for entity in first}, self.step_tokens - kept)
        left = min(room, self.step_tokens - sum(granted.values()))
        others = [entity for entity in ranked if entity.nice >= line][: self.max_rows - len(granted)]
        granted |= _in_order(((entity, pending[entity]) for entity in others), left)
        return list(granted.items())


def _share(pending: dict[C, int], budget: int) -> dict[C, int]:
    """A step's budget over candidates in rank order."""
    short = {entity: n for entity, n in pending.items() if n <= DECODE_ROW_TOKENS}
    long = {entity: n for entity, n in pending.items() if n > DECODE_ROW_TOKENS}
    kept = max(1, budget // 4) if long else 0
    granted = _in_order(short.items(), budget - kept)
    granted |= _in_chunks(long, budget - sum(granted.values()), min(CHUNK_TOKENS, budget // 4))
    rest = {entity: n for entity, n in short.items() if entity not in granted}
    return granted | _in_order(rest.items(), budget - sum(granted.values()))


def _in_order(wanted: Iterable[tuple[C, int]], room: int) -> dict[C, int]:
    """The first get what they want, until there is no room."""
    granted: dict[C, int] = {}
    for entity, tokens in wanted:
        if room <= 0:
            break
        granted[entity] = min(tokens, room)
        room -= granted[entity]
    return granted


def _in_chunks(wanted: dict[C, int], room: int, chunk: int) -> dict[C, int]:
    """Equal shares of as many as get a whole chunk; what they leave goes to the next."""
    num = max(1, room // max(1, chunk))
    granted = _equally(dict(list(wanted.items())[:num]), room)
    return granted | _in_order(list(wanted.items())[num:], room - sum(granted.values()))


def _equally(wanted: dict[C, int], room: int) -> dict[C, int]:
    """Equal shares, the smallest wants filled first; what does not divide goes to the best ranked."""
    granted: dict[C, int] = {}
    waiting = len(wanted)
    for entity, tokens in sorted(wanted.items(), key=lambda item: item[1]):
        share = min(tokens, room // waiting)
        room -= share
        waiting -= 1
        granted[entity] = share
    for entity, tokens in wanted.items():
        more = min(tokens - granted[entity], room)
        granted[entity] += more
        room -= more
    return {entity: tokens for entity, tokens in granted.items() if tokens}
