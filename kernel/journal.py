"""The append-only truth: what every process was told, said and did, in SQLite (WAL).

- `append(records)` commits before it returns: what it wrote may be shown to anyone.
- `read(pid)` gives a process's records in order; `processes()` what each of them came to.
- One writer per state directory (`StateLock`); readers may open it beside the writer.
- Blocking, thread-safe: the device's thread writes tokens, a worker thread all else.

Kinds of records: spawn, segment, tokens, intent, result, signal, exit. `seq` is one order over all processes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmasos.errors import LLMasOSError, StateLocked

FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL, kind TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS record_pid ON record (pid, seq);
CREATE INDEX IF NOT EXISTS record_kind ON record (kind, pid) WHERE kind IN ('spawn', 'exit');
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the journal. `seq` is 0 until it is written; `at` is seconds since the epoch."""

    pid: int
    kind: str
    body: dict[str, Any]
    at: float = 0.0
    seq: int = 0


class Journal:
    """The journal of one state directory. Raises LLMasOSError when the file cannot be used."""

    def __init__(self, path: Path, *, synchronous: str = "normal", read_only: bool = False) -> None:
        self.path = path
        self._lock = threading.Lock()
        with _readable(path):
            uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
            if not read_only:
                self._prepare(synchronous)
            self._check_format()

    def _prepare(self, synchronous: str) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(f"PRAGMA synchronous={'FULL' if synchronous == 'full' else 'NORMAL'}")
        self._db.executescript(_SCHEMA)
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))

    def _check_format(self) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if row is None or int(row[0]) != FORMAT:
            raise LLMasOSError(f"{self.path}: journal format {row and row[0]}, this llmasos reads format {FORMAT}")

    def append(self, records: Sequence[Record]) -> int:
        """Write records in one commit; the last one's seq."""
        now = time.time()
        rows = [(r.pid, r.kind, r.at or now, json.dumps(r.body)) for r in records]
        with self._lock, _readable(self.path):
            self._db.execute("BEGIN")
            try:
                self._db.executemany("INSERT INTO record (pid, kind, at, body) VALUES (?, ?, ?, ?)", rows)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            last = self._db.execute("SELECT last_insert_rowid()").fetchone()
        return int(last[0])

    def read(self, pid: int, kinds: Iterable[str] = ()) -> list[Record]:
        """A process's records in order, of some kinds or all."""
        chosen = list(kinds)
        where = f" AND kind IN ({','.join('?' * len(chosen))})" if chosen else ""
        with self._lock, _readable(self.path):
            rows = self._db.execute(
                f"SELECT pid, kind, body, at, seq FROM record WHERE pid = ?{where} ORDER BY seq", (pid, *chosen)
            ).fetchall()
        return [Record(p, kind, json.loads(body), at, seq) for p, kind, body, at, seq in rows]

    def processes(self) -> Iterator[tuple[Record, Record | None]]:
        """Each process's spawn record and its exit record, if it has one, by pid."""
        with self._lock, _readable(self.path):
            rows = self._db.execute(
                "SELECT s.pid, s.body, s.at, s.seq, e.body, e.at, e.seq FROM record s LEFT JOIN record e"
                " ON e.pid = s.pid AND e.kind = 'exit' WHERE s.kind = 'spawn' ORDER BY s.pid"
            ).fetchall()
        for pid, body, at, seq, end_body, end_at, end_seq in rows:
            end = Record(pid, "exit", json.loads(end_body), end_at, end_seq) if end_body is not None else None
            yield Record(pid, "spawn", json.loads(body), at, seq), end

    def last_pid(self) -> int:
        """The highest pid ever given, 0 if none: a pid is never used twice."""
        with self._lock, _readable(self.path):
            row = self._db.execute("SELECT max(pid) FROM record WHERE kind = 'spawn'").fetchone()
        return int(row[0] or 0)

    def close(self) -> None:
        with self._lock:
            self._db.close()


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """SQLite's errors, as one line that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise LLMasOSError(f"journal {path}: {error}") from error


class StateLock:
    """One owner of a state directory; the lock dies with its process, so it is never stale."""

    def __init__(self, home: Path) -> None:
        self.path = home / "owner"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def acquire(self) -> None:
        """Raises StateLocked, naming the owner, when another process has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateLocked(f"{self.path.parent} is in use by {self.owner()}") from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"pid {os.getpid()}".encode(), 0)

    def owner(self) -> str:
        """Who holds the lock, as it wrote itself."""
        return os.pread(self._file, 100, 0).decode(errors="replace") or "another process"

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
