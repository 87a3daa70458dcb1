"""Breakpoints, steps forward and back, over the sim driver: a token is a byte, and what is next hangs on all before."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.drivers.sim import Sim
from llmasos.errors import NoSuchProcess, ProcessKilled, UsageError
from llmasos.kernel.breakpoints import Breakpoint
from llmasos.kernel.debugger import back, break_at, stand_at, step
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import State
from llmasos.kernel.signals import Signal
from tests.conftest import Boot
from tests.kernel.test_recovery import keeping, until, until_tokens  # noqa: F401

pytestmark = pytest.mark.anyio
WRITE = {"name": "write_file", "arguments": {"path": "a.txt", "content": "hello"}}


def call(tool: dict[str, Any]) -> str:
    return f"<tool_call>\n{json.dumps(tool)}\n</tool_call>"


def tokens(kernel: Kernel, pid: int) -> list[int]:
    return [t for r in kernel.journal.read(pid, ["tokens"]) for t in r.body["tokens"]]


async def stopped(handle: ProcessHandle, on: str) -> None:
    await until(lambda: handle.process.state is State.STOPPED)
    assert handle.process.waiting_on == on


async def broken(kernel: Kernel, request: str, *points: str, **how: Any) -> ProcessHandle:
    handle = await kernel.spawn(request, **how)
    await break_at(kernel, handle.pid, points)
    return handle


async def test_a_call_is_stopped_at_before_it_is_made(boot: Boot, sim: Sim) -> None:
    sim.enqueue(call(WRITE), "Done.")
    async with boot() as kernel:
        handle = await broken(kernel, "write it", "syscall:write_file")
        await stopped(handle, "breakpoint syscall:write_file")
        assert kernel.journal.read(handle.pid, ["intent"]) == []
        assert not (kernel.workspace / "a.txt").exists()
        await kernel.kill(handle.pid, Signal.CONT).wait()
        assert await handle.wait() == "Done."
        assert (kernel.workspace / "a.txt").read_text() == "hello"
        signals = kernel.journal.read(handle.pid, ["signal"])
        assert [(r.body["signal"], r.body.get("reason")) for r in signals] == [
            ("STOP", "breakpoint syscall:write_file"),
            ("CONT", None),
        ]


@pytest.mark.parametrize("signal", [Signal.TERM, Signal.KILL, Signal.INT])
async def test_who_is_killed_at_a_call_does_not_make_it(boot: Boot, sim: Sim, signal: Signal) -> None:
    sim.enqueue(call(WRITE), "Done.")
    async with boot() as kernel:
        handle = await broken(kernel, "write it", "syscall:write_file")
        await stopped(handle, "breakpoint syscall:write_file")
        kernel.kill(handle.pid, signal)
        with pytest.raises(ProcessKilled):
            await handle.wait()
        assert kernel.journal.read(handle.pid, ["intent", "result"]) == []
        assert not (kernel.workspace / "a.txt").exists()


async def test_a_call_that_is_stopped_at_is_not_made_by_a_kernel_that_ends(keeping: Boot) -> None:  # noqa: F811
    async with keeping(call(WRITE)) as kernel:
        handle = await broken(kernel, "write it", "syscall:write_file")
        await stopped(handle, "breakpoint syscall:write_file")
        file = kernel.workspace / "a.txt"
    assert not file.exists()


async def test_a_text_is_stopped_at_with_its_token(boot: Boot, sim: Sim) -> None:
    sim.enqueue("one two three two one")
    async with boot() as kernel:
        handle = await broken(kernel, "count", r"text:tw\w")
        for expected in ("one two", "one two three two"):
            await stopped(handle, r"breakpoint text:tw\w")
            assert bytes(tokens(kernel, handle.pid)).decode() == expected
            await kernel.kill(handle.pid, Signal.CONT).wait()
        assert await handle.wait() == "one two three two one"


async def test_a_match_without_a_length_counts_once(boot: Boot, sim: Sim) -> None:
    sim.enqueue("a1 b1 c")
    async with boot() as kernel:
        handle = await broken(kernel, "count", r"text:(?<=1)")
        for expected in ("a1", "a1 b1"):
            await stopped(handle, r"breakpoint text:(?<=1)")
            assert bytes(tokens(kernel, handle.pid)).decode() == expected
            await kernel.kill(handle.pid, Signal.CONT).wait()
        assert await handle.wait() == "a1 b1 c"


async def test_a_pattern_that_backtracks_for_ever_stops_its_process_and_nobody_else(boot: Boot, sim: Sim) -> None:
    sim.enqueue("a" * 60 + "b")
    async with boot() as kernel:
        handle = await broken(kernel, "talk", "text:(a|a)+c")
        await until(lambda: handle.process.state is State.STOPPED)
        assert handle.process.waiting_on == "breakpoint text:(a|a)+c, which takes too long to look for"
        await break_at(kernel, handle.pid, [])
        await kernel.kill(handle.pid, Signal.CONT).wait()
        assert await handle.wait() == "a" * 60 + "b"


async def test_steps_are_counted_to_the_token(boot: Boot) -> None:
    """And what is said is the same as without a stop."""
    async with boot() as kernel:
        whole = await kernel.spawn("talk", limits=Limits(tokens=60))
        await kernel.task(whole.pid).ended.wait()
        handle = await kernel.spawn("talk", limits=Limits(tokens=60))
        kernel.task(handle.pid).stop()
        for count in (1, 1, 5, 20):
            before = len(tokens(kernel, handle.pid))
            done = await step(kernel, handle.pid, count)
            assert (done.tokens, done.status, done.stopped_on) == (count, "stopped", "step")
            assert len(tokens(kernel, handle.pid)) == before + count
        done = await step(kernel, handle.pid, 100)
        assert (done.tokens, done.status) == (33, "zombie")
        assert tokens(kernel, handle.pid) == tokens(kernel, whole.pid)
        with pytest.raises(NoSuchProcess):
            await step(kernel, handle.pid, 1)


async def test_a_process_that_was_stopped_by_hand_is_stepped_in_its_sentence(boot: Boot) -> None:
    async with boot() as kernel:
        handle = await kernel.spawn("talk")
        await until_tokens(kernel, handle.pid, 10)
        with pytest.raises(UsageError, match="not stopped"):
            await step(kernel, handle.pid, 1)
        await kernel.kill(handle.pid, Signal.STOP).wait()
        with anyio.fail_after(20):
            while (await step(kernel, handle.pid, 3)).tokens != 3:  # the first has what was on its way at the STOP
                pass
        done = await step(kernel, handle.pid, 7)
        assert (done.tokens, len(done.text)) == (7, 7)


async def test_a_step_goes_through_calls_and_ends_with_the_turn(boot: Boot, sim: Sim) -> None:
    said = call(WRITE)
    sim.enqueue(said, "Done.")
    async with boot() as kernel:
        handle = await kernel.spawn("write it", interactive=True)
        kernel.task(handle.pid).stop()
        num_said = len((await step(kernel, handle.pid, 10)).text)
        assert num_said >= 10
        last = await step(kernel, handle.pid, 10_000)
        assert "Done." in last.text
        assert (kernel.workspace / "a.txt").exists()
        await until(lambda: handle.process.waiting_on == "input")


async def test_a_step_of_who_waits_for_input_ends_at_once(boot: Boot) -> None:
    async with boot() as kernel:
        handle = await kernel.spawn("", interactive=True)
        await until(lambda: handle.process.waiting_on == "input")
        await kernel.kill(handle.pid, Signal.STOP).wait()
        with anyio.fail_after(20):
            assert (await step(kernel, handle.pid, 3)).tokens == 0


async def test_a_step_of_who_waits_for_an_answer_ends_and_says_so(boot: Boot, sim: Sim) -> None:
    """Whether it asked before it was stopped, or in the step itself."""
    ask = call({"name": "ask", "arguments": {"question": "which one?"}})
    async with boot() as kernel:
        for breaks in ((), ("syscall:ask",)):
            sim.enqueue(ask, "The first.")
            handle = await broken(kernel, "choose", *breaks, attended=True)
            if not breaks:
                await until(lambda: kernel.task(handle.pid).asks)  # noqa: B023
                handle.kill(Signal.STOP)
            await until(lambda: handle.process.state is State.STOPPED)  # noqa: B023
            with anyio.fail_after(10):
                stepped = await step(kernel, handle.pid, 50)
            assert (stepped.status, stepped.stopped_on) == ("waiting", "ask")
            handle.reply("the first")
            assert await handle.wait() == "The first."


async def test_what_was_said_before_a_breakpoint_is_no_match(boot: Boot, sim: Sim) -> None:
    sim.enqueue("one two three two one")
    async with boot() as kernel:
        handle = await broken(kernel, "count", "text:three")
        await stopped(handle, "breakpoint text:three")
        await break_at(kernel, handle.pid, ["text:two"])
        await kernel.kill(handle.pid, Signal.CONT).wait()
        await stopped(handle, "breakpoint text:two")
        assert bytes(tokens(kernel, handle.pid)).decode() == "one two three two"


async def test_breakpoints_are_set_and_taken_away_while_it_talks(boot: Boot) -> None:
    async with boot() as kernel:
        handle = await kernel.spawn("talk")
        await until_tokens(kernel, handle.pid, 10)
        await break_at(kernel, handle.pid, ["text:[a-z]"])
        await stopped(handle, "breakpoint text:[a-z]")
        before = len(tokens(kernel, handle.pid))
        await break_at(kernel, handle.pid, [])
        await kernel.kill(handle.pid, Signal.CONT).wait()
        await until_tokens(kernel, handle.pid, before + 50)
        await break_at(kernel, handle.pid, ["text:[a-z]"])
        await stopped(handle, "breakpoint text:[a-z]")
        handle.kill(Signal.TERM)
        with pytest.raises(ProcessKilled):
            await handle.wait()


async def test_a_stop_and_its_points_outlive_the_kernel(keeping: Boot) -> None:  # noqa: F811
    """Stopped before a call, it is not stopped before the same call again; before the next one it is."""
    async with keeping(call(WRITE)) as kernel:
        handle = await broken(kernel, "write it", "syscall:*")
        await stopped(handle, "breakpoint syscall:*")
    read = {"name": "read_file", "arguments": {"path": "a.txt"}}
    async with keeping(call(read), "hello") as kernel:
        handle = kernel.handle(handle.pid)
        await stopped(handle, "breakpoint syscall:*")
        await kernel.kill(handle.pid, Signal.CONT).wait()
        await until(lambda: (kernel.workspace / "a.txt").exists())
        await stopped(handle, "breakpoint syscall:*")
        await kernel.kill(handle.pid, Signal.CONT).wait()
        assert await handle.wait() == "hello"


async def test_a_step_back_is_another_process_that_says_the_same_again(boot: Boot) -> None:
    async with boot() as kernel:
        first = await kernel.spawn("talk", limits=Limits(tokens=80))
        await kernel.task(first.pid).ended.wait()
        said = tokens(kernel, first.pid)
        second = await stand_at(kernel, back(kernel.journal.read(first.pid), 30))
        assert second.process.state is State.STOPPED
        done = await step(kernel, second.pid, 10)
        assert done.tokens == 10
        assert tokens(kernel, second.pid) == said[:60]
        assert tokens(kernel, first.pid) == said, "the past stays as it was"


async def test_a_step_back_into_forced_tokens_takes_them_along(boot: Boot, sim: Sim) -> None:
    sim.enqueue(call(WRITE), "Done.")
    async with boot() as kernel:
        first = await kernel.spawn("write it")
        assert await first.wait() == "Done."
        said = tokens(kernel, first.pid)
        spelled = [sim.tokenizer.decode(said[:count], special=True).decode() for count in range(len(said))]
        at = next(count for count, text in enumerate(spelled) if text.endswith('"argu'))
        second = await stand_at(kernel, back(kernel.journal.read(first.pid), len(said) - at))
        done = await step(kernel, second.pid, 1)
        assert done.text.startswith('ments": {"path": "'), done.text
        assert tokens(kernel, second.pid)[:at] == said[:at]


async def test_there_is_no_more_past_than_there_was() -> None:
    records = [Record(2, "spawn", {}), Record(2, "tokens", {"tokens": [1, 2, 3]}), Record(2, "tokens", {"tokens": [4]})]
    assert back(records, 1) == records[:2]
    assert back(records, 2)[-1].body["tokens"] == [1, 2]
    assert back(records, 4) == records[:1]
    with pytest.raises(UsageError, match="has generated 4 tokens, not 5"):
        back(records, 5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("write_file", "a breakpoint is syscall:NAME or text:PATTERN"),
        ("line:7", "a breakpoint is syscall:NAME"),
        ("text:", "a breakpoint is syscall:NAME"),
        ("syscall:write_fil", "no such call; there are: read_file, write_file"),
        ("text:(", "missing )"),
        ("text:a*", "matches at every token"),
        ("text:" + "(" * 3000 + "a" + ")" * 3000, "nested too deep"),
    ],
    ids=lambda text: text[:20],
)
async def test_points_that_cannot_be_meant_are_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        Breakpoint.parse(text, ["write_file", "read_file"])
    assert says in str(error.value)
