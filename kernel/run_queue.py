"""Who is next: the scheduling policies, small classes behind one interface.

- `queue.add(entity)` when it becomes runnable, `remove` when it no longer is, `charge` after every step.
- `ranked()` gives the runnable entities, the most deserving first. Policies only rank: how many fit is
  `scheduler.py`'s to find out, and when all fit the order does not matter.
- `make_policy("fair")` by name: `fair`, `priority`, `rr`, `fifo`.
- A policy knows an `Entity` (nice and the tree it belongs to), never a process or a device; service is counted
  in tokens, never in seconds.

A *turn* begins with an entity's first service and lasts a quantum of sampled tokens. Whoever is in a turn ranks
before whoever is not, in the order the turns began: so an entity whose KV had to be made resident first gets
something for it, and two that do not fit together cannot push each other out for ever.

Invariants (`check_integrity`):
1. Every runnable entity is ranked exactly once.
2. Only a runnable entity is in a turn, with less than a quantum used.
3. No starvation: when those ahead of an entity take their turns, its rank comes to the front.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from llmasos.errors import ConfigError

QUANTUM_TOKENS = 32
# Source: Sheng et al. 2024, Fairness in Serving Large Language Models: a sampled token counts as two read ones.
PREFILL_COST, DECODE_COST = 1, 2
WEIGHTS = {nice: 1.25**-nice for nice in range(-20, 20)}  # as CFS: one level of nice is a quarter more


class Entity(Protocol):
    """What a policy sees of a process that wants to run."""

    @property
    def nice(self) -> int: ...

    @property
    def tree(self) -> Hashable:
        """The process tree it belongs to."""
        ...


E = TypeVar("E", bound=Entity)


@dataclass(slots=True)
class Turn(Generic[E]):
    """A policy's account of one runnable entity. Ordinals count events of the queue, so equal ones cannot be."""

    entity: E
    arrived: int  # ordinal at which it came, or its last turn ended
    began: int | None = None  # ordinal of the first service of the turn under way
    used: int = 0  # sampled tokens of the turn under way
    service: float = 0.0  # weighted tokens since it came
    waiting_since: int = 0  # step at which it came, or its last turn ended


class Policy(ABC, Generic[E]):
    """A run queue. Subclasses say how entities that are not in a turn rank."""

    name: str

    def __init__(self, quantum_tokens: int = QUANTUM_TOKENS) -> None:
        if quantum_tokens < 1:
            raise ConfigError(f"scheduler.quantum_tokens = {quantum_tokens}: a quantum is at least one token")
        self.quantum_tokens = quantum_tokens
        self.num_steps = 0
        self._ordinal = 0
        self._turns: dict[E, Turn[E]] = {}

    def __len__(self) -> int:
        return len(self._turns)

    def __contains__(self, entity: E) -> bool:
        return entity in self._turns

    @property
    def runnable(self) -> Iterable[E]:
        """Everyone, in no order that matters."""
        return self._turns

    def add(self, entity: E) -> None:
        """An entity has become runnable."""
        assert entity not in self._turns, "it is in the run queue already"
        self._turns[entity] = Turn(entity, self._next(), waiting_since=self.num_steps)

    def remove(self, entity: E) -> None:
        """An entity no longer is; its turn, if it was in one, is over."""
        del self._turns[entity]

    def charge(self, services: Iterable[tuple[E, int, int]]) -> None:
        """Account for one step: an entity, its prefill tokens, its decode tokens, for each that got any.

        Entities that left the queue meanwhile are charged too where the policy remembers.
        """
        self.num_steps += 1
        for entity, prefill, decode in services:
            served = (PREFILL_COST * prefill + DECODE_COST * decode) / WEIGHTS[entity.nice]
            self._account(entity, served)
            turn = self._turns.get(entity)
            if turn is not None:
                self._use(turn, served, decode)

    def ranked(self) -> list[E]:
        """Runnable entities, the most deserving first."""
        in_turn = sorted((t for t in self._turns.values() if t.began is not None), key=lambda t: t.began or 0)
        waiting = [t for t in self._turns.values() if t.began is None]
        return [turn.entity for turn in (*in_turn, *self._rank(waiting))]

    @abstractmethod
    def _rank(self, waiting: list[Turn[E]]) -> Sequence[Turn[E]]:
        """Those not in a turn, the most deserving first."""

    def check_integrity(self) -> None:
        ranked = self.ranked()
        assert len(ranked) == len(self._turns) == len(set(ranked)), "an entity is ranked twice, or not at all"
        assert set(ranked) == set(self._turns), "an entity is ranked that cannot run"
        for turn in self._turns.values():
            assert 0 <= turn.used < self.quantum_tokens, "a turn is longer than a quantum"
            assert turn.began is not None or turn.used == 0, "used without a turn"

    def _account(self, entity: E, served: float) -> None:
        """Remember weighted service for longer than a turn; most policies do not."""

    def _use(self, turn: Turn[E], served: float, decode: int) -> None:
        if turn.began is None:
            turn.began = self._next()
        turn.used += decode
        turn.service += served
        if turn.used >= self.quantum_tokens:
            turn.began, turn.used = None, 0
            turn.arrived, turn.waiting_since = self._next(), self.num_steps

    def _next(self) -> int:
        self._ordinal += 1
        return self._ordinal


