"""A command under way in bubblewrap: held until it is bounded, watched, read, and dead at the end with all it started.

- `async with SandboxProcess(argv, command) as process:` waits until its first process is there; it begins at `bound`.
- `read` is all it writes, `wait` its end; `ended_for` says why we ended it, `finished` whether it ended by itself.
- It does not know what the command sees: that is in `argv` (`sandbox.py`).

States: held --bound--> under way --exit, _stop, _end--> dead. Left in any of them, it is dead.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.abc

from llmasos.errors import PermissionDenied, SyscallError
from llmasos.syscalls import seccomp

OUTPUT_BYTES = 1 << 20
ARRIVAL_S = 10.0  # for a sandbox to be made: some milliseconds, but for a machine out of breath
END_S = 3.0  # for the system to take a killed tree down
LOOK_S = 0.02  # between two counts of processes: a fork bomb makes some hundred in that time
NICE = 5  # a fork bomb leaves us the processor to end it
SACRIFICE = 1000  # of oom_score_adj: when memory is short commands go first, before drivers


class SandboxProcess:
    def __init__(self, argv: Sequence[str], command: str) -> None:
        self._argv = [*argv]
        self._command = command
        self._said = b""  # bubblewrap, about itself
        self._first: int | None = None  # pidfd of the namespace's first process
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
        rules = _readable(seccomp.program())
        words = [*self._argv, "--json-status-fd", str(status), "--block-fd", str(held), "--seccomp", str(rules)]
        try:
            with anyio.CancelScope(shield=True):
                self.process = await anyio.open_process(
                    [*words, "--", "/bin/sh", "-c", self._command],
                    stdin=subprocess.DEVNULL,
                    stderr=subprocess.STDOUT,
                    cwd="/",
                    env={},
                    pass_fds=(status, held, rules),
                    start_new_session=True,
                )
        except BaseException:
            os.close(self._status)
            os.close(self._start)
            raise
        finally:
            for number in (status, held, rules):
                os.close(number)

    async def _arrive(self) -> None:
        while b"\n" not in self._said:
            await anyio.wait_readable(self._status)
            part = os.read(self._status, 4096)
            if not part:
                text = (await self.read()).decode(errors="replace")
                raise PermissionDenied(f"no sandbox: {last_line(text) or 'bubblewrap ended at once'}")
            self._said += part
        self.pid = int(json.loads(self._said.splitlines()[0])["child-pid"])
        self._first = os.pidfd_open(self.pid)

    def bound(self, *, memory_bytes: int, processes: int) -> None:
        """Let it begin, within its bounds."""
        self._limit(resource.RLIMIT_DATA, memory_bytes)
        self._limit(resource.RLIMIT_NPROC, processes)
        self._limit(resource.RLIMIT_CORE, 0)
        os.setpriority(os.PRIO_PROCESS, self.pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE))
        Path(f"/proc/{self.pid}/oom_score_adj").write_text(str(SACRIFICE))
        os.write(self._start, b"x")

    def _limit(self, what: int, most: int) -> None:
        _, hard = resource.prlimit(self.pid, what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.prlimit(self.pid, what, (most, most))

    async def watch(self, most: int) -> None:
        """End it when it has more processes: RLIMIT_NPROC does not hold for root."""
        while True:
            await anyio.sleep(LOOK_S)
            if self._num_processes() > most + 1:  # bubblewrap's own is the first
                self._stop(f"the command had more than {most} processes at once: all of them were ended", "EAGAIN")
                return

    async def read(self) -> bytes:
        """All that it writes."""
        output = bytearray()
        assert self.process.stdout is not None
        async for part in self.process.stdout:
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

    def _num_processes(self) -> int:
        try:
            with os.scandir(f"/proc/{self.pid}/root/proc") as entries:
                return sum(entry.name.isdigit() for entry in entries)
        except OSError:  # it has just ended, or has not come so far
            return 0

    def _stop(self, message: str, code: str) -> None:
        self.ended_for = SyscallError(message, code)
        self._kill()

    def _kill(self) -> None:
        """bubblewrap reaps the namespace's first process, and ends with it."""
        with contextlib.suppress(ProcessLookupError):
            if self._first is not None:
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
            elif self.process.returncode is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    async def _end(self) -> None:
        """All of it is dead, or the system did not manage in `END_S`."""
        self._kill()
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(END_S):
                await (self.process.wait() if self._first is None else self.wait())
            if self.process.returncode is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.aclose()
        for number in (self._first, self._status, self._start):
            if number is not None:
                os.close(number)


def _readable(data: bytes) -> int:
    """A descriptor that data, less than a pipe holds, is read from."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading


def last_line(text: str) -> str:
    return next((line.strip()[:300] for line in reversed(text.splitlines()) if line.strip()), "")
