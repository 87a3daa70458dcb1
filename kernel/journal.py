"""The append-only truth: what every process was told, said and did, in SQLite (WAL).

- `append(records)` commits before it returns: what it wrote may be shown to anyone.
- `read(pid)` gives a process's records in order, all or a page of them; `begun` is the last one of earlier kernels;
  `processes()` what each of them came to.
- A process's records are chained by hash (journal_chain.py): what was changed or cut out is found.
- Opened for writing, it is checked; what is damaged is set aside, mended and said (journal_repair.py).
- One writer per state directory (`StateLock`); readers may open it beside the writer.
- Blocking, thread-safe: the device's thread writes tokens, a worker thread all else.

Kinds of records: spawn, segment, message, tokens, intent, result, signal, break, nice, limit, input, page, told,
interrupted, said (what was heard of a message that the journal has not), asked, begun, got and did (of code), exit;
compacted in the place of others (retention.py); of process 1 schedule, unschedule, missed, mount, umount. `seq` is one
order over all processes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from llmasos.errors import LLMasOSError, ProcessChanged, StateLocked, StorageError
from llmasos.kernel import journal_repair, retention
from llmasos.kernel.journal_chain import START, UNREADABLE, Tail, link, next_link
from llmasos.kernel.journal_schema import FORMAT, PAGES, SCHEMA, migrate

_log = logging.getLogger(__name__)
LAST_SEQ = (1 << 63) - 1
_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the journal. `seq` is 0 until it is written; `at` is seconds since the epoch."""

    pid: int
    kind: str
    body: dict[str, Any]
    at: float = 0.0
    seq: int = 0


