"""A daemon under many clients: 64 that talk, and then 64 that talk beside 200 that do not read their streams.

- `python bench/clients.py [SECONDS]` (60 by default, of each of the two) prints what it found; `make stress` keeps
  that in tests/apps/daemon/stress.txt.
- The model is nano behind a real socket in another process. A request is a streamed chat of 16 tokens; its latency is
  that of its last byte. A stalled client reads its stream's first bytes and no more.
- The targets (faults.md, row 7): no request fails, the others' p99 +20% at most, memory +50 MB at most, and a
  vanished client's process ended within 1 s. KV in swap is told apart: it has a budget of its own (memory.swap_ram_mb).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from anyio.abc import ByteStream

from llmasos import client

TALKING, STALLED = 64, 200
TOKENS = 16
ROUNDS = 3
SETTLE_S = 3.0  # without a new token of theirs: the stalled ones are full


def request(path: str, body: Any) -> bytes:
    """Over HTTP/1.0: the answer ends with its connection."""
    sent = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
    return head.encode() + sent


def chat(text: str, **more: Any) -> bytes:
    messages = [{"role": "user", "content": text}]
    return request("/v1/chat/completions", {"model": "nano", "messages": messages, "stream": True, **more})


async def talk(socket: str, number: int, until: float, latencies: list[float], failures: list[str]) -> None:
    """One request after the other, each with other words."""
    count = 0
    while time.monotonic() < until:
        began, count = time.monotonic(), count + 1
        async with await anyio.connect_unix(socket) as stream:
            await stream.send(chat(f"tell me about number {number} and {count}", max_tokens=TOKENS))
            answer = b"".join([part async for part in stream])
        latencies.append(time.monotonic() - began)
        if not (answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"data: [DONE]\n\n")):
            failures.append(answer[:200].decode(errors="replace"))


async def stall(socket: str) -> ByteStream:
    """A stream that would go on to the end of the window, of which the first bytes are read."""
    stream = await anyio.connect_unix(socket)
    await stream.send(chat("hello", logit_bias={"35": 100}))
    await stream.receive(64)
    return stream


class Phase:
    """What the talking clients saw, over several stretches of time."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.failures: list[str] = []

    async def run(self, socket: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        async with anyio.create_task_group() as group:
            for number in range(TALKING):
                group.start_soon(talk, socket, number, until, self.latencies, self.failures)

    @property
    def p99(self) -> float:
        return quantiles(self.latencies, n=100)[98]

    def facts(self) -> dict[str, Any]:
        cuts = quantiles(self.latencies, n=100)
        if self.failures:
            print(self.failures[0], file=sys.stderr)
        seconds = {f"p{percent}_s": round(cuts[percent - 1], 3) for percent in (50, 95, 99)}
        return {"requests": len(self.latencies), **seconds, "failures": len(self.failures)}


async def settled(daemon: client.Daemon) -> None:
    """Wait until no token is made any more."""
    last = time.monotonic()
    tokens = -1
    while time.monotonic() - last < SETTLE_S:
        await anyio.sleep(0.25)
        now = daemon.request("GET", "/api/system")["memory"][0]["decode_tokens"]
        if now != tokens:
            tokens, last = now, time.monotonic()


async def vanished(daemon: client.Daemon, streams: list[ByteStream]) -> float:
    """Close them all; seconds until the last of their processes has ended."""
    began = time.monotonic()
    for stream in streams:
        await stream.aclose()
    while daemon.request("GET", "/api/system")["processes"]:  # noqa: ASYNC110  it tells nobody
        await anyio.sleep(0.02)
    return time.monotonic() - began


def memory(daemon: client.Daemon) -> tuple[float, float]:
    """MB of the daemon's memory without KV in swap, and of that."""
    fields = Path(f"/proc/{daemon.pid}/statm").read_text().split()
    swap = daemon.request("GET", "/api/system")["memory"][0]["swap_ram_bytes"] / 1e6
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 - swap, swap


async def stalled(daemon: client.Daemon) -> list[ByteStream]:
    """So many, once they are held."""
    streams: list[ByteStream] = []

    async def one() -> None:
        streams.append(await stall(daemon.socket))

    async with anyio.create_task_group() as group:
        for _ in range(STALLED):
            group.start_soon(one)
    await settled(daemon)
    return streams


async def measured(daemon: client.Daemon, seconds: float) -> dict[str, Any]:
    """Both halves by turns: what else a machine does meanwhile is in both."""
    await Phase().run(daemon.socket, min(5.0, seconds))  # warm: caches, allocator
    alone, beside = Phase(), Phase()
    more, swapped, gone = [], 0.0, []
    before, _ = memory(daemon)
    for _ in range(ROUNDS):
        await alone.run(daemon.socket, seconds / ROUNDS)
        streams = await stalled(daemon)
        _, swapped = memory(daemon)
        await beside.run(daemon.socket, seconds / ROUNDS)
        more.append(round(memory(daemon)[0] - before, 1))
        gone.append(round(await vanished(daemon, streams), 2))
    return {
        "rows": {f"{TALKING} clients": alone.facts(), f"beside {STALLED} stalled": beside.facts()},
        "p99_more": round(beside.p99 / alone.p99 - 1, 3),
        "memory_more_mb": more,
        "swapped_kv_mb": round(swapped, 1),
        "vanished_ended_s": gone,
    }


def measure(seconds: float = 60.0) -> dict[str, Any]:
    with TemporaryDirectory() as home:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LLMASOS_")}
        command = [sys.executable, "-m", "llmasos.apps.cli", "serve"]
        with (Path(home) / "log").open("w") as log:
            process = subprocess.Popen(command, stderr=log, env={**clean, "LLMASOS_HOME": home})
        try:
            while (daemon := client.find(Path(home))) is None or not daemon.request("GET", "/api/system")["ready"]:
                time.sleep(0.05)
            found: dict[str, Any] = anyio.run(measured, daemon, seconds)
        finally:
            process.terminate()
            process.wait(10)
        lines = (Path(home) / "log").read_text().splitlines()
        return {**found, "bugs": sum(" bug:" in line or "Traceback" in line for line in lines)}


if __name__ == "__main__":
    asked = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(time.strftime("%Y-%m-%d %H:%M"), os.cpu_count(), "cores, load", os.getloadavg()[0], f"{asked:.0f} s each")
    print(json.dumps(measure(asked), indent=2))
