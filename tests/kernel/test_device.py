"""The device's thread."""

from __future__ import annotations

import threading

import anyio
import pytest

from llmasos.errors import DriverBroken
from llmasos.kernel.device import DeviceThread


@pytest.mark.anyio
async def test_every_call_is_made_in_one_thread_that_is_not_the_callers() -> None:
    async with DeviceThread() as device:
        idents = {await device.run(threading.get_ident) for _ in range(20)}
    assert len(idents) == 1
    assert threading.get_ident() not in idents


@pytest.mark.anyio
async def test_calls_of_many_tasks_are_made_one_at_a_time() -> None:
    inside, most = 0, 0

    def call() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.001)
        inside -= 1

    async with DeviceThread() as device, anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(device.run, call)
        await anyio.wait_all_tasks_blocked()
        await device.run(call)
    assert most == 1


@pytest.mark.anyio
async def test_what_a_call_raises_is_raised_to_its_caller_and_the_thread_lives() -> None:
    def fail() -> None:
        raise DriverBroken("it broke")

    async with DeviceThread() as device:
        with pytest.raises(DriverBroken, match="it broke"):
            await device.run(fail)
        assert await device.run(len, "four") == 4


@pytest.mark.anyio
async def test_event_loop_is_free_while_a_call_runs_and_cancellation_waits_for_its_end() -> None:
    may_end, ended = threading.Event(), threading.Event()

    def call() -> None:
        may_end.wait(10)
        ended.set()

    async with DeviceThread() as device, anyio.create_task_group() as group:
        group.start_soon(device.run, call)
        await anyio.sleep(0.01)
        group.cancel_scope.cancel()
        assert not ended.is_set()
        may_end.set()
    assert ended.is_set()


@pytest.mark.anyio
async def test_leaving_ends_the_thread() -> None:
    async with DeviceThread("device-that-ends") as device:
        await device.run(int)
    assert "device-that-ends" not in {thread.name for thread in threading.enumerate()}
