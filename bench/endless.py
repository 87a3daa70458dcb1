"""A conversation of 200,000 tokens over nano's window of 2,048: is the right page there, and what does a turn cost?

The cost is compared in one run: a second conversation, in a kernel of its own, has come to 5,000 tokens, and the two
take turns with the same words. `LLMASOS_BENCH_TOKENS` is the long one's length; 200,000 take ten minutes. How far
it has come is said on standard error.
"""

from __future__ import annotations

import os
import sys
import time
from statistics import mean, median
from typing import Any

import anyio
import talk

from llmasos.config import MemorySection
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

NUM_TOKENS = int(os.environ.get("LLMASOS_BENCH_TOKENS", "200000"))
EARLY_TOKENS = 5000
TOKENS_A_TURN = 80  # what a turn of talk.py comes to, about
TURNS_A_LINE = 100
NUM_TIMED = 100  # turns of each


def measure() -> dict[str, Any]:
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    long, short = _Timed(), _Timed()
    async with (
        talk.kernel(MemorySection()) as far,
        talk.kernel(MemorySection()) as near,
        anyio.create_task_group() as group,
    ):
        group.start_soon(_converse, far, long, NUM_TOKENS, len(talk.FACTS))
        await long.ready.wait()
        group.start_soon(_converse, near, short, EARLY_TOKENS, 0)
        await short.ready.wait()
        await _compare(short, long)
        long.done.set()
        short.done.set()
    rows = {_name(timed): timed.row() for timed in (short, long)}
    ratio = round(mean(long.wall) / mean(short.wall), 2)
    found = {"turn_ratio": ratio, "missed": long.talk.missed}
    return {"model": "nano", "window_tokens": 2048, **found, "rows": rows}


async def _compare(short: _Timed, long: _Timed) -> None:
    for turn in [long.talk.filler() for _ in range(NUM_TIMED)]:
        await short.time(turn)
        await long.time(turn)


class _Timed:
    """A conversation, and what its last turns took."""

    def __init__(self) -> None:
        self.talk: talk.Talk
        self.ready, self.done = anyio.Event(), anyio.Event()
        self.wall: list[float] = []
        self.cpu: list[float] = []

    async def time(self, turn: talk.Turn) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        await self.talk.turn(turn)
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)

    def row(self) -> dict[str, Any]:
        share = round(100 * self.talk.found / max(1, self.talk.asked), 1)
        asked = {"facts_resident_percent": share} if self.talk.asked else {}
        return {
            "turns": self.talk.num_turns,
            "asked": self.talk.asked,
            **asked,
            "turn_ms": round(1000 * mean(self.wall), 1),
            "median_turn_ms": round(1000 * median(self.wall), 1),
            "cpu_ms_a_turn": round(1000 * mean(self.cpu), 1),
        }


async def _converse(kernel: Any, timed: _Timed, num_tokens: int, facts: int) -> None:
    async def body(task: Task, request: str) -> str:
        timed.talk = talk.Talk(task)
        for turn in timed.talk.script(facts, num_tokens // TOKENS_A_TURN):
            await timed.talk.turn(turn)
            if timed.talk.num_turns % TURNS_A_LINE == 0:
                print(f"endless: {timed.talk.told()}", file=sys.stderr, flush=True)
        while timed.talk.said < num_tokens:
            await timed.talk.turn(timed.talk.filler())
        timed.ready.set()
        await timed.done.wait()
        return ""

    process = await kernel.spawn(Program("bench", body), "", capabilities=frozenset())
    await process.wait()


def _name(timed: _Timed) -> str:
    return f"{timed.talk.said // 1000},000 tokens"
