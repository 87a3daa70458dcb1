"""Processes that outlive their kernel: rebuilt from the journal, they go on where they were.

- `go_on(kernel, found)` starts a new process from such remains: of a checkpoint, or of another past. What it was told
  and has not read comes with it, and so do its breakpoints.
- `await recover(kernel)` starts every process that the journal knows to have lived, under its old pid; an app's has the
  app's calls and its code again, if the app is still the same. Who does not come back is given an end that says so.
- A child whose program was made by its parent's code waits for that to `bring` it, or to `give_up`. A KILL of its tree
  reaches it all the same: then it has its end instead.
- Limits go on as well: what a process used is charged again, with what those below it used that have ended.
- What a journal has of a process is read by remains.py; what was under way is settled by resume.py.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import AppDamaged, LLMasOSError, ProcessFailed, ProcessKilled
from llmasos.kernel.agent import AGENT
from llmasos.kernel.breakpoints import Breakpoint
from llmasos.kernel.execution import Returning
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import Process
from llmasos.kernel.process_record import BROUGHT, used
from llmasos.kernel.process_table import INIT
from llmasos.kernel.program import Program
from llmasos.kernel.remains import STANDS, Remains, calls_made, past_records, remains
from llmasos.kernel.resume import resume
from llmasos.kernel.signals import Signal
from llmasos.memory.segment import UNTRUSTED, merged

if TYPE_CHECKING:
    from llmasos.kernel.kernel import Kernel
    from llmasos.kernel.task import Task

ENDS = "what runs without a daemon does, and what a client waits for"


async def recover(kernel: Kernel) -> list[ProcessHandle]:
    """Start again what lived when the last kernel of this state directory ended. Parents before their children.

    A child whose program only its parent's code has is not among them, nor are its own: they wait in `kernel.awaited`.
    """
    handles = []
    for spawn, below in await anyio.to_thread.run_sync(_lost, kernel.journal):
        found = remains(await anyio.to_thread.run_sync(kernel.journal.read, spawn.pid))
        found.below = below
        if found.killed_by is None and _waits(kernel, spawn):
            kernel.awaited[spawn.pid] = found
        elif (handle := await _take_up(kernel, found)) is not None:
            handles.append(handle)
    for handle in handles:
        _let_run(handle)
    return handles


def _lost(journal: Journal) -> list[tuple[Record, Counter[str]]]:
    """The births of those that have not ended, with what those below each used that have. Blocks."""
    lost: list[Record] = []
    below: dict[int, Counter[str]] = defaultdict(Counter)
    heirs: dict[int, int] = {}  # of those that have ended: who above is charged for what they and those below used
    for spawn, end in journal.processes():  # by pid: parents before their children
        ppid = spawn.body["ppid"]
        if end is None:
            lost.append(spawn)
        else:
            heirs[spawn.pid] = heirs.get(ppid, ppid)
            below[heirs[spawn.pid]] += used(end.body)
    return [(spawn, below[spawn.pid]) for spawn in lost]


async def bring(kernel: Kernel, pid: int, program: Program | str) -> ProcessHandle | None:
    """A process that waits for its program, and those below it that waited with it. None where none waits, or can."""
    found, handle = kernel.awaited.get(pid), None
    if found is not None:
        with anyio.CancelScope(shield=True):  # whose code it is may be ended just now: nobody is left half back
            handle = await _let_back(kernel, found, AGENT if isinstance(program, str) else program)
    return handle


async def give_up(kernel: Kernel, ppid: int) -> None:
    """A process's code has ended: nobody brings the programs of those of its children that wait for one."""
    for found in kernel.awaited.children(ppid):
        await _let_back(kernel, found)


