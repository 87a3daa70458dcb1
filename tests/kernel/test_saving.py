"""Processes that wait and kernels that end: what was computed is not computed again by the next kernel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import anyio
import pytest

from llmasos.boot import Kernel, embedded_nano, llama_loader
from llmasos.config import Config, MemorySection
from llmasos.drivers.driver import Driver
from llmasos.drivers.sim import Sim
from llmasos.kernel.events import Answered
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.process import State
from llmasos.kernel.signals import Signal
from llmasos.memory.saved import SavedKV

Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
STORY = "There was a town by the sea, and every year in may its people went out with lamps. " * 8


@pytest.fixture
def keeping(tmp_path: Path) -> Boot:
    @asynccontextmanager
    async def booted(
        *scripts: str, load: Callable[[str], Driver] | None = None, after_s: float | None = None, mb: int = 64
    ) -> AsyncIterator[Kernel]:
        sim = Sim(window_tokens=8192, num_cells=8192 * 8)
        sim.enqueue(*scripts)
        (tmp_path / "work").mkdir(exist_ok=True)
        memory = MemorySection(saved_disk_mb=mb, saved_after_s=after_s)
        async with Kernel.boot(
            Config(tmp_path / "home", memory=memory),
            workspace=tmp_path / "work",
            load_driver=load or (lambda name: sim),
            keeps=True,
        ) as kernel:
            yield kernel
            kernel.check_integrity()

    return booted


async def answered(process: ProcessHandle) -> str:
    async for event in process.events():
        if isinstance(event, Answered):
            return event.answer
    raise AssertionError(f"it ended: {process.process.exit_code} {process.process.failure!r}")


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(30):
        while not condition():  # noqa: ASYNC110
            await anyio.sleep(0.005)


@pytest.mark.anyio
@pytest.mark.parametrize("isolated", [False, True], ids=["in process", "worker"])
async def test_an_orderly_end_costs_no_prefill(keeping: Boot, tmp_path: Path, isolated: bool) -> None:
    def load(name: str) -> Driver:
        return llama_loader(isolated)(embedded_nano(), num_sequences=4)

    async with keeping(load=load) as kernel:
        process = await kernel.spawn("what is 17 times 23?", interactive=True)
        assert await answered(process) == "The result is 391."
        length = len(process.process.context.tokens)
        assert kernel.models["nano"].engine.statistics().saves == 0
    assert [path.name for path in (tmp_path / "home" / "kv").iterdir()] == [f"{process.pid}.kv"]
    async with keeping(load=load) as kernel:
        await kernel.say(process.pid, "what is 6 times 7?")
        assert await answered(kernel.handle(process.pid)) == "The result is 42."
        counted = kernel.models["nano"].engine.statistics()
        used = kernel.task(process.pid).process.accounting
        assert (counted.restores, counted.swap_ins) == (1, 1)
        assert used.cached_tokens >= length - 1
        assert used.cached_tokens + used.prefill_tokens == used.prompt_tokens


@pytest.mark.anyio
async def test_who_waits_is_saved_and_kill_9_costs_no_prefill(keeping: Boot, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "kv"
    async with keeping("Hello.", after_s=0.1) as kernel:
        process = await kernel.spawn(STORY, interactive=True)
        await answered(process)
        await until((folder / f"{process.pid}.kv").exists)
        stopped = await kernel.spawn(STORY + "again", interactive=True)
        await until(lambda: stopped.process.accounting.decode_tokens > 3)
        stopped.kill(Signal.STOP)
        await until((folder / f"{stopped.pid}.kv").exists)
        saves = kernel.models["nano"].engine.statistics().saves
        await anyio.sleep(0.5)
        assert kernel.models["nano"].engine.statistics().saves == saves == 2, "nothing new is not saved again"
        stopped.kill(Signal.KILL)
        await until(lambda: not (folder / f"{stopped.pid}.kv").exists())
        before = (folder / f"{process.pid}.kv").read_bytes()
    (folder / f"{process.pid}.kv").write_bytes(before)  # as kill -9 leaves it: nothing is saved at the end
    async with keeping("Again.") as kernel:
        await kernel.say(process.pid, "and?")
        assert await answered(kernel.handle(process.pid)) == "Again."
        task = kernel.task(process.pid)
        assert task.process.accounting.cached_tokens >= len(STORY)
        assert kernel.models["nano"].engine.statistics().restores == 1
        assert task.process.state is State.WAITING


@pytest.mark.anyio
async def test_who_stands_still_is_saved_once_whatever_comes_of_it(
    keeping: Boot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses is not tried again and again, nor are files written anew that made room for others."""
    tried: list[int] = []

    def refuse(space: SavedKV, pid: int, *_: object) -> bool:
        tried.append(pid)
        return False

    monkeypatch.setattr(SavedKV, "put", refuse)
    async with keeping("Hello.", "Again.", after_s=0.1) as kernel:
        process = await kernel.spawn(STORY, interactive=True)
        await answered(process)
        await until(lambda: tried == [process.pid])
        await anyio.sleep(0.5)
        assert tried == [process.pid]
        await kernel.say(process.pid, "and?")
        await until(lambda: tried == [process.pid] * 2)


@pytest.mark.anyio
async def test_without_room_for_it_a_context_is_computed_again(keeping: Boot, caplog: pytest.LogCaptureFixture) -> None:
    async with keeping("Hello.", mb=0, after_s=0.1) as kernel:
        process = await kernel.spawn(STORY, interactive=True)
        await answered(process)
        await anyio.sleep(0.3)
    assert "saved KV" not in caplog.text, "there is to be none: nothing is tried, and nothing to be said"
    async with keeping("Again.") as kernel:
        await kernel.say(process.pid, "and?")
        assert await answered(kernel.handle(process.pid)) == "Again."
        assert kernel.task(process.pid).process.accounting.cached_tokens == 0
        assert kernel.models["nano"].engine.statistics().restores == 0
