"""Changes to a process that runs: its nice, its limits, the end of its input. Each is journaled, then holds.

- `renice` and `limit` return once the change is on record: the next kernel's process has it too (recovery.py).
- A limit may be raised as well as lowered; what the ancestors of a process may use bounds it all the same.
- Lowered beneath what is used already, a limit ends the process at its next token, call or moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from llmasos.errors import NoSuchProcess, PermissionDenied
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process_table import INIT

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task

LOWEST, HIGHEST = -20, 19


async def renice(kernel: Kernel, pid: int, nice: int) -> int:
    """Set a process's nice; what it is now, within -20 (favoured) and 19. Raises NoSuchProcess, PermissionDenied."""
    nice = max(LOWEST, min(HIGHEST, nice))
    async with _changing(kernel, pid) as task:
        await _write(kernel, pid, "nice", {"nice": nice})
        task.process.nice = nice
    return nice


async def close_input(kernel: Kernel, pid: int) -> None:
    """Nothing more will be said to a process: it ends after what it has been told. Raises NoSuchProcess."""
    task = kernel.task(pid)
    async with task.told:
        if task.process.alive and task.killed_by is None:
            await _write(kernel, pid, "input_closed", {})
            task.close_input()


async def limit(kernel: Kernel, pid: int, changes: Mapping[str, float | int | None]) -> Limits:
    """Change some limits of a process, None for no limit; all of them as they are now.

    Raises NoSuchProcess, PermissionDenied.
    """
    async with _changing(kernel, pid) as task:
        await _write(kernel, pid, "limit", {"limits": dict(changes)})
        limits = replace(task.process.budget.limits, **changes)  # type: ignore[arg-type]
        task.process.budget.limits = limits
    for process in kernel.processes()[1:]:  # a deadline is its children's too
        kernel.task(process.pid).keep_time()
    return limits


@asynccontextmanager
async def _changing(kernel: Kernel, pid: int) -> AsyncIterator[Task]:
    """One change at a time, and none to a process that is told to end: it would hold for nobody."""
    if pid == INIT:
        raise PermissionDenied("process 1 has no nice and no limits of its own")
    task = kernel.task(pid)
    async with task.told:
        if not task.process.alive or task.killed_by is not None:
            raise NoSuchProcess(f"process {pid} has already ended")
        yield task


async def _write(kernel: Kernel, pid: int, kind: str, body: dict[str, object]) -> None:
    await anyio.to_thread.run_sync(kernel.journal.append, [Record(pid, kind, body)])
