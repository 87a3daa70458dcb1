"""A daemon in this process over the sim driver, reached over its real socket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
import pytest

from llmasos.apps.daemon.serve import Order, running
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

    async def until(self, true: Callable[[], bool], seconds: float = 5.0) -> None:
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
