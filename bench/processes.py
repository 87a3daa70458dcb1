"""A thousand processes that wait: what each costs beside its tokens, how long spawning one takes, and a look at all.

They are interactive agents of nano that have said nothing yet: the state in which most processes of a machine are.
There is no peer: the targets are 100 KB, 2 ms and 0.3 s.
"""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from llmasos import Kernel
from llmasos.apps.processes import table
from llmasos.config import Config
from llmasos.kernel.agent import AGENT
from llmasos.kernel.limits import Limits

NUM = 1000


def measure() -> dict[str, Any]:
    return anyio.run(_measure)


async def _measure() -> dict[str, Any]:
    with TemporaryDirectory() as home:
        async with Kernel.boot(Config(Path(home), limits=Limits(children=None)), model="nano") as kernel:
            kernel.init.budget.limits = Limits(children=None, depth=None)
            await kernel.model("nano")
            before, began = _resident_bytes(), time.perf_counter()
            for _ in range(NUM):
                await kernel.spawn(AGENT, "", interactive=True)
            spawned = time.perf_counter() - began
            await anyio.sleep(0.2)
            size = _resident_bytes() - before
            began = time.perf_counter()
            rows = [(p.pid, p.app, p.state.value, p.accounting.completion_tokens) for p in kernel.processes()]
            text = table(("PID", "APP", "STATE", "TOKENS"), rows)
            listed = time.perf_counter() - began
            assert len(text.splitlines()) > NUM
    return {
        "rows": {
            f"{NUM} waiting": {
                "kb_each": round(size / NUM / 1000, 1),
                "spawn_ms": round(1000 * spawned / NUM, 2),
                "list_ms": round(1000 * listed, 1),
            }
        }
    }


def _resident_bytes() -> int:
    fields = Path("/proc/self/statm")
    if fields.exists():
        return int(fields.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
