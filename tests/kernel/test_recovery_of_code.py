"""What comes back around code: those below it, what they used and did, whose words they hold, what was to end."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.app import App, Os
from llmasos.boot import Kernel
from llmasos.errors import NoSuchProcess, ProcessKilled, QuotaExceeded, SyscallError
from llmasos.kernel import recovery
from llmasos.kernel.control import limit
from llmasos.kernel.conversation import SHOWN
from llmasos.kernel.ended import ended_task
from llmasos.kernel.gate import CallRecord
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.program import Program
from llmasos.kernel.recovery import bring, go_on
from llmasos.kernel.remains import Remains, past_records, remains
from llmasos.kernel.retention import Keep
from llmasos.kernel.signals import Signal
from llmasos.memory.segment import UNTRUSTED
from tests.kernel.code_world import UNKNOWN_CALL, World, ended, waits
from tests.kernel.test_recovery import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


def own_child(below: Callable[[Os, str], Awaitable[str]]) -> App:
    """A program that is nowhere but in its parent's code."""
    inner = App("inner", capabilities=["calculate"])
    inner.main(below)
    return inner


async def listens(os: Os, words: str) -> str:
    return await os.input() or ""


async def listens_above_an_agent(os: Os, words: str) -> str:
    await os.spawn("more")
    return await os.input() or ""


def last_seq(kernel: Kernel, pid: int, kind: str) -> int:
    return kernel.journal.read(pid, [kind])[-1].seq


def ends(kernel: Kernel, *pids: int) -> list[str | None]:
    return [kernel.journal.read(pid, ["exit"])[0].body["error"] for pid in pids]


async def begun(kernel: Kernel, pid: int) -> None:
    """Until a process is in the journal."""
    await until(lambda: bool(kernel.journal.read(pid, ["spawn"])))


# -- those below ------------------------------------------------------------------------------------------------------


async def with_an_agents_agent(world: World) -> tuple[int, World]:
    """The pid of code above code above an agent above an agent, and what is left of them once the last is born."""

    async def main(os: Os, request: str) -> str:
        if world.mains["worker"] is main:
            await os.spawn(own_child(listens), "here")
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await begun(kernel, pid + 1)
        await waits(kernel, pid + 1)
        agent = await kernel.spawn("more", parent=kernel.task(pid + 1).process, interactive=True)
        last = await kernel.spawn("the last", parent=agent.process, interactive=True)
        await waits(kernel, pid)
        seq = last_seq(kernel, last.pid, "spawn")
    return pid, world.cut(seq)


@pytest.mark.parametrize("with_code", [True, False])
async def test_all_below_a_child_of_its_own_code_come_back(world: World, with_code: bool) -> None:
    """Also where that child has its end, because nobody has its code any more."""
    pid, after = await with_an_agents_agent(world)
    if not with_code:
        after.mains = {"worker": listens}
    async with after.kernel() as kernel:
        await until(lambda: kernel.live(pid + 3) is not None and (with_code or kernel.live(pid) is None))
        assert not kernel.awaited
        parents = {process.pid: process.ppid for process in kernel.processes()[1:]}
        theirs = {pid: 1, pid + 1: pid, pid + 2: pid + 1} if with_code else {pid + 2: 1}
        assert parents == theirs | {pid + 3: pid + 2}
        for process in kernel.processes()[1:]:
            await waits(kernel, process.pid)


async def slow_to_bring(world: World) -> tuple[int, World, anyio.Event]:
    """The pid of code that asks for its child again when it may, and what is left of them."""
    may = anyio.Event()
    may.set()

    async def main(os: Os, request: str) -> str:
        await may_go[-1].wait()
        child = await os.spawn(own_child(listens_above_an_agent), "here")
        child.say(await os.input() or "")
        return await child.wait()

    world.mains["worker"], may_go = main, [may]
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await begun(kernel, pid + 2)
        await waits(kernel, pid)
    may_go.append(anyio.Event())
    return pid, world.cut(next(r.seq for r in world.records(pid + 2) if r.kind == "spawn")), may_go[-1]


