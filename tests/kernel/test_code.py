"""Code in Python that outlives its kernel: it is where it was, nothing that it did is done twice, it sees the same."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio
import pytest

from llmasos.app import App, Os
from llmasos.errors import NoSuchProcess, ProcessFailed, ProcessKilled, QuotaExceeded, SyscallError
from llmasos.kernel import execution
from llmasos.kernel.events import Exited, Text
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import State
from llmasos.kernel.remains import remains
from llmasos.kernel.signals import Signal
from tests.kernel.code_world import UNKNOWN_CALL, World, ended, texts, waits
from tests.kernel.test_recovery import until

pytestmark = pytest.mark.anyio


# -- one kernel after the other ---------------------------------------------------------------------------------------


async def test_it_goes_on_where_it_was(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        await os.act(f"{request} 1")
        os.say("one ")
        thought = await os.think("this")
        told = await os.input()
        os.say(f"{told} ")
        await os.act(f"{request} 2")
        return f"{thought} {await os.think('that')}"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, "go", interactive=True)).pid
        await waits(kernel, pid)
    for _ in range(2):
        async with world.kernel() as kernel:
            await waits(kernel, pid)
            assert world.done == ["go 1"], "nothing again"
    async with world.kernel() as kernel:
        await kernel.say(pid, "on")
        assert await ended(kernel, pid) == "this is it. that is it."
        assert await texts(kernel.handle(pid)) == "on ", "what it had said is not said again"
        messages = [m["content"] for m in (await kernel.task(pid).transcript()).messages]
        assert messages[-4:] == ["this", "this is it.", "that", "that is it."], "its conversation is as it was"
    assert world.done == ["go 1", "go 2"]


@pytest.mark.parametrize("how", ["stopped", "dead"])
async def test_a_call_under_way_is_settled_once_and_for_all(world: World, how: str) -> None:
    """What only looks is made again; of what acts the code is told that nobody knows, the same under every kernel."""
    told: list[str] = []

    async def main(os: Os, request: str) -> str:
        try:
            return await os.call(request, "it")
        except SyscallError as error:
            told.append(f"{error.code}: {error}")
        return f"{told[-1]} {await os.input()}"

    world.mains["worker"], world.blocks = main, {"it"}
    async with world.kernel() as kernel:
        acts = (await world.spawn(kernel, "act", interactive=True)).pid
        looks = (await world.spawn(kernel, "look")).pid
        await until(lambda: len(world.done) == 2)
        last = max(kernel.journal.read(pid)[-1].seq for pid in (acts, looks))
    after = world if how == "stopped" else world.cut(last)
    after.blocks, after.done = set(), []
    for _ in range(3):
        async with after.kernel() as kernel:
            await waits(kernel, acts)
            if kernel.live(looks) is not None:
                assert await ended(kernel, looks) == "did it"
    assert after.done == ["it"], "what looks, once more; what acts never"
    assert set(told) == {f"EINTR: {UNKNOWN_CALL}"}


async def test_errors_come_back_as_themselves(world: World) -> None:
    caught: list[tuple[type, str]] = []

    async def main(os: Os, request: str) -> str:
        async def tries(what: Callable[[], Awaitable[Any]]) -> None:
            try:
                await what()
            except Exception as error:
                caught.append((type(error), str(error)))

        child = await os.spawn("a b c", limits=Limits(tokens=2))
        killed = await os.spawn("long " * 100)
        killed.kill(Signal.KILL)
        for what in (partial(os.read_file, "none"), child.wait, killed.wait, partial(os.fork, "", limits=None)):
            await tries(what)
        try:
            killed.say("are you there?")
        except NoSuchProcess as error:
            caught.append((type(error), str(error)))
        await os.input()
        return ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    first, caught[:] = list(caught), []
    assert [kind for kind, _ in first] == [SyscallError, QuotaExceeded, ProcessKilled, NoSuchProcess]
    async with world.kernel() as kernel:
        await waits(kernel, pid)
    assert caught == first


async def test_a_child_of_its_own_code_comes_back_with_its_own_children(world: World) -> None:
    """Its program is nowhere but in its parent's code; its children wait for it."""
    dug: list[str] = []

    async def main(os: Os, request: str) -> str:
        inner = App("inner")

        @inner.syscall(effect="send", capability="deep")
        async def dig(where: str) -> str:
            """Dig there."""
            dug.append(where)
            return "dug"

        @inner.main
        async def below(own: Os, words: str) -> str:
            await own.dig(words)
            listener = await own.spawn("more")
            os_said = await own.input()
            return f"{words} {os_said} {await listener.wait()}"

        child = await os.spawn(inner, "here")
        await os.input()
        child.say("deeper")
        return await child.wait()

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await until(lambda: [p.app for p in kernel.processes()] == ["init", "worker", "inner", "agent"])
        await until(lambda: kernel.live(pid + 1) is not None and kernel.task(pid + 1).process.waiting_on == "input")
        records = kernel.journal.read(pid + 2)
    after = world.cut(records[0].seq)  # before the agent has answered
    async with after.kernel() as kernel:
        await until(lambda: kernel.live(pid + 1) is not None)
        await waits(kernel, pid + 1)
        assert [p.ppid for p in kernel.processes(zombies=True)[1:]] == [1, pid, pid + 1], "each below its own parent"
        await kernel.say(pid, "on")
        assert await ended(kernel, pid) == "here deeper more is it."
    assert dug == ["here"]


