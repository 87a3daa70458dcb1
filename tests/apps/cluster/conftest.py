"""Two daemons on one machine, each with a state directory, a port and a token of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import pytest

from llmasos import client
from llmasos.apps.cli import execute
from llmasos.apps.cluster.copies import End
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.serve import running
from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import Sim
from llmasos.node import Node


@dataclass
class Machine:
    """A kernel of this process, and how others reach it."""

    name: str
    kernel: Kernel
    sim: Sim
    end: End

    def alive(self) -> list[int]:
        return [process.pid for process in self.kernel.processes()][1:]

    async def until(self, true: Callable[[], bool], seconds: float = 10.0) -> None:
        with anyio.fail_after(seconds):
            while not true():  # noqa: ASYNC110  what is waited for tells nobody
                await anyio.sleep(0.005)


Boots = Callable[..., AbstractAsyncContextManager[Machine]]


@pytest.fixture
def machine(tmp_path: Path) -> Boots:
    """`async with machine("a") as a`: a kernel that keeps its processes, served over TCP."""

    @asynccontextmanager
    async def booted(name: str) -> AsyncIterator[Machine]:
        sim = Sim(window_tokens=8192, num_cells=8192 * 4)
        home, folder = tmp_path / name, tmp_path / f"{name}-work"
        folder.mkdir(exist_ok=True)
        config = Config(home)
        async with (
            Kernel.boot(config, workspace=folder, load_driver=lambda _: sim, keeps=True) as kernel,
            running(kernel, Order(http="127.0.0.1:0"), lambda line: None) as daemon,
        ):
            node = Node.at(daemon.http or "", (home / "token").read_text().strip(), name)
            yield Machine(name, kernel, sim, End(name, node))
            kernel.check_integrity()

    return booted


# -- processes of their own -------------------------------------------------------------------------------------------


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@dataclass
class Served:
    process: subprocess.Popen[bytes]
    url: str
    token_file: Path
    home: Path


@pytest.fixture
def environment() -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    return {
        **clean,
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_MODEL_WINDOW_TOKENS": "60000",
        "LLMASOS_SECURITY_CAPABILITIES": "clock",
        "NO_COLOR": "1",
    }


@pytest.fixture
def serve(tmp_path: Path, environment: dict[str, str]) -> Iterator[Callable[[str], Served]]:
    """Starts a daemon, and waits until it is found."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> Served:
        home = tmp_path / name
        command = [sys.executable, "-m", "llmasos.apps.cli", "serve", "--http", "127.0.0.1:0"]
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, cwd=tmp_path, env={**environment, "LLMASOS_HOME": str(home)}
        )
        started.append(process)
        while (found := client.find(home)) is None:
            assert process.poll() is None
            time.sleep(0.02)
        return Served(process, found.http or "", home / "token", home)

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def cluster(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """`llmasos cluster ...` on a third state directory, where no daemon runs."""
    for name, value in {**environment, "LLMASOS_HOME": str(tmp_path / "home")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*args: Any) -> Done:
        with Path(os.devnull).open() as nothing:
            monkeypatch.setattr(sys, "stdin", nothing)
            return Done(execute(["cluster", *map(str, args)]), *capsys.readouterr())

    return run
