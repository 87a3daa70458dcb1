"""A signal for a process as it was arrives on record, or not at all; another arrives, and says if it is on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from llmasos.errors import NoSuchProcess, ProcessChanged, StorageError
from llmasos.kernel.control import limit, renice
from llmasos.kernel.journal import Record
from llmasos.kernel.kernel import Kernel
from llmasos.kernel.process import State
from llmasos.kernel.signals import Signal
from tests.conftest import Boot

pytestmark = pytest.mark.anyio


async def waiting(kernel: Kernel) -> int:
    handle = await kernel.spawn("", interactive=True)
    while handle.process.waiting_on != "input":  # noqa: ASYNC110
        await anyio.sleep(0.005)
    return handle.pid


def last(kernel: Kernel, pid: int) -> int:
    return kernel.journal.read(pid)[-1].seq


async def test_it_is_for_the_last_record_alone(boot: Boot) -> None:
    async with boot() as kernel:
        pid = await waiting(kernel)
        seq = last(kernel, pid)
        await renice(kernel, pid, 3)
        for wrong in (seq, seq + 2):
            with pytest.raises(ProcessChanged, match=f"its last record is {seq + 1}, not {wrong}"):
                await kernel.kill(pid, Signal.KILL, if_seq=wrong).wait()
        assert last(kernel, pid) == seq + 1 and kernel.task(pid).killed_by is None
        arrival = kernel.kill(pid, Signal.KILL, if_seq=seq + 1)
        await arrival.wait()
        assert arrival.recorded
        for late in (lambda: kernel.say(pid, "and?"), lambda: renice(kernel, pid, 1), lambda: limit(kernel, pid, {})):
            with pytest.raises(NoSuchProcess):
                await late()
        await kernel.wait(pid)


async def test_of_several_at_once_one_arrives(boot: Boot) -> None:
    async with boot() as kernel:
        pid = await waiting(kernel)
        sent = [kernel.kill(pid, Signal.KILL, reason=str(n), if_seq=last(kernel, pid)) for n in range(5)]
        for arrival in sent:
            await arrival.done.wait()
        assert [arrival.refused is None for arrival in sent] == [True, False, False, False, False]
        signals = kernel.journal.read(pid, ["signal"])
        assert [record.body["reason"] for record in signals] == ["0"]


async def test_what_is_said_at_that_moment_is_read_or_refused(boot: Boot) -> None:
    """Never accepted, and then lost: whoever comes first, the other is refused."""
    async with boot() as kernel:
        for num in range(20):
            pid = await waiting(kernel)
            said: list[bool] = []

            async def say(pid: int = pid, said: list[bool] = said, num: int = num) -> None:
                for _ in range(num % 5):
                    await anyio.lowlevel.checkpoint()
                try:
                    await kernel.say(pid, "and?")
                    said.append(True)
                except NoSuchProcess:
                    said.append(False)

            async with anyio.create_task_group() as group:
                group.start_soon(say)
                arrival = kernel.kill(pid, Signal.KILL, if_seq=last(kernel, pid))
                await arrival.done.wait()
            assert said == [arrival.refused is not None]
            if arrival.refused is not None:
                await kernel.kill(pid, Signal.KILL).wait()


async def test_on_a_full_disk_only_what_has_no_condition_arrives(boot: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(records: Sequence[Record], *more: Any) -> int:
        raise StorageError("no space left on device")

    async with boot() as kernel:
        pid = await waiting(kernel)
        with monkeypatch.context() as patch:
            patch.setattr(kernel.journal, "append", full)
            with pytest.raises(StorageError, match="no space"):
                await kernel.kill(pid, Signal.STOP, if_seq=last(kernel, pid)).wait()
            assert kernel.task(pid).process.state is State.WAITING
            arrival = kernel.kill(pid, Signal.STOP)
            await arrival.wait()
            assert not arrival.recorded and kernel.task(pid).process.state is State.STOPPED
