"""Splitting a data set: which part a record goes to, decided by its own hash and a seed.

- `Shares.of(0.8, 0.1, 0.1)`; `plan(source, shares, rules)` gives a function from records to the number of their part.
- A record's unit is its text, so duplicates stay together; with `by` it is the value of a field; with `apart` also all
  that is nearly the same, through however many steps.
- A unit's place is its hash between 0 and 1: adding records moves no others. `apart` is the exception where a new
  record joins two units, and `stratify`, which cuts each value's units, in the order of their places, so that shares
  are exact; there, added records move only those nearest to the cuts.
- `apart` and `stratify` have to see all before the first: they read the file twice, and keep under 100 bytes a
  record, and the values that are stratified by.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    with ExitStack() as stack:
        units = _Units(stack)
        near = _Neighbours(stack) if rules.apart else None
        for number, record in enumerate(good(source)):
            units.add(_unit(source, record, rules), _stratum(source, record, rules))
            if near is not None:
                near.join(number, comparable(_text(source, record, rules)), units)
        parts = units.parts(source, shares, rules)
    return lambda record: _planned(source, parts, record)


def _planned(source: Source, parts: bytes, record: Record) -> int:
    if record.number > len(parts):
        raise DataError(f"{source.name}: it has grown since it was read first")
    return parts[record.number - 1]


class _Units:
    """Records by number, from 0; each in a set with those it must not be parted from, as a tree of parents.

    Source: Galler and Fischer 1964, union under the smaller number, paths halved.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._parents, self._keys, self._strata = array("q"), array("Q"), array("i")
        self._names: dict[str, int] = {}  # of strata, by their number
        self._seen = stack.enter_context(Seen())

    def add(self, unit: str, stratum: str) -> None:
        number = len(self._parents)
        first = self._seen.earlier(unit, number)
        self._parents.append(number if first is None else first)
        self._keys.append(_key(unit))
        self._strata.append(self._names.setdefault(stratum, len(self._names)))

    def root(self, number: int) -> int:
        parents = self._parents
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    def union(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low

    def parts(self, source: Source, shares: Shares, rules: Rules) -> bytes:
        """A part for each record, (records,) of uint8; a set's place is that of the least key in it."""
        roots = np.fromiter(map(self.root, range(len(self._parents))), np.int64, len(self._parents))
        strata = np.frombuffer(self._strata, np.int32)
        self._check_strata(source, roots, strata, rules)
        least = np.frombuffer(self._keys, np.uint64).copy()
        np.minimum.at(least, roots, least.copy())
        positions = _positions(least, rules.seed)
        tops = np.flatnonzero(roots == np.arange(len(roots)))
        place = np.zeros(len(roots), np.uint8)
        if rules.stratify is None:
            place[tops] = [shares.at(position) for position in positions[tops]]
        else:
            ordered = tops[np.lexsort((positions[tops], strata[tops]))]
            for mine in np.split(ordered, np.flatnonzero(np.diff(strata[ordered])) + 1):
                place[mine] = np.repeat(np.arange(len(PARTS)), shares.counts(len(mine)))
        return place[roots].tobytes()

    def _check_strata(self, source: Source, roots: NDArray[np.int64], strata: NDArray[np.int32], rules: Rules) -> None:
        """Raises DataError where a set has two values."""
        wrong = np.flatnonzero(strata != strata[roots])
        if len(wrong):
            number, names = int(wrong[0]), list(self._names)
            root = int(roots[number])
            raise DataError(
                f"{source.name}: record {number + 1} belongs with record {root + 1}, and their {rules.stratify} is"
                f" {names[strata[root]]} and {names[strata[number]]}: what stays together has to have one value"
            )


class _Neighbours:
    """Finds who is nearly the same as a record, among those before it.

    A set is met in a band by the first of it there: with every one of them, a file of near-duplicates would take the
    square of its records. (After two sets became one it may be met by one of each.)
    """

    def __init__(self, stack: ExitStack) -> None:
        self._seen = stack.enter_context(Seen())
        self._index = stack.enter_context(NearIndex())

    def join(self, number: int, text: str, units: _Units) -> None:
        if (same := self._seen.earlier(text, number)) is not None:
            units.union(same, number)
            return
        hashes = signature(text)
        met = self._index.meeting(hashes)
        for other in self._index.among({other for others in met.values() for other in others}, hashes):
            units.union(other.number, number)
        if new := [band for band, others in met.items() if units.root(number) not in map(units.root, others)]:
            self._index.add(number, hashes, new)


def _unit(source: Source, record: Record, rules: Rules) -> str:
    """What a record's place is made from."""
    return comparable(_text(source, record, rules)) if rules.by is None else _value(source, record, rules.by)


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


def _key(unit: str) -> int:
    """64 bits of its digest."""
    return int.from_bytes(digest(unit)[:8], "little")


def _positions(keys: NDArray[np.uint64], seed: int) -> NDArray[np.float64]:
    """From 0 to below 1, one a key; another order for another seed. (splitmix64's finish: Steele et al. 2014.)"""
    value = keys ^ np.uint64(_key(f"seed {seed}"))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray((value ^ (value >> np.uint64(31))) >> np.uint64(11), np.float64) / 2**53


def _position(unit: str, seed: int) -> float:
    return float(_positions(np.array([_key(unit)], np.uint64), seed)[0])
