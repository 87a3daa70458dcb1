"""MCP servers as families of syscalls: each mounted one gives the calls `NAME__tool`, under the capability `mcp:NAME`.

- `Mounts` has those of a kernel: `load()` at its boot, from the record and without starting anything; `add` and
  `remove` while it runs. `facts()` is what `mounts` prints.
- The journal has each change, with the pins, before the record does.
- What a tool does is what its server hinted (`effect`); without a hint it is `admin`. Nobody holds `mcp` by default.
- Results are what strangers wrote: `Untrusted`. Text is joined; what is no text is named, and not shown.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from llmasos.errors import NoSuchMount, PermissionDenied, SyscallError, UsageError
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.process_table import INIT
from llmasos.kernel.syscall import Caller, Effect, Registration, Syscall, SyscallTable, Untrusted
from llmasos.syscalls import mcp_record
from llmasos.syscalls.mcp_process import Servers
from llmasos.syscalls.mcp_record import Mounted, Reach, Tool
from llmasos.syscalls.mcp_result import text_of
from llmasos.syscalls.mcp_schema import Arguments, BadSchema, harmless, plain, told
from llmasos.syscalls.mcp_server import Server
from llmasos.syscalls.mcp_session import START_S, inspect

NAME = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")
MAX_NAME, MAX_CALL_NAME = 24, 64
MAX_DEFINITION = 64 << 10  # characters of one tool's description and schema
MAX_DESCRIPTION = 8 << 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be mounted. Without a command, what is mounted under that name, again."""

    name: str
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    folder: str = ""
    reach: Reach = "sandbox"
    readable: tuple[str, ...] = ()
    effects: Mapping[str, Effect] | None = None  # of tools, where the user knows better than the server says
    replace: bool = False  # one of that name with another command or a wider reach


REACHES = ("sandbox", "network", "unsandboxed")


def _more_than(before: Mounted, made: Mounted) -> str:
    """What a mount that stands is, where a new one is another command or reaches further; else empty."""
    wider = REACHES.index(made.reach) > REACHES.index(before.reach) or not {*made.readable} <= {*before.readable}
    if made.command == before.command and made.folder == before.folder and not wider:
        return ""
    command = " ".join(before.command)
    reads = "".join(f" and reads {folder}" for folder in before.readable)
    return f"`{command[:200]}` in {before.folder} ({before.reach}{reads})"


class Mounts:
    journal: Journal  # before anything changes

    def __init__(self, home: Path, table: SyscallTable, servers: Servers, timeout_s: float) -> None:
        self._home = home
        self._table = table
        self._servers = servers
        self._timeout_s = timeout_s
        self._mounted: dict[str, Mounted] = {}
        self._running: dict[str, Server] = {}
        self._changing = anyio.Lock()

    def load(self) -> None:
        """Those of the record. Blocks. Raises LLMasOSError."""
        for mounted in mcp_record.read(self._home).values():
            self._install(mounted)

    async def add(self, wanted: Wanted) -> dict[str, Any]:
        """Start a server once, pin its tools, keep it on record, and have its calls; `facts` of it.

        One of that name makes way for it. Raises UsageError, NoSuchMount, SyscallError for a server that does not
        serve, StorageError.
        """
        mounted = await anyio.to_thread.run_sync(self._checked, wanted)
        try:
            definitions = await inspect(functools.partial(self._servers.opened, mounted))
        except SyscallError as error:
            error.args = (f"{mounted.name} is not mounted: {error}",)
            raise
        mounted = await anyio.to_thread.run_sync(pinned, mounted, definitions)
        async with self._changing:
            body = {**facts(mounted), "pins": {tool.name: tool.pin for tool in mounted.tools}}
            await self._write("mount", body, {**self._mounted, mounted.name: mounted})
            self._uninstall(mounted.name)
            self._install(mounted)
        return self._facts(mounted)

    async def remove(self, name: str) -> None:
        """Raises NoSuchMount, StorageError."""
        self._known(name)
        async with self._changing:
            left = {key: value for key, value in self._mounted.items() if key != name}
            await self._write("umount", {"name": name}, left)
            self._uninstall(name)

    def facts(self) -> list[dict[str, Any]]:
        """By name."""
        return [self._facts(mounted) for _, mounted in sorted(self._mounted.items())]

    def _facts(self, mounted: Mounted) -> dict[str, Any]:
        return {**facts(mounted), "state": self._running[mounted.name].state}

    def _known(self, name: str) -> Mounted:
        if name not in self._mounted:
            known = ", ".join(sorted(self._mounted)) or "nothing"
            raise NoSuchMount(f"nothing is mounted as {name!r}; mounted: {known}")
        return self._mounted[name]

    def _checked(self, wanted: Wanted) -> Mounted:
        """Blocks. Raises UsageError, NoSuchMount."""
        if not NAME.fullmatch(wanted.name) or len(wanted.name) > MAX_NAME:
            raise UsageError(f"{wanted.name[:60]!r} is no name: letters and digits, {MAX_NAME} at most")
        if not wanted.command:
            return self._known(wanted.name)
        try:
            given = mcp_record.environment(wanted.environment or {})
        except ValueError as error:
            raise UsageError(str(error)) from None
        if any("\0" in word for word in wanted.command) or not wanted.command[0]:
            raise UsageError("the command is empty or has a NUL byte")
        for folder in (wanted.folder, *wanted.readable):
            if not Path(folder).is_absolute() or not Path(folder).is_dir():
                raise UsageError(f"{folder!r} is not the absolute path of a folder")
        place = (wanted.folder, wanted.reach, wanted.readable)
        made = Mounted(wanted.name, wanted.command, given, *place, effects=dict(wanted.effects or {}))
        before = self._mounted.get(wanted.name)
        if before is not None and not wanted.replace and (change := _more_than(before, made)):
            raise UsageError(f"{wanted.name} is mounted already, as {change}: --force mounts this in its place")
        return made

    def _install(self, mounted: Mounted) -> None:
        opens = functools.partial(self._servers.opened, mounted)
        self._running[mounted.name] = Server(mounted.name, opens, self._timeout_s)
        self._mounted[mounted.name] = mounted
        for tool in mounted.tools:
            self._table.register(self._call(mounted.name, tool))

    def _uninstall(self, name: str) -> None:
        if name in self._mounted:
            for tool in self._mounted.pop(name).tools:
                self._table.remove(tool.name)
            self._running.pop(name).close()

    def _call(self, name: str, tool: Tool) -> Syscall:
        source = f"mcp:{name}"

        async def handler(caller: Caller, /, **arguments: Any) -> Untrusted:
            try:
                server = self._server(name, tool)
                return Untrusted(text_of(await server.call(caller.kernel.group, tool, arguments), tool.name), source)
            except SyscallError as error:
                error.source = source  # its words are the server's, or may be
                raise

        deadline_s = self._timeout_s + START_S + 5.0  # the server's own comes first
        registration = Registration(source, source, tool.effect, tool.idempotent, deadline_s, blocking=False)
        return Syscall(
            tool.name, handler, registration, Arguments(tool.name, tool.description, tool.parameters, tool.checks)
        )

    def _server(self, name: str, tool: Tool) -> Server:
        """What serves a tool now; a process may have it from an earlier mount. Raises SyscallError."""
        if name not in self._mounted:
            raise SyscallError(f"{name} is not mounted any more", "ENODEV")
        if tool not in self._mounted[name].tools:
            raise PermissionDenied(f"{name} was mounted again, and its tool {tool.tool} is another now")
        return self._running[name]

    async def _write(self, kind: str, body: dict[str, Any], mounts: Mapping[str, Mounted]) -> None:
        def both() -> None:
            self.journal.append([Record(INIT, kind, body)])
            mcp_record.write(self._home, mounts.values())

        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(both)


