"""The job of shared_prompt.py with 64 agents: KV room for all of them, and for 16 while the rest waits in swap.

There is no peer: llama-server has no more agents than slots. The target is 1.3 times the time with room for all.
"""

from __future__ import annotations

from typing import Any

import anyio
import model_135m
from shared_prompt import ours
from workload import Agents

JOB = Agents(num=64, shared=1024, own=64, turns=4)
ROOM_FOR = 16
TARGET = 1.3


def measure() -> dict[str, Any]:
    """Seconds with room for all and with less, and their ratio."""
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    whole, _ = await ours(JOB, room_for=JOB.num)
    tight, _ = await ours(JOB, room_for=ROOM_FOR)
    tight["ratio"] = round(tight["llmasos_s"] / whole["llmasos_s"], 3)
    tight["cpu_ratio"] = round(tight["llmasos_cpu_s"] / whole["llmasos_cpu_s"], 3)
    tight["target"] = TARGET
    return {"model": model_135m.NAME, "rows": {"room for all": whole, f"room for {ROOM_FOR}": tight}}
