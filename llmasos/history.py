"""What a state directory's journal says of its processes, read beside the kernel that owns it.

- `processes(home)` gives one `Past` a process; `owner(home)` who runs a kernel there now, or None.
- `records(home, pid)` is a process's journal in order, `follow` goes on with what is written later; `whole` is for
  what needs all of it, and refuses a process that was compacted.
- It needs no kernel and loads no model.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmasos.errors import Compacted, StateLocked
from llmasos.kernel.journal import Journal, Record, StateLock
from llmasos.kernel.process_table import no_process
from llmasos.kernel.retention import Size

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Past:
    """A process as its journal knows it. `status`: running, exited, or lost (its kernel is gone)."""

    pid: int
    ppid: int
    app: str
    model: str
    request: str
    status: str
    exit_code: int | None
    answer: str | None
    error: str | None
    started: float  # seconds since the epoch
    seconds: float | None
    usage: dict[str, Any]


@contextlib.contextmanager
def _journal(home: Path) -> Iterator[Journal | None]:
    path = home / "journal.db"
    if not path.exists():
        yield None
        return
    journal = Journal(path, read_only=True)
    try:
        yield journal
    finally:
        journal.close()


def owner(home: Path) -> str | None:
    """Who runs a kernel in this state directory now, as it wrote itself."""
    if not (home / "owner").exists():
        return None
    lock = StateLock(home)
    try:
        lock.acquire()
        return None
    except StateLocked:
        return lock.owner()
    finally:
        lock.release()


def processes(home: Path) -> list[Past]:
    """Every process the journal knows, by pid."""
    alive = owner(home) is not None
    with _journal(home) as journal:
        return [_past(spawn, end, alive) for spawn, end in journal.processes()] if journal else []


def process(home: Path, pid: int) -> Past:
    """One of them. Raises NoSuchProcess."""
    for past in processes(home):
        if past.pid == pid:
            return past
    raise no_process(pid)


def records(home: Path, pid: int) -> list[Record]:
    """A process's journal in order. Raises NoSuchProcess."""
    with _journal(home) as journal:
        found = journal.read(pid) if journal else []
    if not found:
        raise no_process(pid)
    return found


def page(home: Path, pid: int, kinds: Iterable[str], *, after: int, up_to: int, limit: int) -> list[Record]:
    """As many of its records of some kinds, numbered above `after` and not above `up_to`."""
    with _journal(home) as journal:
        return journal.read(pid, kinds, after=after, up_to=up_to, limit=limit) if journal else []


def last(home: Path, pid: int, kinds: Sequence[str], up_to: int) -> Record | None:
    """Its newest record of some kinds, numbered not above `up_to`."""
    with _journal(home) as journal:
        return journal.last(pid, kinds, up_to) if journal else None


def whole(home: Path, pid: int) -> list[Record]:
    """The same, for what needs all of it. Raises NoSuchProcess, Compacted."""
    found = records(home, pid)
    for record in found:
        if record.kind == "compacted":
            raise compacted(record)
    return found


def compacted(record: Record) -> Compacted:
    """What a `compacted` record says to who needs what it stands for."""
    when = time.strftime("%Y-%m-%d", time.localtime(record.body.get("erased") or record.at))
    if record.body.get("erased") is not None:
        return Compacted(f"process {record.pid} was deleted on {when}, its request and its answer too")
    return Compacted(
        f"process {record.pid} was compacted on {when}: {record.body['records']} records of it are gone;"
        f" llmasos logs {record.pid} has its request and its answer"
    )


def sizes(home: Path) -> list[Size]:
    """What each process takes in the journal, by pid."""
    with _journal(home) as journal:
        return journal.sizes() if journal else []


def follow(home: Path, pid: int) -> Iterator[Record]:
    """A process's journal, and what is added to it until the process ends or its kernel is gone."""
    seen = 0
    while True:
        alive = owner(home) is not None
        for record in records(home, pid):
            if record.seq > seen:
                seen = record.seq
                yield record
                if record.kind == "exit":
                    return
        if not alive:
            return
        time.sleep(POLL_SECONDS)


def wait(home: Path, pid: int) -> Past:
    """A process once it has ended, or is known to be lost. Raises NoSuchProcess."""
    while (past := process(home, pid)).status == "running":
        time.sleep(POLL_SECONDS)
    return past


def _past(spawn: Record, end: Record | None, alive: bool) -> Past:
    ended = end.body if end is not None else {}
    return Past(
        pid=spawn.pid,
        ppid=spawn.body["ppid"],
        app=spawn.body["app"],
        model=spawn.body["model"],
        request=spawn.body["request"],
        status="exited" if end is not None else "running" if alive else "lost",
        exit_code=ended.get("exit_code"),
        answer=ended.get("answer"),
        error=ended.get("error"),
        started=spawn.at,
        seconds=end.at - spawn.at if end is not None else None,
        usage=ended.get("usage", {}),
    )
