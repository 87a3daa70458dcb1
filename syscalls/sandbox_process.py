"""A command under way in bubblewrap: held until it is bounded, watched, read, and dead at the end with all it started.

- `async with SandboxProcess(argv, command) as process:` waits until its first process is there; it begins at `begin`.
- `read` is all it writes, `wait` its end; `ended_for` says why we ended it, `finished` whether it ended by itself.
- `piped`: somebody talks to it through its three standard streams instead, for as long as it lives (mcp_process.py).
- It does not know what the command sees: that is in `argv` (`sandbox.py`).

States: held --begin--> under way --exit, _stop, _end--> dead. Left in any of them, it is dead.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import anyio
import anyio.abc

from llmasos.errors import PermissionDenied, SyscallError
from llmasos.syscalls import seccomp
from llmasos.syscalls.pids_cgroup import PidsCgroup

OUTPUT_BYTES = 1 << 20
ARRIVAL_S = 10.0  # for a sandbox to be made: some milliseconds, but for a machine out of breath
END_S = 3.0  # for the system to take a killed tree down
LOOK_S = 0.02  # between two counts of processes: a fork bomb makes some hundred in that time
NICE = 5  # a fork bomb leaves us the processor to end it
# The namespace's first process is the system's own shell, on a mount that nothing can be written through: bubblewrap's
# is its own program from outside, which the command could change. It keeps to itself what shells say of a death.
# And it is not made nice: when it has to die it must not wait for those that it takes along.
FIRST = f'exec 3>&2 2>/dev/null; (exec nice -n {NICE} /bin/sh -c -- "$0" 2>&3 3>&-); exit $?'
SACRIFICE = 1000  # of oom_score_adj: when memory is short commands go first, before drivers


class SandboxProcess:
    def __init__(
        self,
        argv: Sequence[str],
        command: str,
        *,
        piped: bool = False,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._argv = [*argv]
        self._environment = b"".join(f"--setenv\0{name}\0{value}\0".encode() for name, value in environment.items())
        self._command = command
        self._piped = piped
        self._said = b""  # bubblewrap, about itself
        self._first: int | None = None  # pidfd of the namespace's first process
        self._cgroup: PidsCgroup | None = None
        self._is_bounded = False  # the system itself refuses it more threads
        self.ended_for: SyscallError | None = None

    async def __aenter__(self) -> Self:
        """Its first process is there, and waits: until then a cancellation waits, too, or would leave it behind."""
        await self._open()
        try:
            with anyio.move_on_after(ARRIVAL_S, shield=True):
                await self._arrive()
            if self._first is None:
                raise PermissionDenied(f"no sandbox: bubblewrap was not ready in {ARRIVAL_S:g} s")
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._end()

    async def _open(self) -> None:
        self._status, status = os.pipe()
        held, self._start = os.pipe()
        rules, more = map(_readable, (seccomp.program(), self._environment))
        nothing = _ended()
        words = [*self._argv, "--args", str(more), "--json-status-fd", str(status), "--block-fd", str(held)]
        try:
            with anyio.CancelScope(shield=True):
                self.process = await anyio.open_process(
                    [*words, "--seccomp", str(rules), "--as-pid-1", "--", "/bin/sh", "-c", FIRST, self._command],
                    # Not /dev/null: through it the mode of the machine's own could be changed.
                    stdin=subprocess.PIPE if self._piped else nothing,
                    stderr=subprocess.PIPE if self._piped else subprocess.STDOUT,
                    cwd="/",
                    env={},
                    pass_fds=(status, held, rules, more),
                    start_new_session=True,
                )
        except BaseException as error:
            os.close(self._status)
            os.close(self._start)
            if isinstance(error, OSError):  # a program that it takes is not here
                raise PermissionDenied(f"no sandbox: {error.filename or 'the command'}: {error.strerror}") from None
            raise
        finally:
            for number in (status, held, rules, nothing, more):
                os.close(number)

    async def _arrive(self) -> None:
        while b"\n" not in self._said:
            await anyio.wait_readable(self._status)
            part = os.read(self._status, 4096)
            if not part:
                raise PermissionDenied(f"no sandbox: {await self._last_words()}")
            self._said += part
        self.pid = int(json.loads(self._said.splitlines()[0])["child-pid"])
        try:
            self._first = os.pidfd_open(self.pid)
        except ProcessLookupError:
            raise PermissionDenied(f"no sandbox: {await self._last_words()}") from None

    async def begin(self, *, memory_bytes: int = 0, processes: int = 0) -> None:
        """Let it begin, within bounds if any. Raises PermissionDenied with bubblewrap's words where it has ended."""
        try:
            if processes:
                self._bound(memory_bytes, processes)
            os.write(self._start, b"x")
        except OSError:
            raise PermissionDenied(f"no sandbox: {await self._last_words()}") from None

    def _bound(self, memory_bytes: int, processes: int) -> None:
        self._cgroup = PidsCgroup.make(processes + 1)  # the first one is ours
        if self._cgroup is not None:
            self._cgroup.take(self.pid)
        self._limit(resource.RLIMIT_DATA, memory_bytes)
        if _counts_apart():
            self._limit(resource.RLIMIT_NPROC, processes)
        self._is_bounded = self._cgroup is not None or (_counts_apart() and os.geteuid() != 0)
        self._limit(resource.RLIMIT_CORE, 0)
        Path(f"/proc/{self.pid}/oom_score_adj").write_text(str(SACRIFICE))

    async def _last_words(self) -> str:
        self._kill()
        return last_line((await self.read()).decode(errors="replace")) or "bubblewrap ended at once"

    def _limit(self, what: int, most: int) -> None:
        _, hard = resource.prlimit(self.pid, what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.prlimit(self.pid, what, (most, most))

    async def watch(self, most: int) -> None:
        """End it when it has more threads, where nothing else bounds them."""
        while not self._is_bounded:
            await anyio.sleep(LOOK_S)
            if self._num_threads() > most + 1:  # the first one is ours
                self._stop(f"the command had more than {most} processes at once: all of them were ended", "EAGAIN")
                return

    async def read(self) -> bytes:
        """All that it writes."""
        output = bytearray()
        said = self.process.stderr or self.process.stdout
        assert said is not None
        async for part in said:
            output += part
            if len(output) > OUTPUT_BYTES:
                message = f"the command wrote more than {OUTPUT_BYTES} bytes and was ended; let it write to a file"
                self._stop(message, "EFBIG")
                break
        return bytes(output)

    async def wait(self) -> int:
        """bubblewrap's exit code, once nothing of the command is alive."""
        code = await self.process.wait()
        assert self._first is not None
        await anyio.wait_readable(self._first)
        return code

    def finished(self) -> bool:
        """Whether the command itself came to its end: bubblewrap says so only then."""
        while part := os.read(self._status, 4096):
            self._said += part
        return b"exit-code" in self._said

    def _num_threads(self) -> int:
        seen = f"/proc/{self.pid}/root/proc"
        try:
            with os.scandir(seen) as entries:
                return sum(_threads(f"{seen}/{entry.name}") for entry in entries if entry.name.isdigit())
        except OSError:  # it has just ended, or has not come so far
            return 0

    def _stop(self, message: str, code: str) -> None:
        self.ended_for = SyscallError(message, code)
        self._kill()

    def _kill(self) -> None:
        """bubblewrap reaps the namespace's first process, and ends with it."""
        if self._first is None:
            self._kill_all()
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._first, signal.SIGKILL)

    def _kill_all(self) -> None:
        """bubblewrap too, and a child of its that has not come so far."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def _end(self) -> None:
        """All of it is dead, or the system did not manage in `END_S`."""
        self._kill()
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(END_S):
                await (self.process.wait() if self._first is None else self.wait())
            self._kill_all()
            await self.process.aclose()
        self._reap()
        if self._cgroup is not None:
            self._cgroup.remove()
        for number in (self._first, self._status, self._start):
            if number is not None:
                os.close(number)

    def _reap(self) -> None:
        """As the first process of a container we may have become its parent."""
        if self._first is not None:
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PIDFD, self._first, os.WEXITED | os.WNOHANG)


def _counts_apart() -> bool:
    """Whether RLIMIT_NPROC counts what is in a user namespace; before Linux 5.14 it counts all that its user has."""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)


def _threads(folder: str) -> int:
    try:
        return Path(folder, "task").stat().st_nlink - 2
    except OSError:  # it has just ended
        return 0


def _readable(data: bytes) -> int:
    """A descriptor that data is read from, of any size: a pipe takes 64 KiB, and then waits for who reads it."""
    memory = os.memfd_create("llmasos", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(memory, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(memory, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, seals)  # whoever may get hold of it reads, and no more
    return memory


def _ended() -> int:
    """A descriptor that nothing is read from, or written through."""
    reading, writing = os.pipe()
    os.close(writing)
    return reading


def last_line(text: str) -> str:
    return next((line.strip()[:300] for line in reversed(text.splitlines()) if line.strip()), "")
