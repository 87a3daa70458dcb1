"""Who takes a copy of a process waits until nothing of it is under way."""

from __future__ import annotations

import anyio
import pytest

from llmasos import App
from llmasos.drivers.sim import Sim
from llmasos.errors import NoSuchProcess, PermissionDenied, ProcessError
from llmasos.kernel.process import State
from llmasos.kernel.recovery import go_on
from llmasos.kernel.remains import remains
from llmasos.kernel.signals import Signal
from llmasos.kernel.stillness import copy_of, hold
from tests.conftest import Boot

pytestmark = pytest.mark.anyio


async def test_a_call_under_way_is_waited_for(boot: Boot, sim: Sim) -> None:
    app, begun, may_end = App("slow"), anyio.Event(), anyio.Event()

    @app.syscall(effect="pure", capability="slow")
    async def slow() -> str:
        """Take your time."""
        begun.set()
        await may_end.wait()
        return "done"

    sim.enqueue('<tool_call>\n{"name": "slow", "arguments": {}}\n</tool_call>')
    async with boot() as kernel:
        handle = await kernel.spawn(app, "go")
        await begun.wait()
        with pytest.raises(ProcessError, match="in the middle of slow"):
            await hold(kernel, handle.pid, "a copy", 0.05)
        assert (handle.process.state, handle.process.waiting_on) == (State.STOPPED, "a copy")
        may_end.set()
        await hold(kernel, handle.pid, "another reason", 5)
        assert handle.process.waiting_on == "a copy", "it was stopped already"
        records = kernel.journal.read(handle.pid)
        await anyio.sleep(0.05)
        assert [r.kind for r in kernel.journal.read(handle.pid, ["result"])] == ["result"]
        assert [r for r in kernel.journal.read(handle.pid) if r.kind == "tokens"] == [
            r for r in records if r.kind == "tokens"
        ]
        assert {"signal": "STOP", "by": 0, "reason": "a copy"} in [r.body for r in records]
        await kernel.kill(handle.pid, Signal.KILL).wait()
        await handle.ended()
        with pytest.raises(NoSuchProcess):
            await hold(kernel, handle.pid, "a copy", 1)
        with pytest.raises(PermissionDenied):
            await hold(kernel, 1, "a copy", 1)


async def test_a_step_under_way_is_in_the_journal(boot: Boot) -> None:
    async with boot() as kernel:
        handle = await kernel.spawn("hello")
        async for _ in handle.events():
            if handle.process.accounting.completion_tokens > 10:
                break
        await hold(kernel, handle.pid, "a copy", 1)
        before = kernel.journal.read(handle.pid, ["tokens"])
        await anyio.sleep(0.1)
        assert kernel.journal.read(handle.pid, ["tokens"]) == before
        assert sum(len(r.body["tokens"]) for r in before) == handle.process.accounting.completion_tokens


async def test_a_copy_is_found_by_what_it_is_one_of(boot: Boot) -> None:
    async with boot() as kernel:
        records = kernel.journal.read((await kernel.spawn("hello", interactive=True)).pid)
        assert await copy_of(kernel, "a copy") is None
        killed = await go_on(kernel, remains(records), "a copy")
        await kernel.kill(killed.pid, Signal.KILL).wait()
        assert await copy_of(kernel, "a copy") is None, "it was told to end while it stood"
        copy = await go_on(kernel, remains(records), "a copy")
        await kernel.kill(copy.pid, Signal.STOP).wait()
        for signal in (Signal.STOP, Signal.CONT):
            await kernel.kill(copy.pid, signal).wait()
            found = await copy_of(kernel, "a copy")
            assert found is not None and found.pid == copy.pid
        await kernel.kill(copy.pid, Signal.KILL).wait()
        with pytest.raises(NoSuchProcess, match="went on and has ended"):
            await copy_of(kernel, "a copy")
