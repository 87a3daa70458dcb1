"""Code with tasks, time limits and habits of its own, after a restart: it sees the same, or is told otherwise."""

from __future__ import annotations

import asyncio  # as the users of an app may
import contextlib
import time
from collections import Counter
from types import SimpleNamespace

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest

from llmasos.app import App, Os
from llmasos.errors import NoSuchProcess, ProcessError, ProcessFailed, SyscallError, UsageError
from llmasos.kernel.events import Exited, StateChanged, Text
from tests.kernel.code_world import Main, World, ended, texts, waits
from tests.kernel.test_recovery import until

pytestmark = pytest.mark.anyio


async def over_a_restart(world: World, main: Main, *, says: str = "on") -> str:
    """Its answer, where it has a past under two kernels and is told something under the third."""
    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    async with world.kernel() as kernel:
        await waits(kernel, pid)
    async with world.kernel() as kernel:
        await kernel.say(pid, says)
        return await ended(kernel, pid)


# -- tasks ------------------------------------------------------------------------------------------------------------


async def test_tasks_that_think_and_fork_at_once_take_turns(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        order: list[str] = []

        async def one() -> None:
            await os.look("first")
            for _ in range(15):
                await anyio.lowlevel.checkpoint()
            order.append(await os.think("one"))

        async def other() -> None:
            await os.look("second")
            order.append(await os.think("two"))
            order.append(await (await os.fork("three")).wait())

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            group.start_soon(other)
        return f"{sorted(order)} {await os.input()}"

    assert await over_a_restart(world, main) == "['one is it.', 'three is it.', 'two is it.'] on"
    assert Counter(world.done) == {"first": 1, "second": 1}


async def test_a_task_does_not_take_what_another_was_given(world: World) -> None:
    """Two begin with the same, and only the second is given something: that its time is over."""

    async def main(os: Os, request: str) -> str:
        parts: list[str] = []

        async def patient() -> None:
            parts.append(await os.input() or "")

        async def hasty() -> None:
            with anyio.move_on_after(0.05):
                await os.input()
            parts.append(await os.act("hasty"))

        async with anyio.create_task_group() as group:
            group.start_soon(patient)
            group.start_soon(hasty)
        return " ".join(parts)

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await until(lambda: any(r.body.get("value", 0) is None for r in kernel.journal.read(pid, ["got"])))
    async with world.kernel() as kernel:
        await kernel.say(pid, "on")
        assert await ended(kernel, pid) == "did hasty on"
    assert world.done == ["hasty"]


async def test_who_is_given_something_goes_on_before_the_next(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        order: list[str] = []

        async def slow_of_thought() -> None:
            await os.look("first")
            for _ in range(6):
                await anyio.lowlevel.checkpoint()
            order.append("first")

        async def quick() -> None:
            await os.sleep(0.1)
            order.append("second")

        async with anyio.create_task_group() as group:
            group.start_soon(slow_of_thought)
            group.start_soon(quick)
        return f"{order} {await os.input()}"

    assert await over_a_restart(world, main) == "['first', 'second'] on"


async def test_a_task_that_ends_with_less_than_it_asked_for_ends_the_process(world: World) -> None:
    asks = ["a", "b"]

    async def main(os: Os, request: str) -> str:
        async def task() -> None:
            for what in asks:
                await os.look(what)

        async with anyio.create_task_group() as group:
            group.start_soon(task)
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    asks.pop()
    async with world.kernel() as kernel:
        with pytest.raises(ProcessFailed, match=r'has ended a task where it had asked for call.*"b"'):
            await ended(kernel, pid)


async def test_a_thread_may_speak_for_it(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        await anyio.to_thread.run_sync(lambda: anyio.from_thread.run_sync(os.say, "from a thread "))
        return await os.input() or ""

    assert await over_a_restart(world, main) == "on"
    said = [record.body["key"]["text"] for record in world.records() if record.kind == "did"]
    assert said == ["from a thread "]


# -- time -------------------------------------------------------------------------------------------------------------


async def test_a_time_limit_does_not_take_away_what_had_come(world: World) -> None:
    """While another task sleeps again, what was given behind it has to wait."""

    async def main(os: Os, request: str) -> str:
        parts: list[str] = []

        async def sleeper() -> None:
            await anyio.sleep(0.4)
            parts.append(await os.look("late"))

        async def limited() -> None:
            await until(lambda: "did late" in parts)
            try:
                with anyio.fail_after(3):
                    parts.append(await os.look("in time"))
                    parts.append(await os.look("in time too"))
            except TimeoutError:
                parts.append("too late")

        async def early() -> None:
            with anyio.move_on_after(0.2):
                parts.append(await os.look("early"))
                await anyio.sleep_forever()

        async with anyio.create_task_group() as group:
            for task in (sleeper, limited, early):
                group.start_soon(task)
        return f"{parts} {await os.input()}"

    assert (await over_a_restart(world, main)).endswith("'did late', 'did in time', 'did in time too'] on")


async def test_a_sleep_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(os: Os, request: str) -> str:
        await os.act("begun")
        await os.sleep(3600.0)
        return "slept"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel)).pid
        await until(lambda: world.done == ["begun"])
    monkeypatch.setattr("llmasos.app_os.time", SimpleNamespace(time=lambda: time.time() + 3600))
    async with world.kernel() as kernel:
        assert await ended(kernel, pid) == "slept"


# -- how it ends ------------------------------------------------------------------------------------------------------


async def test_what_is_given_while_the_kernel_ends_is_given_to_the_next_run(world: World) -> None:
    """Nothing that the code has not on record is seen by it, whatever it shields; nor does it end with that."""
    cleaned: list[str] = []

    async def main(os: Os, request: str) -> str:
        try:
            with anyio.CancelScope(shield=True):
                await os.act("blocked")
            os.say("seen ")
            return await os.input() or ""
        finally:
            with anyio.CancelScope(shield=True), contextlib.suppress(Exception):
                cleaned.append(await os.act("cleanup"))

    world.mains["worker"] = main
    blocked = anyio.Event()
    happens = world.happens

    async def slow(what: str) -> str:
        answer = await happens(what)
        if what == "blocked":
            with anyio.CancelScope(shield=True):
                await blocked.wait()
        return answer

    world.happens = slow  # type: ignore[method-assign]
    async with anyio.create_task_group() as group, world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await until(lambda: world.done == ["blocked"])

        async def lets_go() -> None:
            await until(lambda: kernel.task(pid).suspended)
            blocked.set()

        group.start_soon(lets_go)
    assert cleaned == [] and world.done == ["blocked"]
    async with world.kernel() as kernel:
        await waits(kernel, pid)
        await kernel.say(pid, "on")
        assert await ended(kernel, pid) == "on"
        assert await texts(kernel.handle(pid)) == "seen "
    assert world.done == ["blocked", "cleanup"], "once each"


async def test_code_that_tries_again_for_ever_holds_nobody_up(world: World) -> None:
    plan = ["a"]

    async def main(os: Os, request: str) -> str:
        while True:
            with contextlib.suppress(Exception):
                return await os.act(plan[0]) + (await os.input() or "")

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    plan[0] = "b"
    async with world.kernel() as kernel:
        with pytest.raises(ProcessFailed, match="did not come back with its kernel"):
            await ended(kernel, pid)
    assert world.done == ["a"]


async def test_a_message_that_was_given_up_and_that_it_was_are_one_commit(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        with anyio.move_on_after(0.05):
            return await os.think("word " * 400)
        return f"too long {await os.input()}"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
        records = kernel.journal.read(pid)
    shown = next(i for i, record in enumerate(records) if "shown" in record.body)
    assert records[shown + 1].body.get("cancelled") and records[shown + 1].at == records[shown].at
    async with world.kernel() as kernel:
        await kernel.say(pid, "for me")
        assert await ended(kernel, pid) == "too long for me"


# -- its children -----------------------------------------------------------------------------------------------------


async def test_events_of_a_child_from_some_on_go_on_there_and_end_once(world: World) -> None:
    seen: list[str] = []

    async def main(os: Os, request: str) -> str:
        inner = App("inner", capabilities=["calculate"])

        @inner.main
        async def below(own: Os, words: str) -> str:
            for number in range(5):
                own.say(f"{number} ")
                await own.calculate("1+1")
            return "below"

        seen.clear()
        child = await os.spawn(inner)
        await child.ended()
        async for event in child.events(start=4):
            if isinstance(event, StateChanged):
                continue
            seen.append(event.text if isinstance(event, Text) else type(event).__name__)
            if len(seen) == 3:
                await os.input()
        return " ".join(seen)

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
        first = list(seen)
        await kernel.say(pid, "on")
        await until(lambda: "Exited" in seen or not kernel.task(pid).process.alive)
        whole = list(seen)
    assert whole[:3] == first and whole[-1] == "Exited" and whole.count("Exited") == 1
    got = [r for r in world.records(pid) if r.kind == "got"]
    for cut in (got[-2].seq, got[-1].seq, next(r.seq for r in got if r.body.get("value") == "on")):
        after = world.cut(cut)
        async with after.kernel() as kernel:
            if kernel.live(pid) is not None:
                with contextlib.suppress(NoSuchProcess):  # it had been told, and is soon done
                    await kernel.say(pid, "on")
                assert await ended(kernel, pid) == " ".join(whole), cut


async def test_more_than_a_child_reads_is_refused_and_not_dropped(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        inner = App("inner")

        @inner.main
        async def below(own: Os, words: str) -> str:
            await own.sleep(0.2)
            told = 0
            while await own.input() != "end":
                told += 1
            return str(told)

        child = await os.spawn(inner)
        said = 0
        with contextlib.suppress(ProcessError):
            for _ in range(1100):
                child.say("word")
                said += 1
        await os.sleep(0.3)
        child.say("end")
        return f"{said} {await child.wait()}"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        said, told = (await ended(kernel, (await world.spawn(kernel)).pid)).split()
        assert said == told and int(said) <= 1024


async def test_the_os_of_another_process_is_refused(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        inner = App("inner")

        @inner.main
        async def below(own: Os, words: str) -> str:
            with pytest.raises(UsageError, match="this os is that of process 2, and process 3 has its own"):
                os.say("progress")
            with pytest.raises(UsageError, match="this os is that of process 2"):
                await os.act("x")
            return "refused"

        return await (await os.spawn(inner)).wait()

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        assert await ended(kernel, (await world.spawn(kernel)).pid) == "refused"


async def test_a_call_of_its_own_does_without_its_os(world: World) -> None:
    """Nor does a child's: no call that has an end is made again, so what it asked for there would not be."""
    refusal = "this os is for the main of process 2: a call that is made has to do without it"

    async def main(os: Os, request: str) -> str:
        helper = App("helper")

        @helper.syscall(effect="read", capability="help")
        async def act(what: str) -> str:
            """Help."""
            return await os.look(what)

        happens = world.happens

        async def nested(what: str) -> str:
            return await os.look("nested") if what == "mine" else await happens(what)

        world.happens = nested  # type: ignore[method-assign]
        with pytest.raises(SyscallError, match=refusal):
            await os.act("mine")
        return await (await os.spawn(helper, "do its")).wait()

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        answer = await ended(kernel, (await world.spawn(kernel)).pid)
        assert refusal in answer and world.done == []


async def test_what_outlives_its_code_is_not_its_any_more(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        inner = App("inner")

        @inner.main
        async def below(own: Os, words: str) -> str:
            asyncio_task = asyncio.create_task(own.sleep(0.1))
            left.append(asyncio_task)
            await own.sleep(0.01)
            return "below"

        child = await os.spawn(inner)
        answer = await child.wait()
        return f"{answer} {await os.input()} {await child.wait()}"

    left: list[asyncio.Task[None]] = []
    assert await over_a_restart(world, main) == "below on below"
    with pytest.raises(ProcessFailed, match="has ended"):
        await left[0]


async def test_what_it_says_comes_before_it_waits(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        os.say("name? ")
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        process = await world.spawn(kernel, interactive=True)
        await waits(kernel, process.pid)
        await kernel.say(process.pid, "me")
        await ended(kernel, process.pid)
        events = [event async for event in process.events()]
        text = next(i for i, event in enumerate(events) if isinstance(event, Text))
        asked = next(i for i, e in enumerate(events) if isinstance(e, StateChanged) and e.waiting_on == "input")
        assert text < asked and isinstance(events[-1], Exited)
