"""The process of an MCP server: what it sees, and that nothing of it outlives us.

- `async with servers.opened(mounted) as process:` has its three standard streams; after the block all of it is dead.
- In the sandbox of commands (`sandbox.py`): its folder to write, what is `readable` to read; a network if it has one.
- `unsandboxed` it may do what its user may; in a pid namespace of its own it still dies whole, with us at the latest.
  Where there is no bubblewrap it is a process group, and reads the end of its input when we are gone.
- Its environment is what it was given, and what every program needs; nothing of ours.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import anyio
from anyio.abc import Process

from llmasos.errors import PermissionDenied, SyscallError
from llmasos.syscalls.mcp_record import Mounted
from llmasos.syscalls.sandbox import Bounds, Sandbox, programs
from llmasos.syscalls.sandbox_process import ARRIVAL_S, SandboxProcess

INHERITED = ("HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TMPDIR", "USER")  # of an unsandboxed one
END_S = 3.0
_WHOLE = (
    "--dev-bind",
    "/",
    "/",
    "--unshare-pid",
    "--proc",
    "/proc",
    "--die-with-parent",
    "--new-session",
    "--clearenv",
)


class Servers:
    """Opens them. `hidden` is what no server in a sandbox sees."""

    def __init__(self, bounds: Bounds, hidden: Sequence[Path]) -> None:
        self._bounds = bounds
        self._hidden = hidden
        self._whole: str | None = None  # the bubblewrap that makes a namespace for unsandboxed ones
        self._looked = False

    @contextlib.asynccontextmanager
    async def opened(self, mounted: Mounted) -> AsyncIterator[Process]:
        """Raises PermissionDenied where it cannot be shut in, SyscallError where it cannot be started."""
        async with contextlib.AsyncExitStack() as stack:
            yield await self._start(mounted, stack)

    async def _start(self, mounted: Mounted, stack: contextlib.AsyncExitStack) -> Process:
        command, folder = f"exec {shlex.join(mounted.command)}", Path(mounted.folder)
        if not await anyio.to_thread.run_sync(folder.is_dir):
            raise SyscallError(f"{mounted.name}: its folder {folder} is not there", "ENOENT")
        if mounted.reach != "unsandboxed":
            bounds = replace(
                self._bounds,
                readable=(*self._bounds.readable, *mounted.readable),
                network=mounted.reach == "network",
            )
            shut = Sandbox(bounds, self._hidden).opened(command, folder, mounted.environment)
            return (await stack.enter_async_context(shut)).process
        environment = {**_inherited(), **mounted.environment}
        program = await self._namespace()
        if program is None:
            return await stack.enter_async_context(_group(mounted.command, folder, environment))
        argv = [program, *_WHOLE, "--chdir", str(folder)]
        whole = await stack.enter_async_context(SandboxProcess(argv, command, piped=True, environment=environment))
        await whole.begin()
        return whole.process

    async def _namespace(self) -> str | None:
        """The first bubblewrap that can make a pid namespace here."""
        if self._looked:
            return self._whole
        for program in programs():
            if await _works(program):
                self._whole = program
                break
        self._looked = True
        return self._whole


async def _works(program: str) -> bool:
    try:
        async with SandboxProcess([program, *_WHOLE], "exit 0") as process:
            await process.begin()
            with anyio.move_on_after(ARRIVAL_S):
                await process.read()
                await process.wait()
                return process.finished()
            return False
    except PermissionDenied:
        return False


@contextlib.asynccontextmanager
async def _group(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Process]:
    try:
        process = await anyio.open_process(
            [*command], stderr=subprocess.PIPE, cwd=folder, env=environment, start_new_session=True
        )
    except OSError as error:
        raise SyscallError(f"{command[0]} cannot be started: {error.strerror}", "ENOENT") from None
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with anyio.CancelScope(shield=True), anyio.move_on_after(END_S):
            await process.wait()
            await process.aclose()


def _inherited() -> dict[str, str]:
    return {"TERM": "dumb", **{name: os.environ[name] for name in INHERITED if name in os.environ}}
