"""A damaged journal: set aside under a dated name, and what can be read of it in its place.

- `problem(path)` looks before anything is opened for writing: what SQLite or the chains of hashes find wrong.
- `repair(path, why)` keeps of every process the records up to the first that is missing or does not fit its chain.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from llmasos.errors import LLMasOSError
from llmasos.kernel import retention
from llmasos.kernel.journal_chain import broken_chains, stands_for, whole
from llmasos.kernel.journal_schema import FORMAT, SCHEMA

Row = tuple[int, int, str, float, str, bytes]
BESIDE = ("-wal", "-shm")
DAMAGE = (sqlite3.Error, UnicodeDecodeError)  # a damaged schema spoils SQLite's own messages


def problem(path: Path) -> str | None:
    """What is wrong with the file; None when it is whole or not there. Raises LLMasOSError when it cannot be read."""
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path, timeout=5)) as db:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            return _unchained(db) if found == "ok" else str(found)
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in ("unable to open", "locked", "readonly", "disk I/O")):
            raise LLMasOSError(f"journal {path}: {error}") from error
        return str(error)
    except DAMAGE as error:
        return str(error).splitlines()[0][:200]


def _unchained(db: sqlite3.Connection) -> str | None:
    """Where a record does not follow from the one before; format 1 had no chain."""
    if not db.execute("SELECT 1 FROM pragma_table_info('record') WHERE name = 'chain'").fetchone():
        return None
    broken = broken_chains(db)
    return f"process {min(broken)}: its chain of hashes is broken" if broken else None


def repair(path: Path, why: str) -> str:
    """Make a whole journal of what is left; what happened, in one line."""
    aside = _set_aside(path)
    rows, unread = _salvaged(aside)
    kept = [row for row, fits in whole(iter(rows)) if fits]
    with closing(sqlite3.connect(path, isolation_level=None)) as fresh:
        fresh.executescript(SCHEMA)
        fresh.execute("BEGIN")
        known = retention.FORMAT if any(row[2] == "compacted" for row in kept) else FORMAT
        gone = max((row[0] for row in kept), default=0) - len(kept) - sum(_stands_for(row) for row in kept)
        fresh.executemany("INSERT INTO meta VALUES (?, ?)", [("format", str(known)), ("lost", str(gone))])
        fresh.executemany("INSERT INTO record (seq, pid, kind, at, body, chain) VALUES (?, ?, ?, ?, ?, ?)", kept)
        fresh.execute("COMMIT")
    lost = f"{len(rows) - len(kept) + unread} records lost" if rows else "nothing could be read of it"
    return f"the journal was damaged ({why}): set aside as {aside}; {len(kept)} records kept, {lost}"


def _stands_for(row: Row) -> int:
    """How many more numbers than its own a record has taken."""
    others = stands_for(row[4]) if row[2] == "compacted" else None
    return 0 if others is None else others[0] - 1


def _set_aside(path: Path) -> Path:
    stamp = f"{datetime.now():%Y-%m-%dT%H-%M-%S-%f}"
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for end in BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    return path.rename(aside)


def _salvaged(path: Path) -> tuple[list[Row], int]:
    """Rows in order, and how many are known to be there and could not be read."""
    try:
        with closing(sqlite3.connect(path)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            return _rows(db)
    except DAMAGE:
        return [], 0


def _rows(db: sqlite3.Connection) -> tuple[list[Row], int]:
    select = "SELECT seq, pid, kind, at, body, chain FROM record"
    try:
        return list(_typed(db.execute(f"{select} ORDER BY seq"))), 0
    except DAMAGE:  # a page of it: the rows on the others, one by one
        rows: list[Row] = []
        unread = 0
        for seq in range(1, _last(db) + 1):
            try:
                found = list(_typed(db.execute(f"{select} WHERE seq = ?", (seq,))))
                rows += found
            except DAMAGE:
                unread += 1
        return rows, unread


def _typed(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows whose values are of their kinds: damage changes types too."""
    for row in rows:
        if all(isinstance(value, kind) for value, kind in zip(row, (int, int, str, float, str, bytes), strict=True)):
            yield row


def _last(db: sqlite3.Connection) -> int:
    for query in ("SELECT max(seq) FROM record", "SELECT seq FROM sqlite_sequence WHERE name = 'record'"):
        with suppress(*DAMAGE):
            row = db.execute(query).fetchone()
            if row is not None and isinstance(row[0], int):
                return min(row[0], 10_000_000)
    return 0
