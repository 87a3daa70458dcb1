"""A damaged journal: what can be read of it in its place, and itself set aside, unchanged, under a dated name.

- `problem(path)` looks without writing a byte: what SQLite, the chains of hashes or the count of records find wrong.
- `repair(path, why)` keeps of every process the records up to the first that is missing or does not fit its chain. It
  takes them from the pages (journal_pages.py): what SQLite refuses whole for a part that is gone is there all the same.
- The mended journal is whole before anything is set aside: killed at any moment, the next start does the rest.
- Memory is bounded; what was found is sorted in a file of SQLite's own, in the system's directory for such.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from llmasos.errors import LLMasOSError
from llmasos.kernel import retention
from llmasos.kernel.journal_chain import UNREADABLE, Tail, broken_chains, fitting, stands_for
from llmasos.kernel.journal_pages import PAGE_BYTES, Value, rows
from llmasos.kernel.journal_schema import FORMAT, PAGES, SCHEMA

BESIDE = ("-wal", "-shm", "-journal")
DAMAGE = (sqlite3.Error, UnicodeDecodeError)  # a damaged schema spoils SQLite's own messages
# Of a record's values as they are stored: its number is the row's, and whole seconds are no floats.
KINDS: tuple[type | tuple[type, ...], ...] = (type(None), int, str, (int, float), str, bytes)
FOUND = """
CREATE TABLE found (seq INTEGER, newest INTEGER, pid INTEGER, kind TEXT, at REAL, body TEXT, chain BLOB);
CREATE TABLE lost (number INTEGER);
"""
# What was taken away (retention.py) does not come back out of an older page.
IN_ORDER = """
SELECT seq, pid, kind, at, body, chain FROM found
WHERE seq > 0 AND (newest OR pid NOT IN (SELECT pid FROM found WHERE kind = 'compacted')) ORDER BY seq, newest DESC
"""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """`last`: the highest number kept. `lost`: records known to have been there; None when nothing could be read."""

    last: int
    kept: int
    lost: int | None


def problem(path: Path) -> str | None:
    """What is wrong with the file; None when it is whole or not there. Raises LLMasOSError when it cannot be read."""
    if not path.exists() and _mended(path).exists():
        _finish(path, _aside(path))
    if _bare_log(path):
        return "the file is gone or empty, and its log of writes is there"
    if not path.exists():
        return None
    # Before it had a log at all, a change that was cut off is taken back: that is no repair.
    mode = "rw" if path.with_name(path.name + "-journal").exists() else "ro"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=5)) as db:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            return _unchained(db) or _unreached(db, path) or _unwritable(path) if found == "ok" else _line(found)
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in ("unable to open", "locked", "readonly", "disk I/O")):
            raise LLMasOSError(f"journal {path}: {error}") from error
        return _line(error)
    except DAMAGE as error:
        return _line(error)


def _line(found: object) -> str:
    return " ".join(str(found).split())[:200]


def _bare_log(path: Path) -> bool:
    """Beside such a file SQLite removes the log at the first look."""
    log = path.with_name(path.name + "-wal")
    return not (path.exists() and path.stat().st_size) and log.exists() and log.stat().st_size >= PAGE_BYTES


def _unchained(db: sqlite3.Connection) -> str | None:
    """Where a record does not follow from the one before; format 1 had no chain."""
    if not db.execute("SELECT 1 FROM pragma_table_info('record') WHERE name = 'chain'").fetchone():
        return None
    broken = broken_chains(db)
    return f"process {min(broken)}: its chain of hashes is broken" if broken else None


def _unreached(db: sqlite3.Connection, path: Path) -> str | None:
    """SQLite leaves out, without a word, all of a log of writes from the first byte of it that is wrong."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'record'").fetchone():
        return None
    last = db.execute("SELECT max(seq) FROM record").fetchone()[0] or 0
    if 0 <= Tail.read(path) <= last:
        return None
    behind = (row for row in rows(path, log_only=True) if row.number > last and _is_record(row.values))
    return next((f"its log of writes cannot be read behind record {last}" for _ in behind), None)


