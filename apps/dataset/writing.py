"""Data files, written whole or not at all.

- `with Output("b.jsonl", force=False) as out: out.write(record)`: a file beside it becomes it when all went well.
  What a kill left beside it of an earlier try goes.
- `Outputs` is several of them that come into being together.
- A record that nothing has changed is written as the line it was read from, the numbers of another as they were there.
- What a format cannot hold is DataError, never left out: a text file has texts alone, a CSV the columns of its first.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import glob
import gzip
import io
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from llmasos.apps.dataset.reading import form_of
from llmasos.apps.dataset.record import Record, with_numbers
from llmasos.errors import DataError, StorageError, UsageError

_YOUNG_S = 60  # a file beside that another has just made, and may not have locked yet


class Output:
    """One data file in the making; `-` is standard output, as it comes. Raises UsageError for one that is there."""

    def __init__(self, name: str, *, force: bool = False, form: str | None = None, per: str = "line") -> None:
        self.name, self.form = name, form_of(name, form)
        self.count = 0
        self._force, self._per = force, per
        self._path = None if name == "-" else Path(name)
        self._columns: list[str] | None = None
        self._stream: IO[bytes] = sys.stdout.buffer
        if self._path is not None:
            check_absent(self._path, force)
            # Not by the process's id: in a container that is always the same, and a kill leaves the file.
            self._beside = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}.tmp")

    def __enter__(self) -> Self:
        if self._path is not None:
            packs = self._path.name.endswith(".gz")
            _sweep(self._path)
            try:
                binary = self._beside.open("xb")
            except OSError as error:
                raise UsageError(f"{self.name}: {error.strerror}") from None
            with contextlib.suppress(OSError):  # where nothing can be locked nothing is swept either
                fcntl.flock(binary, fcntl.LOCK_EX)
            self._binary = binary
            self._packed = gzip.GzipFile("", "wb", fileobj=binary, mtime=0) if packs else None
            self._stream = self._packed if self._packed is not None else binary  # type: ignore[assignment]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.finish()
                self.commit()
        finally:
            self.abandon()

    def write(self, record: Record) -> None:
        """Raises DataError for what the format cannot hold, StorageError when the disk takes no more."""
        line = {"jsonl": self._json, "csv": self._row, "txt": self._text}[self.form](record)
        try:
            self._stream.write(line.encode())
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StorageError(f"{self.name}: {error.strerror}") from None
        self.count += 1

    def finish(self) -> None:
        """All that was written is on the disk, in the file beside."""
        try:
            self._stream.flush()
            if self._path is not None:
                if self._packed is not None:
                    self._packed.close()
                self._binary.flush()
                os.fsync(self._binary.fileno())
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StorageError(f"{self.name}: {error.strerror}") from None

    def commit(self) -> None:
        """The file beside takes the name."""
        if self._path is not None:
            check_absent(self._path, self._force)
            self._beside.replace(self._path)

    def abandon(self) -> None:
        """Whatever is left beside is taken away."""
        if self._path is not None:
            with contextlib.suppress(OSError, ValueError):
                self._binary.close()
            self._beside.unlink(missing_ok=True)

    def _json(self, record: Record) -> str:
        if record.source is not None:
            return f"{record.source}\n"
        line = to_json(record.fields)
        return f"{line if record.spelled is None else with_numbers(line, record.spelled)}\n"

    def _row(self, record: Record) -> str:
        if self._columns is None:
            self._columns = list(record.fields)
            return _csv_line(self._columns) + _csv_line(list(map(self._cell, record.fields.values())))
        if list(record.fields) != self._columns:
            raise DataError(
                f"{self.name}: record {record.number} has other fields than the first; .jsonl takes any record"
            )
        return _csv_line(list(map(self._cell, record.fields.values())))

    def _cell(self, value: Any) -> str:
        if isinstance(value, dict | list):
            raise DataError(f"{self.name}: a CSV holds texts and numbers, no lists or objects; .jsonl takes any record")
        return value if isinstance(value, str) else json.dumps(value)

    def _text(self, record: Record) -> str:
        if list(record.fields) != ["text"]:
            raise DataError(f"{self.name}: a .txt holds texts alone, and record {record.number} has more; .jsonl does")
        text = str(record.fields["text"])
        apart = any(not line.strip() for line in text.split("\n")) if self._per == "paragraph" else "\n" in text
        if apart:
            raise DataError(
                f"{self.name}: record {record.number} would be several ({self._per} each); .jsonl takes any"
            )
        return f"{text}\n\n" if self._per == "paragraph" else f"{text}\n"


class Outputs:
    """Several, by name: all come into being, or none does, short of a kill between two renames."""

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = outputs

    def __enter__(self) -> Sequence[Output]:
        with contextlib.ExitStack() as stack:
            for output in self._outputs:
                output.__enter__()
                stack.callback(output.abandon)
            stack.pop_all()
        return self._outputs

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for output in self._outputs:
                    output.finish()
                for output in self._outputs:
                    output.commit()
        finally:
            for output in self._outputs:
                output.abandon()


def to_json(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def check_absent(path: Path, force: bool) -> None:
    """Raises UsageError for a file that must not be overwritten, or cannot be."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder")
    if not force and os.path.lexists(path):
        raise UsageError(f"{path} is there already: --force writes over it")


def _sweep(path: Path) -> None:
    """Take away the files beside it that nobody is writing any more."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with contextlib.suppress(OSError):
            if re.fullmatch(r"[0-9a-f]{1,8}", left.name.split(".")[-2]) and left.is_file():
                with left.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if time.time() - left.stat().st_mtime > _YOUNG_S:
                        left.unlink()


def _csv_line(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()
