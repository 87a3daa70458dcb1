"""Clients that do not read: what they have not read stays small, their processes wait, and nobody else does.

The long form is `make stress` (bench/clients.py): its output is in tests/apps/daemon/stress.txt.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.abc import ByteStream

from llmasos.drivers.sim import Sim
from tests.apps.daemon.conftest import Serve, Served
from tests.pace import allowed

pytestmark = pytest.mark.anyio


def large() -> Sim:
    return Sim(window_tokens=60_000, num_cells=2_000_000)


@asynccontextmanager
async def stalled(daemon: Served, **more: Any) -> AsyncIterator[ByteStream]:
    """A stream whose reader stops behind its first bytes."""
    body = json.dumps({"model": "nano", "messages": [{"role": "user", "content": "x"}], "stream": True, **more})
    head = "POST /v1/chat/completions HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n"
    async with await anyio.connect_unix(daemon.daemon.socket) as stream:
        await stream.send(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        await stream.receive(64)
        yield stream


def states(daemon: Served) -> list[str]:
    return [process.waiting_on for process in daemon.kernel.processes()[1:]]


async def test_a_process_waits_for_its_reader_and_goes_on(served: Serve) -> None:
    async with served(driver=large()) as daemon, stalled(daemon, max_tokens=50_000) as stream:
        await daemon.until(lambda: states(daemon) == ["reader"])
        process = daemon.kernel.processes()[1]
        await anyio.sleep(0.2)  # for the step under way
        before = process.accounting.decode_tokens
        await anyio.sleep(0.2)
        assert process.accounting.decode_tokens == before < 50_000, "it was held before the end"
        with anyio.fail_after(30):
            rest = b"".join([part async for part in stream])
        assert rest.endswith(b"data: [DONE]\n\n") and process.accounting.decode_tokens == 50_000


@pytest.mark.parametrize("hold", [True, False])
async def test_whose_reader_it_is_decides_whether_a_process_waits(served: Serve, hold: bool) -> None:
    """`llmasos run | less` waits for its reader; who only looks on holds up nobody."""
    async with served(driver=large()) as daemon:
        spawned = await daemon.post("/api/processes", {"request": "talk", "capabilities": []})
        pid = spawned.json()["pid"]
        head = f"GET /api/processes/{pid}/events?hold={str(hold).lower()} HTTP/1.0\r\nHost: x\r\n\r\n"
        async with await anyio.connect_unix(daemon.daemon.socket) as stream:
            await stream.send(head.encode())
            await stream.receive(64)
            process = daemon.kernel.processes()[1]
            if hold:
                await daemon.until(lambda: process.waiting_on == "reader", 30)
            else:
                await daemon.until(lambda: not process.alive, 60)
                assert process.accounting.decode_tokens > 50_000


async def test_who_is_stopped_stays_stopped_when_its_reader_reads(served: Serve) -> None:
    async with served(driver=large()) as daemon, stalled(daemon) as stream:
        await daemon.until(lambda: states(daemon) == ["reader"])
        process = daemon.kernel.processes()[1]
        await daemon.post(f"/api/processes/{process.pid}/signal", {"signal": "STOP"})
        await daemon.until(lambda: process.state.value == "stopped")
        with anyio.move_on_after(0.3):
            while True:
                await stream.receive()
        before = process.accounting.decode_tokens
        await anyio.sleep(0.1)
        assert (process.state.value, process.accounting.decode_tokens) == ("stopped", before)
        await daemon.post(f"/api/processes/{process.pid}/signal", {"signal": "CONT"})
        with anyio.fail_after(20):
            while process.accounting.decode_tokens == before:
                await stream.receive()


async def test_two_hundred_stalled_streams_hold_up_nobody(served: Serve) -> None:
    async with served(driver=large()) as daemon, AsyncExitStack() as streams:
        for _ in range(200):
            await streams.enter_async_context(stalled(daemon))
        await daemon.until(lambda: states(daemon) == ["reader"] * 200, 60)
        answered: list[int] = []

        async def ask() -> None:
            answered.append((await daemon.chat(max_tokens=3)).status_code)

        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                for _ in range(64):
                    group.start_soon(ask)
        assert answered == [200] * 64
        await streams.aclose()
        await daemon.until(lambda: daemon.live() == [], allowed(1.0))


async def test_kv_of_stalled_streams_is_not_in_memory(served: Serve) -> None:
    """Most of it: one may have been evicted the moment before its client was known not to read."""
    driver = Sim(window_tokens=60_000, num_cells=2_000_000, num_sequences=2)
    async with served(driver=driver) as daemon, AsyncExitStack() as streams:
        for _ in range(8):
            await streams.enter_async_context(stalled(daemon))
        await daemon.until(lambda: states(daemon) == ["reader"] * 8, 60)
        assert (await daemon.chat(max_tokens=3)).status_code == 200
        swap = daemon.kernel.models["nano"].engine.residency.swap
        assert len(swap) >= 7 and swap.disk_used > 4 * swap.ram_used
