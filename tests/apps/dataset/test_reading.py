"""Data files are read record by record, whatever is in them; what is no record says why, with its line."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.apps.dataset import reading
from llmasos.apps.dataset.clean import Cleaner, Rules
from llmasos.apps.dataset.profile import Profile
from llmasos.apps.dataset.reading import Source, good
from llmasos.apps.dataset.record import Bad, Record, text_of
from llmasos.apps.dataset.redact import Redaction
from llmasos.errors import DataError, UsageError


def read(path: Path, **how: str) -> list[Record | Bad]:
    return list(Source.of(str(path), **how))


def texts(items: list[Record | Bad]) -> list[str | None]:
    return [text_of(item) if isinstance(item, Record) else None for item in items]


def test_the_four_kinds_of_json_lines_have_their_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"text": "one"}\n'
        b'{"prompt": "two", "completion": "three"}\r\n\n'
        b'{"messages": [{"role": "user", "content": [{"type": "text", "text": "four"}]},'
        b' {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},'
        b' {"role": "assistant", "content": "five"}]}\n'
        b'{"a": "six", "b": 7, "c": "seven"}'
    )
    items = read(path)
    assert texts(items) == ["one", "two\nthree", "four\nfive", "six\nseven"]
    assert [(item.number, item.line) for item in items] == [(1, 1), (2, 2), (3, 4), (4, 5)]
    assert isinstance(items[3], Record) and text_of(items[3], "b") == "7" and text_of(items[3], "d") is None


@pytest.mark.parametrize(
    ("line", "reason", "says"),
    [
        (b'{"text": "a"', "not_json", "cannot be read"),
        (b'{"a": NaN}', "not_json", "NaN"),
        (b'{"a": 1, "a": 2}', "not_json", "occurs twice"),
        (b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}", "not_json", "deeper"),
        (b'{"text": "\xff"}', "not_utf8", "byte 10"),
        (b'"text"', "not_object", "JSON object"),
        (b'{"text": 5}', "malformed", "text is no string"),
        (b'{"prompt": "a", "completion": null}', "malformed", "completion is no string"),
        (b'{"messages": []}', "malformed", "no list of messages"),
        (b'{"messages": [{"role": "robot", "content": "x"}]}', "malformed", "message 1 has the role 'robot'"),
        (b'{"messages": [{"role": "assistant", "tool_calls": [{}]}]}', "malformed", "message 1 has calls that are no"),
        (b'{"messages": [{"role": "user", "content": "x"}], "tools": [1]}', "malformed", "tools is no list"),
        (b'{"messages": [{"role": "user"}]}', "malformed", "message 1 has no content"),
    ],
)
def test_a_line_that_is_no_record_says_why_and_the_next_is_read(
    tmp_path: Path, line: bytes, reason: str, says: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line + b'\n{"text": "fine"}\n')
    bad, fine = read(path)
    assert isinstance(bad, Bad) and (bad.line, bad.reason) == (1, reason) and says in bad.detail
    assert isinstance(fine, Record) and fine.line == 2
    with pytest.raises(DataError, match=r"a\.jsonl:1: .*llmasos data clean"):
        list(good(Source.of(str(path))))


def test_csv_has_quoted_line_breaks_and_lines_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('text,label\n"one\ntwo, ""three""",a\nfour\n\nfünf,b\n'.encode() + b"\xff,c\n")
    items = read(path)
    assert texts(items) == ['one\ntwo, "three"', None, "fünf", None]
    assert [item.line for item in items] == [2, 4, 6, 7]
    assert [item.reason for item in items if isinstance(item, Bad)] == ["columns", "not_utf8"]


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("messages,prompt\nhello,you\n")
    assert texts(read(tmp_path / "a.csv")) == ["hello\nyou"]


@pytest.mark.parametrize("text", ["", "a,a\n1,2\n", 'text\n"never closed\n'])
def test_a_csv_that_cannot_be_read_on_is_one_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DataError, match=r"a\.csv:\d"):
        read(tmp_path / "a.csv")


