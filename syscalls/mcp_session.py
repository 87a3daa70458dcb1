"""One start of an MCP server, from its greeting to its end.

- `await serve(opens, life, then)` starts it, greets it, lists its tools, and runs `then` while it serves.
- `await inspect(opens)` is what it says of its tools; nothing of it is left afterwards.
- What it writes is bounded (mcp_pipe.py), what it does is shut in (mcp_process.py).
- Why it does not serve, or serves no more, is a `SyscallError` in one line.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import Process

from llmasos.errors import LLMasOSError, SyscallError
from llmasos.syscalls.mcp_pipe import Pipe
from llmasos.syscalls.mcp_record import pin

if TYPE_CHECKING:
    from mcp.client.session import ClientSession

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
        return SyscallError(one_line(f"it did not answer in {START_S:g} s {_last(pipe)}"), "ETIMEDOUT")
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
        await process.wait()
    code = process.returncode
    return one_line(f"it ended{'' if code is None else f' with exit code {code}'} {_last(pipe)}")


def _last(pipe: Pipe) -> str:
    return f"({pipe.last_words})" if pipe.last_words else ""


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
    except mcp_error() as error:
        if is_closed(error):
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
    """By name; of two tools with one name the first, as it was when they were pinned."""
    return {definition["name"]: pin(definition) for definition in reversed(definitions)}


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
    return SyscallError(one_line(f"it does not speak MCP: {found or type(found).__name__}"))


def mcp_error() -> type[Exception]:
    error: type[Exception] = importlib.import_module("mcp").MCPError
    return error


def is_closed(error: Exception) -> bool:
    from mcp_types import CONNECTION_CLOSED

    return getattr(error, "code", None) == CONNECTION_CLOSED and "closed" in str(error).lower()


def one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:400]