async def _let_back(kernel: Kernel, found: Remains, program: Program | None = None) -> ProcessHandle | None:
    """One that waited, then those of its children that its code does not bring; all of them, where it has its end."""
    handle = await _take_up(kernel, found, program)
    kernel.awaited.forget(found.pid)
    for child in kernel.awaited.children(found.pid):
        if handle is None or not child.spawn.get(BROUGHT):
            await _let_back(kernel, child)
    if handle is not None:
        _let_run(handle)
    return handle


def _waits(kernel: Kernel, spawn: Record) -> bool:
    ppid = spawn.body["ppid"]
    return ppid in kernel.awaited or (bool(spawn.body.get(BROUGHT)) and kernel.live(ppid) is not None)


def _let_run(handle: ProcessHandle) -> None:
    if handle.task.returning is not None:
        handle.task.returning.ready.set()


async def _take_up(kernel: Kernel, found: Remains, program: Program | None = None) -> ProcessHandle | None:
    """The process, alive; or its end, which says why. Code in it waits until it may run."""
    try:
        _check_not_killed(found)
        handle = await _revive(kernel, found, program or await _program_of(kernel, found))
    except LLMasOSError as error:  # also QuotaExceeded: its parent's limits were lowered since; one that ends, not all
        await _bury(kernel, found, error)
        return None
    if found.killed_by is not None:  # meanwhile
        handle.task.kill(found.killed_by)
    return handle


def _check_not_killed(found: Remains) -> None:
    """Raises ProcessKilled."""
    if found.killed_by is not None:
        raise ProcessKilled(f"killed by SIG{found.killed_by.name}", found.killed_by)


async def _program_of(kernel: Kernel, found: Remains) -> Program:
    """Raises what is to be its end where it does not come back."""
    spawn, app = found.spawn, found.spawn["app"]
    if "past" in (spawn.get("origin") or {}) and not found.has_past:  # from its request it would do again what is done
        raise ProcessFailed("its kernel ended before its past was on record: branch or restore it again")
    if not spawn.get("resumable"):
        raise ProcessFailed(f"{app} ended with its kernel: {ENDS}; llmasos branch {found.pid} goes on from it")
    if spawn.get(BROUGHT):
        raise ProcessFailed(f"{app} did not come back with its kernel: its code is that of process {spawn['ppid']}")
    try:
        return await _program(kernel, found)
    except LLMasOSError as error:
        raise ProcessFailed(f"{app} did not come back with its kernel: {error}") from error


async def go_on(kernel: Kernel, found: Remains, stands: str = "") -> ProcessHandle:
    """A new process from what remains of one that lived elsewhere, or in another past (restore, branch).

    With `stands` it is stopped on that before it has begun, under every kernel, until CONT: its birth says so. Then its
    past is on record when this returns, so that whoever it comes from may be ended.

    Raises AppNotFound, AppDamaged where it needs the calls of an app.
    """
    program = await _program(kernel, found, is_new=True)
    handle = await _revive(kernel, found, program, is_new=True, stands=stands)
    _let_run(handle)
    if stands and found.has_past:
        try:
            await anyio.to_thread.run_sync(kernel.journal.append, past_records(handle.pid, found))
        except LLMasOSError:
            kernel.kill(handle.pid, Signal.KILL)
            raise
    return handle


async def _program(kernel: Kernel, found: Remains, is_new: bool = False) -> Program:
    """What it was, as it was; a new process takes an app as it is now. Raises LLMasOSError."""
    digest, app = found.spawn.get("digest"), str(found.spawn.get("app"))
    if found.is_code:
        program = await kernel.find_program(app, None if is_new else digest)
        if not program.coded:
            raise AppDamaged(f"app {app} has no code any more: its model is its body")
        return program
    if not digest:  # calls of a program in Python that nobody finds again: what is said goes on without them
        return AGENT
    return await kernel.find_program(app, None if is_new else digest)


