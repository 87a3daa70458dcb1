"""Cleaning a data set: one record in, the same, another or none out, and a reason for whatever is not the same.

- `Cleaner(rules)` is a context manager; `clean(item)` gives a `Verdict` a record. `Counts` sums them up.
- In this order: unreadable records go; texts are made tidy, then redacted; what is then empty, too short or too long
  goes; last the duplicates of what was kept before.
- Reasons to drop: not_json, not_object, malformed, not_utf8, columns, too_long (reading.py); no_field, empty, short,
  long, duplicate, near_duplicate. Reasons to change: normalised, and what is redacted.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from llmasos.apps.dataset.minhash import NearIndex, signature
from llmasos.apps.dataset.normal import comparable, tidy
from llmasos.apps.dataset.record import Bad, Record, mapped, text_of
from llmasos.apps.dataset.redact import Redaction
from llmasos.apps.dataset.seen import Seen
from llmasos.errors import UsageError

DEDUPE = ("exact", "near", "none")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is wanted. `field` is the one whose text counts; None: the record's. Raises UsageError."""

    dedupe: str = "exact"
    min_chars: int | None = None
    max_chars: int | None = None
    drop_empty: bool = False
    redaction: Redaction = field(default_factory=lambda: Redaction(()))
    normalise: bool = False
    field: str | None = None

    def __post_init__(self) -> None:
        if self.dedupe not in DEDUPE:
            raise UsageError(f"--dedupe is {', '.join(DEDUPE)}, not {self.dedupe!r}")
        if self.min_chars is not None and self.max_chars is not None and self.min_chars > self.max_chars:
            raise UsageError(f"--min-chars {self.min_chars} is more than --max-chars {self.max_chars}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`record` is None when it is dropped; `reason` why, or what `changes` there were; `facts` what else is known."""

    record: Record | None
    reason: str = ""
    changes: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """For the report: what was done and why, without a word of the text."""
        if self.record is None:
            return [{"action": "dropped", "reason": self.reason, **self.facts}]
        return [{"action": "changed", "reason": reason, "count": count} for reason, count in self.changes.items()]


@dataclass(slots=True)
class Counts:
    """`changes` counts what was changed in records, `changed` the records."""

    read: int = 0
    written: int = 0
    changed: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        self.read += 1
        if verdict.record is None:
            self.dropped[verdict.reason] += 1
            return
        self.written += 1
        self.changed += bool(verdict.changes)
        self.changes.update(verdict.changes)


class Cleaner:
    """Knows what it has kept, for the duplicates."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._seen = stack.enter_context(Seen())
            self._near = stack.enter_context(NearIndex())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def clean(self, item: Record | Bad) -> Verdict:
        if isinstance(item, Bad):
            return Verdict(None, item.reason, facts={"detail": item.detail})
        if text_of(item, self._rules.field) is None:
            return Verdict(None, "no_field", facts={"detail": f"it has no field {self._rules.field!r}"})
        record, changes = self._changed(item)
        text = text_of(record, self._rules.field) or ""
        if (unwanted := self._length(text) or self._duplicate(comparable(text), record.line)) is not None:
            return unwanted
        return Verdict(record, changes=changes)

    def _changed(self, record: Record) -> tuple[Record, dict[str, int]]:
        changes: dict[str, int] = {}
        if self._rules.normalise:
            tidied = record.changed(mapped(record.fields, tidy))
            if tidied is not record:
                record, changes["normalised"] = tidied, 1
        if self._rules.redaction.kinds:
            found: Counter[str] = Counter()
            record = record.changed(mapped(record.fields, lambda text: self._rules.redaction(text, found)))
            changes |= found
        return record, changes

    def _length(self, text: str) -> Verdict | None:
        rules, length = self._rules, len(text)
        if rules.drop_empty and not text.strip():
            return Verdict(None, "empty")
        if rules.min_chars is not None and length < rules.min_chars:
            return Verdict(None, "short", facts={"chars": length})
        if rules.max_chars is not None and length > rules.max_chars:
            return Verdict(None, "long", facts={"chars": length})
        return None

    def _duplicate(self, text: str, line: int) -> Verdict | None:
        """The numbers that are kept of texts are those of their lines."""
        if self._rules.dedupe == "none":
            return None
        if (first := self._seen.earlier(text, line)) is not None:
            return Verdict(None, "duplicate", facts={"of_line": first})
        if self._rules.dedupe == "exact":
            return None
        hashes = signature(text)
        if found := self._near.near(hashes):
            facts = {"of_line": found[0].number, "similarity": round(found[0].similarity, 3)}
            return Verdict(None, "near_duplicate", facts=facts)
        self._near.add(line, hashes)
        return None
