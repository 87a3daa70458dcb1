"""The kernel: the process table, birth and death, signals, and the models' engines.

- `async with Kernel(...) as kernel` runs it; `await kernel.spawn(program, request)` starts a process.
- Processes are tasks of the kernel's own task group: none outlives it, none can be forgotten.
- `kill`, `wait`, `ask`, `tell`, `processes` are the rest of what faces and syscalls may ask; nice is in control.py.
- It knows no concrete driver and no concrete syscall: both are handed in (`llmasos/boot.py`).

Invariant: a process is out of its engine and its budget refunded before anyone is told that it exited.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import anyio
from anyio.abc import TaskGroup

from llmasos.drivers.sampling import Sampling
from llmasos.errors import (
    KernelPanic,
    LLMasOSError,
    NoSuchProcess,
    PermissionDenied,
    ProcessFailed,
    ProcessKilled,
    StoreUnavailable,
    SyscallError,
)
from llmasos.kernel import memory_map, timeline
from llmasos.kernel.agent import AGENT, only_agent
from llmasos.kernel.batch import TokenRecord
from llmasos.kernel.birth import new_process, record_birth
from llmasos.kernel.consent import Consent
from llmasos.kernel.delivery import Arrival, Delivery
from llmasos.kernel.ended import known_task
from llmasos.kernel.events import Exited, Told
from llmasos.kernel.gate import Gate
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.limits import Limits, timed_out
from llmasos.kernel.model import Model
from llmasos.kernel.only_error import only_error
from llmasos.kernel.policy import Policy
from llmasos.kernel.process import Process, State
from llmasos.kernel.process_record import last_records
from llmasos.kernel.process_table import INIT, ProcessTable
from llmasos.kernel.program import FindProgram, Program, Runnable
from llmasos.kernel.signals import Signal
from llmasos.kernel.syscall import SyscallTable
from llmasos.kernel.task import Task
from llmasos.memory.pager import Pager
from llmasos.memory.segment import untrusted
from llmasos.memory.transcript import Transcript
from llmasos.memory.waits import Waits


class Kernel:
    """Runs processes over models.

    `load_model(name, sink)` gives a loaded Model; `sink` takes sampled tokens in the device's thread, before
    anyone sees them. `new_pager(pid, transcript)` pages a context; without it a context ends with its window.
    With `keeps` processes outlive the kernel: the next one recovers them (recovery.py), with what `find_program` gives.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        table: SyscallTable,
        load_model: Callable[[str, Callable[[list[TokenRecord]], None]], Awaitable[Model]],
        default_model: str,
        workspace: Path,
        capabilities: frozenset[str],
        limits: Limits | None = None,
        sampling: Sampling | None = None,
        policy: Policy | None = None,
        new_pager: Callable[[int, Transcript], Pager] | None = None,
        keeps: bool = False,
        find_program: FindProgram = only_agent,
    ) -> None:
        self.journal = journal
        self.table = table
        self.default_model = default_model
        self.workspace = workspace
        self.capabilities = capabilities
        self.sampling = sampling or Sampling()
        self.limits = limits or Limits()
        self.consent = Consent(policy or Policy(), journal, self.task, reachable=keeps)
        self.gate = Gate(self, journal, self.consent)
        self.new_pager = new_pager
        self.keeps = keeps
        self.find_program = find_program
        self.suspended: list[Process] = []  # for the next kernel
        self.waits = Waits()
        self.page_counts: dict[str, Counter[str]] = defaultdict(Counter)  # by model
        self._load_model = load_model
        self._models: dict[str, Model] = {}
        self._loading = anyio.Lock()
        self._processes = ProcessTable(journal.last_pid(), workspace)
        self.init = self._processes.init
        self.awaited = self._processes.awaited
        self._delivery = Delivery(journal, self._processes)
        self._group: TaskGroup | None = None

    # -- life of the kernel -------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        self._group.start_soon(self._delivery.run)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """KILL what still runs, then free the models and close the journal. Errors come out as they were raised."""
        assert self._group is not None
        try:
            with anyio.CancelScope(shield=True):
                await self.leave()
            self._group.cancel_scope.cancel()
            await self._group.__aexit__(None, None, None)
        except BaseExceptionGroup as group:
            raise only_error(group) from None
        finally:
            with anyio.CancelScope(shield=True):
                for model in self._models.values():
                    await anyio.to_thread.run_sync(model.driver.shutdown)
            self.journal.close()

    async def leave(self) -> None:
        """End every process; those that the next kernel will resume are only suspended."""
        live = self._processes.live()
        for task in live:
            if task.resumable:
                task.suspend()
            else:
                task.kill(Signal.TERM)
        for task in live:
            await task.ended.wait()

    async def model(self, name: str) -> Model:
        """A model by name, loaded at its first use. Raises ModelNotFound, ModelDamaged, DriverNotInstalled."""
        if name in self._models:  # nobody waits for another model's loading
            return self._models[name]
        async with self._loading:
            if name not in self._models:
                model = await self._load_model(name, self._write_tokens)
                self._models[name] = model
                self.group.start_soon(model.engine.run)
        return self._models[name]

    @property
    def models(self) -> dict[str, Model]:
        """The models loaded so far."""
        return dict(self._models)

    @property
    def group(self) -> TaskGroup:
        if self._group is None:
            raise KernelPanic("the kernel is not running")
        return self._group

    # -- processes ----------------------------------------------------------------------------------------------------

    async def spawn(
        self,
        program: Program | Runnable | str,
        request: str | None = None,
        *,
        parent: Process | None = None,
        limits: Limits | None = None,
        capabilities: frozenset[str] | None = None,
        nice: int | None = None,
        model: str | None = None,
        workspace: Path | None = None,
        interactive: bool = False,
        attended: bool = False,
        share: Task | None = None,
        pid: int | None = None,
        origin: dict[str, Any] | None = None,
    ) -> ProcessHandle:
        """Start a process; a plain string is a request to an agent. `share` gives it a copy of a task's conversation.

        `pid` is that of a process which the journal has already (recovery.py); else it gets a new one. `origin` says
        what started it (timetable.py).

        Capabilities and limits never exceed the parent's. Raises QuotaExceeded (children, depth).
        """
        if isinstance(program, str):
            chosen, request = AGENT, program
        else:
            chosen = program if isinstance(program, Program) else program.program()
        parent = parent or self.init
        table = self.table.with_calls(list(chosen.calls))
        process = await new_process(
            self,
            chosen,
            pid if pid is not None else self._processes.new_pid(),
            request or "",
            parent,
            limits=limits,
            capabilities=capabilities,
            nice=nice,
            model=model,
            workspace=workspace,
        )
        task = Task(self, process, chosen, table, interactive=interactive, attended=attended)
        self._processes.add(task)  # from here on a KILL of its tree finds it
        try:
            if share is not None:
                await task.conversation.adopt(share.conversation)
            task.resumable = self.keeps and chosen.resumable
            if pid is None:
                await record_birth(task, share, origin)
        except BaseException:
            self._processes.reap(process.pid)
            parent.budget.refund("children")
            task.close()
            raise
        process.become(State.READY)
        self.group.start_soon(self._run, task)
        return ProcessHandle(task)

    async def _run(self, task: Task) -> None:
        """A process from its first instruction to its exit, which comes even when the kernel itself is cancelled."""
        process = task.process
        try:
            with task.scope:
                process.answer, process.failure = await self._body(task)
        finally:
            with anyio.CancelScope(shield=True):
                await self._exit(task)

    async def _body(self, task: Task) -> tuple[str | None, LLMasOSError | None]:
        """The program's answer, or what ended it instead."""
        process = task.process
        try:
            with anyio.fail_after(process.budget.seconds_left()) as task.time:
                return await task.program.body(task, process.request), None
        except TimeoutError as error:
            return None, timed_out(process.budget, error)
        except LLMasOSError as error:
            return None, error
        except (Exception, SystemExit) as error:  # `sys.exit` in an app ends the app
            failure = ProcessFailed(f"{task.program.name} failed: {type(error).__name__}: {error}")
            failure.__cause__ = error
            return None, failure

    async def _exit(self, task: Task) -> None:
        process = task.process
        if process.answer is None and task.killed_by is not None:
            process.failure = ProcessKilled(f"killed by SIG{task.killed_by.name}", task.killed_by)
        elif process.answer is None and process.failure is None:  # cancelled from outside: the kernel is ending
            process.failure = ProcessKilled("the kernel ended", Signal.TERM)
        process.ended = time.monotonic()
        if task.suspended and process.answer is None:
            self.suspended.append(process)
            self._processes.reap(process.pid)
            task.close()
            return
        for model in self._models.values():
            await model.engine.release(process.pid)
        if task.paging is not None:
            with suppress(StoreUnavailable):  # its pages stay behind, under a pid that is never used again
                await anyio.to_thread.run_sync(task.paging.pager.archive.drop)
        process.exit_code = 0 if process.failure is None else process.failure.exit_code
        try:
            await anyio.to_thread.run_sync(self.journal.append, last_records(task))
        except LLMasOSError as error:  # a full disk: the process ends all the same, and says so
            process.failure = process.failure or error
            process.exit_code = process.failure.exit_code
            self.journal.owe(last_records(task))
        process.become(State.ZOMBIE)
        if process.budget.parent is not None:
            process.budget.parent.refund("children")
        self._processes.bury(process)
        task.publish(Exited(process.pid, process.exit_code, process.answer, process.error))
        task.close()

    def task(self, pid: int) -> Task:
        """A process's task, live or not yet reaped. Raises NoSuchProcess."""
        return self._processes.get(pid)

    def live(self, pid: int) -> Process | None:
        """A process that lives, if it does."""
        return next((process for process in self.processes() if process.pid == pid and pid != INIT), None)

    def handle(self, pid: int) -> ProcessHandle:
        return ProcessHandle(self.task(pid))

    def processes(self, *, zombies: bool = False) -> list[Process]:
        """Live processes by pid, init first."""
        return self._processes.processes(zombies=zombies)

    def memory_map(self, pid: int) -> list[dict[str, Any]]:
        """The segments of a process's context, and where their KV is. Raises NoSuchProcess."""
        task = self.task(pid)
        pager = task.paging.pager if task.paging is not None else None
        return memory_map.segments(task.process, self._models.get(task.process.model), pager)

    def memory_rates(self) -> list[dict[str, Any]]:
        """What each loaded model's memory has done since it was loaded."""
        return [memory_map.rates(model, self.page_counts[model.name]) for model in self._models.values()]

    def timeline(self, since: float) -> list[dict[str, Any]]:
        """The latest steps of each loaded model that ended after `since`, a moment of `time.monotonic`."""
        return timeline.steps(self._models.values(), since)

    async def wait(self, pid: int, *, by: Process | None = None) -> Process:
        """A process once it has ended, reaped when its parent asks. Raises NoSuchProcess, SyscallError EDEADLK."""
        task = await known_task(self, pid)
        if by is not None and pid in self._processes.ancestry(by):
            raise SyscallError(f"process {by.pid} cannot wait for {pid}: it is part of it", "EDEADLK")
        await task.ended.wait()
        if by is not None and task.process.ppid == by.pid:
            self._processes.reap(pid)
        return task.process

    def kill(
        self,
        pid: int,
        signal: Signal,
        *,
        by: Process | None = None,
        reason: str = "",
        if_seq: int | None = None,
        also: Sequence[Record] = (),
    ) -> Arrival:
        """Send a signal, whose arrival may be waited for. A process may signal any but init and its ancestors.

        Raises NoSuchProcess, PermissionDenied.
        """
        if pid == INIT or (by is not None and pid in self._processes.ancestry(by)[1:]):
            raise PermissionDenied(f"process {pid} may not be signalled from here")
        task = self.task(pid)
        if not task.process.alive:
            raise NoSuchProcess(f"process {pid} has already ended")
        return self._delivery.send(task, signal, by.pid if by else 0, reason, if_seq, also)

    async def say(self, pid: int, text: str, also: Sequence[Record] = (), *, sources: str = "") -> None:
        """The user's next turn to an interactive process, in the journal before this returns, `also` with it.

        `sources`: what the text is from, where nobody vouches for that; from then on the process holds it.
        Raises NoSuchProcess, ProcessError when too much is unread.
        """
        task = self.task(pid)
        async with task.told:
            task.check_reads()
            records = [Record(pid, "input", {"text": text, **untrusted(sources)}), *also]
            await anyio.to_thread.run_sync(self.journal.append, records)
            task.process.hold(sources)
            task.say(text)

    def chdir(self, pid: int, workspace: Path) -> None:
        """Give a process another workspace: what `cd` does for a conversation."""
        self.task(pid).process.workspace = workspace

    async def ask(self, process: Process, question: str) -> str:
        return await self.task(process.pid).ask(question)

    async def tell(self, process: Process, message: str) -> None:
        await self._write(process, "told", {"message": message})
        self.task(process.pid).publish(Told(process.pid, message))

    def pause(self, process: Process) -> None:
        if process.model in self._models:
            self._models[process.model].engine.pause(process.pid)

    def resume(self, process: Process) -> None:
        if process.model in self._models:
            self._models[process.model].engine.resume(process.pid)

    def check_integrity(self) -> None:
        self._processes.check_integrity()

    # -- the journal --------------------------------------------------------------------------------------------------

    def _write_tokens(self, sampled: list[TokenRecord]) -> None:
        """One commit a step: called in the device's thread before anyone sees the tokens."""
        grouped: dict[tuple[int, int], list[int]] = {}
        for record in sampled:
            grouped.setdefault((record.pid, record.segment_id), []).append(record.token)
        self.journal.append(
            [
                Record(pid, "tokens", {"segment": segment, "tokens": tokens})
                for (pid, segment), tokens in grouped.items()
            ]
        )

    async def _write(self, process: Process, kind: str, body: dict[str, object]) -> None:
        await anyio.to_thread.run_sync(self.journal.append, [Record(process.pid, kind, body)])