async def test_children_of_code_that_comes_to_nothing_are_not_forgotten(world: World) -> None:
    """Who only its parent's code could bring ends and says so; an agent goes on alone."""

    async def main(os: Os, request: str) -> str:
        inner = App("inner")

        @inner.main
        async def below(own: Os, words: str) -> str:
            return await own.input() or ""

        if world.mains["worker"] is main:
            await os.spawn(inner, "here")
            await os.spawn("more")
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
        seq = kernel.journal.read(pid + 2)[0].seq
    for replaced in (lambda os, request: os.input(), None):
        after = world.cut(seq)
        after.mains = {"worker": replaced} if replaced is not None else {}
        async with after.kernel() as kernel:
            await until(lambda: bool(kernel.journal.read(pid + 2, ["exit"])))
            ends = [kernel.journal.read(p, ["exit"])[0].body["error"] for p in (pid, pid + 1, pid + 2)]
            assert "did not come back" in ends[0] and ends[2] is None
            assert ends[1] == f"inner did not come back with its kernel: its code is that of process {pid}"


async def test_events_of_a_child_go_on(world: World) -> None:
    seen: list[str] = []

    async def main(os: Os, request: str) -> str:
        child = await os.spawn("something long enough to be cut")
        seen.clear()
        async for event in child.events():
            match event:
                case Text(text=text):
                    seen.append(text)
                    if len(seen) == 1:
                        await os.input()
                case Exited(answer=answer):
                    return f"{''.join(seen)}/{answer}"
        return "no end"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
        before = list(seen)
    async with world.kernel() as kernel:
        await waits(kernel, pid)
        assert seen == before, "in the same pieces"
        await kernel.say(pid, "on")
        whole = "something long enough to be cut is it."
        assert await ended(kernel, pid) == f"{whole}/{whole}"


