"""One process at nice -10 among 32 in the background: time between its tokens, against its time alone.

The background reads prompts and decodes the whole time. Times are those at which a follower of the process sees its
text, as somebody who reads it does. There is no peer; the target is twice the time alone, at the 95th percentile.
"""

from __future__ import annotations

import time
from itertools import pairwise
from statistics import quantiles
from typing import Any

import anyio
import model_135m
from workload import greedy, kernel, letters, warm_up

from llmasos import Kernel, Sampling
from llmasos.kernel.events import Text
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

BACKGROUND = 32
TOKENS = 128
PROMPT_TOKENS = 64
BACKGROUND_TOKENS = 64
TARGET = 2.0


def measure() -> dict[str, Any]:
    """Milliseconds between tokens, alone and among the others, and their ratio."""
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    async with kernel(rows=BACKGROUND + 1, cells=(BACKGROUND + 1) * 512, window=512) as booted:
        await warm_up(booted)
        sampling = await greedy(booted)
        alone = await _interactive(booted, sampling)
        async with anyio.create_task_group() as group:
            for number in range(BACKGROUND):
                group.start_soon(_background, booted, sampling, number)
            await anyio.sleep(2)
            among = await _interactive(booted, sampling)
            group.cancel_scope.cancel()
    row = {
        **{f"alone_{name}": found for name, found in alone.items()},
        **{f"among_{name}": found for name, found in among.items()},
        "ratio_p95": round(among["p95_ms"] / alone["p95_ms"], 2),
        "target": TARGET,
    }
    return {"model": model_135m.NAME, "rows": {f"nice -10 among {BACKGROUND}": row}}


async def _background(kernel: Kernel, sampling: Sampling, number: int) -> None:
    """One process after the other, each with a prompt of its own."""

    async def body(task: Task, request: str) -> str:
        await task.continue_text(request, max_tokens=BACKGROUND_TOKENS, sampling=sampling)
        return ""

    turn = 0
    while True:
        process = await kernel.spawn(Program("background", body), letters(PROMPT_TOKENS, 100 * number + turn))
        await process.wait()
        turn += 1


async def _interactive(kernel: Kernel, sampling: Sampling) -> dict[str, float]:
    async def body(task: Task, request: str) -> str:
        await task.continue_text(request, max_tokens=TOKENS, sampling=sampling)
        return ""

    process = await kernel.spawn(Program("interactive", body), letters(PROMPT_TOKENS, 9), nice=-10)
    times = [time.perf_counter() async for event in process.events() if isinstance(event, Text)]
    gaps = sorted(1000 * (b - a) for a, b in pairwise(times))
    return {"median_ms": round(gaps[len(gaps) // 2], 1), "p95_ms": round(quantiles(gaps, n=20)[18], 1)}