async def test_a_kill_reaches_those_that_are_not_back_yet(world: World) -> None:
    pid, after, _ = await slow_to_bring(world)
    async with after.kernel() as kernel:
        assert sorted(kernel.awaited) == [pid + 1, pid + 2]
        await kernel.kill(pid, Signal.KILL).wait()
        killed = [last_seq(kernel, p, "signal") for p in (pid, pid + 1, pid + 2)]
        assert killed == list(range(killed[0], killed[0] + 3)), "at once"
        await until(lambda: not kernel.awaited and not kernel.processes()[1:])
        assert ends(kernel, pid, pid + 1, pid + 2) == ["killed by SIGKILL"] * 3
    dead = after.cut(killed[-1])
    async with dead.kernel() as kernel:
        assert not kernel.awaited and not kernel.processes()[1:]
        assert ends(kernel, pid, pid + 1, pid + 2) == ["killed by SIGKILL"] * 3


@pytest.mark.parametrize("late", [False, True])
async def test_who_was_killed_meanwhile_is_not_brought(
    world: World, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """`late`: while it was being brought."""
    pid, after, _ = await slow_to_bring(world)
    revive = recovery._revive

    async def revives(kernel: Kernel, found: Remains, program: Program) -> ProcessHandle:
        handle = await revive(kernel, found, program)
        found.killed_by = Signal.KILL
        return handle

    async with after.kernel() as kernel:
        found, program = kernel.awaited[pid + 1], own_child(listens).program()
        if late:
            monkeypatch.setattr(recovery, "_revive", revives)
        else:
            found.killed_by = Signal.KILL
        handle = await bring(kernel, pid + 1, program)
        monkeypatch.undo()
        assert (handle is not None) is late
        if handle is not None:
            with pytest.raises(ProcessKilled):
                await handle.wait()
        assert ends(kernel, pid + 1) == ["killed by SIGKILL"]


@pytest.mark.parametrize("is_brought", [True, False])
async def test_who_waits_for_one_that_is_not_back_gets_its_answer_or_its_end(world: World, is_brought: bool) -> None:
    pid, after, may = await slow_to_bring(world)
    waited: list[str | None] = []

    async def wait(kernel: Kernel, pid: int) -> None:
        process = await kernel.wait(pid)
        waited.append(process.answer if process.failure is None else process.error)

    async with after.kernel() as kernel, anyio.create_task_group() as waiting:
        waiting.start_soon(wait, kernel, pid + 1)
        await anyio.sleep(0.05)
        assert waited == []
        if is_brought:
            may.set()
            await kernel.say(pid, "on")
            assert await ended(kernel, pid) == "on"
        else:
            await kernel.kill(pid, Signal.TERM).wait()
        await until(lambda: bool(waited))
        lost = f"inner did not come back with its kernel: its code is that of process {pid}"
        assert waited == ["on" if is_brought else lost]
        with pytest.raises(NoSuchProcess, match="no process 99"):
            await kernel.wait(99)


# -- limits -----------------------------------------------------------------------------------------------------------


async def used(kernel: Kernel, pid: int) -> tuple[int, int]:
    counts = kernel.task(pid).process.budget.used
    return counts["tokens"], counts["syscalls"]


async def test_what_ended_children_used_is_still_charged(world: World) -> None:
    """Also of a child's child that ended after it; also once their records are compacted."""

    async def main(os: Os, request: str) -> str:
        child = await os.spawn(own_child(below), "")
        await child.wait()
        await os.input()
        try:
            return await (await os.spawn("a b c d e f g h i j k l m n o p")).wait()
        except QuotaExceeded as error:
            return str(error)

    async def below(os: Os, words: str) -> str:
        await os.calculate("1+1")
        await os.spawn("a b c d e f g h")
        return ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True, limits=Limits(tokens=40))).pid
        await waits(kernel, pid)
        await until(lambda: kernel.journal.read(pid + 2, ["exit"]) != [])
        before = await used(kernel, pid)
        assert before[0] > 16 and before[1] == 1
    async with world.kernel() as kernel:
        await waits(kernel, pid)
        assert await used(kernel, pid) == before
        kernel.journal.compact(Keep(days=0))
        assert kernel.journal.read(pid + 2, ["compacted"])
    async with world.kernel() as kernel:
        await waits(kernel, pid)
        assert await used(kernel, pid) == before
        await kernel.say(pid, "on")
        assert await ended(kernel, pid) == "limit reached: tokens (40)"


