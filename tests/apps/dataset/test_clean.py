"""Cleaning keeps what is good and has a reason for the rest; redaction finds what it says and leaves what it must."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from llmasos.apps.dataset.clean import Cleaner, Counts, Rules
from llmasos.apps.dataset.normal import comparable, tidy
from llmasos.apps.dataset.record import Bad, Record
from llmasos.apps.dataset.redact import Redaction
from llmasos.errors import UsageError


def cleaned(rules: Rules, *fields: dict[str, Any]) -> list[str]:
    """What became of each: `kept`, what was changed, or why it was dropped."""
    with Cleaner(rules) as cleaner:
        verdicts = [cleaner.clean(Record(i, i, dict(f))) for i, f in enumerate(fields, 1)]
    return [v.reason if v.record is None else " ".join(v.changes) or "kept" for v in verdicts]


def test_duplicates_are_those_of_the_text_without_case_and_blanks() -> None:
    rows = [{"text": "One  two"}, {"text": "one two "}, {"text": "one, two"}]
    assert cleaned(Rules(), *rows) == ["kept", "duplicate", "kept"]
    assert cleaned(Rules(dedupe="none"), *rows) == ["kept", "kept", "kept"]


def test_near_duplicates_say_whose() -> None:
    text = "The parcel came on time and the box was whole, so I am happy with the shop and will order again."
    with Cleaner(Rules(dedupe="near")) as cleaner:
        assert cleaner.clean(Record(1, 10, {"text": text})).record is not None
        verdict = cleaner.clean(Record(2, 20, {"text": text.replace("parcel", "packet")}))
        assert (verdict.record, verdict.reason, verdict.facts["of_line"]) == (None, "near_duplicate", 10)
        assert 0.8 <= verdict.facts["similarity"] < 1.0
        assert cleaner.clean(Record(3, 30, {"text": "The parcel never came."})).record is not None


def test_lengths_empties_and_fields_that_are_not_there() -> None:
    rows = [{"text": "  "}, {"text": "ab"}, {"text": "abcdef"}, {"text": "abcd"}, {"other": "abcd"}]
    rules = Rules(min_chars=3, max_chars=5, drop_empty=True, field="text")
    assert cleaned(rules, *rows) == ["empty", "short", "long", "kept", "no_field"]
    with pytest.raises(UsageError, match="more than --max-chars"):
        Rules(min_chars=9, max_chars=2)


def test_what_is_no_record_is_dropped_and_everything_is_counted() -> None:
    counts = Counts()
    with Cleaner(Rules(normalise=True)) as cleaner:
        for item in (Bad(1, 1, "not_json", "x"), Record(2, 2, {"text": "a "}), Record(3, 3, {"text": "b"})):
            counts.add(cleaner.clean(item))
    assert (counts.read, counts.written, counts.changed) == (3, 2, 1)
    assert (counts.dropped, counts.changes) == ({"not_json": 1}, {"normalised": 1})


def test_strings_are_changed_wherever_they_are() -> None:
    record = Record(1, 1, {"messages": [{"role": "user", "content": "I am a@b.org"}], "n": 5})
    with Cleaner(Rules(redaction=Redaction.of("emails"))) as cleaner:
        verdict = cleaner.clean(record)
    assert verdict.record is not None
    assert verdict.record.fields == {"messages": [{"role": "user", "content": "I am [EMAIL]"}], "n": 5}
    assert verdict.lines == [{"action": "changed", "reason": "emails", "count": 1}]


def test_tidy_texts_stay_as_they_are() -> None:
    text = "a\r\nb\u00a0c  \n\n\n\nd\x00\ufeff e\u0301 "
    assert tidy(text) == "a\nb c\n\nd é"
    assert tidy(tidy(text)) == tidy(text)
    assert comparable("Ｆｏｏ  BAR\n") == "foo bar"


@pytest.mark.parametrize(
    ("kind", "text", "left"),
    [
        ("emails", "to anna.b+c@mail.example.org, now", "to [EMAIL], now"),
        ("emails", "jörg@bücher.de", "[EMAIL]"),
        ("emails", "a@b and @handle and 5@", "a@b and @handle and 5@"),
        ("phones", "call +49 30 1234567.", "call [PHONE]."),
        ("phones", "call +14155552671 or (030) 123 4567", "call [PHONE] or [PHONE]"),
        ("phones", "555-123-4567", "[PHONE]"),
        ("phones", "on 2026-11-26 at 10.0.0.1, 26.11.2026", "on 2026-11-26 at 10.0.0.1, 26.11.2026"),
        ("phones", "version 1.2.3, 1234567, 12-34", "version 1.2.3, 1234567, 12-34"),
        ("phones", "card 4111 1111 1111 1111", "card 4111 1111 1111 1111"),
        ("keys", "sk-proj-abcdefghij0123456789", "[KEY]"),
        ("keys", "ghp_" + "a1" * 18, "[KEY]"),
        ("keys", "AKIAIOSFODNN7EXAMPLE is", "[KEY] is"),
        ("keys", 'password = "hunter22"', 'password = "[KEY]"'),
        ("keys", "Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer [KEY]"),
        ("keys", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- x", "[KEY] x"),
        ("keys", "a skeleton key, a password", "a skeleton key, a password"),
    ],
)
def test_redaction_takes_out_what_it_says(kind: str, text: str, left: str) -> None:
    counts: Counter[str] = Counter()
    assert Redaction.of(kind)(text, counts) == left
    assert counts[kind] == left.count("[")


def test_redaction_of_a_long_text_takes_no_long_time() -> None:
    for text in ("a" * 200_000, "1 " * 100_000, "a@" * 100_000, "+1" * 100_000, "password" * 25_000, "eyJ" * 60_000):
        Redaction.of("emails,phones,keys")(text, Counter())
