"""Splitting a data set: which part a record goes to, decided by its own hash and a seed.

- `Shares.of(0.8, 0.1, 0.1)`; `plan(source, shares, rules)` gives a function from records to the number of their part.
- A record's unit is its text, so duplicates stay together; with `by` it is the value of a field; with `apart` also all
  that is nearly the same, through however many steps.
- A unit's place is its hash between 0 and 1: adding records moves no others. `apart` is the exception where a new
  record joins two units, and `stratify`, which cuts each value's units, in the order of their places, so that shares
  are exact; there, added records move only those nearest to the cuts.
- `apart` and `stratify` have to see all before the first: they read the file twice, and keep some 30 bytes a record.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from llmasos.apps.dataset.minhash import NearIndex, signature
from llmasos.apps.dataset.normal import comparable, digest
from llmasos.apps.dataset.reading import Source, good
from llmasos.apps.dataset.record import Record, text_of
from llmasos.apps.dataset.seen import Seen
from llmasos.errors import DataError, UsageError

PARTS = ("train", "valid", "test")
Place = Callable[[Record], int]
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the whole each of `PARTS` gets; together 1."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, *values: float) -> Shares:
        """Raises UsageError."""
        if any(not 0.0 <= value <= 1.0 for value in values) or abs(sum(values) - 1.0) > _SLACK:
            said = " + ".join(f"{value:g}" for value in values)
            raise UsageError(
                f"--train, --valid and --test are shares that make 1 together, not {said} = {sum(values):g}"
            )
        return cls(values)

    def at(self, position: float) -> int:
        """The part at a place from 0 to below 1."""
        edge = 0.0
        for number, value in enumerate(self.values):
            edge += value
            if position < edge:
                return number
        return max(number for number, value in enumerate(self.values) if value)

    def counts(self, total: int) -> list[int]:
        """Whole numbers that make `total`: each the floor of its share, and one more for the largest remainders."""
        exact = [value * total for value in self.values]
        counts = [int(part + _SLACK) for part in exact]
        order = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
        for number in order[: total - sum(counts)]:
            counts[number] += 1
        return counts


@dataclass(frozen=True, slots=True)
class Rules:
    seed: int = 0
    by: str | None = None
    stratify: str | None = None
    apart: bool = False
    field: str | None = None


def plan(source: Source, shares: Shares, rules: Rules) -> Place:
    """Where each record goes. Raises DataError naming the record that lacks what is asked for, UsageError."""
    if not rules.apart and rules.stratify is None:
        return lambda record: shares.at(_position(_unit(source, record, rules), rules.seed))
    if source.name == "-":
        raise UsageError("--stratify and --apart read the data twice: give a file, not -")
    units = _Units()
    with ExitStack() as stack:
        near = _Neighbours(stack) if rules.apart else None
        for number, record in enumerate(good(source)):
            units.add(_unit(source, record, rules), _stratum(source, record, rules))
            if near is not None:
                near.join(number, comparable(_text(source, record, rules)), units)
    parts = units.parts(source, shares, rules)
    return lambda record: parts[record.number - 1]


class _Units:
    """Records by number, from 0; each in a set with those it must not be parted from, as a tree of parents.

    Source: Galler and Fischer 1964, union by the smaller number, paths halved.
    """

    def __init__(self) -> None:
        self._parents: list[int] = []
        self._keys: list[bytes] = []
        self._strata: list[str] = []
        self._first: dict[bytes, int] = {}

    def add(self, key: bytes, stratum: str) -> None:
        number = len(self._parents)
        self._parents.append(self._first.setdefault(key, number))
        self._keys.append(key)
        self._strata.append(stratum)

    def root(self, number: int) -> int:
        parents = self._parents
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    def union(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low

    def parts(self, source: Source, shares: Shares, rules: Rules) -> bytearray:
        """A part for each record; a set's place is that of the least key in it."""
        least: dict[int, bytes] = {}
        strata: dict[int, str] = {}
        for number, key in enumerate(self._keys):
            root = self.root(number)
            least[root] = min(key, least.get(root, key))
            if strata.setdefault(root, self._strata[number]) != self._strata[number]:
                values = f"{strata[root]} and {self._strata[number]}"
                raise DataError(
                    f"{source.name}: record {number + 1} belongs with record {root + 1}, and their {rules.stratify} is"
                    f" {values}: what stays together needs one value for --stratify"
                )
        positions = {root: _position(key, rules.seed) for root, key in least.items()}
        chosen = _cut(positions, strata, shares) if rules.stratify is not None else None
        place = chosen or {root: shares.at(position) for root, position in positions.items()}
        return bytearray(place[self.root(number)] for number in range(len(self._keys)))


def _cut(positions: dict[int, float], strata: dict[int, str], shares: Shares) -> dict[int, int]:
    """Each stratum in the order of its places, cut into its shares."""
    members: dict[str, list[int]] = defaultdict(list)
    for root in sorted(positions, key=lambda root: positions[root]):
        members[strata[root]].append(root)
    place: dict[int, int] = {}
    for roots in members.values():
        counts = shares.counts(len(roots))
        parts = (part for part, count in enumerate(counts) for _ in range(count))
        place.update(zip(roots, parts, strict=True))
    return place


class _Neighbours:
    """Finds who is nearly the same as a record, among those before it."""

    def __init__(self, stack: ExitStack) -> None:
        self._seen = stack.enter_context(Seen())
        self._index = stack.enter_context(NearIndex())

    def join(self, number: int, text: str, units: _Units) -> None:
        if (same := self._seen.earlier(text, number)) is not None:
            units.union(same, number)
            return
        hashes = signature(text)
        for other in self._index.near(hashes):
            units.union(other.number, number)
        self._index.add(number, hashes)


def _unit(source: Source, record: Record, rules: Rules) -> bytes:
    if rules.by is None:
        return digest(comparable(_text(source, record, rules)))
    return digest(_value(source, record, rules.by))


def _stratum(source: Source, record: Record, rules: Rules) -> str:
    return "" if rules.stratify is None else _value(source, record, rules.stratify)


def _text(source: Source, record: Record, rules: Rules) -> str:
    if (text := text_of(record, rules.field)) is None:
        raise _lacks(source, record, rules.field)
    return text


def _value(source: Source, record: Record, name: str) -> str:
    value: Any = record.fields.get(name)
    if value is None:
        raise _lacks(source, record, name)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _lacks(source: Source, record: Record, name: str | None) -> DataError:
    return DataError(f"{source.name}:{record.line}: the record has no field {name!r}")


def _position(key: bytes, seed: int) -> float:
    """From 0 to below 1; another order for another seed."""
    hashed = hashlib.blake2b(key, digest_size=8, salt=(seed % 2**128).to_bytes(16, "little")).digest()
    return (int.from_bytes(hashed, "little") >> 11) / 2**53