def test_a_text_file_is_lines_or_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n\n \nthree\n")
    assert texts(read(path)) == ["one", "two", "", " ", "three"]
    assert texts(read(path, per="paragraph")) == ["one\ntwo", "three"]
    assert [item.line for item in read(path, per="paragraph")] == [1, 5]


def test_gzip_is_read_by_what_it_is_and_damage_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b'{"text": "one"}\n' * 1000)
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    assert len(read(tmp_path / "a.jsonl.gz")) == 1000
    (tmp_path / "b.jsonl.gz").write_bytes(packed[:-20])
    with pytest.raises(DataError, match="damaged gzip"):
        read(tmp_path / "b.jsonl.gz")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    assert len(list(Source.of("-"))) == 1000


def test_a_record_that_is_too_long_is_bad_and_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_RECORD_BYTES", 100)
    for name in ("a.jsonl", "a.txt"):
        (tmp_path / name).write_bytes(b'{"text": "' + b"x" * 1000 + b'"}\n{"text": "y"}\n')
        bad, fine = read(tmp_path / name)
        assert isinstance(bad, Bad) and bad.reason == "too_long"
        assert isinstance(fine, Record) and fine.line == 2


@pytest.mark.parametrize(
    "row", [b"x" * 50 + b"," + b"y" * 50 + b"TAIL\n", b'"' + b"x\n" * 40 + b'","' + b"y\n" * 40 + b'"\n']
)
def test_a_row_that_is_too_long_is_an_error_and_not_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: bytes
) -> None:
    """Each of its fields is short enough, in one line and in many."""
    monkeypatch.setattr(reading, "MAX_RECORD_BYTES", 100)
    (tmp_path / "a.csv").write_bytes(b'id,text\n1,"o\nk"\n' + b"2," + b"z" * 98 + b"\n" + row + b"3,end\n")
    items = iter(Source.of(str(tmp_path / "a.csv")))
    assert [item.line for item in (next(items), next(items))] == [2, 4]
    with pytest.raises(DataError, match=r"a\.csv:5: a row longer than"):
        next(items)


def test_a_name_that_says_no_format_needs_one(tmp_path: Path) -> None:
    (tmp_path / "data").write_text('{"text": "one"}\n')
    with pytest.raises(UsageError, match=r"\.jsonl, \.ndjson, \.csv or \.txt"):
        Source.of(str(tmp_path / "data"))
    assert len(list(Source.of(str(tmp_path / "data"), "jsonl"))) == 1
    with pytest.raises(UsageError, match="not 'xml'"):
        Source.of("a", "xml")


PARTS = [
    b"{",
    b"}",
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"text",
    b":",
    b'{"text": "x"}\n',
    b"messages",
    b"[",
    b"]",
]
PARTS += [b"\\ud800", b"null", b"1e999", "\u65e5\u672c".encode(), b"a@b.org", b" ", b'{"a": [1, {"b": "c"}]}\n']
PARTS += [b'{"messages": [{"role": "user", "content": [{"type": "text"}]}]}\n', b"prompt,completion\n"]


@given(st.lists(st.sampled_from(PARTS), max_size=40), st.sampled_from(["jsonl", "csv", "txt"]))
def test_any_bytes_are_records_or_say_what_they_are(parts: list[bytes], form: str) -> None:
    rules = Rules("near", normalise=True, redaction=Redaction.of("emails,phones,keys"), drop_empty=True)
    with tempfile.NamedTemporaryFile() as file, Profile() as profile, Cleaner(rules) as cleaner:
        file.write(b"".join(parts))
        file.flush()
        with contextlib.suppress(DataError):
            for item in Source.of(file.name, form):
                profile.look(item)
                verdict = cleaner.clean(item)
                assert verdict.record is None or json.dumps(verdict.record.fields, ensure_ascii=False).encode()
        assert json.dumps(profile.facts())
