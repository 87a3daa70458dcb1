"""What an app's code may ask of the kernel: `os`.

- `think`, `fork`, `spawn`, `say`, `input`, and every syscall by its name: `await os.read_file("a.txt")`.
- `Child` is a process that it started.
- All of it is on record before the code sees it, and is not done again when the code is run again after a restart
  (kernel/execution.py): what the code does has to follow from its request and from what it is given here.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import anyio

from llmasos.client import event_document, event_of
from llmasos.errors import BadArguments, NoSuchProcess, PermissionDenied, StorageError, SyscallError
from llmasos.kernel import code
from llmasos.kernel.agent import agent
from llmasos.kernel.control import close_input
from llmasos.kernel.events import Event, Exited, Text
from llmasos.kernel.execution import Execution
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.past_code import Asked
from llmasos.kernel.program import Program, Runnable
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task
from llmasos.past_events import TO_ITS_END, Position, Telling, has_text, numbered, told_again


class Child(ProcessHandle):
    """A process that an app started. Whose words one has, the other has once it was given them."""

    def __init__(self, parent: Task, execution: Execution, child: ProcessHandle) -> None:
        super().__init__(child.task)
        self._parent = parent
        self._execution = execution

    async def wait(self) -> str:
        async def do(asked: Asked) -> str:
            try:
                return await super(Child, self).wait()
            finally:
                self._parent.process.hold(self.process.taint)

        return str(await self._execution.ask("wait", self._who, do))

    async def ended(self) -> None:
        async def do(asked: Asked) -> None:
            await super(Child, self).ended()

        await self._execution.ask("ended", self._who, do)

    async def events(self, start: int = 0) -> AsyncIterator[Event]:
        number, place = 0, Position()
        source: AsyncIterator[tuple[Event, Position]] | None = None

        async def do(asked: Asked) -> dict[str, Any] | None:
            nonlocal source
            if source is None:
                source = await self._events_from(start, number, place)
            event, at = await anext(source, (None, place))
            self._parent.process.hold(self.process.taint)
            return None if event is None else {**event_document(event), "at": [at.events, at.chars]}

        event: Event | None = None
        while not isinstance(event, Exited):
            found = await self._execution.ask("event", {**self._who, "from": start, "n": number}, do)
            event = event_of(found) if found is not None else None
            if event is None:
                return
            number, place = number + 1, Position(*found["at"])
            yield event

    async def _events_from(self, start: int, number: int, place: Position) -> AsyncIterator[tuple[Event, Position]]:
        """Its events behind those that were seen, also under an earlier kernel, each with where it is."""
        journal = self._kernel.journal
        skip = 0 if number else start
        if not self.task.is_resumed:
            return numbered(super().events(), Telling(streams=has_text(self)), skip)
        up_to = journal.begun if self.task.stream.num_events else TO_ITS_END
        return await told_again(journal.path.parent, self, place, skip, up_to)

    @property
    def calls(self) -> list[CallRecord]:
        self._parent.process.hold(self.process.taint)
        return super().calls

    @property
    def syscalls(self) -> list[dict[str, Any]]:
        self._parent.process.hold(self.process.taint)
        return super().syscalls

    def say(self, text: str) -> None:
        self.process.hold(self._parent.process.taint)

        sources = self._parent.process.taint

        async def write(record: Record) -> None:
            await self._kernel.say(self.pid, text, also=[record], sources=sources)

        def check() -> None:
            self._task.check_reads(self._execution.num_put("say to", self.pid))

        self._execution.put("say to", {**self._who, "text": text}, write, check)

    def reply(self, text: str | None) -> None:
        self.process.hold(self._parent.process.taint)

        async def write(record: Record) -> None:
            await self._on_record(record)
            self._task.reply(text)

        self._execution.put("reply", {**self._who, "text": text}, write, self._check_lives)

    def close_input(self) -> None:
        async def write(record: Record) -> None:
            await close_input(self._kernel, self.pid)
            await self._on_record(record)

        self._execution.put("close input", self._who, write)

    def kill(self, signal: Signal = Signal.TERM) -> None:
        async def write(record: Record) -> None:
            arrival = self._kernel.kill(self.pid, signal, also=[record])
            await arrival.wait()
            if not arrival.recorded:
                raise StorageError(f"SIG{signal.name} to process {self.pid} is not on record")

        self._execution.put("kill", {**self._who, "signal": signal.name}, write, self._check_lives)

    @property
    def _who(self) -> dict[str, int]:
        return {"pid": self.pid}

    def _check_lives(self) -> None:
        if not self.process.alive:
            raise NoSuchProcess(f"process {self.pid} has already ended")

    async def _on_record(self, record: Record) -> None:
        await anyio.to_thread.run_sync(self._kernel.journal.append, [record])


class Os:
    """What an app's coroutine may ask of the kernel. Syscalls are methods: `await os.read_file("a.txt")`."""

    def __init__(self, task: Task, execution: Execution) -> None:
        self._task = task
        self._execution = execution

    @property
    def pid(self) -> int:
        return self._task.pid

    async def think(self, prompt: str) -> str:
        """Let the model answer, with the calls the process may make, in the process's own conversation."""
        return await code.think(self._task, self._execution, prompt)

    async def fork(self, request: str, *, limits: Limits | None = None, nice: int | None = None) -> Child:
        """A child agent that starts from a copy of this conversation, its KV included, and takes up `request`."""
        own = self._task.program
        program = Program(own.name, agent, own.system, own.calls, sampling=own.sampling, digest=own.digest)
        return await self._child("fork", program, request, limits=limits, nice=nice, share=self._task)

    async def spawn(
        self,
        program: Runnable | str,
        request: str | None = None,
        *,
        limits: Limits | None = None,
        nice: int | None = None,
    ) -> Child:
        """A child with a fresh context: an app, or an agent for a plain request."""
        what = program if isinstance(program, str) else program.program()
        return await self._child("spawn", what, request, limits=limits, nice=nice)

    async def _child(self, what: str, program: Program | str, request: str | None, **how: Any) -> Child:
        if self._task.resumable and isinstance(program, Program):  # without a digest this code alone has it
            program = replace(program, resumable=True, brought=not program.digest)
        name, asked = (program.name, request) if isinstance(program, Program) else ("agent", program)
        key = {"app": name, "request": asked}
        child = await code.child(self._task, self._execution, what, key, program, request=request, **how)
        return Child(self._task, self._execution, child)

    def say(self, text: str) -> None:
        """Output of the process, as soon as it is on record."""
        task = self._task

        async def write(record: Record) -> None:
            whole = {} if record.body["key"]["text"] == text else {"said": text}
            written = replace(record, body={**record.body, **whole})
            await anyio.to_thread.run_sync(task.kernel.journal.append, [written])
            task.publish(Text(task.pid, text))

        self._execution.put("say", {"text": text}, write)

    async def sleep(self, seconds: float) -> None:
        """Wait so long; a restart meanwhile does not begin it anew."""

        async def do(asked: Asked) -> None:
            await anyio.sleep(max(0.0, asked.at + seconds - time.time()))

        await self._execution.ask("sleep", {"seconds": seconds}, do)

    async def input(self) -> str | None:
        """What the user says next; None when no more will come."""

        async def do(asked: Asked) -> str | None:
            return await self._task.input()

        said = await self._execution.ask("input", None, do)
        return None if said is None else str(said)

    async def call(self, name: str, /, *values: Any, **arguments: Any) -> str:
        """One syscall through the gate, its result as text. Raises SyscallError with its code."""
        record = await code.call(self._task, self._execution, name, self._named(name, values, arguments))
        if record.error is not None:
            errno, _, message = record.error.partition(": ")
            denied = record.decision == "deny" and errno == PermissionDenied.code
            raise (PermissionDenied if denied else SyscallError)(message, errno, source=record.untrusted)
        return record.result or ""

    def _named(self, name: str, values: tuple[Any, ...], arguments: Mapping[str, Any]) -> dict[str, Any]:
        names = list(self._task.table.get(name).parameters["properties"])
        if len(values) > len(names):
            raise BadArguments(f"{name} takes {len(names)} arguments, {len(values)} given")
        given = dict(zip(names, values, strict=False))
        if twice := sorted(given.keys() & arguments.keys()):
            raise BadArguments(f"{name}: {', '.join(twice)} given twice")
        return {**given, **arguments}

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, str]]:
        if name.startswith("_") or name not in self._task.table:
            raise AttributeError(f"os has no syscall {name!r}; known: {', '.join(c.name for c in self._task.table)}")
        return lambda *values, **arguments: self.call(name, *values, **arguments)
