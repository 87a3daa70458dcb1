"""Decoded tokens per second at 1, 8 and 16 equal rows: processes of our kernel against `llama-batched-bench`.

The peer is the engine's limit: llama.cpp itself, which samples nothing, journals nothing and shows nobody anything, in
the better of its two KV layouts. Ours are counted while all rows decode: from the moment the last one has its first
token until the first one has all of its own. Same file, same prompt length, same threads.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import anyio
import llama_peer
import model_135m
from llama_peer import Peers
from workload import greedy, kernel, letters, warm_up

from llmasos import Kernel
from llmasos.kernel.events import Exited, Text
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

ROWS = (1, 8, 16)
PROMPT_TOKENS = 64
NUM_TOKENS = 96
TARGET = 0.95
TURNS = 3  # of each, one after the other: the best is when nobody else was in the way


def measure(peers: Peers) -> dict[str, Any]:
    """Tokens/s of both by number of rows, and their ratio; the Python share of ours. The best of some turns each."""
    program = peers.batched_bench
    theirs: dict[int, float] = {}
    ours: dict[int, tuple[float, float]] = {}
    for _ in range(TURNS):
        if program is not None:
            theirs = {n: max(rate, theirs.get(n, 0.0)) for n, rate in _theirs(program).items()}
        ours = {n: max(found, ours.get(n, (0.0, 0.0))) for n, found in anyio.run(_ours).items()}
    rows = {}
    for n, (rate, share) in ours.items():
        row: dict[str, float] = {"llmasos_tokens_per_s": round(rate, 1), "python_share": round(share, 3)}
        if n in theirs:
            row |= {"peer_tokens_per_s": round(theirs[n], 1), "ratio": round(rate / theirs[n], 3), "target": TARGET}
        rows[str(n)] = row
    return {"model": model_135m.NAME, "peer": llama_peer.named(program, "llama-batched-bench"), "rows": rows}


def _theirs(program: Path) -> dict[int, float]:
    """By number of rows, of the faster KV layout."""
    found = [
        llama_peer.batched_bench(
            program, model_135m.path(), rows=ROWS, prompt=PROMPT_TOKENS, tokens=NUM_TOKENS, unified=unified
        )
        for unified in (False, True)
    ]
    return {n: max(rates[n] for rates in found) for n in ROWS}


async def _ours() -> dict[int, tuple[float, float]]:
    async with kernel(rows=max(ROWS), cells=max(ROWS) * 256, window=256) as booted:
        await warm_up(booted)
        return {n: await _round(booted, n) for n in ROWS}


async def _round(kernel: Kernel, num_rows: int) -> tuple[float, float]:
    sampling = await greedy(kernel)

    async def body(task: Task, request: str) -> str:
        await task.continue_text(letters(PROMPT_TOKENS, int(request)), max_tokens=NUM_TOKENS, sampling=sampling)
        return ""

    engine = kernel.models["135m"].engine
    processes = [await kernel.spawn(Program("bench", body), str(n)) for n in range(num_rows)]
    looks = []

    async def look(process: ProcessHandle) -> None:
        """At the first token and at the end of one."""
        spoken = False
        async for event in process.events():
            if isinstance(event, Exited) or (isinstance(event, Text) and not spoken):
                spoken = True
                looks.append((time.perf_counter(), engine.statistics(), isinstance(event, Exited)))

    async with anyio.create_task_group() as group:
        for process in processes:
            group.start_soon(look, process)
    since, before, _ = [found for found in looks if not found[2]][-1]
    until, after, _ = next(found for found in looks if found[2])
    seconds = until - since
    tokens = after.decode_tokens - before.decode_tokens
    return tokens / seconds, 1 - (after.driver_seconds - before.driver_seconds) / seconds
