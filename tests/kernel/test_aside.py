"""Calls to a device that are no step: between two of them, in its thread, or not at all."""

from __future__ import annotations

import threading
import time

import anyio
import pytest

from llmasos.drivers.sim import Sim
from llmasos.errors import DriverBroken, DriverClosed
from llmasos.kernel.aside import Asides
from llmasos.kernel.device import DeviceThread
from llmasos.kernel.engine import Engine
from llmasos.kernel.run_queue import make_policy

pytestmark = pytest.mark.anyio


async def test_a_call_is_made_in_the_device_s_thread() -> None:
    woken = anyio.Event()
    asides = Asides(woken.set)
    names: list[str] = []
    async with DeviceThread() as device, anyio.create_task_group() as group:

        async def ask() -> None:
            names.append((await asides.run(threading.current_thread)).name)

        group.start_soon(ask)
        await woken.wait()
        await asides.make(device)
    assert names == ["device"]


async def test_what_a_call_raises_is_the_asker_s() -> None:
    def fail() -> None:
        raise DriverBroken("the fan stopped")

    woken = anyio.Event()
    asides = Asides(woken.set)
    async with DeviceThread() as device, anyio.create_task_group() as group:

        async def ask() -> None:
            with pytest.raises(DriverBroken, match="fan"):
                await asides.run(fail)

        group.start_soon(ask)
        await woken.wait()
        await asides.make(device)


async def test_who_leaves_takes_the_call_back() -> None:
    asides = Asides(lambda: None)
    made: list[int] = []
    with anyio.move_on_after(0.01):
        await asides.run(made.append, 1)
    async with DeviceThread() as device:
        await asides.make(device)
    assert made == []


async def test_nobody_waits_for_an_engine_that_has_ended() -> None:
    woken = anyio.Event()
    asides = Asides(woken.set)
    async with anyio.create_task_group() as group:

        async def ask() -> None:
            with pytest.raises(DriverClosed):
                await asides.run(int)

        group.start_soon(ask)
        await woken.wait()
        asides.end(DriverClosed("it has ended"))
    with pytest.raises(DriverClosed):
        await asides.run(int)


async def test_one_that_comes_while_another_is_made_is_made_too() -> None:
    """It once came between the engine's look and its sleep, and waited for ever."""
    sim = Sim()
    engine = Engine(sim, policy=make_policy("fair"))
    done: list[int] = []

    async def call(number: int) -> None:
        await engine.asides.run(time.sleep, 0.05)
        done.append(number)

    async with anyio.create_task_group() as group:
        group.start_soon(engine.run)
        with anyio.fail_after(20):
            async with anyio.create_task_group() as callers:
                for number in range(4):
                    callers.start_soon(call, number)
                    await anyio.sleep(0.01)
        group.cancel_scope.cancel()
    assert sorted(done) == [0, 1, 2, 3]
