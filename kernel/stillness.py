"""A process that stands still: stopped, with nothing of it under way that could still change its journal.

A signal that has arrived stops what comes next; a step of the model or a call may be in the middle then. Who takes a
copy of a process waits for those: else its last token, or what its call did, would be in one of the two alone.

A copy that stands (recovery.py) says in its birth of what it is one: so it is found again, whatever it does since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio

from llmasos.errors import NoSuchProcess, PermissionDenied, ProcessError
from llmasos.kernel.events import CallEnded, Exited
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.process import State
from llmasos.kernel.process_table import INIT
from llmasos.kernel.remains import STANDS
from llmasos.kernel.signals import Signal

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task


async def hold(kernel: Kernel, pid: int, reason: str, seconds: float) -> None:
    """STOP it, unless it is stopped already, and wait until it stands still.

    Raises NoSuchProcess, PermissionDenied for init, ProcessError when a call goes on for longer than `seconds`.
    """
    if pid == INIT:
        raise PermissionDenied("process 1 does nothing that could be stopped")
    task = kernel.task(pid)
    if task.process.state is not State.STOPPED:
        await kernel.kill(pid, Signal.STOP, reason=reason).wait()
    with anyio.move_on_after(seconds):
        await _call_ended(task)
    if task.calling:
        raise ProcessError(f"process {pid} is in the middle of {task.calling}: what comes of it would be lost")
    if (model := kernel.models.get(task.process.model)) is not None:
        await model.engine.asides.run(_nothing)  # between two steps: the one that was under way is on record
    if not task.process.alive or task.killed_by is not None:
        raise NoSuchProcess(f"process {pid} has already ended")


async def _call_ended(task: Task) -> None:
    start = task.stream.num_events
    if task.calling:
        async for event in task.stream.follow(start):
            if isinstance(event, CallEnded | Exited):
                return


async def copy_of(kernel: Kernel, reason: str) -> ProcessHandle | None:
    """The process that was born to stand for this reason, if it does still, or has gone on.

    One that was told to end while it stood is none. Raises NoSuchProcess for one that went on and has ended.
    """
    for pid in await anyio.to_thread.run_sync(_born, kernel.journal, reason):
        signals = await anyio.to_thread.run_sync(kernel.journal.read, pid, ["signal", "exit"])
        went_on, ended = (_first(signals, kinds) for kinds in ({"CONT"}, {"KILL", "TERM", "exit"}))
        if ended is None and (handle := kernel.handle(pid)).task.killed_by is None:
            return handle
        if went_on is not None and (ended is None or went_on < ended):
            raise NoSuchProcess(f"process {pid}, the copy that was made of it, went on and has ended")
    return None


def _born(journal: Journal, reason: str) -> list[int]:
    return [spawn.pid for spawn, _ in journal.processes() if (spawn.body.get("origin") or {}).get(STANDS) == reason]


def _first(records: Sequence[Record], words: set[str]) -> int | None:
    """The number of the first signal, or exit, that is one of these."""
    return next((r.seq for r in records if r.body.get("signal", r.kind) in words), None)


def _nothing() -> None:
    pass