def _unwritable(path: Path) -> str | None:
    """A number in the header that lets SQLite read the file and never write to it."""
    with path.open("rb") as file:
        header = file.read(19)
    return f"its header asks for a newer SQLite: {header[18]}" if header[18:] > b"\2" else None


def repair(path: Path, why: str) -> str:
    """Make a whole journal of what is left; what happened, in one line. Raises LLMasOSError when that fails."""
    aside = _aside(path)
    try:
        mended = _mend(path)
        if path.exists():
            path.rename(aside)
        _finish(path, aside)
        if Tail.read(path) != UNREADABLE:
            tail = Tail(path)
            tail.begin(mended.last)
            tail.close()
    except (sqlite3.Error, OSError) as error:
        raise LLMasOSError(f"journal {path} is damaged ({why}) and cannot be mended: {error}") from error
    lost = f"{mended.lost} records lost" if mended.lost is not None else "nothing could be read of it"
    return f"the journal was damaged ({why}): set aside as {aside}; {mended.kept} records kept, {lost}"


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged-{datetime.now():%Y-%m-%dT%H-%M-%S-%f}")


def _mended(path: Path) -> Path:
    """What was made of it, whole, until it takes its place."""
    return path.with_name(path.name + ".mended")


def _finish(path: Path, aside: Path) -> None:
    """What is left to do when the journal itself is set aside already."""
    for end in BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    _mended(path).rename(path)


def _mend(path: Path) -> _Outcome:
    """Write what fits beside the damaged journal; the count of records goes on from there."""
    fresh = path.with_name(path.name + ".mending")
    fresh.unlink(missing_ok=True)  # of a repair that was killed
    with closing(sqlite3.connect("", isolation_level=None)) as scratch:
        _collect(scratch, path)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = OFF")  # a half-made one is made anew
            db.execute(PAGES)
            db.executescript(SCHEMA)
            db.execute("BEGIN")
            insert = "INSERT INTO record (seq, pid, kind, at, body, chain) VALUES (?, ?, ?, ?, ?, ?)"
            db.executemany(insert, fitting(scratch.execute(IN_ORDER)))
            last, kept = db.execute("SELECT ifnull(max(seq), 0), count(*) FROM record").fetchone()
            gone = last - kept - _taken_away(db, "record")
            known = retention.FORMAT if _compacted(db, "record") else FORMAT
            db.executemany("INSERT INTO meta VALUES (?, ?)", [("format", str(known)), ("lost", str(gone))])
            db.execute("COMMIT")
        fresh.rename(_mended(path))
        return _Outcome(last, kept, _lost(scratch, path, last, kept))


def _collect(scratch: sqlite3.Connection, path: Path) -> None:
    scratch.executescript(FOUND)
    scratch.execute("BEGIN")
    for row in rows(path):
        if _is_record(row.values):
            _, *values = row.values
            scratch.execute("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?, ?)", (row.number, row.newest, *values))
        elif row.values[:1] == ("lost",) and str(row.values[-1]).isdecimal():
            scratch.execute("INSERT INTO lost VALUES (?)", (int(str(row.values[-1])),))
    scratch.execute("COMMIT")


def _is_record(values: tuple[Value, ...]) -> bool:
    return len(values) == len(KINDS) and all(isinstance(value, kind) for value, kind in zip(values, KINDS, strict=True))


def _lost(scratch: sqlite3.Connection, path: Path, last: int, kept: int) -> int | None:
    """Of numbers that were given: without those that stand for none any more, and those that were lost before."""
    seen, before = scratch.execute(
        "SELECT count(DISTINCT seq), (SELECT ifnull(max(number), 0) FROM lost) FROM found"
    ).fetchone()
    counted = Tail.read(path)
    if not seen and counted <= 0:
        return None
    numbers = max(counted, last) - kept - _taken_away(scratch, "found") - int(before)
    return max(numbers, int(seen) - kept, 0)


def _compacted(db: sqlite3.Connection, table: str) -> list[str]:
    return [body for (body,) in db.execute(f"SELECT DISTINCT body FROM {table} WHERE kind = 'compacted'")]


def _taken_away(db: sqlite3.Connection, table: str) -> int:
    """How many more numbers than their own compacted records have taken."""
    return sum(others[0] - 1 for body in _compacted(db, table) if (others := stands_for(body)) is not None)
