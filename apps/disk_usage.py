"""`du`: what the state directory holds, and with -a what each process takes of its journal."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

from llmasos import history
from llmasos.apps.printable import one_line
from llmasos.apps.processes import table
from llmasos.config import load_config

# Names in the state directory, and what they are.
_KNOWN = (
    ("journal", "journal.db*"),
    ("memory and archived pages", "memory"),
    ("KV of processes that wait", "kv"),
    ("models", "models"),
    ("vocabularies of recorded tokens", "vocabularies"),
    ("logs", "*.log*"),
    ("shell history", "history"),
)
_ASIDE = ("journal.db.damaged-*", "journal.db.format*")


def du(*, everything: bool, as_json: bool) -> str:
    """Bytes on disk for scripts, MB for people."""
    home = load_config().home
    if not everything:
        rows = [(name, size) for name, size in _kinds(home)]
        total = sum(size for _, size in rows)
        if as_json:
            return json.dumps({"home": str(home), "bytes": {**dict(rows), "total": total}})
        return table(("MB", "WHAT"), [(_mb(size), name) for name, size in [*rows, (f"total in {home}", total)]])
    sizes = history.sizes(home)
    if as_json:
        return json.dumps([asdict(size) for size in sizes])
    known = {past.pid: past for past in history.processes(home)}
    cells = []
    for size in sizes:
        past = known.get(size.pid)
        ended = "" if size.ended is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(size.ended))
        status = ("compacted" if size.compacted else past.status) if past is not None else ""
        request = one_line(past.request, 50) if past is not None else "schedules"
        cells.append((_mb(size.num_bytes), size.pid, size.records, status, ended, request))
    return table(("MB", "PID", "RECORDS", "STATUS", "ENDED", "REQUEST"), cells)


def _kinds(home: Path) -> list[tuple[str, int]]:
    """Every file is counted once: what has no name of ours is `other`."""
    aside = {path for pattern in _ASIDE for path in home.glob(pattern)}
    rows, seen = [], set(aside)
    for name, pattern in _KNOWN:
        paths = set(home.glob(pattern)) - seen
        seen |= paths
        rows.append((name, sum(map(_size, paths))))
    rows.append(("set aside: damaged or of an older format", sum(map(_size, aside))))
    rest = set(home.iterdir()) - seen if home.is_dir() else set()
    return [*rows, ("other", sum(map(_size, rest)))]


def _size(path: Path) -> int:
    """Bytes that it takes on disk, with all beneath it; what goes away meanwhile takes none."""
    try:
        if path.is_symlink() or not path.is_dir():
            return path.lstat().st_blocks * 512
        return sum(map(_size, path.iterdir()))
    except FileNotFoundError:
        return 0


def _mb(num_bytes: int) -> float:
    return round(num_bytes / 2**20, 2)