def facts(mounted: Mounted) -> dict[str, Any]:
    """One of them as faces show it: of its environment the names alone."""
    return {
        "name": mounted.name,
        "command": list(mounted.command),
        "environment": sorted(mounted.environment),
        "folder": mounted.folder,
        "reach": mounted.reach,
        "readable": list(mounted.readable),
        "tools": [
            {"name": tool.name, "effect": tool.effect, "idempotent": tool.idempotent, "description": tool.description}
            for tool in mounted.tools
        ],
        "left_out": list(mounted.left_out),
        "capability": f"mcp:{mounted.name}",
    }


def pinned(mounted: Mounted, definitions: Sequence[dict[str, Any]]) -> Mounted:
    """With the tools that its server described, and which of them cannot be used. Blocks. Raises SyscallError."""
    tools: dict[str, Tool] = {}
    left_out = []
    for definition in definitions:
        try:
            tool = _tool(mounted, definition)
            if tool.name in tools:
                raise BadSchema("another has that name")
            tools[tool.name] = tool
        except BadSchema as error:
            left_out.append(f"{harmless(str(definition['name']))}: {error}")
    if unknown := sorted(mounted.effects.keys() - {definition["name"] for definition in definitions}):
        raise UsageError(
            f"{mounted.name} has no tool {unknown[0]!r}; it has: {', '.join(t.tool for t in tools.values())}"
        )
    if not tools:
        raise SyscallError(f"{mounted.name} has no tools that can be used{': ' * bool(left_out)}{'; '.join(left_out)}")
    return replace(mounted, tools=tuple(tools.values()), left_out=tuple(left_out))


def _tool(mounted: Mounted, definition: dict[str, Any]) -> Tool:
    """Raises BadSchema."""
    description = harmless(definition["description"] or definition["name"])
    if len(description) > MAX_DESCRIPTION or len(json.dumps(definition)) > MAX_DEFINITION:
        raise BadSchema(f"its description is longer than {MAX_DESCRIPTION}, or with its schema than {MAX_DEFINITION}")
    name = f"{mounted.name}__{re.sub(r'[^A-Za-z0-9_-]', '_', definition['name'])}"
    if len(name) > MAX_CALL_NAME:
        raise BadSchema(f"its name is longer than {MAX_CALL_NAME - len(mounted.name) - 2}")
    checks = plain(definition["inputSchema"] or {})
    Arguments(name, description, checks, checks).check()
    hints = definition["annotations"] or {}
    what = mounted.effects.get(definition["name"]) or effect(hints, mounted.reach)
    again = bool(hints.get("idempotentHint")) or what == "read"
    return Tool(name, definition["name"], description, what, again, told(checks), checks, mcp_record.pin(definition))


def effect(hints: Mapping[str, Any], reach: Reach) -> Effect:
    """What a tool does, by its server's hints; what it leaves open is taken as MCP says, and without any it is admin.

    A server that has no network reaches nothing of the open world, whatever it hints.
    """
    is_open = reach != "sandbox" and hints.get("openWorldHint") is not False
    if hints.get("readOnlyHint") is True:
        return "egress" if is_open else "read"
    if hints.get("destructiveHint") is True:
        return "destroy"
    if hints.get("destructiveHint") is False:
        return "send" if is_open else "write"
    return "admin"
