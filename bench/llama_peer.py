"""llama.cpp's own programs as peers: `llama-server` for agents, `llama-batched-bench` for what the engine can do.

- `make peer` builds both from the sources that our llama-cpp-python was built from, with its flags (scripts/peer.sh);
  `python bench/run.py --llama-server PATH` names the first, and the other is looked for beside it.
- Every run of theirs is of the same file as ours, with as many threads. Their build repacks weights, as ours
  does, and has no AMX kernels, which ours leaves alone (drivers/llama_native.py).
- The server has its caches on (a prompt's, a slot's), is warmed up, and is asked in tokens, so that nobody's tokenizer
  counts. Each agent has a slot of its own: its cache is found at once.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
from anyio.abc import Process

from llmasos.drivers import llama_native

GREEDY = {"temperature": 0.0, "samplers": ["top_k"], "top_k": 1, "ignore_eos": True}
READY_SECONDS = 60.0
_running: set[int] = set()  # pids of servers


@dataclass(frozen=True)
class Peers:
    """Where the programs are; None: the job says that the peer was left out."""

    server: Path | None = None
    batched_bench: Path | None = None
    layouts: Sequence[str] = ("streams", "unified")  # of the server's KV; the better one counts


def found(server: Path | None, batched_bench: Path | None, layouts: Sequence[str]) -> Peers:
    """As named on the command line, the second beside the first where it is not named."""
    beside = server.with_name("llama-batched-bench") if server is not None else None
    return Peers(server, batched_bench or (beside if beside is not None and beside.exists() else None), layouts)


def named(program: Path | None, name: str) -> str:
    """What a program says of its version and commit, in one line; that it was left out, where it was."""
    if program is None:
        return f"{name}: left out (--llama-server PATH names it; make peer builds it)"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    line = next((line for line in (said.stderr + said.stdout).splitlines() if line.startswith("version")), "unknown")
    return f"{name} {line.removeprefix('version:').strip()}"


def batched_bench(
    program: Path, model: Path, *, rows: Sequence[int], prompt: int, tokens: int, unified: bool
) -> tuple[dict[int, float], float]:
    """Decoded tokens per second by number of rows, and seconds of processor in all; it samples nothing."""
    arguments = ["-npp", prompt, "-ntg", tokens, "-npl", ",".join(map(str, rows)), "-c", (prompt + tokens) * max(rows)]
    command = [program, "-m", model, "-t", llama_native.available_cores(), "-b", 2048, "-ub", 512, *arguments]
    command += ["--kv-unified" if unified else "--no-kv-unified", "--output-format", "jsonl"]
    before = _children_cpu()
    said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, timeout=600)
    lines = [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]
    return {line["pl"]: line["speed_tg"] for line in lines}, _children_cpu() - before


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Server:
    """A running llama-server."""

    def __init__(self, client: httpx.AsyncClient, pid: int) -> None:
        self._client = client
        self._pid = pid
        self.prefill_tokens = 0  # that it computed, by its own count

    @property
    def cpu_seconds(self) -> float:
        """Seconds of processor that it has used."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def complete(self, slot: int, tokens: Sequence[int], max_tokens: int) -> list[int]:
        """The tokens that follow, greedy."""
        body = {"prompt": list(tokens), "n_predict": max_tokens, "id_slot": slot, **GREEDY}
        answer = await self._client.post("/completion", json={**body, "cache_prompt": True, "return_tokens": True})
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        self.prefill_tokens += said["timings"]["prompt_n"]
        assert len(said["tokens"]) == max_tokens, said
        return list(said["tokens"])


@asynccontextmanager
async def serving(program: Path, model: Path, *, slots: int, window: int, unified: bool) -> AsyncIterator[Server]:
    """llama-server with `slots` slots of `window` tokens each, ready and warmed up; its log beside the model."""
    port = _free_port()
    command = [program, "-m", model, "-t", llama_native.available_cores(), "-c", slots * window, "-np", slots]
    command += [
        "--kv-unified" if unified else "--no-kv-unified",
        "--port",
        port,
        "--host",
        "127.0.0.1",
    ]
    with (model.parent / "llama-server.log").open("w") as log:
        process = await anyio.open_process(list(map(str, command)), stdout=log, stderr=subprocess.STDOUT)
    _running.add(process.pid)
    try:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=None, limits=limits) as client:
            await _ready(client, process)
            server = Server(client, process.pid)
            async with anyio.create_task_group() as group:
                for slot in range(slots):
                    group.start_soon(server.complete, slot, [20 + slot] * 8, 4)
            server.prefill_tokens = 0
            yield server
    finally:
        process.terminate()
        _running.discard(process.pid)
        with anyio.CancelScope(shield=True):
            await process.wait()


def leave() -> None:
    """What a bench does that is told to end in the middle of it: no server of ours runs on."""
    for pid in _running:
        os.kill(pid, signal.SIGKILL)
    os._exit(143)


async def _ready(client: httpx.AsyncClient, process: Process) -> None:
    with anyio.fail_after(READY_SECONDS):
        while True:
            if process.returncode is not None:
                raise RuntimeError(f"llama-server ended with {process.returncode}")
            try:
                if (await client.get("/health")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await anyio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