async def _revive(
    kernel: Kernel, found: Remains, program: Program, is_new: bool = False, stands: str = ""
) -> ProcessHandle:
    """Raises QuotaExceeded."""
    reads_on = is_new and not found.spawn.get("interactive") and bool(found.inputs)  # what it was told, nothing more
    if found.code is None:
        body = functools.partial(resume, found=found, is_new=is_new and not stands)
        program = replace(program, body=body, streams=True, coded=False, brought=False)
    handle = await _started(kernel, found, program, is_new, stands, reads_on)
    task = kernel.task(handle.pid)
    if found.code is not None:
        past = found.code.elsewhere() if is_new else found.code
        task.returning = Returning(replace(found, code=past), past, is_new and not stands)
    task.go_on_counting(found.last_call)  # a new one, too: its pending calls keep their numbers
    for text in found.inputs:
        task.say(text)
    task.breaks.set([Breakpoint(*point.split(":", 1)) for point in found.breaks])
    if reads_on or found.input_closed:
        task.close_input()
    if stands:
        task.stop(stands)
    if not is_new:
        _give_back(task, found)
    return handle


async def _started(
    kernel: Kernel, found: Remains, program: Program, is_new: bool, stands: str, reads_on: bool
) -> ProcessHandle:
    """As it was born, and changed since; a new one belongs to init. Raises QuotaExceeded."""
    spawn = found.spawn
    return await kernel.spawn(
        replace(program, resumable=True, held=merged(spawn.get(UNTRUSTED, ""), found.held)),
        spawn["request"],
        parent=None if is_new else kernel.live(spawn["ppid"]),
        limits=Limits(**spawn["limits"]),
        capabilities=frozenset(spawn["capabilities"]),
        nice=spawn["nice"],
        model=spawn["model"],
        workspace=Path(spawn["workspace"]),
        interactive=spawn.get("interactive", False) or reads_on,
        pid=None if is_new else found.pid,
        origin=_origin(found, is_new, stands),
    )


def _give_back(task: Task, found: Remains) -> None:
    """What is its own alone, not of another that goes on from it: its time, what it used and did and may, a stop."""
    task.process.go_on_from(found.started)
    task.is_resumed = True
    task.earlier = found.used
    task.unpaid_calls = _charge(task.process, found)
    task.calls = calls_made(found.ended_calls.values())
    task.grants |= found.grants
    task.was_attended = bool(found.spawn.get("attended"))
    if found.stopped:
        task.stop(found.stopped_on)  # the journal has the signal
    task.breaks.passes = found.stopped_on.startswith("breakpoint syscall:")


def _charge(process: Process, found: Remains) -> int:
    """For what one used, and those below it that have ended, up to the limits; the calls that are beyond them."""
    amounts = found.used + found.below
    process.budget.charge_up_to("tokens", amounts["tokens"])
    return amounts["syscalls"] - process.budget.charge_up_to("syscalls", amounts["syscalls"])


def _origin(found: Remains, is_new: bool, stands: str) -> dict[str, Any] | None:
    """What a new process's birth says of where it comes from."""
    past = {"past": found.pid} if is_new and found.has_past else {}
    return {**past, **({STANDS: stands} if stands else {})} or None


async def _bury(kernel: Kernel, found: Remains, failure: LLMasOSError) -> None:
    """The end of a process that does not go on. What it used counts above it all the same."""
    body: dict[str, Any] = {
        "exit_code": failure.exit_code,
        "answer": None,
        "error": str(failure),
        "usage": {},
        "earlier": dict(found.used),
    }
    await anyio.to_thread.run_sync(kernel.journal.append, [Record(found.pid, "exit", body)])
    if (heir := await _living(kernel, found.spawn["ppid"])) is not None:
        _charge(heir, found)


async def _living(kernel: Kernel, pid: int) -> Process | None:
    """A process or, where it has ended, its nearest ancestor that lives."""
    while pid > INIT:
        if (process := kernel.live(pid)) is not None:
            return process
        births = await anyio.to_thread.run_sync(kernel.journal.read, pid, ["spawn"])
        pid = births[0].body["ppid"] if births else INIT
    return None