async def test_tasks_of_its_own_see_things_in_the_order_they_saw_them_in(world: World) -> None:
    """The first of two that is done ends the other: also when both are given at once."""

    async def main(os: Os, request: str) -> str:
        order: list[str] = []

        async def races(what: str, scope: anyio.CancelScope) -> None:
            order.append(await os.look(what))
            scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(races, "slow", group.cancel_scope)
            group.start_soon(races, "quick", group.cancel_scope)
        async with anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(partial(order_of, os, order, number))
        await os.input()
        return " ".join(order)

    async def order_of(os: Os, order: list[str], number: int) -> None:
        child = await os.spawn("word " * (6 - number))
        await child.wait()
        order.append(str(number))

    world.mains["worker"], world.blocks = main, {"slow"}
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    again = world.cut(10**9)
    answers = []
    for one in (world, again):
        async with one.kernel() as kernel:
            await kernel.say(pid, "on")
            answers.append(await ended(kernel, pid))
    assert answers[0] == answers[1] and answers[0].startswith("did quick")


async def test_a_time_limit_of_its_own_begins_anew(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        with anyio.move_on_after(0.1):
            await os.input()
            return "too early"
        await os.act("after")
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await until(lambda: world.done == ["after"])
        await waits(kernel, pid)
    async with world.kernel() as kernel:
        await kernel.say(pid, "on")
        assert await ended(kernel, pid) == "on", "the input it gave up was not read by it"
    assert world.done == ["after"]


async def test_signals_and_limits_hold_over_a_restart(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        await os.act("one")
        await os.input()
        await os.act("two")
        await os.act("three")
        return "not reached"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True, limits=Limits(syscalls=2))).pid
        killed = (await world.spawn(kernel, interactive=True)).pid
        interrupted = (await world.spawn(kernel, interactive=True)).pid
        for each in (pid, killed, interrupted):
            await waits(kernel, each)
        await kernel.kill(pid, Signal.STOP).wait()
        await kernel.say(pid, "on")
        seq = [
            kernel.journal.append([Record(p, "signal", {"signal": s, "by": 0})])
            for p, s in ((killed, "KILL"), (interrupted, "INT"))
        ][-1]
    world.done.clear()
    after = world.cut(seq)
    async with after.kernel() as kernel:
        assert kernel.task(pid).process.state is State.STOPPED
        await anyio.sleep(0.05)
        assert after.done == []
        await kernel.kill(pid, Signal.CONT).wait()
        with pytest.raises(QuotaExceeded, match=r"syscalls \(2\)"):
            await ended(kernel, pid)
        assert after.done == ["two"]
        assert await ended(kernel, interrupted) == "", "as INT ends it"
        assert kernel.live(killed) is None
        assert kernel.journal.read(killed, ["exit"])[0].body["error"] == "killed by SIGKILL"


async def test_one_that_waits_for_its_parents_code_is_not_unknown(world: World) -> None:
    async with world.kernel() as kernel:
        kernel.awaited[7] = remains([Record(7, "spawn", {"ppid": 5, "request": ""})])
        with pytest.raises(NoSuchProcess, match="process 7 is not back yet: process 5 has its program"):
            kernel.task(7)


# -- code that is not what it was -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (["a", "b"], ["a", "c"], 'its code asks for call(name="act", arguments={"what": "c"}) where it had asked for'),
        (["a", "b"], ["a"], "its code ends where it had asked for call"),
        (["a"], ["b"], 'where it had asked for call(name="act", arguments={"what": "a"})'),
    ],
)
async def test_code_that_does_something_else_ends_and_says_what(
    world: World, then: list[str], now: list[str], words: str
) -> None:
    plan = [*then]

    async def main(os: Os, request: str) -> str:
        for what in plan:
            try:
                await os.act(what)
            except Exception:
                os.say("whatever")  # it is not for the code to go on
        if plan == then:
            await os.input()
        return "well"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    world.done.clear()
    plan[:] = now
    async with world.kernel() as kernel:
        with pytest.raises(ProcessFailed, match="worker did not come back with its kernel") as failed:
            await ended(kernel, pid)
        assert words in str(failed.value) and "\n" not in str(failed.value)
    assert world.done == []


