"""A daemon over the sim driver: in this process (`served`), or in one of its own (`serve`), over its real socket."""

from __future__ import annotations

import json
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
import httpx2
import pytest

from llmasos import client
from llmasos.apps.cli import execute
from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.serve import running
from llmasos.apps.daemon.state import Daemon
from llmasos.boot import Kernel
from tests.conftest import Boot


@dataclass
class Served:
    kernel: Kernel
    daemon: Daemon
    client: httpx2.AsyncClient
    log: list[str]

    async def post(self, path: str, body: Any, **more: Any) -> httpx2.Response:
        return await self.client.post(path, json=body, **more)

    async def chat(self, text: str = "hello", **more: Any) -> httpx2.Response:
        messages = [{"role": "user", "content": text}]
        return await self.post("/v1/chat/completions", {"model": "nano", "messages": messages, **more})

    async def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        with anyio.fail_after(seconds):
            while not true():  # noqa: ASYNC110  what is waited for tells nobody
                await anyio.sleep(0.005)

    def live(self) -> list[int]:
        return [process.pid for process in self.kernel.processes()][1:]


Serve = Callable[..., AbstractAsyncContextManager[Served]]


def chunks(text: str) -> list[Any]:
    """The documents of a stream, without the end mark."""
    found = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    assert found[-1] == "[DONE]"
    return [json.loads(part) for part in found[:-1]]


@pytest.fixture
def served(boot: Boot) -> Serve:
    """`async with served() as daemon`: what `boot` takes, and an `order`."""

    @asynccontextmanager
    async def serving(order: Order | None = None, **how: Any) -> AsyncIterator[Served]:
        log: list[str] = []
        async with boot(**how) as kernel, running(kernel, order or Order(), log.append) as daemon:
            transport = httpx2.AsyncHTTPTransport(uds=daemon.socket)
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", timeout=20) as client:
                yield Served(kernel, daemon, client, log)

    return serving


# -- a process of its own ---------------------------------------------------------------------------------------------


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LLMASOS_", "XDG_"))}
    return {
        **clean,
        "LLMASOS_HOME": str(home),
        "LLMASOS_MODEL_DRIVER": "sim",
        "LLMASOS_MODEL_WINDOW_TOKENS": "60000",
        "LLMASOS_SECURITY_CAPABILITIES": "clock",
        "NO_COLOR": "1",
    }


@pytest.fixture
def llmasos(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """A command line without a process of its own, which would cost a second each."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*args: str, stdin: str = "") -> Done:
        (tmp_path / "stdin").write_text(stdin)
        with (tmp_path / "stdin").open() as typed:
            monkeypatch.setattr(sys, "stdin", typed)
            return Done(execute(list(args)), *capsys.readouterr())

    return run


@pytest.fixture
def serve(tmp_path: Path, home: Path, environment: dict[str, str]) -> Iterator[Start]:
    """Starts a daemon and waits until it is found."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "llmasos.apps.cli", "serve", *args]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
        started.append(process)
        while client.find(home) is None:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.02)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def found(home: Path) -> client.Daemon:
    daemon = client.find(home)
    assert daemon is not None
    return daemon
