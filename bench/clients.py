"""A daemon under many clients: 64 that talk, and then 64 that talk beside 200 that do not read their streams.

- `python bench/clients.py [SECONDS]` (60 by default, of each of the two) prints what it found; `make stress` keeps
  that in tests/apps/daemon/stress.txt.
- The model is nano in a daemon of its own, over TCP with a token. Who talks is OpenAI's own client (openai_mix.py), in
  PROCESSES processes: chats streamed, tools, JSON schemas, embeddings, responses, errors, each answer checked.
- A stalled client reads its stream's first bytes and no more. Its stream would go on to the end of the window.
- Both halves go on for all their seconds without a pause, with the same clients asking for the same mix in new
  processes; before the first one they warm the daemon up.
- The targets (faults.md, row 7): no request fails, the others' p99 +20% at most, memory +50 MB at most, and a
  vanished client's process ended within 1 s.

What is compared. The clients are heavy: on two cores they take a good part of one, and wait for the daemon as it waits
for them. That is so in both halves alike, so a quotient is fair where a latency is not: it holds the client's own time.
A latency is that of a whole answer, its last byte parsed and checked. A client asks again when it has its answer, so a
slower daemon is asked less, by kind in the same proportions; the p99 of all is that of the kinds that take longest, so
each kind's own stands beside it.

What is counted. `memory` is all of the daemon and of its driver's process (proportional set size, so that what they
share is counted once), KV in swap and all: the most it was at any moment beside the stalled ones, against the most it
was while the others were alone. Until they are stalled the 200 are processes that run, more than there are sequences:
those that have no place meanwhile have KV in swap's memory (memory.swap_ram_mb), so that time is told apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from anyio.abc import ByteStream

from llmasos import client

TALKING, STALLED, PROCESSES = 64, 200, 2
WARM_S = 10.0
SETTLE_S = 3.0  # without a new token of theirs: the stalled ones are full
SAMPLE_S = 0.5
MIX = Path(__file__).with_name("openai_mix.py")


class Phase:
    """What the talking clients saw."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.failures: list[str] = []

    @property
    def all(self) -> list[float]:
        return [seconds for kind in self.seconds.values() for seconds in kind]

    def facts(self) -> dict[str, Any]:
        for failure in self.failures[:5]:
            print(failure, file=sys.stderr)
        kinds = {kind: {"requests": len(seconds), **cuts(seconds)} for kind, seconds in sorted(self.seconds.items())}
        return {"requests": len(self.all), "failures": len(self.failures), **cuts(self.all), "kinds": kinds}


def cuts(seconds: Sequence[float]) -> dict[str, float]:
    found = quantiles(seconds, n=100)
    return {f"p{percent}_s": round(found[percent - 1], 3) for percent in (50, 95, 99)}


def p99_more(base: Sequence[float], other: Sequence[float]) -> float:
    return round(quantiles(other, n=100)[98] / quantiles(base, n=100)[98] - 1, 3)


async def talk(daemon: client.Daemon, token: str, seconds: float) -> Phase:
    """All clients, for so long; they begin together when the last process is ready."""
    phase, each = Phase(), TALKING // PROCESSES
    numbers = range(0, TALKING, each)
    commands = [[sys.executable, str(MIX), str(daemon.http), token, str(each), str(n), str(seconds)] for n in numbers]
    processes = [_started(command) for command in commands]
    for process in processes:
        assert process.stdout is not None
        assert await anyio.to_thread.run_sync(process.stdout.readline) == "ready\n"
    async with anyio.create_task_group() as group:
        for process in processes:
            group.start_soon(_collect, phase, process)
    return phase


def _started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def _collect(phase: Phase, process: subprocess.Popen[str]) -> None:
    """Let it begin, and take what it saw at its end."""
    said, _ = await anyio.to_thread.run_sync(process.communicate, "go\n")
    found = json.loads(said)
    phase.failures += found["failures"]
    for kind, seconds in found["seconds"].items():
        phase.seconds[kind] += seconds


# -- those who stall --------------------------------------------------------------------------------------------------


def endless_chat(number: int) -> bytes:
    """Over HTTP/1.0: the answer ends with its connection. No two are asked alike: they share no KV."""
    messages = [{"role": "user", "content": f"{number} times hello"}]
    sent = json.dumps({"model": "nano", "messages": messages, "stream": True, "logit_bias": {"35": 100}})
    head = "POST /v1/chat/completions HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(sent)}\r\n\r\n{sent}".encode()


async def stalled(daemon: client.Daemon) -> list[ByteStream]:
    """So many, once they are held."""
    streams: list[ByteStream] = []

    async def one(number: int) -> None:
        stream = await anyio.connect_unix(daemon.socket)
        streams.append(stream)
        await stream.send(endless_chat(number))
        await stream.receive(64)

    async with anyio.create_task_group() as group:
        for number in range(STALLED):
            group.start_soon(one, number)
    await settled(daemon)
    return streams