async def test_what_an_agents_children_used_under_several_kernels_is_charged(world: World) -> None:
    """One that ends, and one that does not come back."""

    async def look(os: Os, request: str) -> str:
        await os.look("it")
        return await os.input() or ""

    world.mains["lost"] = look
    async with world.kernel() as kernel:
        parent = await kernel.spawn("hi", interactive=True)
        child = await kernel.spawn("one two", parent=parent.process, interactive=True)
        lost = await world.spawn(kernel, "", "lost", parent=parent.process, interactive=True)
        for pid in (parent.pid, child.pid, lost.pid):
            await waits(kernel, pid)
        first = await used(kernel, parent.pid)
        assert first[1] == 1
    del world.mains["lost"]
    async with world.kernel() as kernel:
        assert kernel.live(lost.pid) is None and await used(kernel, parent.pid) == first
        await kernel.say(child.pid, "three four five")
        await until(lambda: kernel.task(child.pid).process.budget.used["tokens"] > 20)
        await waits(kernel, child.pid)
        second = await used(kernel, parent.pid)
        kernel.task(child.pid).close_input()
        await ended(kernel, child.pid)
    assert second > first
    async with world.kernel() as kernel:
        assert await used(kernel, parent.pid) == second


@pytest.mark.parametrize("syscalls", [0, 2, 3])
async def test_a_call_made_again_beneath_a_lowered_limit(world: World, syscalls: int) -> None:
    """It is refused where the others alone have reached the limit, and else made."""

    async def main(os: Os, request: str) -> str:
        return "".join([await os.look(what) for what in ("one", "two", "it")])

    world.mains["worker"], world.blocks = main, {"it"}
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel)).pid
        await until(lambda: world.done == ["one", "two", "it"])
        await limit(kernel, pid, {"syscalls": syscalls})
    world.blocks = set()
    async with world.kernel() as kernel:
        if syscalls == 3:
            assert await ended(kernel, pid) == "did onedid twodid it"
        else:
            with pytest.raises(QuotaExceeded, match=rf"syscalls \({syscalls}\)"):
                await ended(kernel, pid)


async def test_a_limit_that_refused_a_call_refuses_it_again(world: World) -> None:
    """The kernel died before the code, or the model's turn, saw it."""

    async def main(os: Os, request: str) -> str:
        await os.look("one")
        try:
            return await os.look("two")
        except QuotaExceeded as error:
            return f"{error.limit}: {error}"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, limits=Limits(syscalls=1))).pid
        assert await ended(kernel, pid) == "syscalls: limit reached: syscalls (1)"
        refused = kernel.journal.read(pid, ["result"])[1].seq
    after = world.cut(refused)
    async with after.kernel() as kernel:
        assert await ended(kernel, pid) == "syscalls: limit reached: syscalls (1)"


async def test_a_limit_that_refused_an_agents_call_ends_it(world: World) -> None:
    """But not another, which goes on from there."""
    call = {"name": "calculate", "arguments": {"expression": "20+1"}}
    made = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": call}]}
    error = "EDQUOT: limit reached: syscalls (3)"
    refused = {"seq": 4, **call, "decision": "deny", "result": None, "error": error, "seconds": 0.0}
    async with world.kernel() as kernel:
        pid = (await kernel.spawn("hi", interactive=True)).pid
        await waits(kernel, pid)
    async with world.kernel() as kernel:
        messages = [Record(pid, "message", {"role": "user", "content": "go"}), Record(pid, "message", made)]
        kernel.journal.append([*messages, Record(pid, "result", refused)])
    async with world.kernel() as kernel:
        with pytest.raises(QuotaExceeded, match=r"^limit reached: syscalls \(3\)$"):
            await ended(kernel, pid)
        found = remains(kernel.journal.read(pid))
        branch = await go_on(kernel, replace(found, spawn={**found.spawn, "interactive": False}))
        assert await ended(kernel, branch.pid) == "So 21."


# -- calls ------------------------------------------------------------------------------------------------------------


def calls(handle: ProcessHandle) -> list[tuple[int, str, str | None]]:
    return [(c.seq, str(c.arguments.get("what")), c.error) for c in handle.calls]


