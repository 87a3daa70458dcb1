"""What a process kept in its window, and what it forgot, outlive its kernel."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from llmasos.boot import Kernel
from llmasos.config import Config, SecuritySection
from llmasos.drivers.sim import Sim
from llmasos.kernel.recovery import go_on
from llmasos.kernel.remains import remains
from llmasos.kernel.task import Task
from tests.kernel.test_recovery import answers, until

Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
TURNS = 60
ABLE = SecuritySection(capabilities=("context", "memory"))


@pytest.fixture
def keeping(tmp_path: Path) -> Boot:
    """A kernel with a small window whose processes outlive it, over a fresh `Sim` each time."""

    @asynccontextmanager
    async def booted(*scripts: str) -> AsyncIterator[Kernel]:
        sim = Sim(window_tokens=4096, num_cells=16384)
        sim.enqueue(*scripts)
        config = Config(tmp_path / "home", security=ABLE)
        async with Kernel.boot(config, workspace=tmp_path, load_driver=lambda name: sim, keeps=True) as kernel:
            yield kernel
            kernel.check_integrity()

    return booted


async def window(task: Task) -> str:
    return "\n".join(str(message["content"]) for message in (await task.transcript()).messages)


async def chat(kernel: Kernel, pid: int, after: int = 0) -> None:
    """Turns enough to push out what was said before, with scripted answers, after so many in this kernel."""
    for n in range(TURNS):
        await kernel.say(pid, f"item {n} of the list was looked at by two people who found nothing wrong with it")
        assert len(await answers(kernel.handle(pid), after + n + 1)) == after + n + 1


def lines() -> list[str]:
    return [f"Yes {n}." for n in range(TURNS)]


@pytest.mark.anyio
async def test_pins_and_notes_are_there_after_a_restart(keeping: Boot) -> None:
    async with keeping("Noted.", "Fine.") as kernel:
        process = await kernel.spawn("the door code is 4512", interactive=True)
        pid = process.pid
        assert await answers(process, 1) == ["Noted."]
        await kernel.say(pid, "the hedge is green")
        assert await answers(process, 2) == ["Noted.", "Fine."]
        task = kernel.task(pid)
        assert (await task.trap("pin", {"query": "door code"})).error is None
        assert (await task.trap("note", {"name": "plan", "text": "finish by friday"})).error is None
    async with keeping(*lines()) as kernel:
        await chat(kernel, pid)
        task = kernel.task(pid)
        assert task.paging is not None and task.paging.pager.always.blocks == {"plan": "finish by friday"}
        assert "4512" in await window(task) and "hedge" not in await window(task)
        assert any("[plan] finish by friday" in segment.text for segment in task.process.context.segments) or (
            "[plan] finish by friday" in task.paging.pager._note()
        )
        assert (await task.trap("unpin", {"query": "door code"})).error is None
    async with keeping(*lines()) as kernel:
        await chat(kernel, pid)
        assert "4512" not in await window(kernel.task(pid))


@pytest.mark.anyio
async def test_a_pinned_part_of_a_long_text_is_there_after_a_restart(keeping: Boot) -> None:
    text = "\n".join(f"line {n}: nothing of note here, we only count sheep" for n in range(100))
    async with keeping("Noted.", *lines()) as kernel:
        process = await kernel.spawn(f"{text}\nthe trumpet is kept in room 7\n{text}", interactive=True)
        await answers(process, 1)
        await chat(kernel, process.pid, 1)
        assert (await kernel.task(process.pid).trap("pin", {"query": "trumpet"})).error is None
        assert "the trumpet is kept in room 7" in await window(kernel.task(process.pid))
    for _ in range(2):
        async with keeping(*lines()) as kernel:
            await chat(kernel, process.pid)
            assert "the trumpet is kept in room 7" in await window(kernel.task(process.pid))


@pytest.mark.anyio
async def test_what_was_forgotten_stays_forgotten(keeping: Boot) -> None:
    async with keeping("Noted.", *lines()) as kernel:
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await answers(process, 1)
        await chat(kernel, process.pid, 1)
        assert (await kernel.task(process.pid).trap("forget", {"query": "door code"})).error is None
    async with keeping("I do not know.") as kernel:
        await kernel.say(process.pid, "what is the door code?")
        assert await answers(kernel.handle(process.pid), 1) == ["I do not know."]
        assert "4512" not in await window(kernel.task(process.pid))
        assert not any("4512" in row["text"] for row in kernel.memory_map(process.pid))


@pytest.mark.anyio
async def test_a_branch_keeps_what_it_goes_on_from_over_a_restart(keeping: Boot) -> None:
    """Its journal is its own: a long text, a note and a pin must be in it, and what was forgotten must not."""
    text = "\n".join(f"line {n}: nothing of note here, we only count sheep" for n in range(100))
    async with keeping("Noted.", "Seen.", *lines()) as kernel:
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await answers(process, 1)
        await kernel.say(process.pid, f"{text}\nthe trumpet is kept in room 7\n{text}")
        await answers(process, 2)
        await chat(kernel, process.pid, 2)
        task = kernel.task(process.pid)
        assert (await task.trap("note", {"name": "plan", "text": "finish by friday"})).error is None
        assert (await task.trap("forget", {"query": "door code"})).error is None
        branch = await go_on(kernel, remains(kernel.journal.read(process.pid)))
        await until(lambda: bool(kernel.journal.read(branch.pid, ["always"])))
        assert "4512" not in str([r.body for r in kernel.journal.read(branch.pid, ["message", "page"])])
    async with keeping("In room 7.") as kernel:
        await kernel.say(branch.pid, "in which room is the trumpet kept?")
        assert await answers(kernel.handle(branch.pid), 1) == ["In room 7."]
        task = kernel.task(branch.pid)
        assert "the trumpet is kept in room 7" in await window(task)
        assert task.paging is not None and task.paging.pager.always.blocks == {"plan": "finish by friday"}


def when_left(kernel: Kernel, pid: int) -> float:
    """When the page with the door code was archived; for ever from now while it is not."""
    rows = kernel.memory_map(pid)
    return max((float(row["left"]) for row in rows if row["archived"] and "4512" in row["text"]), default=math.inf)


@pytest.mark.anyio
async def test_an_archive_that_is_gone_is_made_again_from_the_journal(keeping: Boot, tmp_path: Path) -> None:
    async with keeping("Noted.", *lines()) as kernel:
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await answers(process, 1)
        await chat(kernel, process.pid, 1)
        started = time.time()
        assert when_left(kernel, process.pid) <= started
    async with keeping() as kernel:
        await until(lambda: when_left(kernel, process.pid) < started)  # it was away before the restart
    shutil.rmtree(tmp_path / "home" / "memory")
    async with keeping() as kernel:
        await until(lambda: any(row["archived"] for row in kernel.memory_map(process.pid)))
        task = kernel.task(process.pid)
        assert (await task.trap("recall", {"query": "door code"})).result == "the door code is 4512"
