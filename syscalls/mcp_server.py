"""One mounted MCP server at work: started at its first call, kept for the next ones, dead with the kernel.

- `await server.call(group, tool, arguments)` is the tool's result, as mcp has it; SyscallError for all that goes wrong.
- `await inspect(...)` starts one once, to see its tools (`definitions`); nothing of it is left afterwards.
- What it writes is bounded (mcp_pipe.py), what it does is shut in (mcp_process.py); how often it is started again, too.
- A tool that is not the one that was pinned is refused (EPERM), until it is mounted again.

States: idle --_living--> starting --serve--> serving --its end, ours, or a fault--> idle. The session lives in a task
of the kernel's own; calls come from the tasks of processes.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import Process, TaskGroup

from llmasos.drivers.breaker import Breaker
from llmasos.errors import DriverBroken, LLMasOSError, PermissionDenied, SyscallError
from llmasos.syscalls.mcp_pipe import Pipe
from llmasos.syscalls.mcp_record import Tool, pin

if TYPE_CHECKING:
    from mcp.client.session import ClientSession
    from mcp_types import CallToolResult

START_S = 10.0
MAX_TOOLS, MAX_PAGES = 256, 64
Open = Callable[[], AbstractAsyncContextManager[Process]]
for _name in ("mcp", "client"):  # a server's bad manners are no news of ours, and it could fill a log with them
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


class Life:
    """One start of a server, to its end. `pins` are the hashes of its tools by their names."""

    def __init__(self) -> None:
        self.ready, self.over = anyio.Event(), anyio.Event()
        self.session: ClientSession | None = None
        self.pipe: Pipe | None = None
        self.pid = 0
        self.pins: dict[str, str] = {}
        self.num_calls = 0  # under way
        self.is_stale = False  # it says that its tools have changed
        self.why = ""  # it ended

    @property
    def serves(self) -> bool:
        return self.session is not None and not self.over.is_set()

    def end(self, why: str) -> None:
        self.why = self.why or why
        self.over.set()


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
        if life.serves and isinstance(error, _mcp_error()) and not _is_closed(error):
            return _line(f"it answers: {error}")
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


async def serve(opens: Open, life: Life, then: Callable[[Life], Awaitable[None]]) -> None:
    """Start a server, greet it, list its tools, then `then`. Raises SyscallError, and what mcp raises."""
    session = await anyio.to_thread.run_sync(importlib.import_module, "mcp.client.session")  # 0.7 s, once
    types = importlib.import_module("mcp_types")

    async def heard(message: Any) -> None:
        life.is_stale = life.is_stale or isinstance(message, types.ToolListChangedNotification)

    async with opens() as process:
        life.pid, life.pipe = process.pid, Pipe(process)
        try:
            async with life.pipe.opened() as streams, session.ClientSession(*streams, message_handler=heard) as talk:
                with anyio.fail_after(START_S):
                    await _greet(talk)
                    life.pins = pins(await listed(talk))
                life.session = talk
                life.ready.set()
                async with anyio.create_task_group() as group:
                    group.start_soon(_tell_end, life, process)
                    await then(life)
                    group.cancel_scope.cancel()
        except Exception as error:
            raise await _reason(error, life.pipe, process) from error


async def _reason(error: Exception, pipe: Pipe, process: Process) -> SyscallError:
    """Why a server does not serve."""
    if isinstance(first(error), TimeoutError):
        return SyscallError(_line(f"it did not answer in {START_S:g} s {_last(pipe)}"), "ETIMEDOUT")
    if pipe.ended.is_set() and not isinstance(first(error), SyscallError):
        return SyscallError(await _end_words(pipe, process))
    return failure(error)


async def _tell_end(life: Life, process: Process) -> None:
    assert life.pipe is not None
    await life.pipe.ended.wait()
    life.end(await _end_words(life.pipe, process))


async def _end_words(pipe: Pipe, process: Process) -> str:
    if pipe.fault:
        return pipe.fault
    with anyio.move_on_after(0.5):
        await pipe.silent.wait()
        await process.wait()
    code = process.returncode
    return _line(f"it ended{'' if code is None else f' with exit code {code}'} {_last(pipe)}")


def _last(pipe: Pipe) -> str:
    return f"({pipe.last_words})" if pipe.last_words else ""


async def _until_over(life: Life) -> None:
    await life.over.wait()


async def inspect(opens: Open) -> list[dict[str, Any]]:
    """What a server says of its tools. Raises SyscallError in one line."""
    found: list[dict[str, Any]] = []

    async def look(life: Life) -> None:
        assert life.session is not None
        found.extend(await listed(life.session))

    try:
        await serve(opens, Life(), look)
    except Exception as error:
        raise failure(error) from error
    return found


async def _greet(session: ClientSession) -> None:
    """The handshake that every server knows; one of 2026 that has no more than the newest is asked again its way."""
    try:
        await session.initialize()
    except _mcp_error() as error:
        if _is_closed(error):
            raise
        await session.discover()


async def listed(session: ClientSession) -> list[dict[str, Any]]:
    """`name`, `description`, `inputSchema`, `annotations` of each tool. Raises SyscallError for too many."""
    from mcp_types import ListToolsRequest, ListToolsResult, PaginatedRequestParams

    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        request = ListToolsRequest(params=PaginatedRequestParams(cursor=cursor))
        page = await session.send_request(request, ListToolsResult)
        for tool in page.tools:
            whole = tool.model_dump(by_alias=True, exclude_none=True, mode="json")
            found.append({key: whole.get(key) for key in ("name", "description", "inputSchema", "annotations")})
        if len(found) > MAX_TOOLS:
            raise SyscallError(f"it has more than {MAX_TOOLS} tools", "E2BIG")
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise SyscallError(f"its list of tools has more than {MAX_PAGES} pages", "E2BIG")


def pins(definitions: list[dict[str, Any]]) -> dict[str, str]:
    """By name; of two tools with one name the last."""
    return {definition["name"]: pin(definition) for definition in definitions}


def first(error: BaseException) -> BaseException:
    """The first of a group's errors, however deep."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def failure(error: BaseException) -> SyscallError:
    """What an error comes to, in one line."""
    found = first(error)
    if isinstance(found, SyscallError):
        return found
    if isinstance(found, LLMasOSError):
        return SyscallError(str(found))
    return SyscallError(_line(f"it does not speak MCP: {found or type(found).__name__}"))


def _mcp_error() -> type[Exception]:
    error: type[Exception] = importlib.import_module("mcp").MCPError
    return error


def _is_closed(error: Exception) -> bool:
    from mcp_types import CONNECTION_CLOSED

    return getattr(error, "code", None) == CONNECTION_CLOSED and "closed" in str(error).lower()


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:400]
