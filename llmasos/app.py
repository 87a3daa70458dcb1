"""Apps: programs that use the kernel as any process may.

- `App(name, system=..., capabilities=[...])` declares one; `@app.syscall(...)` gives it calls of its own.
- `@app.main` marks `async def main(os, request)`; without it the app is an agent with the app's system text.
- `os` is the kernel as the app sees it: `think`, `fork`, `spawn`, `say`, and every syscall by its name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from llmasos.drivers.sampling import Sampling
from llmasos.errors import BadArguments, PermissionDenied, SyscallError, UsageError
from llmasos.kernel.agent import AGENT, agent, turn
from llmasos.kernel.events import Event, Text
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.limits import Limits
from llmasos.kernel.program import Program
from llmasos.kernel.syscall import Effect, Role, Syscall, registered, syscall
from llmasos.kernel.task import Task

MOUNTED = "mcp"  # whoever had it as its own would hold what is mounted later
Handler = TypeVar("Handler", bound=Callable[..., Any])
Main = Callable[["Os", str], Awaitable[str]]


class Child(ProcessHandle):
    """A process that an app started. Whose words one has, the other has once it was given them."""

    def __init__(self, parent: Task, child: ProcessHandle) -> None:
        super().__init__(child.task)
        self._parent = parent

    async def wait(self) -> str:
        try:
            return await super().wait()
        finally:
            self._parent.process.hold(self.process.taint)

    async def events(self, start: int = 0) -> AsyncIterator[Event]:
        async for event in super().events(start):
            self._parent.process.hold(self.process.taint)
            yield event

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
        super().say(text)

    def reply(self, text: str | None) -> None:
        self.process.hold(self._parent.process.taint)
        super().reply(text)


class Os:
    """What an app's coroutine may ask of the kernel. Syscalls are methods: `await os.read_file("a.txt")`."""

    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def pid(self) -> int:
        return self._task.pid

    async def think(self, prompt: str) -> str:
        """Let the model answer, with the calls the process may make, in the process's own conversation."""
        answer = await turn(self._task, prompt)
        self._task.process.hold(self._task.process.taint)  # the window may forget it, the code does not
        return answer

    async def fork(self, request: str, *, limits: Limits | None = None, nice: int | None = None) -> Child:
        """A child agent that starts from a copy of this conversation, its KV included, and takes up `request`."""
        own = self._task.program
        program = Program(own.name, agent, own.system, own.calls, sampling=own.sampling, digest=own.digest)
        return Child(
            self._task,
            await self._task.kernel.spawn(
                program, request, parent=self._task.process, limits=limits, nice=nice, share=self._task
            ),
        )

    async def spawn(
        self, program: App | str, request: str | None = None, *, limits: Limits | None = None, nice: int | None = None
    ) -> Child:
        """A child with a fresh context: an app, or an agent for a plain request."""
        what = program if isinstance(program, str) else program.program()
        own = self._task
        return Child(own, await own.kernel.spawn(what, request, parent=own.process, limits=limits, nice=nice))

    def say(self, text: str) -> None:
        """Output of the process, at once."""
        self._task.publish(Text(self.pid, text))

    async def input(self) -> str | None:
        """What the user says next; None when no more will come."""
        return await self._task.input()

    async def call(self, name: str, /, *values: Any, **arguments: Any) -> str:
        """One syscall through the gate, its result as text. Raises SyscallError with its code."""
        record = await self._task.trap(name, self._named(name, values, arguments))
        self._task.process.hold(record.untrusted or "")
        if record.error is not None:
            code, _, message = record.error.partition(": ")
            denied = record.decision == "deny" and code == PermissionDenied.code
            raise (PermissionDenied if denied else SyscallError)(message, code, source=record.untrusted)
        return record.result or ""

    def _named(self, name: str, values: tuple[Any, ...], arguments: Mapping[str, Any]) -> dict[str, Any]:
        names = list(self._task.table.get(name).parameters["properties"])
        if len(values) > len(names):
            raise BadArguments(f"{name} takes {len(names)} arguments, {len(values)} given")
        given = dict(zip(names, values, strict=False))
        if twice := sorted(given.keys() & arguments.keys()):
            raise BadArguments(f"{name}: {', '.join(twice)} given twice")
        return {**given, **arguments}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[str]]:
        if name.startswith("_") or name not in self._task.table:
            raise AttributeError(f"os has no syscall {name!r}; known: {', '.join(c.name for c in self._task.table)}")
        return lambda *values, **arguments: self.call(name, *values, **arguments)


class App:
    """A program by name. `capabilities` None asks for an agent's default ones; its own calls' are granted with it."""

    def __init__(
        self,
        name: str,
        *,
        system: str = "",
        capabilities: Iterable[str] | None = None,
        sampling: Sampling | None = None,
    ) -> None:
        if isinstance(capabilities, str):
            raise TypeError(f"capabilities are a list of words: [{capabilities!r}]")
        self.name = name
        self.system = system
        self.capabilities = None if capabilities is None else frozenset(capabilities)
        self.sampling = sampling
        self.calls: list[Syscall] = []
        self._main: Main | None = None

    def syscall(
        self,
        *,
        effect: Effect,
        capability: str,
        idempotent: bool | None = None,
        timeout_s: float = 30.0,
        blocking: bool = False,
        roles: Mapping[str, Role] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Give the app a call of its own; see `llmasos.syscall` for the words. Raises UsageError for the word mcp."""

        if capability.split(":")[0] == MOUNTED:
            raise UsageError(
                f"the capability {capability} is of mounted servers: the app's own call needs another word"
            )

        def add(function: Handler) -> Handler:
            marked = syscall(
                effect=effect,
                capability=capability,
                family=self.name,
                idempotent=idempotent,
                timeout_s=timeout_s,
                blocking=blocking,
                roles=roles,
            )(function)
            self.calls.append(registered(marked))
            return marked

        return add

    @property
    def is_agent(self) -> bool:
        """Whether its body is the model itself."""
        return self._main is None

    def main(self, function: Main) -> Main:
        """Mark the app's body."""
        self._main = function
        return function

    def program(self) -> Program:
        """What the kernel spawns."""
        if self._main is None:
            return Program(self.name, agent, self.system, tuple(self.calls), self.capabilities, self.sampling)
        main = self._main

        async def body(task: Task, request: str) -> str:
            return await task.interruptible(lambda t, r: main(Os(t), r), request)

        return Program(self.name, body, self.system, tuple(self.calls), self.capabilities, self.sampling, streams=False)


__all__ = ["AGENT", "App", "Os"]
