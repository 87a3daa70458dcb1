"""Apps: programs that use the kernel as any process may.

- `App(name, system=..., capabilities=[...])` declares one; `@app.syscall(...)` gives it calls of its own.
- `@app.main` marks `async def main(os, request)`; without it the app is an agent with the app's system text.
- `os` is the kernel as the app sees it (app_os.py): `think`, `fork`, `spawn`, `say`, and every syscall by its name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from llmasos.app_os import Os
from llmasos.drivers.sampling import Sampling
from llmasos.errors import UsageError
from llmasos.kernel.agent import AGENT, agent
from llmasos.kernel.code import run_code
from llmasos.kernel.program import Program
from llmasos.kernel.syscall import Effect, Role, Syscall, registered, syscall
from llmasos.kernel.task import Task

MOUNTED = "mcp"  # whoever had it as its own would hold what is mounted later
Handler = TypeVar("Handler", bound=Callable[..., Any])
Main = Callable[["Os", str], Awaitable[str]]


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
        plain = Program(self.name, agent, self.system, tuple(self.calls), self.capabilities, self.sampling)
        if self._main is None:
            return plain
        main = self._main

        async def body(task: Task, request: str) -> str:
            return await run_code(task, request, lambda execution: main(Os(task, execution), request))

        return replace(plain, body=body, streams=False, coded=True)


__all__ = ["AGENT", "App", "Os"]
