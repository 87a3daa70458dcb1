"""What is kept of processes that have ended: how they began, how they ended, and of the rest that it was there.

- `compact(db, pid)` puts one `compacted` record in the place of all records between a process's first and its exit, and
  one in the place of what an app wrote behind the exit, in one transaction: a kill -9 leaves the process whole or
  compacted, never half.
- `erase(db, pid)` takes away its request and its answer too, because somebody asked for it; that it was there stays.
- `expired(db, keep, now)` are the processes to compact, the oldest ended first: `keep.days` after their end, and as
  many as it takes to keep the journal within `keep.mb`. Who lives is never touched, nor is process 1.
- The chain of hashes goes on: the `compacted` record carries the link that the next one follows (journal_chain.py).
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass

from llmasos.errors import LLMasOSError
from llmasos.kernel.journal_chain import LINK_BYTES, START, link, next_link

FORMAT = 3  # of a journal with a compacted process: llmasos that knows format 2 alone would take it for damaged
ROW_BYTES = 64  # of a record beside its body: numbers, kind, hash, index
MB = 1 << 20
ERASED = "(deleted)"  # in the place of a text
AT_LEAST = 2  # records between the first and the exit: one is worth as much as what stands for it
_END = (1 << 63) - 1
_SETTLE_MS = 100  # that appends may wait for readers who stand in the way


@dataclass(frozen=True, slots=True)
class Keep:
    """None: for ever, of any size."""

    days: float | None = None
    mb: float | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """What a process takes in the journal. `ended`: seconds since the epoch; None while it lives.

    `loose` are the records that compacting takes away.
    """

    pid: int
    records: int
    num_bytes: int
    ended: float | None
    compacted: bool
    loose: int


def sizes(db: sqlite3.Connection) -> Iterator[Size]:
    """Of every process, by pid. Reads the whole journal."""
    others = "sum(kind NOT IN ('spawn', 'exit', 'compacted') AND seq"
    rows = db.execute(
        "WITH ended AS (SELECT pid, max(seq) AS exit_seq FROM record WHERE kind = 'exit' GROUP BY pid)"
        f" SELECT pid, count(*), sum(length(CAST(body AS BLOB)) + {ROW_BYTES}), max(CASE kind WHEN 'exit' THEN at END),"
        f" max(kind = 'compacted'), max(kind = 'spawn'), {others} < exit_seq), {others} > exit_seq)"
        " FROM record LEFT JOIN ended USING (pid) GROUP BY pid ORDER BY pid"
    )
    for pid, records, num_bytes, ended, compacted, has_spawn, between, behind in rows:
        loose = (between if (between or 0) >= AT_LEAST else 0) + (behind or 0)
        yield Size(pid, records, num_bytes, ended if has_spawn else None, bool(compacted), loose)


def expired(db: sqlite3.Connection, keep: Keep, now: float) -> list[Size]:
    """Those to compact, in order."""
    known = list(sizes(db))
    ended = [(size.ended, size) for size in known if size.ended is not None and size.loose]
    total, limit = sum(size.num_bytes for size in known), keep.mb * MB if keep.mb is not None else None
    found = []
    for at, size in sorted(ended, key=lambda pair: pair[0]):
        too_old = keep.days is not None and now - at > keep.days * 86400
        too_much = limit is not None and total > limit
        if too_old or too_much:
            found.append(size)
            total -= size.num_bytes
    return found


def compact(db: sqlite3.Connection, pid: int) -> int:
    """The bytes that it freed; 0 when there was nothing to take away. Blocks."""
    with _transaction(db):
        return _compact(db, pid, AT_LEAST)


def erase(db: sqlite3.Connection, pid: int) -> None:
    """Leave nothing of what a process was told or said, not even a hash of it. Blocks.

    Raises LLMasOSError when it has not ended.
    """
    with _transaction(db):
        if not db.execute("SELECT 1 FROM record WHERE pid = ? AND kind = 'exit'", (pid,)).fetchone():
            raise LLMasOSError(f"process {pid} has not ended: it cannot be deleted")
        _compact(db, pid, at_least=1)
        before = START
        for seq, kind, at, body in db.execute(
            "SELECT seq, kind, at, body FROM record WHERE pid = ? ORDER BY seq", (pid,)
        ).fetchall():
            erased = _erased(kind, body)
            chain = link(before, kind, at, erased)
            db.execute("UPDATE record SET body = ?, chain = ? WHERE seq = ?", (erased, chain, seq))
            before = next_link(kind, erased, chain)


def _erased(kind: str, body: str) -> str:
    held = json.loads(body)
    match kind:
        case "spawn":
            held["request"] = ERASED
        case "exit":
            held |= {"answer": None, "error": ERASED if held.get("error") is not None else None}
        case "compacted":  # the link of the last record could tell whether a guess at its text is right
            held |= {"chain": os.urandom(LINK_BYTES).hex(), "erased": time.time()}
    return json.dumps(held)


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # a full disk may have ended it already
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _compact(db: sqlite3.Connection, pid: int, at_least: int) -> int:
    """Between the first record and the exit, if it is so many records, and all behind the exit."""
    ends = (
        "SELECT min(seq), max(CASE kind WHEN 'exit' THEN seq END), max(CASE kind WHEN 'compacted' THEN seq END)"
        " FROM record WHERE pid = ?"
    )
    first, exit_seq, compacted = db.execute(ends, (pid,)).fetchone()
    if exit_seq is None:
        return 0
    freed = _stand_in(db, pid, first, exit_seq, at_least)
    return freed + _stand_in(db, pid, max(exit_seq, compacted or 0), _END, 1)


def _stand_in(db: sqlite3.Connection, pid: int, behind: int, before: int, at_least: int) -> int:
    """One record for those behind one number and before another; the bytes that it freed."""
    between = "FROM record WHERE pid = ? AND seq > ? AND seq < ?"
    where = (pid, behind, before)
    count, num_bytes, last = db.execute(
        f"SELECT count(*), sum(length(CAST(body AS BLOB)) + {ROW_BYTES}), max(seq) {between}", where
    ).fetchone()
    if count < at_least or db.execute(f"SELECT 1 {between} AND kind = 'compacted'", where).fetchone():
        return 0
    start = next_link(*db.execute("SELECT kind, body, chain FROM record WHERE seq = ?", (behind,)).fetchone())
    (chain,) = db.execute("SELECT chain FROM record WHERE seq = ?", (last,)).fetchone()
    at, body = time.time(), json.dumps({"records": count, "bytes": num_bytes, "chain": chain.hex()})
    db.execute(f"DELETE {between}", where)
    db.execute(
        "INSERT INTO record (seq, pid, kind, at, body, chain) VALUES (?, ?, 'compacted', ?, ?, ?)",
        (last, pid, at, body, link(start, "compacted", at, body)),
    )
    db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
    return int(num_bytes) - len(body) - ROW_BYTES


def settle(db: sqlite3.Connection) -> None:
    """Take what was written over out of the write-ahead log too; where somebody reads just now, a later time does."""
    (patience,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute(f"PRAGMA busy_timeout = {_SETTLE_MS}")
    try:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute(f"PRAGMA busy_timeout = {patience}")


def give_back(db: sqlite3.Connection) -> int:
    """Let the file be as small as what is in it, when a quarter of it is free; the bytes that were. Blocks."""
    page, count, free = (db.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_size", "page_count", "freelist_count"))
    if free * 4 < count or free * page < MB:
        return 0
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(free * page)