class Journal:
    """The journal of one state directory. Raises LLMasOSError when the file cannot be used.

    `say` is told, once each, what was damaged or migrated and what became of it.
    """

    def __init__(
        self,
        path: Path,
        *,
        synchronous: str = "normal",
        read_only: bool = False,
        say: Callable[[str], None] = _log.warning,
    ) -> None:
        self.path = path
        self.begun = 0  # the last record that was there when it was opened for writing
        self._lock = threading.Lock()
        self._links: dict[int, bytes] = {}  # the last of each process, as far as it was needed
        self._tail: Tail | None = None
        self._owed: list[Record] = []
        if read_only:
            with _readable(path):
                uri = f"{path.absolute().as_uri()}?mode=ro"
                self._db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
                self._check_format()
        else:
            self._db = self._opened(synchronous, say)

    def _opened(self, synchronous: str, say: Callable[[str], None]) -> sqlite3.Connection:
        """The database for writing: whole, of this format, and its tail in place."""
        if (problem := journal_repair.problem(self.path)) is not None:
            say(journal_repair.repair(self.path, problem))
        with _readable(self.path):
            db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            self._db = db
            db.execute(PAGES)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute(f"PRAGMA synchronous={'FULL' if synchronous == 'full' else 'NORMAL'}")
            db.execute("PRAGMA secure_delete=ON")  # only compacting deletes: what it takes away is written over
            if (migrated := migrate(db, self.path)) is not None:
                say(migrated)
            db.executescript(SCHEMA)
            db.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (str(FORMAT),))
            self._check_format()
            self._tail = Tail(self.path)
            last = db.execute("SELECT max(seq) FROM record").fetchone()[0] or 0
            if (counted := self._tail.last) == UNREADABLE:
                say(f"{self.path}.tail is damaged: whether the journal's last records are gone cannot be told")
            elif counted > last:
                gone = counted - last
                say(f"the journal's last {gone} records are gone: the machine lost power, or its file was cut")
            self._tail.begin(last)
            self.begun = last
        return db

    def _check_format(self) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if row is None or int(row[0]) not in (FORMAT, retention.FORMAT):
            what = f"{FORMAT} and {retention.FORMAT}"
            raise LLMasOSError(f"{self.path}: journal format {row and row[0]}, this llmasos reads {what}")

    def append(self, records: Sequence[Record], after: tuple[int, int] | None = None) -> int:
        """Write records in one commit; the last one's seq. Raises StorageError, having written nothing.

        `after`, a pid and a seq: only if that is the process's last record. Raises ProcessChanged where it is not.
        """
        now = time.time()
        with self._lock, _readable(self.path):
            if after is not None:
                self._check_last(*after)
            records = [*self._owed, *records]
            links: dict[int, bytes] = {}
            rows = []
            for r in records:
                at, body = r.at or now, json.dumps(r.body)
                links[r.pid] = link(links.get(r.pid) or self._last_link(r.pid), r.kind, at, body)
                rows.append((r.pid, r.kind, at, body, links[r.pid]))
            self._commit(rows)
            self._owed.clear()
            last = int(self._db.execute("SELECT last_insert_rowid()").fetchone()[0])
            self._links |= links
            if self._tail is not None:
                self._tail.write(last)
        return last

    def _check_last(self, pid: int, seq: int) -> None:
        last = self._db.execute("SELECT max(seq) FROM record WHERE pid = ?", (pid,)).fetchone()[0]
        if last != seq or any(record.pid == pid for record in self._owed):
            raise ProcessChanged(f"process {pid} has gone on since: its last record is {last}, not {seq}")

    def owe(self, records: Sequence[Record]) -> None:
        """Records that the disk refused and that are true all the same: they go with the next commit."""
        with self._lock:
            self._owed += [replace(record, at=record.at or time.time()) for record in records]

    def _commit(self, rows: Sequence[tuple[int, str, float, str, bytes]]) -> None:
        self._db.execute("BEGIN")
        try:
            self._db.executemany("INSERT INTO record (pid, kind, at, body, chain) VALUES (?, ?, ?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have ended it already
                self._db.execute("ROLLBACK")
            raise

    def _last_link(self, pid: int) -> bytes:
        if pid not in self._links:
            select = "SELECT kind, body, chain FROM record WHERE pid = ? ORDER BY seq DESC LIMIT 1"
            row = self._db.execute(select, (pid,)).fetchone()
            self._links[pid] = next_link(*row) if row is not None else START
        return self._links[pid]

    def read(
        self, pid: int, kinds: Iterable[str] = (), *, after: int = 0, up_to: int = LAST_SEQ, limit: int = -1
    ) -> list[Record]:
        """A process's records in order, of some kinds or all, above `after`; `limit` of them, if it is not negative."""
        if not 0 <= pid < 1 << 63:  # SQLite has no such number, so no process has it
            return []
        chosen = list(kinds)
        where = f" AND kind IN ({','.join('?' * len(chosen))})" if chosen else ""
        with self._lock, _readable(self.path):
            rows = self._db.execute(
                f"SELECT pid, kind, body, at, seq FROM record WHERE pid = ? AND seq > ? AND seq <= ?{where}"
                " ORDER BY seq LIMIT ?",
                (pid, after, up_to, *chosen, limit),
            ).fetchall()
        return [Record(p, kind, json.loads(body), at, seq) for p, kind, body, at, seq in rows]

    def last(self, pid: int, kinds: Sequence[str], up_to: int = LAST_SEQ) -> Record | None:
        """A process's newest record of some kinds, numbered not above `up_to`."""
        with self._lock, _readable(self.path):
            row = self._db.execute(
                f"SELECT pid, kind, body, at, seq FROM record WHERE pid = ? AND seq <= ?"
                f" AND kind IN ({','.join('?' * len(kinds))}) ORDER BY seq DESC LIMIT 1",
                (pid, up_to, *kinds),
            ).fetchone()
        return Record(row[0], row[1], json.loads(row[2]), row[3], row[4]) if row is not None else None

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

    def sizes(self) -> list[retention.Size]:
        """What each process takes, by pid."""
        with self._lock, _readable(self.path):
            return list(retention.sizes(self._db))

    def compact(self, keep: retention.Keep, *, give_back: bool = False) -> tuple[int, int]:
        """Take away what `keep` does not want of processes that have ended; how many, and how many bytes.

        Others append between two processes. With `give_back` the file shrinks too, and nobody appends meanwhile.
        """
        with _readable(self.path), contextlib.closing(sqlite3.connect(self.path)) as beside:
            found = retention.expired(beside, keep, time.time())  # a long look, in which nobody has to wait
        freed = []
        for size in found:
            with self._lock, _readable(self.path):
                freed.append(retention.compact(self._db, size.pid))
        with self._lock, _readable(self.path):
            if give_back:
                retention.give_back(self._db)
            if freed:
                retention.settle(self._db)
        return len(freed), sum(freed)

    def erase(self, pid: int) -> None:
        """Leave nothing of what a process that has ended was told or said, in no byte of the files.

        Raises LLMasOSError when it has not ended.
        """
        if self._owed:  # its end may be among them
            self.append([])
        with self._lock, _readable(self.path):
            retention.erase(self._db, pid)
            self._links.pop(pid, None)
            retention.settle(self._db)

    def close(self) -> None:
        """What is owed is tried once more: else the next kernel would take up a process that has ended."""
        if self._owed:
            with contextlib.suppress(LLMasOSError):
                self.append([])
        with self._lock:
            self._db.close()
            if self._tail is not None:
                self._tail.close()


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """SQLite's errors, as one line that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        failed = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK
        raise (StorageError if failed else LLMasOSError)(f"journal {path}: {error}") from error


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