async def settled(daemon: client.Daemon) -> None:
    """Wait until no token is made any more."""
    last = time.monotonic()
    tokens = -1
    while time.monotonic() - last < SETTLE_S:
        await anyio.sleep(0.25)
        now = (await system(daemon))["memory"][0]["decode_tokens"]
        if now != tokens:
            tokens, last = now, time.monotonic()


async def vanished(daemon: client.Daemon, streams: list[ByteStream]) -> float:
    """Close them all; seconds until the last of their processes has ended."""
    began = time.monotonic()
    for stream in streams:
        await stream.aclose()
    while (await system(daemon))["processes"]:  # noqa: ASYNC110  it tells nobody
        await anyio.sleep(0.02)
    return time.monotonic() - began


async def held(daemon: client.Daemon) -> int:
    """Processes that wait for their reader."""
    found = await anyio.to_thread.run_sync(daemon.request, "GET", "/api/processes")
    return sum(process["waiting_on"] == "reader" for process in found)


# -- memory -----------------------------------------------------------------------------------------------------------


async def system(daemon: client.Daemon) -> dict[str, Any]:
    found: dict[str, Any] = await anyio.to_thread.run_sync(daemon.request, "GET", "/api/system")
    return found


def pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3


def children(pid: int) -> list[int]:
    found = [int(n) for file in Path(f"/proc/{pid}/task").glob("*/children") for n in file.read_text().split()]
    return [*found, *(grandchild for child in found for grandchild in children(child))]


class Memory:
    """Looks again and again while `watch` runs; the most since `begin`."""

    def __init__(self, daemon: client.Daemon) -> None:
        self._daemon = daemon
        self.begin()

    def begin(self) -> None:
        self.all_mb, self.daemon_mb, self.swap_ram_mb, self.swap_file_mb = 0.0, 0.0, 0.0, 0.0

    async def watch(self) -> None:
        while True:
            await self.look()
            await anyio.sleep(SAMPLE_S)

    async def look(self) -> float:
        daemon = await anyio.to_thread.run_sync(pss_mb, self._daemon.pid)
        total = daemon + sum(pss_mb(pid) for pid in children(self._daemon.pid))
        facts = (await system(self._daemon))["memory"][0]
        self.daemon_mb, self.all_mb = max(self.daemon_mb, daemon), max(self.all_mb, total)
        self.swap_ram_mb = max(self.swap_ram_mb, facts["swap_ram_bytes"] / 1e6)
        self.swap_file_mb = max(self.swap_file_mb, facts["swap_disk_bytes"] / 1e6)
        return total

    def facts(self) -> dict[str, float]:
        return {name: round(mb, 1) for name, mb in vars(self).items() if name.endswith("_mb")}


# -- the two halves ---------------------------------------------------------------------------------------------------


async def measured(daemon: client.Daemon, token: str, seconds: float) -> dict[str, Any]:
    await talk(daemon, token, min(WARM_S, seconds))
    memory = Memory(daemon)
    async with anyio.create_task_group() as group:
        group.start_soon(memory.watch)
        alone = await talk(daemon, token, seconds)
        without = memory.facts()
        memory.begin()
        streams = await stalled(daemon)
        filled = memory.facts()
        memory.begin()
        beside = await talk(daemon, token, seconds)
        num_held, last_mb = await held(daemon), await memory.look()
        group.cancel_scope.cancel()
    return {
        "alone": alone.facts(),
        "beside_stalled": beside.facts(),
        "p99_more": p99_more(alone.all, beside.all),
        "p99_more_by_kind": {kind: p99_more(s, beside.seconds[kind]) for kind, s in sorted(alone.seconds.items())},
        "held": num_held,
        "memory": {"alone": without, "until_stalled": filled, "beside_stalled": memory.facts()},
        "memory_more_mb": {
            "beside_stalled": round(memory.all_mb - without["all_mb"], 1),
            "at_the_end": round(last_mb - without["all_mb"], 1),
            "until_stalled": round(filled["all_mb"] - without["all_mb"], 1),
        },
        "vanished_ended_s": round(await vanished(daemon, streams), 2),
    }


def measure(seconds: float = 60.0) -> dict[str, Any]:
    with TemporaryDirectory() as home:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("LLMASOS_")}
        command = [sys.executable, "-m", "llmasos.apps.cli", "serve", "--http", "127.0.0.1:0"]
        with (Path(home) / "log").open("w") as log:
            process = subprocess.Popen(command, stderr=log, env={**clean, "LLMASOS_HOME": home})
        try:
            while (daemon := client.find(Path(home))) is None or not daemon.request("GET", "/api/system")["ready"]:
                time.sleep(0.05)
            found: dict[str, Any] = anyio.run(measured, daemon, (Path(home) / "token").read_text().strip(), seconds)
        finally:
            process.terminate()
            process.wait(10)
        lines = (Path(home) / "log").read_text().splitlines()
        return {**found, "bugs": sum(" bug:" in line or "Traceback" in line for line in lines)}


if __name__ == "__main__":
    asked = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(time.strftime("%Y-%m-%d %H:%M"), os.cpu_count(), "cores, load", os.getloadavg()[0], f"{asked:.0f} s each")
    print(json.dumps(measure(asked), indent=2))
