"""One mounted MCP server at work: started at its first call, kept for the next ones, dead with the kernel.

- `await server.call(group, tool, arguments)` is the tool's result, as mcp has it; SyscallError for all that goes wrong.
- It has a deadline; a server that does not answer by then is ended. How often it is started again is bounded.
- A tool that is not the one that was pinned is refused (EPERM), until it is mounted again.

States: idle --_living--> starting --serve--> serving --its end, ours, or a fault--> idle. The session lives in a task
of the kernel's own (mcp_session.py); calls come from the tasks of processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from llmasos.drivers.breaker import Breaker
from llmasos.errors import DriverBroken, PermissionDenied, SyscallError
from llmasos.syscalls.mcp_record import Tool
from llmasos.syscalls.mcp_session import Life, Open, failure, is_closed, listed, mcp_error, one_line, pins, serve

if TYPE_CHECKING:
    from mcp_types import CallToolResult


class Server:
    def __init__(self, name: str, opens: Open, timeout_s: float, breaker: Breaker | None = None) -> None:
        self.name = name
        self._opens = opens
        self._timeout_s = timeout_s
        self._breaker = breaker or Breaker()
        self._life: Life | None = None
        self._is_closed = False

    @property
    def state(self) -> str:
        """What `mounts` shows."""
        if self._life is not None and self._life.serves:
            return f"running, pid {self._life.pid}"
        if reason := self._breaker.reason:
            return f"failed: {reason}"
        return f"ended: {self._life.why}" if self._life is not None and self._life.why else "idle"

    def close(self) -> None:
        """End it, and start it no more."""
        self._is_closed = True
        if self._life is not None:
            self._life.end("it was unmounted")

    async def call(self, group: TaskGroup, tool: Tool, arguments: Mapping[str, Any]) -> CallToolResult:
        """`group` is where its session lives on. Raises SyscallError."""
        life = await self._living(group)
        life.num_calls += 1
        try:
            with anyio.move_on_after(self._timeout_s) as scope:
                await self._check(life, tool)
                return await _called(life, tool.tool, arguments)
        except SyscallError:
            raise
        except Exception as error:
            raise SyscallError(f"{self.name}: {await self._said(life, error)}") from error
        finally:
            life.num_calls -= 1
        assert scope.cancelled_caught
        if not life.num_calls:  # it may hang; who else waits for it has a deadline, too
            life.end(f"it did not answer in {self._timeout_s:g} s")
        raise SyscallError(f"{tool.name} took longer than {self._timeout_s:g} s: its outcome is unknown", "ETIMEDOUT")

    async def _check(self, life: Life, tool: Tool) -> None:
        """Raises PermissionDenied where the tool is not the one that was mounted."""
        if life.is_stale:
            life.is_stale = False
            assert life.session is not None
            life.pins = pins(await listed(life.session))
        found = life.pins.get(tool.tool)
        if found != tool.pin:
            now = "is not there any more" if found is None else "is described otherwise now"
            again = f"refused until it is mounted again: llmasos mount mcp {self.name}"
            raise PermissionDenied(f"{self.name}: its tool {tool.tool} {now}; {again}")

    async def _living(self, group: TaskGroup) -> Life:
        """A life that serves. Raises SyscallError."""
        if self._is_closed:
            raise SyscallError(f"{self.name} is not mounted any more", "ENODEV")
        if self._life is None or self._life.over.is_set():
            try:
                self._breaker.take(f"{self.name}: {self._life.why if self._life else 'it does not start'}")
            except DriverBroken as error:
                raise SyscallError(str(error)) from None
            self._life = Life()
            group.start_soon(self._keep, self._life)
        life = self._life
        await life.ready.wait()
        if not life.serves:
            raise SyscallError(f"{self.name}: {life.why or 'it has ended'}")
        return life

    async def _keep(self, life: Life) -> None:
        """A life, from start to end; nothing that goes wrong in it comes out of here."""
        try:
            await serve(self._opens, life, _until_over)
        except Exception as error:
            life.end(str(failure(error)))
        finally:
            life.end("its kernel ended")
            life.ready.set()

    async def _said(self, life: Life, error: Exception) -> str:
        """Of a call that failed: what the server answered, or why there is none."""
        if life.serves and isinstance(error, mcp_error()) and not is_closed(error):
            return one_line(f"it answers: {error}")
        with anyio.move_on_after(1.0):  # the call fails as the pipe closes: a moment before its end is told
            await life.over.wait()
        return life.why or str(failure(error))


async def _called(life: Life, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
    """Not the session's own `call_tool`: it checks results by the server's schema, whose patterns may take for ever."""
    from mcp_types import CallToolRequest, CallToolRequestParams, CallToolResult

    assert life.session is not None and life.pipe is not None
    life.pipe.allow()
    params = CallToolRequestParams(name=name, arguments=dict(arguments))
    return await life.session.send_request(CallToolRequest(params=params), CallToolResult)


async def _until_over(life: Life) -> None:
    await life.over.wait()