class Fifo(Policy[E]):
    """First come, first served, to the end of the generation: the turn has no quantum."""

    name = "fifo"

    def _use(self, turn: Turn[E], served: float, decode: int) -> None:
        if turn.began is None:
            turn.began = turn.arrived

    def _rank(self, waiting: list[Turn[E]]) -> Sequence[Turn[E]]:
        return sorted(waiting, key=lambda turn: turn.arrived)


class RoundRobin(Policy[E]):
    """Everyone in a circle, a quantum each; nice does not matter."""

    name = "rr"

    def _rank(self, waiting: list[Turn[E]]) -> Sequence[Turn[E]]:
        return sorted(waiting, key=lambda turn: turn.arrived)


class Priority(Policy[E]):
    """The lowest nice first. Waiting ages: a quantum of steps is worth one level, so nobody waits for ever."""

    name = "priority"

    def _rank(self, waiting: list[Turn[E]]) -> Sequence[Turn[E]]:
        return sorted(waiting, key=lambda turn: (self._level(turn), turn.arrived))

    def _level(self, turn: Turn[E]) -> int:
        return turn.entity.nice - (self.num_steps - turn.waiting_since) // self.quantum_tokens


class Fair(Policy[E]):
    """Least attained service of the whole process tree, weighted by nice.

    A tree that was idle starts level with the least served of the busy ones: idleness saves nothing up.
    Source: Sheng et al. 2024 (virtual token counter); CFS (weights, the floor).
    """

    name = "fair"

    def __init__(self, quantum_tokens: int = QUANTUM_TOKENS) -> None:
        super().__init__(quantum_tokens)
        self._attained: dict[Hashable, float] = {}
        self._busy: dict[Hashable, int] = {}  # tree -> runnable entities
        self._floor = 0.0

    def add(self, entity: E) -> None:
        super().add(entity)
        tree = entity.tree
        if tree not in self._busy:
            self._raise_floor()
            self._attained[tree] = max(self._attained.get(tree, 0.0), self._floor)
        self._busy[tree] = self._busy.get(tree, 0) + 1

    def remove(self, entity: E) -> None:
        super().remove(entity)
        tree = entity.tree
        self._busy[tree] -= 1
        if not self._busy[tree]:
            del self._busy[tree]
            if not self._busy:
                self._floor = max(self._floor, self._attained[tree])
            self._forget()

    def _account(self, entity: E, served: float) -> None:
        if entity.tree in self._attained:
            self._attained[entity.tree] += served

    def attained(self, tree: Hashable) -> float:
        """Weighted tokens a tree has had, as far as it still matters."""
        return self._attained.get(tree, self._floor)

    def check_integrity(self) -> None:
        super().check_integrity()
        counted: dict[Hashable, int] = {}
        for entity in self._turns:
            counted[entity.tree] = counted.get(entity.tree, 0) + 1
        assert counted == self._busy, "busy trees are miscounted"
        assert self._busy.keys() <= self._attained.keys(), "a busy tree has no account"

    def _rank(self, waiting: list[Turn[E]]) -> Sequence[Turn[E]]:
        """Trees take turns by what they have had, counting what is being given to them in this very ranking."""
        promised = dict(self._attained)
        for turn in self._turns.values():
            if turn.began is not None:
                promised[turn.entity.tree] += self._turn_cost(turn)
        keyed: list[tuple[float, int, Turn[E]]] = []
        for turn in sorted(waiting, key=lambda t: (t.service, t.arrived)):
            keyed.append((promised[turn.entity.tree], turn.arrived, turn))
            promised[turn.entity.tree] += self._turn_cost(turn)
        return [turn for _, _, turn in sorted(keyed, key=lambda k: k[:2])]

    def _turn_cost(self, turn: Turn[E]) -> float:
        """What the rest of a turn will cost its tree."""
        return DECODE_COST * (self.quantum_tokens - turn.used) / WEIGHTS[turn.entity.nice]

    def _raise_floor(self) -> None:
        if self._busy:
            self._floor = max(self._floor, min(self._attained[tree] for tree in self._busy))

    def _forget(self) -> None:
        """Drop idle trees that would start at the floor anyway."""
        idle = [tree for tree, had in self._attained.items() if tree not in self._busy and had <= self._floor]
        for tree in idle:
            del self._attained[tree]


POLICIES: dict[str, type[Policy[Any]]] = {policy.name: policy for policy in (Fair, Priority, RoundRobin, Fifo)}


def make_policy(name: str, quantum_tokens: int = QUANTUM_TOKENS) -> Policy[Any]:
    """A policy by name. Raises ConfigError naming the known ones."""
    if name not in POLICIES:
        raise ConfigError(f"scheduler.policy = {name!r}: unknown; known: {', '.join(POLICIES)}")
    return POLICIES[name](quantum_tokens)
