"""From the start of a new kernel to the next token of an agent that was in the middle of a message: with its KV saved
by the kernel before, and computed again.

Both go on from copies of one state directory, in turn. The agent has 1,500 tokens in its window and was suspended by an
orderly end. The model has the shape of a 135M one with random weights (q8_0), in a process of its own as the daemon
has it.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.gguf_random import RandomShape, write_random
from llmasos.kernel.limits import Limits
from llmasos.kernel.signals import Signal

NUM_TOKENS = 1500
BEFORE = 16  # tokens of its message that it has said when the kernel ends
SHAPE = RandomShape(width=576, layers=30, heads=9, kv_heads=3, ffn=1536, window_tokens=8192, num_fillers=48_885)
RUNS = 5


def measure() -> dict[str, Any]:
    """Milliseconds to readiness and to the first token, and how many prompt tokens were computed and found."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "random-135m.gguf"
        write_random(path, SHAPE, kind="q8_0")
        rows = _measured(str(path), Path(folder))
    return {"model": "135M shape, random weights, vocabulary of 49,152, q8_0", "tokens": NUM_TOKENS, "rows": rows}


def _measured(model: str, folder: Path) -> dict[str, Any]:
    left = folder / "left"
    anyio.run(_leave, left, model)
    found: dict[str, list[dict[str, float]]] = {"saved": [], "computed": []}
    for run in range(RUNS):
        for how, runs in found.items():
            home = folder / f"{how}{run}"
            shutil.copytree(left, home)
            if how == "computed":
                shutil.rmtree(home / "kv")
            runs.append(anyio.run(_restart, home, model))
    rows = {how: _middle(runs) for how, runs in found.items()}
    times = rows["computed"]["ready_to_token_ms"] / rows["saved"]["ready_to_token_ms"]
    rows["saved"]["times_faster_than_prefill"] = round(times, 1)
    return rows


async def _leave(home: Path, model: str) -> None:
    """An agent in the middle of its message, and the orderly end of its kernel."""
    async with _kernel(home, model) as kernel:
        tokenizer = (await kernel.model(model)).driver.tokenizer
        request = ""
        while len(tokenizer.encode(request)) < NUM_TOKENS - 10:
            request += f"{len(request)} and "
        handle = await kernel.spawn("tell me of " + request, capabilities=frozenset(), limits=Limits(tokens=200))
        await _until(lambda: handle.process.accounting.decode_tokens >= BEFORE)


async def _restart(home: Path, model: str) -> dict[str, float]:
    began = time.perf_counter()
    async with _kernel(home, model) as kernel:
        await kernel.model(model)
        ready = time.perf_counter()
        (process,) = kernel.processes()[1:]
        await _until(lambda: process.accounting.decode_tokens > 0)
        first, used = time.perf_counter(), process.accounting
        kernel.task(process.pid).kill(Signal.KILL)
    return {
        "start_to_token_ms": 1000 * (first - began),
        "ready_to_token_ms": 1000 * (first - ready),
        "computed_tokens": used.prefill_tokens,
        "cached_tokens": used.cached_tokens,
    }


def _kernel(home: Path, model: str) -> AbstractAsyncContextManager[Kernel]:
    return Kernel.boot(Config(home), model=model, workspace=home, keeps=True)


async def _until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(60):
        while not condition():  # noqa: ASYNC110
            await anyio.sleep(0.001)  # it tells nobody


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {key: round(median(run[key] for run in runs), 1) for key in runs[0]}
