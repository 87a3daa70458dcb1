"""spawn, processes, kill, wait, ask and tell as calls of a real process, through the gate of a real kernel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.drivers.sim import Sim
from llmasos.kernel.events import Asked, Told
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task

pytestmark = pytest.mark.anyio
Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
Calls = Callable[..., Awaitable[CallRecord]]


async def sleeper(task: Task, request: str) -> str:
    await anyio.sleep_forever()
    return ""


async def caller(kernel: Kernel) -> tuple[ProcessHandle, Calls]:
    """A live process, and its calls through the gate."""
    handle = await kernel.spawn(Program("test", sleeper), "x", attended=True)
    seq = iter(range(1, 1000))

    async def call(name: str, **arguments: Any) -> CallRecord:
        return await kernel.gate.trap(handle.process, kernel.table, name, arguments, next(seq))

    return handle, call


async def test_a_child_is_started_listed_and_waited_for(boot: Boot, sim: Sim) -> None:
    sim.enqueue("The result is 42.")
    async with boot() as kernel:
        me, call = await caller(kernel)
        assert (await call("spawn", request="what is 6 times 7?")).result == f"started process {me.pid + 1}"
        assert (await call("wait", pid=me.pid + 1)).result == "The result is 42."
        assert (await call("wait", pid=me.pid + 1)).error == f"ESRCH: no process {me.pid + 1}"
        listed = (await call("processes")).result
        assert listed is not None and listed.splitlines()[0] == "1 init waiting"
        assert listed.splitlines()[1].startswith(f"{me.pid} test ")
        assert (await call("spawn", request=" ")).error == "EINVAL: the request is empty"
        me.kill(Signal.KILL)


async def test_a_process_is_stopped_and_its_waiter_told(boot: Boot) -> None:
    async with boot() as kernel:
        me, call = await caller(kernel)
        child = await kernel.spawn(Program("child", sleeper), "x", parent=me.process)
        assert (await call("kill", pid=child.pid)).result == f"stopped process {child.pid}"
        error = (await call("wait", pid=child.pid)).error
        assert error is not None and error.startswith(f"ECHILD: process {child.pid} failed: ")
        assert (await call("kill", pid=9999)).error == "ESRCH: no process 9999"
        assert ((await call("kill", pid=1)).error or "").startswith("EPERM")
        me.kill(Signal.KILL)


async def test_the_user_is_asked_and_told(boot: Boot) -> None:
    async with boot() as kernel:
        me, call = await caller(kernel)
        assert (await call("tell", message="half done")).result == "told"

        async def answer() -> None:
            async for event in me.events():
                if isinstance(event, Told):
                    assert event.message == "half done"
                if isinstance(event, Asked):
                    me.reply("blue")
                    return

        async with anyio.create_task_group() as group:
            group.start_soon(answer)
            with anyio.fail_after(20):
                assert (await call("ask", question="which colour?")).result == "blue"
        me.kill(Signal.KILL)