@pytest.mark.parametrize("how", ["code", "model"])
async def test_its_earlier_calls_are_among_its_calls(world: World, how: str) -> None:
    async def main(os: Os, request: str) -> str:
        for what in ("one", "two"):
            await (os.act(what) if how == "code" else os.think(f"do {what}"))
            await os.input()
        return ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await waits(kernel, pid)
        await kernel.say(pid, "on")
        await until(lambda: len(world.done) == 2)
        await waits(kernel, pid)
    both = [(1, "one", None), (2, "two", None)]
    async with world.kernel() as kernel:
        await waits(kernel, pid)
        handle = kernel.handle(pid)
        assert calls(handle) == both and [facts["result"] for facts in handle.syscalls] == ["did one", "did two"]
        assert calls(await go_on(kernel, remains(kernel.journal.read(pid)))) == [], "another's are not its own"
        await kernel.say(pid, "on")
        await ended(kernel, pid)
        assert calls(ProcessHandle(await ended_task(kernel, pid))) == both


@pytest.mark.parametrize("how", ["stopped", "dead"])
@pytest.mark.parametrize("what", ["act", "look"])
async def test_a_call_that_was_under_way_is_there_once(world: World, what: str, how: str) -> None:
    """Made again or given up: nobody sees it twice."""

    async def main(os: Os, request: str) -> str:
        with contextlib.suppress(SyscallError):
            await os.call(what, "it")
        return await os.input() or ""

    world.mains["worker"], world.blocks = main, {"it"}
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await until(lambda: world.done == ["it"])
        last = last_seq(kernel, pid, "intent")
    after = world if how == "stopped" else world.cut(last)
    after.blocks = set()
    expected = [(1, "it", None if what == "look" else f"EINTR: {UNKNOWN_CALL}")]
    async with after.kernel() as kernel:
        await waits(kernel, pid)
        assert calls(kernel.handle(pid)) == expected
    async with after.kernel() as kernel:
        await waits(kernel, pid)
        if how == "dead" or what == "look":
            assert calls(kernel.handle(pid)) == expected
        await kernel.say(pid, "on")
        await ended(kernel, pid)
        if how == "dead" or what == "look":
            assert calls(ProcessHandle(await ended_task(kernel, pid))) == expected


async def test_a_call_made_again_takes_its_own_place(world: World) -> None:
    world.mains["worker"] = listens
    async with world.kernel() as kernel:
        task = (await world.spawn(kernel, interactive=True)).task
        one, two = (CallRecord(n, "look", {}, "allow", "", None, 0.0) for n in (1, 2))
        for record in (one, two, replace(one, result="again")):
            task.note_call(record)
        assert [(c.seq, c.result) for c in task.calls] == [(1, "again"), (2, "")]


# -- labels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_code", [True, False])
async def test_whose_words_it_was_told_it_holds_after_a_restart(world: World, is_code: bool) -> None:
    async def main(os: Os, request: str) -> str:
        await os.input()
        return await os.input() or ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        spawn = world.spawn(kernel, interactive=True) if is_code else kernel.spawn("hi", interactive=True)
        pid = (await spawn).pid
        await waits(kernel, pid)
        assert kernel.task(pid).process.held == ""
        await kernel.say(pid, "evil", sources="a web page")
        assert kernel.task(pid).process.held == "a web page"
        await waits(kernel, pid)
        assert kernel.journal.read(pid, ["input"])[0].body[UNTRUSTED] == "a web page"
    for _ in range(2):
        async with world.kernel() as kernel:
            assert kernel.task(pid).process.taint == "a web page"
            await waits(kernel, pid)
    async with world.kernel() as kernel:
        branch = await go_on(kernel, remains(kernel.journal.read(pid)))
        assert branch.process.held == "a web page"
        assert kernel.journal.read(branch.pid, ["spawn"])[0].body[UNTRUSTED] == "a web page"
        await kernel.say(pid, "on")
        kernel.task(pid).close_input()
        await ended(kernel, pid)
        assert (await ended_task(kernel, pid)).process.held == "a web page"


def test_whose_words_are_not_read_yet_goes_along() -> None:
    records = [
        Record(7, "spawn", {"request": ""}),
        Record(7, "input", {"text": "evil", UNTRUSTED: "a web page"}),
        Record(7, "input", {"text": "evil", UNTRUSTED: "a mail, a web page"}),
    ]
    found = remains(records)
    assert found.held == "a web page, a mail"
    assert remains([records[0], *past_records(7, found)]).held == found.held


