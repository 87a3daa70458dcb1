"""Tokens per second at 1, 8 and 32 rows: our engine against one high-level `llama_cpp.Llama` behind a lock.

Both decode the same GGUF at their own defaults, the same unrelated prompts, NUM_TOKENS each, greedy, end tokens
forbidden so that every row runs to its end. The peer is what a program gets from llama-cpp-python without us: the
high-level class takes one request at a time, so its users share it behind a lock.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from peer import high_level

from llmasos import Kernel, Sampling
from llmasos.boot import embedded_nano
from llmasos.config import Config, ModelSection
from llmasos.kernel.events import Text
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

ROWS = (1, 8, 32)
NUM_TOKENS = 96
TURNS = 5  # of each, one after the other: the best is when nobody else was in the way


def prompt(n: int) -> str:
    return f"request {n}: item {n * 7} of the list"


def measure() -> dict[str, Any]:
    """By rows: tokens/s of both, their ratio, the Python share of a step, time to first token; of the best turns."""
    ours: dict[int, dict[str, float]] = {}
    theirs: dict[int, float] = {}
    for _ in range(TURNS):
        ours = {n: max(found, ours.get(n, found), key=_rate) for n, found in anyio.run(_ours).items()}
        theirs = {n: max(rate, theirs.get(n, rate)) for n, rate in _theirs().items()}
    rows = {
        str(n): {
            "llmasos_tokens_per_s": round(ours[n]["rate"], 1),
            "locked_llama_tokens_per_s": round(theirs[n], 1),
            "ratio": round(ours[n]["rate"] / theirs[n], 2),
            "python_share_of_step": round(ours[n]["python_share"], 3),
            "first_token_ms_median": round(ours[n]["first_token"] * 1000, 1),
        }
        for n in ROWS
    }
    return {"model": embedded_nano().name, "tokens_per_row": NUM_TOKENS, "rows": rows}


def _rate(found: dict[str, float]) -> float:
    return found["rate"]


async def _ours() -> dict[int, dict[str, float]]:
    with TemporaryDirectory() as home:
        section = ModelSection(processes=max(ROWS), window_tokens=512)
        async with Kernel.boot(Config(Path(home), model=section)) as kernel:
            model = await kernel.model("nano")
            ends = dict.fromkeys(model.driver.tokenizer.end_tokens, -1000000000.0)
            sampling = Sampling(logit_bias=ends)
            await _round(kernel, sampling, 2)  # warm up
            return {n: await _round(kernel, sampling, n) for n in ROWS}


async def _round(kernel: Kernel, sampling: Sampling, num_rows: int) -> dict[str, float]:
    async def body(task: Task, request: str) -> str:
        said = await task.continue_text(request, max_tokens=NUM_TOKENS, sampling=sampling)
        return str(len(said.logprobs))

    engine = kernel.models["nano"].engine
    before = engine.statistics()
    started = time.perf_counter()
    processes = [await kernel.spawn(Program("bench", body), prompt(n)) for n in range(num_rows)]
    firsts: list[float] = []

    async def first(process: Any) -> None:
        async for event in process.events():
            if isinstance(event, Text):
                firsts.append(time.perf_counter() - started)
                return

    async with anyio.create_task_group() as group:
        for process in processes:
            group.start_soon(first, process)
    counts = [int(await process.wait()) for process in processes]
    seconds = time.perf_counter() - started
    assert counts == [NUM_TOKENS] * num_rows, counts
    after = engine.statistics()
    inside = after.driver_seconds - before.driver_seconds
    return {
        "rate": sum(counts) / seconds,
        "python_share": 1 - inside / seconds,
        "first_token": median(firsts),
    }


def _theirs() -> dict[int, float]:
    llama = high_level(512)
    forbidden = {llama.token_eos(): -1e9}
    lock = threading.Lock()

    def ask(n: int) -> None:
        with lock:
            answer: Any = llama.create_completion(
                prompt(n), max_tokens=NUM_TOKENS, temperature=0.0, repeat_penalty=1.0, logit_bias=forbidden
            )
        counts.append(answer["usage"]["completion_tokens"])

    rates: dict[int, float] = {}
    for num_rows in (2, *ROWS):  # the first is the warm-up
        counts: list[int] = []
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(num_rows)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rates[num_rows] = sum(counts) / (time.perf_counter() - started)
    llama.close()
    return rates
