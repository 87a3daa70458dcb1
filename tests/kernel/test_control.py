"""nice and limits of a running process, and signals that a crash overtook."""

from __future__ import annotations

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.errors import NoSuchProcess, PermissionDenied, ProcessKilled, QuotaExceeded
from llmasos.kernel.control import limit, renice
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import State
from llmasos.kernel.signals import Signal
from tests.conftest import Boot
from tests.kernel.test_recovery import keeping, until, until_tokens  # noqa: F401

pytestmark = pytest.mark.anyio


async def test_a_limit_on_tokens_that_is_lowered_ends_the_process_there(boot: Boot) -> None:
    async with boot() as kernel:
        process = await kernel.spawn("talk")
        await until_tokens(kernel, process.pid, 20)
        await kernel.kill(process.pid, Signal.STOP).wait()
        wanted = process.process.budget.used["tokens"] + 50
        await limit(kernel, process.pid, {"tokens": wanted})
        kernel.kill(process.pid, Signal.CONT)
        with pytest.raises(QuotaExceeded, match=rf"limit reached: tokens \({wanted}\)"):
            await process.wait()
        assert sum(len(r.body["tokens"]) for r in kernel.journal.read(process.pid, ["tokens"])) == wanted


async def test_a_deadline_is_moved_for_the_whole_tree_and_taken_away_again(boot: Boot) -> None:
    async with boot() as kernel:
        parent = await kernel.spawn("", interactive=True)
        child = await kernel.spawn("", interactive=True, parent=parent.process)
        await until(lambda: kernel.task(child.pid).time is not None)
        await limit(kernel, parent.pid, {"seconds": 3600})
        await limit(kernel, parent.pid, {"seconds": None})
        time = kernel.task(child.pid).time
        assert time is not None and time.deadline == float("inf")
        await limit(kernel, parent.pid, {"seconds": 0.01})
        for handle in (parent, child):
            with pytest.raises(QuotaExceeded, match=r"seconds \(0.01\)"), anyio.fail_after(10):
                await handle.wait()


async def test_who_has_ended_or_is_init_is_not_changed(boot: Boot) -> None:
    async with boot() as kernel:
        process = await kernel.spawn("", interactive=True)
        assert await renice(kernel, process.pid, 40) == process.process.nice == 19
        await kernel.kill(process.pid, Signal.KILL).wait()
        with pytest.raises(ProcessKilled):
            await process.wait()
        with pytest.raises(NoSuchProcess):
            await renice(kernel, process.pid, 1)
        with pytest.raises(PermissionDenied):
            await limit(kernel, 1, {"tokens": 1})


async def test_the_next_kernel_has_the_changes(keeping: Boot) -> None:  # noqa: F811
    async with keeping() as kernel:
        pid = (await kernel.spawn("", interactive=True, limits=Limits(syscalls=5))).pid
        await renice(kernel, pid, 7)
        await limit(kernel, pid, {"tokens": 50})
        await kernel.kill(pid, Signal.STOP).wait()
    for _ in range(2):
        async with keeping() as kernel:
            process = kernel.task(pid).process
            assert process.nice == 7
            assert process.budget.limits == Limits(tokens=50, syscalls=5)
            await until(lambda process=process: process.state is State.STOPPED)  # type: ignore[misc]
    assert len(_signals(kernel, pid)) == 1, "being started again is no signal"


def _signals(kernel: Kernel, pid: int) -> list[Record]:
    journal = Journal(kernel.journal.path, read_only=True)
    try:
        return journal.read(pid, ["signal"])
    finally:
        journal.close()


@pytest.mark.parametrize("signal", ["TERM", "KILL", "INT"])
async def test_who_was_told_to_end_does_not_come_back(keeping: Boot, signal: str) -> None:  # noqa: F811
    """The signal is on record and the exit is not: what a kill -9 between the two leaves."""
    async with keeping() as kernel:
        pid = (await kernel.spawn("talk")).pid
        await until_tokens(kernel, pid, 5)
    async with keeping() as kernel:
        kernel.journal.append([Record(pid, "signal", {"signal": signal, "by": 0})])
    async with keeping() as kernel:
        assert kernel.live(pid) is None
        assert kernel.journal.read(pid, ["exit"])[0].body["error"] == f"killed by SIG{signal}"


async def test_a_kill_is_on_record_for_the_whole_tree(boot: Boot) -> None:
    async with boot() as kernel:
        parent = await kernel.spawn("", interactive=True)
        child = await kernel.spawn("", interactive=True, parent=parent.process)
        await kernel.kill(parent.pid, Signal.KILL).wait()
        for handle in (parent, child):
            with pytest.raises(ProcessKilled):
                await handle.wait()
        assert [r.body["by"] for r in kernel.journal.read(child.pid, ["signal"])] == [parent.pid]


async def test_an_interrupted_turn_is_not_taken_up_again(keeping: Boot) -> None:  # noqa: F811
    async with keeping() as kernel:
        process = await kernel.spawn("talk", interactive=True)
        await until_tokens(kernel, process.pid, 10)
        await kernel.kill(process.pid, Signal.INT).wait()
        await until(lambda: process.process.waiting_on == "input")
        before = len(kernel.journal.read(process.pid, ["tokens"]))
    async with keeping() as kernel:
        await until(lambda: kernel.task(process.pid).process.waiting_on == "input")
        assert len(kernel.journal.read(process.pid, ["tokens"])) == before


async def test_two_changes_at_once_are_both_made(keeping: Boot) -> None:  # noqa: F811
    async with keeping() as kernel:
        pid = (await kernel.spawn("", interactive=True, limits=Limits())).pid
        async with anyio.create_task_group() as group:
            group.start_soon(limit, kernel, pid, {"tokens": 50})
            group.start_soon(limit, kernel, pid, {"syscalls": 5})
        assert kernel.task(pid).process.budget.limits == Limits(tokens=50, syscalls=5)
    async with keeping() as kernel:
        assert kernel.task(pid).process.budget.limits == Limits(tokens=50, syscalls=5)


async def test_a_child_that_its_parent_may_no_longer_have_does_not_keep_the_others_from_coming_back(
    keeping: Boot,  # noqa: F811
) -> None:
    async with keeping() as kernel:
        parent = await kernel.spawn("", interactive=True)
        child = await kernel.spawn("", interactive=True, parent=parent.process)
        other = await kernel.spawn("", interactive=True)
        await limit(kernel, parent.pid, {"children": 0})
    async with keeping() as kernel:
        live = {process.pid for process in kernel.processes() if process.alive}
        assert {parent.pid, other.pid} <= live
        assert kernel.journal.read(child.pid, ["exit"])[0].body["exit_code"] == 5