# -- turns that were cut ----------------------------------------------------------------------------------------------

CUT: dict[str, Any] = {"role": "assistant", "content": "wor", SHOWN: 3}
WHOLE = {"role": "assistant", "content": "words"}


def left_of(*records: tuple[str, dict[str, Any]], **spawn: Any) -> Remains:
    born = Record(7, "spawn", {"request": "hi", "interactive": True, **spawn})
    return remains([born, Record(7, "message", {"role": "user", "content": "hi"})] + [Record(7, *r) for r in records])


@pytest.mark.parametrize(
    "later",
    [
        [("tokens", {"tokens": [1]})],
        [("tokens", {"tokens": [1]}), ("message", CUT)],
        [("text", {"content": "x"})],
        [("message", CUT), ("interrupted", {})],
    ],
)
def test_an_interrupt_of_code_is_final(later: list[tuple[str, dict[str, Any]]]) -> None:
    found = left_of(("signal", {"signal": "INT", "by": 0}), *later, coded=True)
    assert found.interrupted and found.waits


def test_a_message_that_was_cut_is_no_answer() -> None:
    assert left_of(("message", WHOLE)).waits
    found = left_of(("message", CUT))
    assert found.is_cut and not found.waits
    assert remains([Record(7, "spawn", found.spawn), *past_records(7, found)]).is_cut
    assert left_of(("message", CUT), ("interrupted", {})).waits, "nobody waits for the rest"
    assert not left_of(("message", CUT), ("message", {"role": "user", "content": "go on"})).is_cut
    assert left_of(("message", CUT), ("message", WHOLE)).waits


async def test_code_whose_interrupt_was_not_over_ends_of_it(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        return await os.think("word " * 500)

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel, interactive=True)).pid
        await until(lambda: bool(kernel.journal.read(pid, ["tokens"])))
        await kernel.kill(pid, Signal.INT).wait()
        assert await ended(kernel, pid) == ""
        records = kernel.journal.read(pid)
    signal = next(record.seq for record in records if record.kind == "signal")
    for record in records:
        if record.seq >= signal and record.kind != "exit":
            async with world.cut(record.seq).kernel() as kernel:
                assert await ended(kernel, pid) == "", record


async def test_a_thought_that_was_cut_is_thought_to_its_end(world: World) -> None:
    """The kernel died before the code was told that its time was over."""
    scopes: list[anyio.CancelScope] = []

    async def main(os: Os, request: str) -> str:
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            return await os.think("word " * 200)
        return "no time"

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel)).pid
        await until(lambda: bool(kernel.journal.read(pid, ["tokens"])))
        scopes[0].cancel()
        assert await ended(kernel, pid) == "no time"
        (cut,) = [r for r in kernel.journal.read(pid, ["message"]) if SHOWN in r.body]
    async with world.cut(cut.seq).kernel() as kernel:
        assert await ended(kernel, pid) == f"So {cut.body['content'].strip()}.", "what comes behind it"


# -- words to nobody --------------------------------------------------------------------------------------------------


async def test_who_nobody_talks_to_reads_nothing(world: World) -> None:
    async def main(os: Os, request: str) -> str:
        await os.act("it")
        return str(await os.input())

    world.mains["worker"], world.blocks = main, {"it"}
    async with world.kernel() as kernel:
        pid = (await world.spawn(kernel)).pid
        await until(lambda: world.done == ["it"])
        with pytest.raises(NoSuchProcess, match="reads no more"):
            await kernel.say(pid, "anybody?")
    async with world.kernel() as kernel:
        with pytest.raises(SyscallError):
            await ended(kernel, pid)


async def test_it_is_known_whether_a_turn_was_interrupted(world: World) -> None:
    seen: list[bool] = []

    async def main(os: Os, request: str) -> str:
        try:
            await os.input()
        finally:
            seen.append(os._task.is_interrupted)
        return ""

    world.mains["worker"] = main
    async with world.kernel() as kernel:
        for signal in (Signal.INT, Signal.TERM):
            process = await world.spawn(kernel, interactive=True)
            await waits(kernel, process.pid)
            await kernel.kill(process.pid, signal).wait()
            await process.ended()
    assert seen == [True, False]
