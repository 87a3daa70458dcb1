"""The kernel over the sim driver: birth, death, signals, limits, and what an agent's loop does."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from llmasos.boot import Kernel
from llmasos.drivers.sim import Sim
from llmasos.errors import (
    LLMasOSError,
    NoSuchProcess,
    PermissionDenied,
    ProcessError,
    ProcessKilled,
    QuotaExceeded,
    SyscallError,
)
from llmasos.kernel.events import Answered, Asked, CallEnded, CallStarted, Event, Exited, Text
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import State
from llmasos.kernel.program import Program
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task

pytestmark = pytest.mark.anyio
Boot = Callable[..., AbstractAsyncContextManager[Kernel]]


def call(name: str, **arguments: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"


def endless() -> Sim:
    """A driver whose window no babble fills while a test looks."""
    return Sim(window_tokens=100_000, num_cells=200_000)


async def forever(task: Task, request: str) -> str:
    await anyio.sleep_forever()
    return ""


async def until(handle: ProcessHandle, kind: type[Event]) -> Event:
    """The first event of a kind."""
    with anyio.fail_after(20):
        async for event in handle.events():
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind.__name__}")


async def test_an_agent_answers(boot: Boot, sim: Sim) -> None:
    sim.enqueue("Hello there.")
    async with boot() as kernel:
        process = await kernel.spawn("hello")
        assert await process.wait() == "Hello there."
        events = [event async for event in process.events()]
        assert "".join(e.text for e in events if isinstance(e, Text)) == "Hello there."
        assert events[-1] == Exited(process.pid, 0, "Hello there.", None)
        assert process.process.state is State.ZOMBIE
        usage = process.usage()
        assert usage["completion_tokens"] == len("Hello there.") + 1
        assert usage["prompt_tokens"] > len("hello")


async def test_an_agent_calls_reads_and_answers(boot: Boot, sim: Sim) -> None:
    sim.enqueue(call("calculate", expression="17*23"))
    sim.enqueue("The result is 391.")
    async with boot() as kernel:
        process = await kernel.spawn("what is 17 times 23?")
        assert await process.wait() == "The result is 391."
        (made,) = process.syscalls
        assert (made["seq"], made["name"], made["arguments"]) == (1, "calculate", {"expression": "17*23"})
        assert (made["decision"], made["result"], made["error"]) == ("allow", "391", None)
        kinds = [type(e) for e in [e async for e in process.events()] if isinstance(e, CallStarted | CallEnded)]
        assert kinds == [CallStarted, CallEnded]
        assert process.usage()["forced_tokens"] > 0


async def test_what_was_said_is_journaled_before_it_is_shown(boot: Boot, sim: Sim) -> None:
    sim.enqueue("A fairly long answer, token by token.")
    async with boot() as kernel:
        process = await kernel.spawn("go")
        shown = 0
        async for event in process.events():
            if isinstance(event, Text):
                shown += len(event.text)
                written = sum(len(r.body["tokens"]) for r in kernel.journal.read(process.pid, ["tokens"]))
                assert written >= shown
        kinds = [r.kind for r in kernel.journal.read(process.pid)]
        assert kinds[0] == "spawn" and kinds[-1] == "exit" and "segment" in kinds


async def test_many_agents_share_batches(boot: Boot, sim: Sim) -> None:
    for n in range(16):
        sim.enqueue("x" * (200 + n))  # long beside the time until the last has begun, on a busy machine too
    async with boot() as kernel:
        processes = [await kernel.spawn(f"request {n}") for n in range(16)]
        answers = [await p.wait() for p in processes]
        assert sorted(map(len, answers)) == list(range(200, 216))
        statistics = kernel.models["nano"].engine.statistics()
        assert statistics.steps < sum(map(len, answers)) / 4


@pytest.mark.parametrize(("signal", "code"), [(Signal.TERM, 143), (Signal.KILL, 137), (Signal.INT, 130)])
async def test_a_signal_ends_a_process_that_would_talk_for_ever(boot: Boot, signal: Signal, code: int) -> None:
    async with boot(driver=endless()) as kernel:
        process = await kernel.spawn("babble")
        await until(process, Text)
        process.kill(signal)
        with pytest.raises(ProcessKilled):
            await process.wait()
        assert process.process.exit_code == code
        with pytest.raises(NoSuchProcess):
            process.kill()


async def test_kill_takes_the_tree_and_term_leaves_orphans_to_init(boot: Boot) -> None:
    children: list[ProcessHandle] = []

    async def parent(task: Task, request: str) -> str:
        children.append(await task.kernel.spawn("babble", parent=task.process))
        await anyio.sleep_forever()
        return ""

    async with boot(driver=endless()) as kernel:
        for signal, lives in ((Signal.TERM, True), (Signal.KILL, False)):
            process = await kernel.spawn(Program("parent", parent), "")
            while len(children) < 1:
                await anyio.lowlevel.checkpoint()
            child = children.pop()
            process.kill(signal)
            with pytest.raises(ProcessKilled):
                await process.wait()
            if lives:
                assert child.process.ppid == 1 and child.process.alive
                child.kill(Signal.KILL)
            with pytest.raises(ProcessKilled):
                await child.wait()


async def test_an_interrupt_ends_the_turn_not_the_conversation(boot: Boot, sim: Sim) -> None:
    async with boot() as kernel:
        process = await kernel.spawn("babble", interactive=True)
        await until(process, Text)
        process.kill(Signal.INT)
        first = await until(process, Answered)
        assert isinstance(first, Answered) and first.error == "interrupted"
        sim.enqueue("back again")
        process.say("hello?")
        process.close_input()
        assert await process.wait() == "back again"


async def test_a_stopped_process_holds_still_until_cont(boot: Boot, sim: Sim) -> None:
    async with boot(driver=endless()) as kernel:
        process = await kernel.spawn("babble")
        await until(process, Text)
        process.kill(Signal.STOP)
        await anyio.sleep(0.05)
        assert process.process.state is State.STOPPED
        held = process.process.accounting.decode_tokens
        await anyio.sleep(0.1)
        assert process.process.accounting.decode_tokens == held
        process.kill(Signal.CONT)
        await anyio.sleep(0.1)
        assert process.process.accounting.decode_tokens > held
        process.kill(Signal.KILL)


async def test_a_token_limit_is_met_to_the_token(boot: Boot) -> None:
    async with boot() as kernel:
        process = await kernel.spawn("babble", limits=Limits(tokens=10))
        with pytest.raises(QuotaExceeded, match=r"tokens \(10\)"):
            await process.wait()
        assert process.process.exit_code == 5
        assert process.process.accounting.completion_tokens == 10


async def test_a_deadline_ends_the_process(boot: Boot) -> None:
    async with boot(driver=endless()) as kernel:
        process = await kernel.spawn("babble", limits=Limits(seconds=0.2))
        with pytest.raises(QuotaExceeded, match="seconds"), anyio.fail_after(20):
            await process.wait()


async def test_the_same_call_again_and_again_is_stopped(boot: Boot, sim: Sim) -> None:
    for _ in range(8):
        sim.enqueue(call("clock"))
    async with boot() as kernel:
        process = await kernel.spawn("what time is it?")
        with pytest.raises(QuotaExceeded, match="clock called 5 times"):
            await process.wait()
        assert len(process.syscalls) == 4
        read = [r.body["content"] for r in kernel.journal.read(process.pid, ["message"]) if r.body["role"] == "tool"]
        assert ["times)" in text for text in read] == [False, False, True, True], "the third is a warning"
        (end,) = kernel.journal.read(process.pid, ["exit"])
        assert end.body["error"] == "limit reached: clock called 5 times with the same arguments"


async def test_limits_on_children_and_depth(boot: Boot) -> None:
    async def nest(task: Task, request: str) -> str:
        try:
            child = await task.kernel.spawn(Program("nest", nest), "", parent=task.process)
        except QuotaExceeded as error:
            return str(error)
        return await child.wait()

    async with boot() as kernel:
        process = await kernel.spawn(Program("nest", nest), "")
        assert await process.wait() == "limit reached: depth (4)"
        wide = await kernel.spawn("babble", limits=Limits(children=2))
        for _ in range(2):
            await kernel.spawn("babble", parent=wide.process)
        with pytest.raises(QuotaExceeded, match=r"children \(2\)"):
            await kernel.spawn("babble", parent=wide.process)
        wide.kill(Signal.KILL)


async def test_capabilities_only_shrink(boot: Boot, sim: Sim) -> None:
    sim.enqueue(call("write_file", path="a.txt", content="x"))
    sim.enqueue("done")
    async with boot() as kernel:
        process = await kernel.spawn("babble", capabilities=frozenset({"files:read", "clock"}))
        child = await kernel.spawn("go", parent=process.process, capabilities=frozenset({"files", "process"}))
        assert child.process.capabilities == {"files:read"}
        task = kernel.task(child.pid)
        assert "write_file" not in task.allowed() and "read_file" in task.allowed()
        denied = await task.trap("write_file", {"path": "a.txt", "content": "x"})
        assert denied.decision == "deny" and (denied.error or "").startswith("EPERM")
        process.kill(Signal.KILL)


async def test_a_fork_starts_from_the_conversation_and_its_kv(boot: Boot, sim: Sim) -> None:
    async def body(task: Task, request: str) -> str:
        await task.add("user", "a long shared beginning " * 10)
        await task.complete()
        child = await task.kernel.spawn(Program("child", speak), "and now?", parent=task.process, share=task)
        answer = await child.wait()
        assert child.usage()["cached_tokens"] > 200
        return answer

    async def speak(task: Task, request: str) -> str:
        await task.add("user", request)
        return (await task.complete()).text

    sim.enqueue("shared answer")
    sim.enqueue("the child's own")
    async with boot() as kernel:
        process = await kernel.spawn(Program("body", body), "")
        assert await process.wait() == "the child's own"


async def test_wait_reaps_and_refuses_to_wait_for_itself(boot: Boot, sim: Sim) -> None:
    sim.enqueue("done")
    async with boot() as kernel:
        parent = await kernel.spawn(Program("parent", forever), "")
        child = await kernel.spawn("go", parent=parent.process)
        with pytest.raises(SyscallError, match="part of it"):
            await kernel.wait(parent.pid, by=child.process)
        with pytest.raises(PermissionDenied):
            kernel.kill(1, Signal.KILL)
        with pytest.raises(PermissionDenied):
            kernel.kill(parent.pid, Signal.KILL, by=child.process)
        await kernel.wait(child.pid, by=parent.process)
        with pytest.raises(NoSuchProcess):
            await kernel.wait(child.pid, by=parent.process)
        parent.kill(Signal.KILL)


async def test_ask_waits_for_the_user_or_says_that_nobody_is_there(boot: Boot, sim: Sim) -> None:
    for _ in range(2):
        sim.enqueue(call("ask", question="Which colour?"))
        sim.enqueue("ok")
    async with boot() as kernel:
        attended = await kernel.spawn("ask me", attended=True)
        question = await until(attended, Asked)
        assert isinstance(question, Asked) and question.question == "Which colour?"
        attended.reply("blue")
        await attended.wait()
        assert attended.syscalls[0]["result"] == "blue"
        alone = await kernel.spawn("ask me")
        await alone.wait()
        assert alone.syscalls[0]["error"].startswith("ENOTTY")


async def test_a_body_that_raises_fails_alone(boot: Boot, sim: Sim) -> None:
    async def broken(task: Task, request: str) -> str:
        raise ZeroDivisionError("oops")

    sim.enqueue("fine")
    async with boot() as kernel:
        process = await kernel.spawn(Program("broken", broken), "")
        with pytest.raises(ProcessError, match="broken failed: ZeroDivisionError: oops"):
            await process.wait()
        assert await (await kernel.spawn("hello")).wait() == "fine"


async def test_ending_the_kernel_ends_every_process(boot: Boot) -> None:
    async with boot() as kernel:
        processes = [await kernel.spawn("babble") for _ in range(3)]
        await until(processes[0], Text)
    assert all(p.process.exit_code == 143 for p in processes)


async def test_an_error_inside_the_block_comes_out_as_it_was_raised(boot: Boot) -> None:
    with pytest.raises(KeyError):
        async with boot() as kernel:
            await kernel.spawn("babble")
            raise KeyError("mine")


async def test_pids_are_never_used_twice(boot: Boot) -> None:
    pids = []
    for _ in range(2):
        driver = Sim(window_tokens=8192, num_cells=8192)
        driver.enqueue("x")
        async with boot(driver=driver) as kernel:
            process = await kernel.spawn("x")
            pids.append(process.pid)
            await process.wait()
    assert pids == [2, 3]


async def test_a_kernel_cancelled_from_outside_ends_its_processes_and_itself(boot: Boot) -> None:
    with anyio.move_on_after(0.3) as scope:
        async with boot(driver=endless()) as kernel:
            process = await kernel.spawn("babble")
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert process.process.state is State.ZOMBIE and process.process.exit_code == 143


async def test_a_journal_that_refuses_the_exit_does_not_keep_the_process(
    boot: Boot, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.enqueue("done")
    async with boot() as kernel:
        append = kernel.journal.append

        def full(records: list[Record]) -> int:
            if records and records[0].kind == "exit":
                raise LLMasOSError("journal: disk full")
            return append(records)

        monkeypatch.setattr(kernel.journal, "append", full)
        process = await kernel.spawn("go")
        with pytest.raises(LLMasOSError, match="disk full"), anyio.fail_after(20):
            await process.wait()


async def test_a_full_disk_stops_no_signal(boot: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    async with boot() as kernel:
        process = await kernel.spawn(Program("forever", forever), "")

        def full(records: list[Record]) -> int:
            raise LLMasOSError("journal: disk full")

        monkeypatch.setattr(kernel.journal, "append", full)
        process.kill(Signal.KILL)
        with pytest.raises(ProcessKilled), anyio.fail_after(20):
            await process.wait()


async def test_signals_arrive_in_the_order_they_were_sent(boot: Boot) -> None:
    async with boot() as kernel:
        process = await kernel.spawn(Program("forever", forever), "")
        for signal in (Signal.STOP, Signal.CONT) * 5 + (Signal.STOP,):
            process.kill(signal)
        for _ in range(300):
            if len(kernel.journal.read(process.pid, ["signal"])) == 11 and process.process.state is State.STOPPED:
                break
            await anyio.sleep(0.01)
        names = [record.body["signal"] for record in kernel.journal.read(process.pid, ["signal"])]
        assert names == ["STOP", "CONT"] * 5 + ["STOP"]


async def test_an_interrupted_call_is_on_record(boot: Boot, sim: Sim) -> None:
    sim.enqueue(call("ask", question="why?"))
    async with boot() as kernel:
        process = await kernel.spawn("ask", attended=True)
        await until(process, Asked)
        process.kill(Signal.TERM)
        with pytest.raises(ProcessKilled):
            await process.wait()
        (result,) = kernel.journal.read(process.pid, ["result"])
        assert result.body["error"].startswith("EINTR")
        ended = await until(process, CallEnded)
        assert isinstance(ended, CallEnded) and ended.error == "EINTR: interrupted"


async def test_late_words_to_a_dead_process_are_refused_in_one_line(boot: Boot, sim: Sim) -> None:
    sim.enqueue("done")
    async with boot() as kernel:
        process = await kernel.spawn("go")
        await process.wait()
        with pytest.raises(NoSuchProcess, match="reads no more"):
            process.say("hello?")


async def test_cont_shows_what_the_process_waits_on(boot: Boot) -> None:
    async with boot() as kernel:
        process = await kernel.spawn("", interactive=True)
        while process.process.state is not State.WAITING:
            await anyio.lowlevel.checkpoint()
        process.kill(Signal.STOP)
        process.kill(Signal.CONT)
        assert (process.process.state, process.process.waiting_on) == (State.WAITING, "input")
