"""What a data set is: its records, fields, lengths and duplicates, and what is wrong with which line.

- `Profile()` is a context manager; `look(item)` at each, then `facts()`.
- Lengths are those of the text; with a `count` of tokens, also in them.
- It keeps a few bytes a record (lengths; of texts a digest, on disk), and the first `MAX_FAULTS` faults of each kind.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np

from llmasos.apps.dataset.normal import comparable
from llmasos.apps.dataset.record import Bad, Record, kind_of, text_of
from llmasos.apps.dataset.seen import Seen
from llmasos.errors import LLMasOSError

MAX_FAULTS = 20
MAX_FIELDS = 200
MAX_VALUES = 12  # of a field that are told one by one
MAX_VALUE_CHARS = 40
_POINTS = (("min", 0.0), ("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))
_TYPES = {str: "string", bool: "boolean", int: "number", float: "number", list: "list", dict: "object"}


@dataclass(slots=True)
class Field:
    """How often it is there, as what, and with which values as long as those are few and short."""

    count: int = 0
    types: Counter[str] = field(default_factory=Counter)
    values: Counter[str] | None = field(default_factory=Counter)

    def add(self, value: Any) -> None:
        self.count += 1
        self.types[_TYPES.get(type(value), "null")] += 1
        if self.values is None:
            return
        if not isinstance(value, str | bool | int) or len(str(value)) > MAX_VALUE_CHARS:
            self.values = None
            return
        self.values[str(value)] += 1
        if len(self.values) > MAX_VALUES:
            self.values = None

    def facts(self) -> dict[str, Any]:
        told = self.values is not None and self.count > len(self.values)
        more = {"values": dict(self.values.most_common())} if told and self.values else {}
        return {"count": self.count, "types": dict(self.types), **more}


class Profile:
    def __init__(self, count: Callable[[Record], int] | None = None, field: str | None = None) -> None:
        self._count, self._field = count, field
        self._records = self._bad = self._duplicates = self._empty = 0
        self._kinds: Counter[str] = Counter()
        self._fields: dict[str, Field] = {}
        self._more_fields = False
        self._chars = array("q")
        self._tokens = array("q")
        self._faults: Counter[str] = Counter()
        self._told: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._seen = Seen().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.__exit__(kind, error, trace)

    def look(self, item: Record | Bad) -> None:
        if isinstance(item, Bad):
            self._bad += 1
            self._fault(item.line, item.reason, item.detail)
            return
        self._records += 1
        self._kinds[kind_of(item.fields)] += 1
        self._look_at_fields(item)
        if (text := text_of(item, self._field)) is None:
            self._fault(item.line, "no_field", f"it has no field {self._field!r}")
            return
        self._chars.append(len(text))
        if self._count is not None:
            self._count_tokens(self._count, item)
        self._look_at_text(item, text)

    def facts(self) -> dict[str, Any]:
        """JSON-able: `lengths` are null where there are none."""
        return {
            "records": self._records,
            "bad": self._bad,
            "kinds": dict(self._kinds),
            "fields": {name: found.facts() for name, found in self._fields.items()},
            "more_fields": self._more_fields,
            "chars": _lengths(self._chars),
            "tokens": _lengths(self._tokens) if self._count is not None else None,
            "duplicates": self._duplicates,
            "empty": self._empty,
            "faults": dict(self._faults),
            "told": self._told,
        }

    def over(self, num_tokens: int) -> int:
        """How many records have more tokens than that."""
        return sum(length > num_tokens for length in self._tokens)

    def _look_at_fields(self, record: Record) -> None:
        for name, value in record.fields.items():
            if name not in self._fields:
                if len(self._fields) >= MAX_FIELDS:
                    self._more_fields = True
                    continue
                self._fields[name] = Field()
            self._fields[name].add(value)

    def _count_tokens(self, count: Callable[[Record], int], record: Record) -> None:
        """A model's template is foreign code: there may be conversations that it cannot say."""
        try:
            self._tokens.append(count(record))
        except LLMasOSError as error:
            self._fault(record.line, "template", str(error))

    def _look_at_text(self, record: Record, text: str) -> None:
        if not text.strip():
            self._empty += 1
            self._fault(record.line, "empty", "its text is empty")
        elif (first := self._seen.earlier(comparable(text), record.line)) is not None:
            self._duplicates += 1
            self._fault(record.line, "duplicate", f"the same text as line {first}")
        if kind_of(record.fields) == "chat" and record.fields["messages"][-1]["role"] != "assistant":
            self._fault(record.line, "no_answer", "its last message is not the assistant's")

    def _fault(self, line: int, reason: str, detail: str) -> None:
        self._faults[reason] += 1
        if self._faults[reason] <= MAX_FAULTS:
            self._told.append({"line": line, "reason": reason, "detail": detail})


def _lengths(values: array[int]) -> dict[str, float] | None:
    """Quantiles by the nearest rank, the mean and the sum."""
    if not values:
        return None
    ordered = np.sort(np.frombuffer(values, np.int64))
    points = {name: int(ordered[round(share * (len(ordered) - 1))]) for name, share in _POINTS}
    total = int(ordered.sum())
    return {**points, "mean": round(total / len(ordered), 1), "total": total}
