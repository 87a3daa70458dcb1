"""Agents that outlive their kernel: what the journal has of them is enough to go on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.apps.time_travel import saying
from llmasos.boot import Kernel
from llmasos.config import Config, SamplingSection
from llmasos.drivers.sim import Sim
from llmasos.kernel.agent import AGENT
from llmasos.kernel.control import close_input
from llmasos.kernel.debugger import break_at
from llmasos.kernel.events import Answered
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import State
from llmasos.kernel.program import Program
from llmasos.kernel.recovery import ENDS, go_on
from llmasos.kernel.remains import remains
from llmasos.kernel.resume import UNKNOWN
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task

Boot = Callable[..., AbstractAsyncContextManager[Kernel]]
APPEND = {"name": "append_file", "arguments": {"path": "log.txt", "content": "apple"}}


@pytest.fixture
def keeping(tmp_path: Path) -> Boot:
    """A kernel whose processes outlive it, over a fresh `Sim` each time."""

    @asynccontextmanager
    async def booted(*scripts: str) -> AsyncIterator[Kernel]:
        sim = Sim(window_tokens=8192, num_cells=8192 * 8)
        sim.enqueue(*scripts)
        (tmp_path / "work").mkdir(exist_ok=True)
        async with Kernel.boot(
            Config(tmp_path / "home"), workspace=tmp_path / "work", load_driver=lambda name: sim, keeps=True
        ) as kernel:
            yield kernel
            kernel.check_integrity()

    return booted


def call(tool: dict[str, Any]) -> str:
    return f"<tool_call>\n{json.dumps(tool)}\n</tool_call>"


async def answers(process: ProcessHandle, count: int) -> list[str]:
    found: list[str] = []
    async for event in process.events():
        found += [event.answer] if isinstance(event, Answered) else []
        if len(found) == count:
            break
    return found


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(30):
        while True:
            if condition():
                return
            await anyio.sleep(0.001)


async def until_tokens(kernel: Kernel, pid: int, count: int) -> None:
    """Wait until the journal has so many tokens of a process."""
    await until(lambda: sum(len(r.body["tokens"]) for r in kernel.journal.read(pid, ["tokens"])) >= count)


@pytest.mark.anyio
@pytest.mark.parametrize("num_cuts", [1, 3])
async def test_chance_goes_on_where_it_was(tmp_path: Path, num_cuts: int) -> None:
    """Without a seed of the user's: the message is the one that the kernel's own seed would have made uncut."""

    def new_sim(_: str) -> Sim:
        return Sim(window_tokens=8192, num_cells=8192 * 2)

    @asynccontextmanager
    async def babbling(home: str, **how: Any) -> AsyncIterator[Kernel]:
        config = Config(tmp_path / home, sampling_section=SamplingSection(temperature=1.5, **how))
        async with Kernel.boot(config, workspace=tmp_path, load_driver=new_sim, keeps=True) as kernel:
            yield kernel

    pid, limits = 0, Limits(tokens=300)
    for cut in range(num_cuts):
        async with babbling("cut") as kernel:
            pid = pid or (await kernel.spawn("say what you like", limits=limits)).pid
            await until_tokens(kernel, pid, 20 * (cut + 1))
    async with babbling("cut") as kernel:
        await until(lambda: bool(kernel.journal.read(pid, ["exit"])))
        cut_up = first_message(kernel, pid)
        (seed,) = {r.body["seed"] for r in kernel.journal.read(pid, ["sampling"])}
    async with babbling("uncut", seed=seed) as kernel:
        process = await kernel.spawn("say what you like", limits=limits)
        await until(lambda: bool(kernel.journal.read(process.pid, ["exit"])))
        assert first_message(kernel, process.pid) == cut_up and len(cut_up) > 60


def first_message(kernel: Kernel, pid: int) -> list[int]:
    tokens: list[int] = []
    for record in kernel.journal.read(pid):
        if record.kind == "tokens":
            tokens += record.body["tokens"]
        elif record.kind == "message" and record.body["role"] == "assistant":
            break
    return tokens


@pytest.mark.anyio
async def test_a_conversation_goes_on_under_its_pid(keeping: Boot) -> None:
    async with keeping("Hello.") as kernel:
        process = await kernel.spawn("hi", interactive=True)
        pid = process.pid
        assert await answers(process, 1) == ["Hello."]
    async with keeping("Again.") as kernel:
        process = kernel.handle(pid)
        await kernel.say(pid, "and?")
        assert await answers(process, 1) == ["Again."]
        messages = (await kernel.task(pid).transcript()).messages
        assert [m["content"] for m in messages] == ["hi", "Hello.", "and?", "Again."]
        assert process.process.started < kernel.init.started
        process.close_input()
        assert await process.wait() == "Again."
    async with keeping() as kernel:
        assert not [p for p in kernel.processes() if p.pid == pid], "it has ended"


@pytest.mark.anyio
@pytest.mark.parametrize("begun", [True, False])
async def test_a_fork_outlives_its_kernel_with_what_it_has_of_its_parent(keeping: Boot, begun: bool) -> None:
    """Also when the kernel ends before the fork has taken up its own request."""
    async with keeping("Hello.", *["Forked."] * begun) as kernel:
        parent = await kernel.spawn("hi", interactive=True)
        await answers(parent, 1)
        task = kernel.task(parent.pid)
        await until(lambda: task.process.waiting_on == "input")
        child = await kernel.spawn(AGENT, "and now?", parent=task.process, share=task, interactive=True)
        if begun:
            await answers(child, 1)
    async with keeping(*["Forked."] * (not begun), "Again.") as kernel:
        process = kernel.handle(child.pid)
        if not begun:
            await answers(process, 1)
        await kernel.say(child.pid, "once more")
        assert (await answers(process, 2 - begun))[-1] == "Again."
        messages = (await kernel.task(child.pid).transcript()).messages
        assert [m["content"] for m in messages] == ["hi", "Hello.", "and now?", "Forked.", "once more", "Again."]
        assert process.process.ppid == parent.pid


@pytest.mark.anyio
async def test_what_was_said_and_not_read_is_read_later(keeping: Boot) -> None:
    async with keeping("Hello.") as kernel:
        process = await kernel.spawn("hi", interactive=True)
        await answers(process, 1)
        process.kill(Signal.STOP)
        await until(lambda: process.process.state is State.STOPPED)
        await kernel.say(process.pid, "one")
        await kernel.say(process.pid, "two")
    async with keeping("First.", "Second.") as kernel:
        task = kernel.task(process.pid)
        await until(lambda: task.process.state is State.STOPPED)
        kernel.kill(process.pid, Signal.CONT)
        assert await answers(kernel.handle(process.pid), 2) == ["First.", "Second."]
        said = [m["content"] for m in (await task.transcript()).messages if m["role"] == "user"]
        assert said == ["hi", "one", "two"]


@pytest.mark.anyio
async def test_a_message_goes_on_where_it_was(keeping: Boot) -> None:
    """The sim babbles for ever, and what it says next hangs on every token before: the whole is as if uninterrupted."""
    async with keeping() as kernel:
        whole = await kernel.spawn("talk", limits=Limits(tokens=2000))
        await until_tokens(kernel, whole.pid, 2000)
        process = await kernel.spawn("talk", limits=Limits(tokens=2000))
        await until_tokens(kernel, process.pid, 40)
    async with keeping() as kernel:
        await kernel.task(process.pid).ended.wait()
        assert kernel.task(process.pid).process.error == "limit reached: tokens (2000)"
        one, other = (
            [t for r in kernel.journal.read(pid, ["tokens"]) for t in r.body["tokens"]]
            for pid in (whole.pid, process.pid)
        )
        assert len(one) == len(other) == 2000
        assert one == other


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("more", "expected", "content"),
    [
        ([], "added 1 line to log.txt", "apple\n"),
        ([("intent", {"call": 1, **APPEND})], UNKNOWN, None),
        (
            [
                ("intent", {"call": 1, **APPEND}),
                (
                    "result",
                    {"seq": 1, "name": "append_file", "decision": "allow", "result": "it is done", "error": None},
                ),
            ],
            "it is done",
            None,
        ),
        (
            [
                ("intent", {"call": 1, **APPEND}),
                (
                    "result",
                    {"seq": 1, "name": "append_file", "decision": "allow", "result": None, "error": "EINTR: cut"},
                ),
            ],
            UNKNOWN,
            None,
        ),
    ],
)
async def test_a_call_has_its_effect_once_or_nobody_knows(
    keeping: Boot, tmp_path: Path, more: list[tuple[str, dict[str, Any]]], expected: str, content: str | None
) -> None:
    async with keeping("Hello.") as kernel:
        process = await kernel.spawn("hi", interactive=True)
        await answers(process, 1)
        made = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": APPEND}]}
        records: list[tuple[str, dict[str, Any]]] = [
            ("message", {"role": "user", "content": "log it"}),
            ("message", made),
            *more,
        ]
        kernel.journal.append([Record(process.pid, kind, body) for kind, body in records])
    async with keeping("Logged.") as kernel:
        handle = kernel.handle(process.pid)
        assert await answers(handle, 1) == ["Logged."]
        tool = [m for m in (await kernel.task(process.pid).transcript()).messages if m["role"] == "tool"]
        assert [m["content"] for m in tool] == [expected]
    log = tmp_path / "work" / "log.txt"
    assert (log.read_text() if log.exists() else None) == content


@pytest.mark.anyio
async def test_a_turn_that_was_interrupted_in_a_call_is_not_taken_up(keeping: Boot) -> None:
    async with keeping(call({"name": "ask", "arguments": {"question": "Which?"}})) as kernel:
        process = await kernel.spawn("go", interactive=True, attended=True)
        await until(lambda: kernel.task(process.pid).asks)
        process.kill(Signal.INT)
        await answers(process, 1)
    async with keeping("Hello.") as kernel:
        await kernel.say(process.pid, "hi")
        await close_input(kernel, process.pid)
        with anyio.fail_after(20):
            assert await kernel.handle(process.pid).wait() == "Hello."
            assert await answers(kernel.handle(process.pid), 1) == ["Hello."]


@pytest.mark.anyio
async def test_an_input_that_was_closed_stays_closed(keeping: Boot) -> None:
    async with keeping("Hello.") as kernel:
        process = await kernel.spawn("hi", interactive=True)
        await answers(process, 1)
        process.kill(Signal.STOP)
        await until(lambda: process.process.state is State.STOPPED)
        await kernel.say(process.pid, "one more")
        await close_input(kernel, process.pid)
    async with keeping("First.") as kernel:
        await kernel.kill(process.pid, Signal.CONT).wait()
        with anyio.fail_after(20):
            assert await kernel.handle(process.pid).wait() == "First.", "what it was told, and then the end"


@pytest.mark.anyio
@pytest.mark.parametrize("interactive", [True, False])
async def test_what_was_not_read_and_breakpoints_are_restored_too(keeping: Boot, interactive: bool) -> None:
    async with keeping("Hello.") as kernel:
        process = await kernel.spawn("hi", interactive=True)
        await answers(process, 1)
        process.kill(Signal.STOP)
        await until(lambda: process.process.state is State.STOPPED)
        await kernel.say(process.pid, "one")
        await kernel.say(process.pid, "two")
        await break_at(kernel, process.pid, ["syscall:append_file"])
        records = kernel.journal.read(process.pid)
        process.kill(Signal.KILL)
    async with keeping("First.", "Second.") as kernel:
        found = remains(records)
        restored = await go_on(kernel, replace(found, spawn={**found.spawn, "interactive": interactive}))
        assert await answers(restored, 2) == ["First.", "Second."]
        assert [str(point) for point in kernel.task(restored.pid).breaks.points] == ["syscall:append_file"]
        if not interactive:
            assert await restored.wait() == "Second."
            return
    async with keeping("Third.") as kernel:
        await kernel.say(restored.pid, "three")
        assert (await answers(kernel.handle(restored.pid), 1)) == ["Third."], "one and two are not read again"


@pytest.mark.anyio
async def test_a_branch_whose_past_is_not_on_record_does_nothing_again(keeping: Boot) -> None:
    """The kernel died between the birth of the branch and the record of what it goes on from."""
    async with keeping("Done.") as kernel:
        first = await kernel.spawn("write it", interactive=True)
        assert await answers(first, 1) == ["Done."]
        branch = await go_on(kernel, remains(kernel.journal.read(first.pid)))
        await until(lambda: bool(kernel.journal.read(branch.pid, ["message"])))
        spawn = kernel.journal.read(branch.pid, ["spawn"])[0]
        assert spawn.body["origin"] == {"past": first.pid}
        kernel.journal.append([Record(9, "spawn", spawn.body)])
    async with keeping() as kernel:
        assert kernel.live(first.pid) is not None and kernel.live(branch.pid) is not None
        assert kernel.live(9) is None
        assert "branch or restore it again" in kernel.journal.read(9, ["exit"])[0].body["error"]


@pytest.mark.anyio
async def test_what_only_reads_is_read_again(keeping: Boot) -> None:
    read = {"name": "read_file", "arguments": {"path": "a.txt"}}
    async with keeping("Hello.") as kernel:
        (kernel.workspace / "a.txt").write_text("it is here")
        process = await kernel.spawn("hi", interactive=True)
        await answers(process, 1)
        made = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": read}]}
        records: list[tuple[str, dict[str, Any]]] = [
            ("message", {"role": "user", "content": "read"}),
            ("message", made),
            ("intent", {"call": 1, **read}),
        ]
        kernel.journal.append([Record(process.pid, kind, body) for kind, body in records])
    async with keeping("Read.") as kernel:
        assert await answers(kernel.handle(process.pid), 1) == ["Read."]
        assert (await kernel.task(process.pid).transcript()).messages[-2]["content"] == "it is here"


@pytest.mark.anyio
async def test_a_body_that_is_on_no_record_ends_with_its_kernel(keeping: Boot) -> None:
    """By TERM where the kernel ends in order; by the next one where it was killed."""

    async def forever(task: Task, request: str) -> str:
        await anyio.sleep_forever()
        return ""

    async with keeping() as kernel:
        process = await kernel.spawn(Program("mine", forever), "x")
        spawn = kernel.journal.read(process.pid, ["spawn"])[0]
        kernel.journal.append([Record(process.pid + 1, "spawn", spawn.body)])
    async with keeping() as kernel:
        assert [p.pid for p in kernel.processes()] == [1]
        ends = [kernel.journal.read(pid, ["exit"])[0].body for pid in (process.pid, process.pid + 1)]
        assert [end["error"] for end in ends] == [
            "killed by SIGTERM",
            f"mine ended with its kernel: {ENDS}; llmasos branch {process.pid + 1} goes on from it",
        ]


@pytest.mark.anyio
async def test_a_branch_of_an_interrupted_turn_answers_what_is_said_to_it(keeping: Boot) -> None:
    async with keeping(call({"name": "ask", "arguments": {"question": "Which?"}}), "Hello.") as kernel:
        process = await kernel.spawn("go", interactive=True, attended=True)
        await until(lambda: kernel.task(process.pid).asks)
        process.kill(Signal.INT)
        await answers(process, 1)
        found = saying(remains(kernel.journal.read(process.pid)), "and now?")
        branch = await go_on(kernel, replace(found, spawn={**found.spawn, "interactive": False}))
        assert await branch.wait() == "Hello."


@pytest.mark.anyio
async def test_a_tree_comes_back_as_a_tree(keeping: Boot) -> None:
    spawn = {"name": "spawn", "arguments": {"request": "count for ever"}}
    async with keeping(call(spawn)) as kernel:
        parent = await kernel.spawn("start a helper")
        await until(lambda: bool(kernel.journal.read(parent.pid, ["result"])))
        child = max(p.pid for p in kernel.processes())
    async with keeping() as kernel:
        assert kernel.task(child).process.ppid == parent.pid
        kernel.kill(parent.pid, Signal.KILL)
        for pid in (parent.pid, child):
            await kernel.task(pid).ended.wait()


@pytest.mark.anyio
async def test_a_long_conversation_comes_back_with_its_archive(keeping: Boot) -> None:
    async with keeping("Noted.", *(f"Yes {n}." for n in range(120))) as kernel:
        process = await kernel.spawn("the door code is 4512", interactive=True)
        await answers(process, 1)
        for n in range(120):
            await kernel.say(
                process.pid, f"item {n} of the list was looked at by two people who found nothing wrong with it"
            )
            await answers(process, n + 2)
    async with keeping("It is 4512.") as kernel:
        await kernel.say(process.pid, "what is the door code?")
        assert await answers(kernel.handle(process.pid), 1) == ["It is 4512."]
        task = kernel.task(process.pid)
        assert any("the door code is 4512" in s.text for s in task.process.context.segments), "it was paged in"
        assert any(row["archived"] for row in kernel.memory_map(process.pid))


def test_remains_are_what_was_under_way() -> None:
    records = [
        Record(7, "spawn", {"request": "hi"}, 5.0),
        Record(7, "message", {"role": "user", "content": "hi"}),
        Record(7, "tokens", {"segment": 1, "tokens": [1, 2]}),
        Record(7, "input", {"text": "later"}),
        Record(7, "tokens", {"segment": 1, "tokens": [3]}),
        Record(7, "signal", {"signal": "STOP", "by": 0}),
    ]
    found = remains(records)
    assert (found.partial, found.inputs, found.stopped, found.num_tokens, found.started) == (
        [1, 2, 3],
        ["later"],
        True,
        3,
        5.0,
    )
    found = remains([*records, Record(7, "message", {"role": "assistant", "content": "yes"})])
    assert (found.partial, found.waits) == ([], True)
