"""What is kept of processes that have ended: how they began, how they ended, and of the rest that it was there.

- `compact(db, pid)` puts one `compacted` record in the place of all records between a process's first and its exit,
  in one transaction: a kill -9 leaves the process whole or compacted, never half.
- `expired(db, keep, now)` are the processes to compact, the oldest ended first: `keep.days` after their end, and as
  many as it takes to keep the journal within `keep.mb`. Who lives is never touched, nor is process 1.
- The chain of hashes goes on: the `compacted` record carries the link that the next one follows (journal_chain.py).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass

from llmasos.kernel.journal_chain import link

FORMAT = 3  # of a journal with a compacted process: llmasos that knows format 2 alone would take it for damaged
ROW_BYTES = 64  # of a record beside its body: numbers, kind, hash, index
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Keep:
    """None: for ever, of any size."""

    days: float | None = None
    mb: float | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """What a process takes in the journal. `ended`: seconds since the epoch; None while it lives."""

    pid: int
    records: int
    num_bytes: int
    ended: float | None
    compacted: bool


def sizes(db: sqlite3.Connection) -> Iterator[Size]:
    """Of every process, by pid. Reads the whole journal."""
    rows = db.execute(
        f"SELECT pid, count(*), sum(length(CAST(body AS BLOB)) + {ROW_BYTES}), max(CASE kind WHEN 'exit' THEN at END),"
        " max(kind = 'compacted'), max(kind = 'spawn') FROM record GROUP BY pid ORDER BY pid"
    )
    for pid, records, num_bytes, ended, compacted, has_spawn in rows:
        yield Size(pid, records, num_bytes, ended if has_spawn else None, bool(compacted))


def expired(db: sqlite3.Connection, keep: Keep, now: float) -> list[Size]:
    """Those to compact, in order."""
    known = list(sizes(db))
    ended = [(size.ended, size) for size in known if size.ended is not None and not size.compacted and size.records > 3]
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
    db.execute("BEGIN IMMEDIATE")
    try:
        freed = _compact(db, pid)
    except BaseException:
        if db.in_transaction:  # a full disk may have ended it already
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return freed


def _compact(db: sqlite3.Connection, pid: int) -> int:
    ends = "SELECT min(seq), max(CASE kind WHEN 'exit' THEN seq END) FROM record WHERE pid = ?"
    first, exit_seq = db.execute(ends, (pid,)).fetchone()
    if exit_seq is None:
        return 0
    between = "FROM record WHERE pid = ? AND seq > ? AND seq < ?"
    where = (pid, first, exit_seq)
    count, num_bytes, last = db.execute(
        f"SELECT count(*), sum(length(CAST(body AS BLOB)) + {ROW_BYTES}), max(seq) {between}", where
    ).fetchone()
    if count < 2 or db.execute(f"SELECT 1 {between} AND kind = 'compacted'", where).fetchone():
        return 0
    (start,) = db.execute("SELECT chain FROM record WHERE seq = ?", (first,)).fetchone()
    (chain,) = db.execute("SELECT chain FROM record WHERE seq = ?", (last,)).fetchone()
    at, body = time.time(), json.dumps({"records": count, "bytes": num_bytes, "chain": chain.hex()})
    db.execute(f"DELETE {between}", where)
    db.execute(
        "INSERT INTO record (seq, pid, kind, at, body, chain) VALUES (?, ?, 'compacted', ?, ?, ?)",
        (last, pid, at, body, link(start, "compacted", at, body)),
    )
    db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
    return int(num_bytes) - len(body) - ROW_BYTES


def give_back(db: sqlite3.Connection) -> int:
    """Let the file be as small as what is in it, when a quarter of it is free; the bytes that were. Blocks."""
    page, count, free = (db.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_size", "page_count", "freelist_count"))
    if free * 4 < count or free * page < MB:
        return 0
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(free * page)
