"""Data files, read record by record: JSON lines, CSV, text; gzip or not; a file or standard input.

- `Source.of("a.jsonl.gz")` says what is read and how; iterating it yields `Record` and, for what is none, `Bad`.
- A file of any size takes the memory of its longest record; one longer than `MAX_RECORD_BYTES` is `Bad`
  (of a CSV the end of the reading, as what is no CSV: where the next row begins is not known).
- JSON lines: a blank line is no record. CSV: the first row names the columns. Text: a line is a record, blank or not,
  or (`per="paragraph"`) what stands between blank lines is.
- `good(source)` is for those who can do nothing with a bad record: it raises DataError with file and line.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from llmasos.apps.dataset.record import Bad, Record, fault
from llmasos.errors import DataError, NoSuchFile, UsageError
from llmasos.serving import read_json

MAX_RECORD_BYTES = 64 << 20
FORMS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".txt": "txt"}
PER = ("line", "paragraph")
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_NO_OBJECT = "a record is a JSON object"
_ARRAY = ", and this is an array: jq -c '.[]' FILE > FILE.jsonl makes a line of each"

Line = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """`name` is a path, or `-`; `form` one of jsonl, csv, txt; `per` what a record of a txt is."""

    name: str
    form: str
    per: str = "line"

    @classmethod
    def of(cls, name: str, form: str | None = None, per: str = "line") -> Source:
        """Raises UsageError for a name that says no format, when none is given either."""
        if per not in PER:
            raise UsageError(f"--per is line or paragraph, not {per!r}")
        return cls(name, form_of(name, form), per)

    def __iter__(self) -> Iterator[Record | Bad]:
        """Raises NoSuchFile, UsageError for one that cannot be read, DataError for one that cannot be read on."""
        with self._opened() as stream:
            try:
                yield from {"jsonl": _json_lines, "csv": self._rows, "txt": self._texts}[self.form](stream)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise DataError(f"{self.name}: damaged gzip: {error}") from None
            except OSError as error:
                raise UsageError(f"{self.name}: {error.strerror or error}") from None

    def check(self, out: str) -> None:
        """Before anything is written: it can be read, and `out` is not it. Raises NoSuchFile, UsageError."""
        if self.name != "-":
            with self._opened():
                pass
        with contextlib.suppress(OSError):  # what is not there yet is not it
            read = os.fstat(sys.stdin.fileno()) if self.name == "-" else Path(self.name).stat()
            if out != "-" and os.path.samestat(read, Path(out).stat()):
                raise UsageError(f"{out} is what is read: write to another file")

    @contextlib.contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        with contextlib.ExitStack() as stack:
            try:
                raw = sys.stdin.buffer if self.name == "-" else stack.enter_context(Path(self.name).open("rb"))
                buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)  # type: ignore[type-var]
                packed = buffered.peek(2)[:2] == _GZIP
            except FileNotFoundError as error:
                raise NoSuchFile(f"{self.name}: {error.strerror}") from None
            except OSError as error:
                raise UsageError(f"{self.name}: {error.strerror}") from None
            yield gzip.GzipFile(fileobj=buffered) if packed else buffered  # type: ignore[misc]

    def _rows(self, stream: BinaryIO) -> Iterator[Record | Bad]:
        csv.field_size_limit(MAX_RECORD_BYTES)
        number, before, size = 0, 0, 0

        def lines() -> Iterator[str]:
            nonlocal size
            for _, line in _lines(stream):
                if (
                    size + len(line.removesuffix(b"\n")) > MAX_RECORD_BYTES
                ):  # of a longer line only the beginning is here
                    raise DataError(f"{self.name}:{before + 1}: a row longer than {MAX_RECORD_BYTES >> 20} MiB")
                size += len(line)
                yield line.decode("utf-8", "surrogateescape")

        rows = csv.reader(lines(), strict=True)
        try:
            names = next(rows, [])
            if not names or len(set(names)) < len(names) or not all(map(_is_text, names)):
                raise DataError(f"{self.name}:1: the first row has to name the columns, each with a name of its own")
            before, size = rows.line_num, 0
            for row in rows:
                line, before, size = before + 1, rows.line_num, 0
                if row:
                    number += 1
                    yield _row(number, line, names, row)
        except csv.Error as error:
            raise DataError(f"{self.name}:{before + 1}: not CSV: {error}") from None

    def _texts(self, stream: BinaryIO) -> Iterator[Record | Bad]:
        lines = _lines(stream)
        for number, (line, text) in enumerate(_paragraphs(lines) if self.per == "paragraph" else lines, 1):
            yield _text(number, line, text.rstrip(b"\r\n"))


def form_of(name: str, form: str | None = None) -> str:
    """The format that is given, else the one that a name says; JSON lines for `-`. Raises UsageError."""
    if form is not None:
        if form not in FORMS.values():
            raise UsageError(f"the format is jsonl, csv or txt, not {form!r}")
        return form
    if name == "-":
        return "jsonl"
    suffix = Path(name.removesuffix(".gz")).suffix.lower()
    if suffix not in FORMS:
        raise UsageError(f"{name}: a data file is named .jsonl, .ndjson, .csv or .txt, with or without .gz")
    return FORMS[suffix]


def good(source: Source) -> Iterator[Record]:
    """Its records. Raises DataError at the first that is none."""
    for item in source:
        if isinstance(item, Bad):
            raise DataError(f"{source.name}:{item.line}: {item.detail}; llmasos data clean takes such records out")
        yield item


def _lines(stream: BinaryIO) -> Iterator[Line]:
    """Numbered lines; of one that is too long, a beginning that is too long as well."""
    number = 0
    while line := stream.readline(MAX_RECORD_BYTES + 1):
        number += 1
        yield number, line.removeprefix(_BOM) if number == 1 else line
        while len(line) > MAX_RECORD_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_RECORD_BYTES + 1) or b"\n"


def _json_lines(stream: BinaryIO) -> Iterator[Record | Bad]:
    number = 0
    for line, data in _lines(stream):
        if data.strip():
            number += 1
            yield _json(number, line, data.rstrip(b"\r\n"))


def _json(number: int, line: int, data: bytes) -> Record | Bad:
    if len(data) > MAX_RECORD_BYTES:
        return _too_long(number, line)
    try:
        text = data.decode()
        value = read_json(text)
    except UnicodeDecodeError as error:
        return _not_utf8(number, line, error.start)
    except ValueError as error:
        begins = line == 1 and data.strip() == b"["  # an array over many lines
        return Bad(number, line, "not_json", str(error) + _ARRAY * begins)
    if not isinstance(value, dict):
        return Bad(number, line, "not_object", _NO_OBJECT + _ARRAY * isinstance(value, list))
    wrong = fault(value)
    return Record(number, line, value, text) if wrong is None else Bad(number, line, "malformed", wrong)


def _row(number: int, line: int, names: list[str], row: list[str]) -> Record | Bad:
    if not all(map(_is_text, row)):
        return _not_utf8(number, line, 0)
    if len(row) != len(names):
        return Bad(number, line, "columns", f"{len(row)} columns, and the first row names {len(names)}")
    return Record(number, line, dict(zip(names, row, strict=True)))


def _text(number: int, line: int, data: bytes) -> Record | Bad:
    if len(data) > MAX_RECORD_BYTES:
        return _too_long(number, line)
    try:
        return Record(number, line, {"text": data.decode()})
    except UnicodeDecodeError as error:
        return _not_utf8(number, line, error.start)


def _paragraphs(lines: Iterator[Line]) -> Iterator[Line]:
    """Lines between blank ones, together; a paragraph that is too long is cut where that is seen."""
    parts: list[bytes] = []
    first, size = 0, 0
    for number, line in lines:
        if not line.strip():
            if parts:
                yield first, b"".join(parts)
            parts, size = [], 0
        elif size <= MAX_RECORD_BYTES:
            first = first if parts else number
            parts.append(line)
            size += len(line)
    if parts:
        yield first, b"".join(parts)


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


def _too_long(number: int, line: int) -> Bad:
    return Bad(number, line, "too_long", f"longer than {MAX_RECORD_BYTES >> 20} MiB")


def _not_utf8(number: int, line: int, at: int) -> Bad:
    return Bad(number, line, "not_utf8", f"not UTF-8, at byte {at}" if at else "not UTF-8")