async def test_what_the_code_does_not_ask_for_again_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A task of it may sleep for long, or do something else: nobody can tell the two apart."""
    monkeypatch.setattr(execution, "PATIENCE_S", 0.05)
    what = ["a"]

    async def main(os: Os, request: str) -> str:
        async with anyio.create_task_group() as group:
            group.start_soon(os.act, what[0])
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
    what[0] = "b"
    async with world.kernel() as kernel:
        await until(lambda: kernel.task(pid).process.waiting_on == "its own code, run again")
        assert 'has not asked for call(name="act", arguments={"what": "a"}) since' in caplog.text
        assert world.done == ["a"]
        kernel.kill(pid, Signal.TERM)
        with pytest.raises(ProcessKilled):
            await ended(kernel, pid)


async def test_an_app_that_is_gone_ends_its_processes_and_says_so(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
    world.mains.clear()
    async with world.kernel() as kernel:
        (end,) = kernel.journal.read(pid, ["exit"])
        assert end.body["error"] == "worker did not come back with its kernel: no app named worker"


# -- a kernel that dies at any record ---------------------------------------------------------------------------------


async def everything(os: Os, request: str) -> str:
    """All that code may ask for, in tasks of its own too."""
    parts: dict[str, str] = {}

    async def errand(name: str) -> None:
        parts[name] = await os.act(name)
        child = await os.spawn(f"word {name}")
        parts[f"{name}'s"] = await child.wait()
        os.say(f"[{name}]")

    parts["thought"] = await os.think("do thing")
    async with anyio.create_task_group() as group:
        for name in ("left", "right"):
            group.start_soon(errand, name)
    fork = await os.fork("and you")
    os.say("[forked]")
    with anyio.move_on_after(0.02):
        await os.input()
    helper = App("helper")

    @helper.main
    async def help_out(own: Os, words: str) -> str:
        return f"{await own.think(words)} {await own.input()}"

    helping = await os.spawn(helper, "please")
    helping.say("thanks")
    helping.close_input()
    parts["helped"] = await helping.wait()
    parts["forked"] = await fork.wait()
    parts["mine"] = await os.think("last")
    return json.dumps(parts, sort_keys=True)


async def test_a_kernel_may_die_at_any_record(world: World) -> None:
    """Its answer and its output are the same, and each effect is there once; but for what nobody can know."""
    world.mains["worker"] = everything
    async with world.kernel() as kernel:
        process = await world.spawn(kernel)
        answer = await ended(kernel, process.pid)
        output = await texts(process)
    assert Counter(world.done) == {"thing": 1, "left": 1, "right": 1} and output.endswith("[forked]")
    records = world.records()
    born = next(i for i, record in enumerate(records) if record.pid == process.pid)
    last = next(record.seq for record in records if record.pid == process.pid and record.kind == "exit")
    num_unknown = 0
    for at in [record.seq for record in records[born:] if record.seq < last and record.kind != "segment"]:
        after, kept = world.cut(at), [record for record in records if record.seq <= at]
        begun = {r.body["arguments"]["what"] for r in kept if r.kind == "intent"}
        known = {r.body["arguments"]["what"] for r in kept if r.kind == "result"}
        async with after.kernel() as kernel:
            try:
                again = await ended(kernel, process.pid)
            except (SyscallError, ProcessFailed) as error:  # the code does not heed it
                again = str(error)
        assert Counter(after.done) == dict.fromkeys({"thing", "left", "right"} - begun, 1) or begun - known, at
        assert not begun & set(after.done), "an effect that may have been is not repeated"
        if begun - known:
            num_unknown += 1
            continue
        assert again == answer, f"{at}: {records[at - 1]}"
        said = [
            r.body["key"]["text"] for r in after.records(process.pid) if r.kind == "did" and r.body["what"] == "say"
        ]
        assert Counter(said) == {"[left]": 1, "[right]": 1, "[forked]": 1} and said[-1] == "[forked]"
        shutil.rmtree(after.folder)
    assert 3 <= num_unknown < len(records) // 4
