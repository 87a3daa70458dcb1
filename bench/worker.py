"""What a driver in a process of its own costs: a decode step through it against the same step in this process.

Both run the same GGUF in the same run, a dozen steps of one and then of the other, so that whatever else the machine
does meets both alike; the first two of a dozen, which find the caches full of the other's, do not count. `ratio` is of
two dozens beside each other that of their medians, and of all such pairs the median: a machine that is slower for a
second slows both. `ratio_of_best` is that of the fastest tenths of all, when nobody was in the way.

The shape is a 135M model's with its vocabulary (random weights; q8_0, and q4_0, whose steps are shorter): greedy;
sampled; sampled under a grammar, whose masks go there; and with log-probabilities, for which each row's logits come
back. And nano, whose steps are short for a way there and back.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from llmasos.boot import embedded_nano
from llmasos.drivers import llama_lanes
from llmasos.drivers.driver import Driver, Row
from llmasos.drivers.gguf_random import RandomShape, write_random
from llmasos.drivers.grammar import GrammarCompiler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.worker import Worker

SHAPE = RandomShape(width=576, layers=30, heads=9, kv_heads=3, ffn=1536, window_tokens=2048, num_fillers=48_885)
ROWS = (1, 8, 16)
PROMPT_TOKENS = 64
DOZENS = {1: 16, 8: 6, 16: 4}
SAMPLED = Sampling(temperature=0.8, top_k=40, seed=1)
KV_TOKENS = 1024


def measure() -> dict[str, Any]:
    """Milliseconds of a step here and there, by model, sampling and rows; of swap; a way there and back; a restart."""
    rows = {}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        paths = {kind: Path(folder) / f"random-135m-{kind}.gguf" for kind in ("q8_0", "q4_0")}
        for kind, path in paths.items():
            write_random(path, SHAPE, kind=kind)
        for name, file in (("135M", paths["q8_0"]), ("135M q4_0", paths["q4_0"]), ("nano", embedded_nano())):
            here, there = llama_lanes.load(file, num_sequences=max(ROWS)), Worker.load(file, num_sequences=max(ROWS))
            stack.callback(here.shutdown)
            stack.callback(there.shutdown)
            for how, sampler in _samplers(here).items():
                for num_rows in ROWS:
                    rows[f"{name} {how} {num_rows}"] = _compared(here, there, sampler, num_rows)
            if name == "135M":
                rest = {"swap": _swapped(here, there), "back_and_forth_us": _back_and_forth(there)}
                rest["restart_ms"] = round(_restarted(there) * 1000)
    return {
        "model": "135M shape, random weights, vocabulary of 49,152, q8_0 unless it says q4_0; nano",
        **rest,
        "rows": rows,
    }


def _samplers(driver: Driver) -> dict[str, Callable[[], TokenSampler]]:
    """Makers of a row's sampler, by name."""
    text = GrammarCompiler(driver.tokenizer).regex("(?s:.*)")
    endless = replace(SAMPLED, logit_bias=dict.fromkeys(driver.tokenizer.end_tokens, float("-inf")))
    return {
        "greedy": lambda: TokenSampler(Sampling()),
        "sampled": lambda: TokenSampler(SAMPLED),
        "grammar": lambda: TokenSampler(endless, text.copy()),
        "logprobs": lambda: TokenSampler(replace(SAMPLED, num_logprobs=0)),
    }


def _compared(here: Driver, there: Driver, sampler: Callable[[], TokenSampler], num_rows: int) -> dict[str, float]:
    batches = [_prefilled(driver, sampler, num_rows) for driver in (here, there)]
    seconds: list[list[list[float]]] = [[], []]
    for _ in range(DOZENS[num_rows]):
        for driver, rows, found in zip((here, there), batches, seconds, strict=True):
            dozen = [_timed(lambda driver=driver, rows=rows: driver.step(rows)) for _ in range(12)]  # type: ignore[misc]
            found.append(dozen[2:])
    for driver, rows in zip((here, there), batches, strict=True):
        for row in rows:
            driver.close(row.sequence_id)
    ratios = [median(theirs) / median(ours) for ours, theirs in zip(*seconds, strict=True)]
    flat = [list(chain.from_iterable(found)) for found in seconds]
    (ours, theirs), (best, their_best) = map(median, flat), map(_best, flat)
    return {
        "in_process_ms": round(ours * 1000, 3),
        "worker_ms": round(theirs * 1000, 3),
        "ratio": round(median(ratios), 3),
        "ratio_of_best": round(their_best / best, 3),
        "more_ms_of_best": round((their_best - best) * 1000, 3),
    }


def _best(seconds: list[float]) -> float:
    """The slowest of the fastest tenth."""
    return sorted(seconds)[len(seconds) // 10]


def _prefilled(driver: Driver, sampler: Callable[[], TokenSampler], num_rows: int) -> list[Row]:
    """Sequences with a prompt, as rows of one more token each."""
    ids = [driver.open() for _ in range(num_rows)]
    driver.step([Row(i, [40 + (i + k) % 200 for k in range(PROMPT_TOKENS)]) for i in ids])
    return [Row(i, [50], sampler()) for i in ids]


def _swapped(here: Driver, there: Driver) -> dict[str, float]:
    """Milliseconds for the KV of KV_TOKENS to leave the driver, and to come back."""
    found = {}
    for name, driver in (("in_process", here), ("worker", there)):
        sequence_id = driver.open()
        for _ in range(KV_TOKENS // 256):
            driver.step([Row(sequence_id, [50] * 256)])
        outs, ins = [], []
        for _ in range(5):
            outs.append(_timed(lambda d=driver, i=sequence_id: d.export_sequence(i)))  # type: ignore[misc]
            data = driver.export_sequence(sequence_id)
            began = time.perf_counter()
            copy = driver.import_sequence(data, KV_TOKENS)
            ins.append(time.perf_counter() - began)
            driver.close(copy)
        driver.close(sequence_id)
        found |= {f"{name}_out_ms": round(median(outs) * 1000, 1), f"{name}_in_ms": round(median(ins) * 1000, 1)}
    return found


def _back_and_forth(driver: Driver) -> float:
    """Microseconds of a verb that does nothing."""
    sequence_id = driver.open()
    seconds = [_timed(lambda: driver.length(sequence_id)) for _ in range(500)]
    driver.close(sequence_id)
    return round(median(seconds) * 1e6, 1)


def _restarted(driver: Worker) -> float:
    """Seconds from a death to an empty sequence in the next process."""
    pid = driver.health.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return _timed(driver.open)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
