"""A new process: what it may do and use, out of what its parent may and its program asks for.

- `record_birth` puts it on record: a fork with the conversation that it begins with, so that it can outlive its parent.
- Capabilities and limits never exceed the parent's; what a program's own calls need is granted with the program.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import QuotaExceeded
from llmasos.kernel.capability import ALL, holds, narrowed
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import Process
from llmasos.kernel.process_record import BROUGHT, CODED, SILENT, spawn_record
from llmasos.kernel.program import Program
from llmasos.kernel.remains import past_records, remains
from llmasos.memory.segment import merged

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task

REFUSED_S = 0.01


async def new_process(
    kernel: Kernel,
    program: Program,
    pid: int,
    request: str,
    parent: Process,
    *,
    limits: Limits | None,
    capabilities: frozenset[str] | None,
    nice: int | None,
    model: str | None,
    workspace: Path | None,
) -> Process:
    """A process that nobody has started, charged to its parent. Raises QuotaExceeded (children, depth).

    Who is refused waits a moment for it: asked for again and again without a wait, refusals would take the event loop,
    and with it the interpreter, from every thread (a hop to one took 0.8 s).
    """
    wanted = program.capabilities if capabilities is None else capabilities
    if wanted is None:
        wanted = kernel.capabilities if parent is kernel.init else parent.capabilities
    granted = narrowed(wanted, parent.capabilities) | _own_capabilities(kernel, program)
    top = kernel.limits if parent is kernel.init else Limits()
    try:
        budget = parent.budget.child(limits or top)
    except QuotaExceeded:
        await anyio.sleep(REFUSED_S)
        raise
    return Process(
        pid=pid,
        ppid=parent.pid,
        app=program.name,
        model=model or parent.model or kernel.default_model,
        request=request,
        workspace=workspace or parent.workspace,
        capabilities=granted,
        budget=budget,
        comes_back=not program.pages,
        nice=parent.nice if nice is None else max(-20, min(19, nice)),
        held=merged(parent.taint, program.held),
    )


async def record_birth(task: Task, share: Task | None, origin: dict[str, Any] | None) -> None:
    """All at once: a kernel that dies leaves a whole fork, or none. `share` is whose conversation it has."""
    past: list[Record] = []
    if share is not None:
        origin = {**(origin or {}), "fork": share.pid}
        await share.conversation.flush()
        records = await anyio.to_thread.run_sync(task.kernel.journal.read, share.pid) if task.resumable else []
        if records:  # the conversation alone: what the parent is told next, and where it is to stop, is its own
            found = replace(remains(records), inputs=[], input_closed=False, breaks=[], code=None)
            past = past_records(task.pid, found)
    body = spawn_record(
        task.process,
        interactive=task.interactive,
        resumable=task.resumable,
        attended=task.attended,
        digest=task.program.digest,
        origin=origin,
        marks=_marks(task.program),
    )
    await anyio.to_thread.run_sync(task.kernel.journal.append, [Record(task.pid, "spawn", body), *past])


def _marks(program: Program) -> list[str]:
    marks = {SILENT: not program.streams, CODED: program.coded, BROUGHT: program.brought}
    return [mark for mark, is_so in marks.items() if is_so]


def _own_capabilities(kernel: Kernel, program: Program) -> frozenset[str]:
    """What a program's own calls need is granted with it, unless a built-in call would open to it too."""
    builtin = {call.registration.capability for call in kernel.table}
    own = {call.registration.capability for call in program.calls} - {ALL}
    return frozenset(
        word for word in own if not any(holds(frozenset({word}), b) or holds(frozenset({b}), word) for b in builtin)
    )
