"""Decoded tokens per second at 1, 8 and 16 equal rows: processes of our kernel against `llama-batched-bench`.

The peer is the engine's limit: llama.cpp itself, which samples nothing, journals nothing and shows nobody anything, in
the better of its two KV layouts. Ours are counted while all rows decode: from the moment the last one has its first
token until the first one has all of its own. Same file, same prompt length, same threads.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

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


class Decoded(NamedTuple):
    rate: float  # tokens per second
    cpu_ms: float  # of processor for a token, all of ours
    python_share: float  # of the time, that is not the driver's


def measure(peers: Peers) -> dict[str, Any]:
    """Tokens/s of both by number of rows, and their ratio; the Python share of ours. The best of some turns each."""
    program = peers.batched_bench
    theirs: dict[int, float] = {}
    ours: dict[int, Decoded] = {}
    for _ in range(TURNS):
        if program is not None:
            theirs = {n: max(rate, theirs.get(n, 0.0)) for n, rate in _theirs(program).items()}
        ours = {n: max(found, ours.get(n, found)) for n, found in anyio.run(_ours).items()}
    rows = {}
    for n, found in ours.items():
        row = {
            "llmasos_tokens_per_s": round(found.rate, 1),
            "llmasos_cpu_ms": round(found.cpu_ms, 2),
            "python_share": round(found.python_share, 3),
        }
        if program is not None:
            cpu_ms = _their_cpu_ms(program, n)
            row |= {"peer_tokens_per_s": round(theirs[n], 1), "peer_cpu_ms": round(cpu_ms, 2)}
            row |= {"ratio": round(found.rate / theirs[n], 3), "cpu_ratio": round(cpu_ms / found.cpu_ms, 3)}
        rows[str(n)] = {**row, "target": TARGET}
    return {"model": model_135m.NAME, "peer": llama_peer.named(program, "llama-batched-bench"), "rows": rows}


def _theirs(program: Path) -> dict[int, float]:
    """By number of rows, of the faster KV layout."""
    found = [_bench(program, ROWS, NUM_TOKENS, unified=unified)[0] for unified in (False, True)]
    return {n: max(rates[n] for rates in found) for n in ROWS}


def _their_cpu_ms(program: Path, num_rows: int) -> float:
    """Milliseconds of processor for a token: what a long run takes more than a short one."""
    short, long = (_bench(program, [num_rows], tokens, unified=False)[1] for tokens in (NUM_TOKENS // 3, NUM_TOKENS))
    return 1000 * (long - short) / num_rows / (NUM_TOKENS - NUM_TOKENS // 3)


def _bench(program: Path, rows: Sequence[int], tokens: int, *, unified: bool) -> tuple[dict[int, float], float]:
    path = model_135m.path()
    return llama_peer.batched_bench(program, path, rows=rows, prompt=PROMPT_TOKENS, tokens=tokens, unified=unified)


async def _ours() -> dict[int, Decoded]:
    async with kernel(rows=max(ROWS), cells=max(ROWS) * 256, window=256) as booted:
        await warm_up(booted)
        return {n: await _round(booted, n) for n in ROWS}


async def _round(kernel: Kernel, num_rows: int) -> Decoded:
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
                looks.append((time.perf_counter(), time.process_time(), engine.statistics(), isinstance(event, Exited)))

    async with anyio.create_task_group() as group:
        for process in processes:
            group.start_soon(look, process)
    since, cpu_since, before, _ = [found for found in looks if not found[-1]][-1]
    until, cpu_until, after, _ = next(found for found in looks if found[-1])
    seconds, tokens = until - since, after.decode_tokens - before.decode_tokens
    share = 1 - (after.driver_seconds - before.driver_seconds) / seconds
    return Decoded(tokens / seconds, 1000 * (cpu_until - cpu_since) / tokens, share)
