"""Cleaning keeps what is good and has a reason for the rest; redaction finds what it says and leaves what it must."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.apps.dataset.clean import Cleaner, Counts, Rules
from llmasos.apps.dataset.normal import comparable, tidy
from llmasos.apps.dataset.reading import Source
from llmasos.apps.dataset.record import Bad, Record, with_numbers
from llmasos.apps.dataset.redact import Redaction
from llmasos.apps.dataset.writing import Output, to_json
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


NUMBERS = '"n": [12345678901234567890.123, 1e2, -0, 1.50], "text 5": "5 a\\"6\\\\"'


def zeroed(value: Any) -> Any:
    if isinstance(value, list):
        return [zeroed(part) for part in value]
    return value if isinstance(value, str) else 0


@given(st.lists(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists), max_size=5))
def test_numbers_stay_as_they_are_written(values: list[Any]) -> None:
    assert with_numbers(to_json({"5 ": zeroed(values)}), json.dumps({"5 ": values})) == to_json({"5 ": values})


def test_a_changed_record_keeps_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "am a@b.org  ",{NUMBERS}}}\n')
    rules = Rules(redaction=Redaction.of("emails"), normalise=True)
    with Cleaner(rules) as cleaner, Output(str(tmp_path / "b.jsonl")) as out:
        for item in Source.of(str(tmp_path / "a.jsonl")):
            record = cleaner.clean(item).record
            assert record is not None
            out.write(record)
    assert (tmp_path / "b.jsonl").read_text() == f'{{"text": "am [EMAIL]", {NUMBERS}}}\n'


def test_tidy_texts_stay_as_they_are() -> None:
    text = "a\r\nb\u00a0c  \n\n\n\nd\x00\ufeff e\u0301 "
    assert tidy(text) == "a\nb c\n\nd é"
    assert tidy(tidy(text)) == tidy(text)
    assert comparable("Ｆｏｏ  BAR\n") == "foo bar"


BEGIN_RSA, END_RSA = "-----BEGIN RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY-----"
BEGIN_PGP = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n"


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
        ("phones", "call (030) 1234567 now", "call [PHONE] now"),
        ("phones", "+1 555 123 4567x89, (555) 123-4567 ext. 12", "[PHONE], [PHONE]"),
        (
            "phones",
            "in (2019) 1000000 came, (1984) 451 pages, 5 x 4 = 20",
            "in (2019) 1000000 came, (1984) 451 pages, 5 x 4 = 20",
        ),
        ("phones", "1920x1080, (12) 34 boxes, 12x", "1920x1080, (12) 34 boxes, 12x"),
        (
            "keys",
            f"{BEGIN_RSA}Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,01\n\nMIIE+/=\nmore\n{END_RSA} x",
            "[KEY] x",
        ),
        ("keys", f"{BEGIN_RSA}DEK-Info: AES-128-CBC,01\n\nMIIE cut off", "[KEY]"),
        ("keys", f"{BEGIN_RSA}MIIE cut off\n{BEGIN_RSA}MIIE\n{END_RSA} x", "[KEY][KEY] x"),
        ("keys", f"{BEGIN_PGP}\nVersion: x\n\nlQOYB\n-----END PGP PRIVATE KEY BLOCK----- x", "[KEY] x"),
        (
            "keys",
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        ),
        ("keys", "DB_PASSWORD=hunter2hunter2", "DB_PASSWORD=[KEY]"),
        ("keys", "OPENAI_API_KEY=abcdef123456789", "OPENAI_API_KEY=[KEY]"),
        ("keys", "export AWS_SECRET_ACCESS_KEY='wJalr/bPx' X=1", "export AWS_SECRET_ACCESS_KEY='[KEY]' X=1"),
        ("keys", 'password: "my long secret", port: 5', 'password: "[KEY]", port: 5'),
        ("keys", "{'password': 'it\\'s my secret', 'a': 1}", "{'password': '[KEY]', 'a': 1}"),
        ("keys", 'password="abc\'defghijk"', 'password="[KEY]"'),
        ("keys", 'password: "hunter22 has no end', 'password: "[KEY] has no end'),
        ("keys", "passwordHash: abcdefgh, nopassword=abcdefgh", "passwordHash: abcdefgh, nopassword=abcdefgh"),
        ("keys", 'password: "", the "password" is "blue bird"', 'password: "", the "password" is "blue bird"'),
    ],
)
def test_redaction_takes_out_what_it_says(kind: str, text: str, left: str) -> None:
    counts: Counter[str] = Counter()
    assert Redaction.of(kind)(text, counts) == left
    assert counts[kind] == left.count("[")


def test_prose_is_left_alone() -> None:
    text = (
        "She said (in 2019) that 12 of 30 had left; by (1990) 1,204,500 more. Chapter 3, pages 12-34 and 1066.\n"
        "My password? I forgot it: the api key was on a note - twice - and the secret key: no. An extra 5x5 grid,\n"
        "pi = 3.14159265358979, x = 12345678, ISBN 978, 'password' or \"password\", a well-known state-of-the-art."
    )
    counts: Counter[str] = Counter()
    assert Redaction.of("emails,phones,keys")(text, counts) == text and not counts


HOSTILE = (
    *("a", "1 ", "a@", "+1", "password", "eyJ", "_", "a_", "-", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A "),
    *(
        'password="',
        "password='\\\\",
        'password="a\\',
        "password: ",
        "(030) 1",
        "12x",
        "+1 555 123 4567x",
        "(",
        "DB_",
        " ",
    ),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_redaction_of_a_long_text_takes_no_long_time(piece: str) -> None:
    Redaction.of("emails,phones,keys")(piece * (200_000 // len(piece)), Counter())
