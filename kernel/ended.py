"""A process that ended under an earlier kernel, as whoever started it still holds it: its answer, its calls."""

from __future__ import annotations

import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import LLMasOSError, NoSuchProcess, PermissionDenied, ProcessFailed, ProcessKilled, QuotaExceeded
from llmasos.kernel.limits import Budget, Limits
from llmasos.kernel.process import Accounting, Process, State
from llmasos.kernel.process_record import SILENT
from llmasos.kernel.process_table import no_process
from llmasos.kernel.program import Program
from llmasos.kernel.remains import calls_made
from llmasos.kernel.task import Task
from llmasos.memory.segment import UNTRUSTED, merged

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel

_KINDS = ("spawn", "message", "input", "result", "exit")


async def known_task(kernel: Kernel, pid: int) -> Task:
    """A process's task; of one that is not back yet once it is, or has its end. Raises NoSuchProcess."""
    if pid not in kernel.awaited:
        return kernel.task(pid)
    await kernel.awaited.until_gone(pid)
    try:
        return kernel.task(pid)
    except NoSuchProcess:
        return await ended_task(kernel, pid)


async def ended_task(kernel: Kernel, pid: int) -> Task:
    """It is in no process table. Raises NoSuchProcess where the journal lacks its end."""
    records = await anyio.to_thread.run_sync(kernel.journal.read, pid, _KINDS)
    end = next((record.body for record in records if record.kind == "exit"), None)
    if end is None or records[0].kind != "spawn":
        raise no_process(pid)
    spawn = records[0].body
    process = _process(pid, spawn)
    task = Task(kernel, process, Program(spawn["app"], _never, streams=not spawn.get(SILENT)), kernel.table)
    process.held = merged(spawn.get(UNTRUSTED, ""), *(record.body.get(UNTRUSTED) or "" for record in records[1:]))
    process.answer, process.exit_code = end["answer"], end["exit_code"]
    process.failure = failure_of(end)
    process.accounting = _accounting(end["usage"])
    process.began = time.monotonic() - float(end["usage"].get("seconds", 0.0))
    process.ended = time.monotonic()
    process.become(State.ZOMBIE)
    task.calls = calls_made(record.body for record in records if record.kind == "result")
    task.is_resumed = True
    task.close()
    return task


def absent_task(kernel: Kernel, pid: int, parent: Task) -> Task:
    """A child of the process that its parent goes on from: what came of it then is on record, and no more is known."""
    own = parent.process
    program = Program(own.app, _never, streams=False)
    nothing = Budget(Limits())
    process = Process(pid, own.pid, own.app, own.model, "", own.workspace, frozenset(), nothing)
    why = f"process {pid} did not come along: it is a child of the process that {own.pid} goes on from"
    process.failure = NoSuchProcess(why)
    process.exit_code = process.failure.exit_code
    process.ended = process.began
    process.become(State.ZOMBIE)
    task = Task(kernel, process, program, kernel.table)
    task.close()
    return task


def failure_of(end: dict[str, Any]) -> LLMasOSError | None:
    """What an exit record says that it ended of, as far as its exit code tells."""
    code, message = int(end["exit_code"]), str(end["error"])
    if code == 0:
        return None
    if code > 128:
        return ProcessKilled(message, code - 128)
    match code:
        case QuotaExceeded.exit_code:
            return QuotaExceeded(message, "")
        case PermissionDenied.exit_code:
            return PermissionDenied(message)
    return ProcessFailed(message)


def _process(pid: int, spawn: dict[str, Any]) -> Process:
    return Process(
        pid=pid,
        ppid=spawn["ppid"],
        app=spawn["app"],
        model=spawn["model"],
        request=spawn["request"],
        workspace=Path(spawn["workspace"]),
        capabilities=frozenset(spawn["capabilities"]),
        budget=Budget(Limits(**spawn["limits"])),
        nice=spawn["nice"],
    )


def _accounting(usage: dict[str, Any]) -> Accounting:
    known = {field.name for field in fields(Accounting)}
    return Accounting(**{name: value for name, value in usage.items() if name in known})


async def _never(task: Task, request: str) -> str:
    raise ProcessFailed(f"process {task.pid} has ended")
