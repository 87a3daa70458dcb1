"""Whether a journal is as it was written: every process's chain of hashes, and that no record is missing.

- `verify(path)` reads beside whoever owns the journal and gives what it found, a line each; nothing when all is well.
- It finds what was changed, cut out or added by hand. It does not find a forger who computes every hash anew: the chain
  has no key. Who needs that keeps copies where the forger is not.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from llmasos.errors import LLMasOSError
from llmasos.kernel.journal_chain import UNREADABLE, Tail, stands_for, whole

_DAMAGE = (sqlite3.Error, ValueError, TypeError)


@dataclass(slots=True)
class Findings:
    """`wrong` is empty when the journal is as it was written."""

    records: int = 0
    processes: int = 0
    compacted: int = 0
    wrong: list[str] = field(default_factory=list)


def verify(path: Path) -> Findings:
    """Blocks. Raises LLMasOSError when there is no journal to read."""
    if not path.exists():
        raise LLMasOSError(f"no journal at {path}")
    found, written = Findings(), Tail.read(path)  # before the first look: its owner goes on writing
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            db.execute("BEGIN")  # one moment of it
            _walk(db, found)
            _count(db, written, found)
    except _DAMAGE as error:
        found.wrong.append(f"it cannot be read: {str(error).splitlines()[0][:200]}")
    found.wrong += [f"{aside.name} lies beside it: a damaged journal that was set aside" for aside in _aside(path)]
    return found


def _walk(db: sqlite3.Connection, found: Findings) -> None:
    pids, broken, compacted = set[int](), set[int](), set[int]()
    for row, fits in whole(db.execute("SELECT seq, pid, kind, at, body, chain FROM record ORDER BY seq")):
        seq, pid, kind, at, *_ = row
        found.records += 1
        pids.add(pid)
        if kind == "compacted":
            compacted.add(pid)
        if not fits and pid not in broken:
            broken.add(pid)
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
            what = f"record {seq} ({kind}, {when}) does not follow from the one before"
            found.wrong.append(f"process {pid}: {what}: it was changed, or something in front of it")
    found.processes, found.compacted = len(pids), len(compacted)


def _count(db: sqlite3.Connection, written: int, found: Findings) -> None:
    """Numbers are given without a gap: records that are gone leave one. `written` is the last that was ever given."""
    last = db.execute("SELECT max(seq) FROM record").fetchone()[0] or 0
    compacted = [stands_for(body) for (body,) in db.execute("SELECT body FROM record WHERE kind = 'compacted'")]
    away = sum(others[0] - 1 for others in compacted if others is not None)
    lost = db.execute("SELECT value FROM meta WHERE key = 'lost'").fetchone()
    missing = last - found.records - away - (int(lost[0]) if lost is not None else 0)
    if missing > 0:
        found.wrong.append(f"{missing} records are missing, with all that their processes had")
    if missing < 0:
        found.wrong.append(f"{-missing} records are too many")
    if written == UNREADABLE:
        found.wrong.append("the file that counts the records is damaged: whether the last ones are gone cannot be told")
    if written > last:
        found.wrong.append(f"the last {written - last} records are gone")


def _aside(path: Path) -> list[Path]:
    return sorted(p for p in path.parent.glob(f"{path.name}.damaged-*") if not p.name.endswith(("-wal", "-shm")))
