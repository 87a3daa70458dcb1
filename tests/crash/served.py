"""`llmasos serve` in a process of its own, as a user starts it: nano, its driver in another process, the Unix socket.

- `with Served(home, work) as served`: started; whatever becomes of it, nothing of it is left behind.
- `served.wait_ready()` is its start; `served.kill(...)` ends it as a crash does; `served.end()` as `llmasos stop` does.
- `served.ask(...)` asks it from a thread, for as long as a busy machine may take.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import anyio

from llmasos import client
from tests.crash.starts import Clock, Start

SLOWEST_START_S = 60.0  # on a machine with anything else to do
PATIENCE_S = 60.0  # for an answer
DYING_S = 20.0  # for what has lost its parent


class Served:
    def __init__(self, home: Path, work: Path, **settings: str) -> None:
        """`settings` are variables without their LLMASOS_."""
        self.home, self._work = home, work
        self.log = home.with_suffix(".log")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
        given = {f"LLMASOS_{key}": value for key, value in settings.items()}
        self._environment = clean | given | {"LLMASOS_HOME": str(home)}
        self.driver_pid = 0

    def __enter__(self) -> Self:
        self._work.mkdir(exist_ok=True)
        self._clock = Clock()
        command = [sys.executable, "-m", "llmasos.apps.cli", "serve"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stderr=log, cwd=self._work, env=self._environment, start_new_session=True
            )
        self.pid = self._process.pid
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def daemon(self) -> client.Daemon:
        return client.Daemon(self.pid, str(self.home / client.SOCKET_FILE))

    def wait_ready(self) -> Start:
        """Until it would run an agent, as its clients see that."""
        deadline = time.monotonic() + SLOWEST_START_S
        while not (self._found() and self.daemon.request("GET", "/api/system", timeout_s=PATIENCE_S)["ready"]):
            assert self.alive and time.monotonic() < deadline, self.said
            time.sleep(0.005)
        start = self._clock.ready(self.pid)
        self.driver_pid = self.daemon.request("GET", "/api/system", timeout_s=PATIENCE_S)["drivers"][0]["pid"]
        assert self.driver_pid not in (None, self.pid), "its driver is to be a process of its own"
        return start

    def _found(self) -> bool:
        """Whether it has said where it is. `client.find` would take its lock for a moment, again and again."""
        try:
            return bool(json.loads((self.home / client.RUNNING_FILE).read_text())["pid"] == self.pid)
        except (OSError, ValueError):
            return False

    def kill(self, *, driver_too: bool = False) -> None:
        """SIGKILL. A driver that is spared has to see by itself that it is alone, and go."""
        self._process.kill()
        if driver_too and self.driver_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.driver_pid, signal.SIGKILL)
        self._process.wait()
        deadline = time.monotonic() + DYING_S
        while self.driver_pid and _is_driver(self.driver_pid):
            assert time.monotonic() < deadline, f"driver {self.driver_pid} outlives its daemon"
            time.sleep(0.005)

    def end(self) -> None:
        """As `llmasos stop` does; it has to go by itself, and in order."""
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(PATIENCE_S) == 0, self.said

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Raises DaemonUnreachable, LLMasOSError."""
        daemon = self.daemon
        return await anyio.to_thread.run_sync(lambda: daemon.request(method, path, body, timeout_s=PATIENCE_S))


def _is_driver(pid: int) -> bool:
    """Whether it runs: nobody waits for an orphan's end in some containers, and it stays a zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return status not in "ZX" and b"worker_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
