"""What a kernel has to stand, row by row of docs/promises.md: clocks, calls that cannot be read, agents without end."""

from __future__ import annotations

import json
import time
from typing import Any

import anyio
import pytest

from llmasos.drivers.grammar import GrammarCompiler
from llmasos.drivers.sim import Sim
from llmasos.errors import ProcessFailed, QuotaExceeded
from llmasos.kernel.limits import Limits
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task
from tests.conftest import Boot

pytestmark = pytest.mark.anyio


def endless() -> Sim:
    """A driver whose window no babble fills while a test looks."""
    return Sim(window_tokens=100_000, num_cells=8_000_000)


async def test_a_clock_that_jumps_ends_nothing_early_and_nothing_late(
    boot: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    async with boot(driver=endless()) as kernel:
        ahead = await kernel.spawn("babble", limits=Limits(seconds=0.5))
        monkeypatch.setattr(time, "time", lambda: real() + 1e6)
        await anyio.sleep(0.1)
        assert ahead.process.alive and ahead.usage()["seconds"] < 0.5
        monkeypatch.setattr(time, "time", lambda: real() - 1e6)
        with pytest.raises(QuotaExceeded, match="seconds"), anyio.fail_after(20):
            await ahead.wait()
        assert 0.5 <= ahead.usage()["seconds"] < 3


async def test_a_call_that_cannot_be_read_is_repaired_twice_and_never_run(
    boot: Boot, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no grammar holds the model to its calls."""
    monkeypatch.setattr(GrammarCompiler, "tools", lambda *args, **how: None)
    bad = [
        '<tool_call>\n{"name": "clock", "arguments": {}\n</tool_call>',
        '<tool_call>\n{"name": "clоck", "arguments": {}}\n</tool_call>',  # a Cyrillic o
        '<tool_call>\n{"name": "clock", "arguments": {"zone": "x"}}\n</tool_call>',
        "<tool_call>\nclock()\n</tool_call>",
        '<tool_call>\n{"name": "clock"} {"name": "clock"}\n</tool_call>',
    ]
    async with boot() as kernel:
        sim.enqueue(*bad)
        process = await kernel.spawn("what time is it?")
        with pytest.raises(ProcessFailed, match="could not be read after 2 repairs"):
            await process.wait()
        assert [(c["decision"], c["error"].split(":")[0]) for c in process.syscalls] == [
            ("deny", "ENOSYS"),
            ("deny", "EINVAL"),
        ]
        read = [r.body["content"] for r in kernel.journal.read(process.pid, ["message"]) if r.body["role"] == "tool"]
        assert len(read) == 4 and all(text.startswith("error E") for text in read)


async def test_agents_that_start_agents_share_one_limit(boot: Boot) -> None:
    """A tree that wants to be 4^32 agents is 33 at most, is told so as EAGAIN, and goes with its root."""
    refused: list[str] = []

    async def bomb(task: Task, request: str) -> str:
        while True:
            try:
                await task.kernel.spawn(Program("bomb", bomb), "", parent=task.process)
            except QuotaExceeded as error:
                refused.append(str(error))
                record = await task.trap("spawn", {"request": "one more"})
                refused.append(str(record.error))
                await anyio.sleep(0.01)

    async with boot(driver=endless()) as kernel:
        root = await kernel.spawn(Program("bomb", bomb), "")
        with anyio.fail_after(10):
            while len(refused) < 200:
                assert len(kernel.processes()) <= 2 + 32
                assert root.process.budget.used["children"] <= 32
                await anyio.sleep(0.01)
        assert set(refused) <= {
            "limit reached: children (32)",
            "limit reached: depth (4)",
            "EAGAIN: limit reached: children (32)",
            "EAGAIN: limit reached: depth (4)",
        }
        assert any(text.startswith("EAGAIN") for text in refused)
        root.kill(Signal.KILL)
        with anyio.fail_after(10):
            while len(kernel.processes()) > 1:  # noqa: ASYNC110  the dead tell nobody
                await anyio.sleep(0.01)


def call(name: str, **arguments: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"
