"""`/mcp`: llmasos as an MCP server, over the daemon's own listeners and behind their gate.

- Streamable HTTP without sessions, by the mcp package: each request stands alone, and nothing is kept between two.
- Three tools: `run` (a request to an agent process: its answer), `ps`, `kill`. They are calls as apps have them, with
  schemas and checks like those of every other call.
- A client that goes away takes the process of its `run` with it.
- The package is imported at the first request: the daemon does not wait for it at its start.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskStatus
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from llmasos import App, Signal, __version__
from llmasos.apps.daemon.body import MAX_BYTES
from llmasos.apps.daemon.native_routes import capabilities_of
from llmasos.apps.daemon.state import Daemon
from llmasos.apps.processes import live_table
from llmasos.errors import LLMasOSError, UsageError

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp_types import CallToolResult, ListToolsResult

_DAY_S = 86_400.0
INSTRUCTIONS = "llmasos runs agents as processes, each with the capabilities it was given and no others."


class McpDoor:
    """An ASGI application."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._opening = anyio.Lock()
        self._manager: StreamableHTTPSessionManager | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opening:
            if self._manager is None:
                self._manager = await self._daemon.kernel.group.start(self._keep)
        await self._manager.handle_request(scope, receive, send)

    async def _keep(self, *, task_status: TaskStatus[StreamableHTTPSessionManager]) -> None:
        """Open for as long as the kernel is."""
        module = await anyio.to_thread.run_sync(importlib.import_module, "mcp.server.streamable_http_manager")
        manager = module.StreamableHTTPSessionManager(self._server(), stateless=True, max_request_body_size=MAX_BYTES)
        async with manager.run():
            task_status.started(manager)
            await anyio.sleep_forever()

    def _server(self) -> Any:
        from mcp.server import Server

        calls = {call.name: call for call in tools(self._daemon).calls}

        async def list_tools(context: Any, params: Any) -> ListToolsResult:
            return _listed(calls)

        async def call_tool(context: Any, params: Any) -> CallToolResult:
            return await _called(calls, params.name, params.arguments or {})

        return Server(
            "llmasos",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=list_tools,
            on_call_tool=call_tool,
        )


def tools(daemon: Daemon) -> App:
    """What clients may call."""
    app, kernel = App("mcp"), daemon.kernel

    @app.syscall(effect="admin", capability="door", timeout_s=_DAY_S)
    async def run(prompt: str, capabilities: list[str] | None = None, model: str | None = None) -> str:
        """Let an agent do something and get its answer; without capabilities named it has the default ones."""
        if not prompt.strip():
            raise UsageError("the prompt is empty")
        if model is not None:
            await daemon.check_model(model)
        granted = capabilities_of(kernel, capabilities)
        handle = await kernel.spawn(prompt, capabilities=granted, model=model)
        try:
            return await handle.wait()
        finally:
            if handle.process.alive:  # the client has gone
                handle.kill(Signal.KILL)

    @app.syscall(effect="read", capability="door")
    async def ps() -> str:
        """List the processes that run."""
        return live_table(kernel.processes())

    @app.syscall(effect="destroy", capability="door")
    async def kill(pid: int) -> str:
        """End a process and its children."""
        await kernel.kill(pid, Signal.KILL).wait()
        return f"killed {pid}"

    return app


def _listed(calls: dict[str, Any]) -> ListToolsResult:
    from mcp_types import ListToolsResult, Tool, ToolAnnotations

    hints = {"read": ToolAnnotations(read_only_hint=True), "destroy": ToolAnnotations(destructive_hint=True)}
    return ListToolsResult(
        tools=[
            Tool(
                name=name,
                description=call.description,
                input_schema=call.parameters,
                annotations=hints.get(call.registration.effect),
            )
            for name, call in calls.items()
        ]
    )


async def _called(calls: dict[str, Any], name: str, arguments: dict[str, Any]) -> CallToolResult:
    """What went wrong is the tool's answer: a model reads it."""
    from mcp_types import CallToolResult, TextContent

    try:
        if name not in calls:
            raise LLMasOSError(f"no tool {name!r}; there are: {', '.join(calls)}")
        call = calls[name]
        text, failed = await call.handler(**call.validate(arguments)), False
    except (LLMasOSError, HTTPException) as error:
        text, failed = str(getattr(error, "detail", error)), True
    return CallToolResult(content=[TextContent(text=text)], is_error=failed)
