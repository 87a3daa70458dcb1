"""The file that labels are appended to, a line a record, in the order of the data: what is there is done.

- `LabelsFile("out.jsonl", resume=True, force=False)`; `done()` gives the ids of what it has; `append(fields, id)`.
- An id is the record's number and a digest of it together with what was asked: a file that belongs to other data,
  labels, prompt or model is not gone on with.
- After `kill -9` it is whole up to its last line break; what stands behind that is cut off when it is opened again.
- One writer at a time (flock).
- What the file had stays until the first record is labelled; a failure before that leaves no new file either.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from llmasos.apps.dataset.reading import Source
from llmasos.apps.dataset.record import Bad, Record
from llmasos.apps.dataset.writing import check_absent, to_json
from llmasos.errors import DataError, LLMasOSError, StorageError, UsageError


class LabelsFile:
    """`-` is standard output, which has nothing to go on from."""

    def __init__(self, name: str, *, into: str, resume: bool, force: bool) -> None:
        """Raises UsageError."""
        self.name, self._into, self._resume = name, into, resume
        self._path = None if name == "-" else Path(name)
        if resume and force:
            raise UsageError("--resume goes on with the file, --force begins it anew: not both")
        if self._path is None and resume:
            raise UsageError("--resume needs a file to go on with, not -")
        if self._path is not None and self._path.suffix not in (".jsonl", ".ndjson"):
            raise UsageError(f"{name}: labels are written to a .jsonl, a line a record")
        if self._path is not None and not resume:
            try:
                check_absent(self._path, force)
            except UsageError as error:
                raise UsageError(f"{error}, --resume goes on with it") from None

    def __enter__(self) -> Self:
        self._begun = self._path is None
        self._new = self._path is not None and not self._path.exists()
        self._stream = sys.stdout.fileno() if self._path is None else self._opened(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None:
            return
        try:
            if kind is None:
                self._begin()  # there were no records: an empty file says so
            elif self._new and not self._begun:
                self._path.unlink(missing_ok=True)
        finally:
            os.close(self._stream)

    def done(self) -> list[str]:
        """The ids of its records, in order. Raises DataError for a file that is no such one."""
        if self._path is None or not self._resume:
            return []
        found = []
        num_lines = _num_lines(self._path)
        for item in Source(self.name, "jsonl"):
            if item.line > num_lines:  # what a kill left of one
                break
            record_id = item.fields.get(f"{self._into}_record") if isinstance(item, Record) else None
            if not isinstance(record_id, str):
                why = item.detail if isinstance(item, Bad) else f"it has no {self._into}_record"
                raise DataError(f"{self.name}:{item.line}: not written by data label: {why}")
            found.append(record_id)
        return found

    def append(self, fields: dict[str, Any]) -> None:
        """One line, in one write. Raises StorageError."""
        line = (to_json(fields) + "\n").encode()
        self._begin()
        try:
            while line:
                line = line[os.write(self._stream, line) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise StorageError(f"{self.name}: {error.strerror}; --resume goes on when there is room") from None

    def _opened(self, path: Path) -> int:
        try:
            stream = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(stream)
            raise LLMasOSError(f"{path} is being written by another data label") from None
        return stream

    def _begin(self) -> None:
        """The first label is known: what it does not go on from goes now."""
        if not self._begun and self._path is not None:
            os.ftruncate(self._stream, _whole_bytes(self._path) if self._resume else 0)
            self._begun = True


def record_id(record: Record, asked: Sequence[str]) -> str:
    """`12:0123456789abcdef`: its number, and what it is asked with."""
    text = to_json({"fields": record.fields, "asked": list(asked)})
    return f"{record.number}:{hashlib.blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def _num_lines(path: Path) -> int:
    """Those that end."""
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))


def _whole_bytes(path: Path) -> int:
    """Up to the last line break."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        while size:
            start = max(0, size - 65536)
            stream.seek(start)
            found = stream.read(size - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            size = start
    return 0
