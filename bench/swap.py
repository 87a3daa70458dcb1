"""Bringing back the KV of 1,024 tokens, from memory and from the file, against computing it again.

The peer is prefill by the same driver in the same run (llama.cpp's own kernels): what an engine without swap does
when a process that lost its place returns. The model has the shape of a 135M one with random weights (q8_0).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from llmasos.drivers.driver import Row
from llmasos.drivers.gguf_random import RandomShape, write_random
from llmasos.drivers.llama_cpp import LlamaCpp
from llmasos.memory.swap import SwapSpace

NUM_TOKENS = 1024
SHAPE = RandomShape(width=576, layers=30, heads=9, kv_heads=3, ffn=1536, window_tokens=2048)
RUNS = 7
CHUNK = 512


def measure() -> dict[str, Any]:
    """Milliseconds of prefill, swap-out and swap-in, and how many times faster than prefill coming back is."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "random-135m.gguf"
        write_random(path, SHAPE, kind="q8_0")
        driver = LlamaCpp.load(path, num_sequences=2)
        try:
            return _measured(driver, Path(folder))
        finally:
            driver.shutdown()


def _measured(driver: LlamaCpp, folder: Path) -> dict[str, Any]:
    tokens = [20 + i % 200 for i in range(NUM_TOKENS)]

    def prefill() -> int:
        sequence_id = driver.open()
        for first in range(0, NUM_TOKENS, CHUNK):
            driver.step([Row(sequence_id, tokens[first : first + CHUNK])])
        return sequence_id

    prefill_s = _median(prefill, driver.close, runs=3)
    held = prefill()
    size = len(driver.export_sequence(held))
    rows = {}
    for name, space in (("ram", SwapSpace(2 * size)), ("disk", SwapSpace(0, 2 * size, folder))):
        with closing(space):
            out_s = _median(lambda space=space: space.put(2, tokens, driver.export_sequence(held)))  # type: ignore[misc]
            in_s = _median(lambda space=space: _back(driver, space), driver.close)  # type: ignore[misc]
        rows[name] = {
            "kv_mib": round(size / 2**20, 1),
            "prefill_ms": round(prefill_s * 1000, 1),
            "swap_out_ms": round(out_s * 1000, 2),
            "swap_in_ms": round(in_s * 1000, 2),
            "times_faster_than_prefill": round(prefill_s / in_s, 1),
        }
    return {"model": "135M shape, random weights, q8_0", "tokens": NUM_TOKENS, "rows": rows}


def _back(driver: LlamaCpp, space: SwapSpace) -> int:
    data = space.read(2)
    assert data is not None
    return driver.import_sequence(data, NUM_TOKENS)


def _median(act: Callable[[], Any], after: Callable[[Any], Any] = lambda _: None, runs: int = RUNS) -> float:
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        made = act()
        seconds.append(time.perf_counter() - began)
        after(made)
    return median(seconds)
