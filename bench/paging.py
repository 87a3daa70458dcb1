"""Policies compared: facts asked for in other words, and nested lookups, at ten times nano's window of 2,048.

A nested lookup: box K holds the number of another box, which holds the number of another. Each hop is asked for with
the number read in the window at the last one; where the window lacks it, this chain ends and its other hops are lost.
The peers, in the same run: the window alone, which forgets the oldest (`never`: what truncation gives), and a quarter
of the window for a summary of what left (memory/summary.py: the sentences with most names and numbers).
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import anyio
import talk

from llmasos.config import MemorySection
from llmasos.kernel.program import Program
from llmasos.kernel.task import Task

NUM_TOKENS = 20_480
FACTS = 30
CHAINS, HOPS = 12, 5  # one box holds the next one's number; the rest of BOXES lead nowhere
BOXES = 140
POLICIES: dict[str, MemorySection] = {
    "lru/recent": MemorySection(),
    "lru/relevant": MemorySection(page_in="relevant"),
    "oldest/recent": MemorySection(eviction="oldest"),
    "largest/recent": MemorySection(eviction="largest"),
    "truncation (lru/never)": MemorySection(page_in="never"),
    "summary (lru/never)": MemorySection(page_in="never", summary_share=0.25),
}


def measure() -> dict[str, Any]:
    return {"model": "nano", "window_tokens": 2048, "rows": anyio.run(_measure)}


async def _measure() -> dict[str, Any]:
    """All at once: nothing here is timed."""
    rows: dict[str, dict[str, Any]] = {name: {} for name in POLICIES}
    async with anyio.create_task_group() as group:
        for name, section in POLICIES.items():
            group.start_soon(_run, section, rows[name])
    return rows


async def _run(section: MemorySection, found: dict[str, Any]) -> None:

    async def body(task: Task, request: str) -> str:
        found.update(await _converse(talk.Talk(task, seed=2)))
        return ""

    async with talk.kernel(section) as kernel:
        process = await kernel.spawn(Program("bench", body), "", capabilities=frozenset())
        await process.wait()
        found["page_ins"] = process.process.accounting.page_faults


async def _converse(with_nano: talk.Talk) -> dict[str, Any]:
    chance = with_nano.chance
    numbers = [str(number) for number in chance.sample(range(1000, 9999), BOXES + CHAINS)]
    chains = [[numbers.pop() for _ in range(HOPS + 1)] for _ in range(CHAINS)]
    held = [pair for chain in chains for pair in itertools.pairwise(chain)]
    held += [(key, chance.choice(numbers)) for key in numbers]
    boxes = iter(chance.sample(held, len(held)))
    for turn in with_nano.script(FACTS, BOXES + FACTS):
        box = next(boxes, None) if turn.wanted is None else None
        more = f" And box {box[0]} holds the number {box[1]}." if box is not None else ""
        await with_nano.turn(turn._replace(text=f"{turn.text}{more}"))
    assert next(boxes, None) is None, "every box has been said"
    while with_nano.said < NUM_TOKENS:
        await with_nano.turn(with_nano.filler())
    hops = sum([await _hops(with_nano, chain) for chain in chains])
    return {
        "tokens": with_nano.said,
        "facts_percent": round(100 * with_nano.found / with_nano.asked, 1),
        "nested_percent": round(100 * hops / (CHAINS * HOPS), 1),
    }


async def _hops(with_nano: talk.Talk, chain: list[str]) -> int:
    """How many of a chain's hops the window had."""
    for hop, (key, value) in enumerate(itertools.pairwise(chain)):
        await with_nano.turn(talk.Turn(f"which number does box {key} hold?"))
        held = re.search(rf"box {key} holds the number (\d+)", await with_nano.window())
        if held is None or held[1] != value:
            return hop
    return len(chain) - 1
