"""Whatever others do to a process while it is moved: one is left, which has all that was said to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from llmasos.apps.cluster.copies import End
from llmasos.apps.cluster.moving import Moved
from llmasos.client import Daemon
from llmasos.errors import LLMasOSError, NoSuchProcess, StorageError, UsageError
from llmasos.kernel.journal import Record
from llmasos.kernel.process import State
from tests.apps.cluster.conftest import Boots, Machine
from tests.apps.cluster.test_moving import CALL, asked, messages, moved, running, talking, until_said

pytestmark = pytest.mark.anyio
Before = Callable[[str, str, Any], None]


@dataclass(frozen=True, slots=True)
class Watched(Daemon):
    """A daemon to which something else happens first."""

    to: Any = None
    before: Any = None

    def request(self, method: str, path: str, body: Any = None, timeout_s: float = 10.0) -> Any:
        self.before(method, path, body)
        return self.to.request(method, path, body, timeout_s)


def watched(machine: Machine, before: Before) -> End:
    return End(machine.name, Watched(0, "", None, machine.end.daemon, before))


def at_kill(once: Callable[[], object]) -> Before:
    """Before the first KILL alone."""
    left = [once]

    def before(method: str, path: str, body: Any) -> None:
        if left and path.endswith("/signal") and body["signal"] == "KILL":
            left.pop()()

    return before


async def alone(machine: Machine, pids: Sequence[int]) -> None:
    await machine.until(lambda: machine.alive() == list(pids))


async def test_what_was_said_meanwhile_goes_with_it(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        say = at_kill(lambda: a.end.ask("POST", f"/{pid}/input", {"text": "and times 3?"}))
        b.sim.enqueue("1173.")
        found = await moved(watched(a, say), pid, b.end)
        await alone(a, [])
        await alone(b, [found.pid])
        await b.until(lambda: b.kernel.task(found.pid).process.waiting_on == "input")
        assert (await messages(b, found.pid))[-2:] == [("user", "and times 3?"), ("assistant", "1173.")]


async def test_one_that_goes_on_at_each_try_stays_and_is_said(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)

        def say(method: str, path: str, body: Any) -> None:
            if path.endswith("/signal") and body["signal"] == "KILL":
                a.end.ask("POST", f"/{pid}/input", {"text": "and times 3?"})

        with pytest.raises(LLMasOSError, match=rf"a:{pid} went on meanwhile, 3 times: .*b:\d+ is a copy"):
            await moved(watched(a, say), pid, b.end)
        assert a.kernel.task(pid).process.state is not State.STOPPED
        assert len(b.alive()) == 1 and running([b]) == []


@pytest.mark.parametrize("stopped", [False, True])
async def test_two_moves_to_two_nodes_end_in_one(machine: Boots, stopped: bool) -> None:
    async with machine("a") as a, machine("b") as b, machine("c") as c:
        pid = await talking(a)
        if stopped:
            await asked(a.end, "POST", f"/{pid}/signal", {"signal": "STOP"})
        held, killed = threading.Barrier(2), threading.Barrier(2)
        passed: set[tuple[int, str]] = set()

        def together(method: str, path: str, body: Any) -> None:
            at = "hold" if path.endswith("/hold") else "kill" if (body or {}).get("signal") == "KILL" else ""
            if at and (threading.get_ident(), at) not in passed:
                passed.add((threading.get_ident(), at))
                (held if at == "hold" else killed).wait(10)

        ended: list[Moved | LLMasOSError] = []

        async def one(target: Machine) -> None:
            try:
                ended.append(await moved(watched(a, together), pid, target.end))
            except LLMasOSError as error:
                ended.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(one, b)
            group.start_soon(one, c)
        (won,) = [end for end in ended if isinstance(end, Moved)]
        (lost,) = [end for end in ended if not isinstance(end, Moved)]
        assert isinstance(lost, NoSuchProcess) and "was moved to" in str(lost) and won.stands is stopped
        await alone(a, [])
        await b.until(lambda: len(b.alive()) + len(c.alive()) == 1)


@pytest.mark.parametrize("ends_slowly", [False, True])
async def test_the_same_command_twice_makes_one(machine: Boots, ends_slowly: bool) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        real, may_end = a.kernel._exit, anyio.Event()

        async def slowly(task: Any) -> None:
            await may_end.wait()
            await real(task)

        if ends_slowly:
            a.kernel._exit = slowly  # type: ignore[method-assign]
        go, there = threading.Event(), threading.Event()

        def before(method: str, path: str, body: Any) -> None:
            if path == "/api/restore":
                there.set()
                go.wait(10)

        found: list[Moved] = []

        async def second() -> None:
            found.append(await moved(a.end, pid, watched(b, before)))

        async with anyio.create_task_group() as group:
            group.start_soon(second)
            await anyio.to_thread.run_sync(there.wait)
            first = await moved(a.end, pid, b.end)
            go.set()
        may_end.set()
        assert found == [first]
        await alone(a, [])
        assert running([b]) == [("b", first.pid)] and b.alive() == [first.pid]


async def test_a_second_one_that_is_refused_loses_nothing(machine: Boots) -> None:
    """It lets the process go on, which the first one had stopped."""
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        go, there = threading.Event(), threading.Event()
        found: list[Moved] = []

        def wait() -> None:
            there.set()
            go.wait(10)

        async def first() -> None:
            found.append(await moved(watched(a, at_kill(wait)), pid, b.end))

        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await anyio.to_thread.run_sync(there.wait)
            with pytest.raises(UsageError, match="absolute path"):
                await moved(a.end, pid, b.end, "nowhere")
            a.sim.enqueue("I went on.")
            await asked(a.end, "POST", f"/{pid}/input", {"text": "go on"})
            await until_said(a, pid, "I went on.")
            go.set()
        await alone(a, [])
        await alone(b, [found[0].pid])
        assert (await messages(b, found[0].pid))[-1] == ("assistant", "I went on.")


async def test_a_child_that_was_forked_meanwhile_keeps_it_there(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)

        def fork(method: str, path: str, body: Any) -> None:
            if path.endswith("/hold"):
                a.end.ask("POST", f"/{pid}/fork", {"interactive": True})

        with pytest.raises(UsageError, match="has children there"):
            await moved(watched(a, fork), pid, b.end)
        assert len(running([a])) == 2 and b.alive() == []


async def test_one_that_is_killed_meanwhile_stays_dead(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        for path in ("/journal", "/signal"):
            pid = await talking(a)
            left = [path]

            def kill(method: str, path: str, body: Any, pid: int = pid, left: list[str] = left) -> None:
                if left and path.endswith(left[0]):
                    left.clear()
                    a.end.ask("DELETE", f"/{pid}")

            with pytest.raises(NoSuchProcess, match="already ended"):
                await moved(watched(a, kill), pid, b.end)
            await alone(a, [])
            await alone(b, [])


async def test_records_with_an_end_make_no_copy(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        await asked(a.end, "DELETE", f"/{pid}")
        await alone(a, [])
        records = await asked(a.end, "GET", f"/{pid}/journal")
        for kept in (records, [r for r in records if r["kind"] != "exit"]):
            body = {"records": kept, "stopped": "move from a:2@9.1"}
            with pytest.raises(LLMasOSError, match="has ended"):
                await anyio.to_thread.run_sync(b.end.daemon.request, "POST", "/api/restore", body)
        assert b.alive() == []


async def test_every_machine_may_call_itself_local(machine: Boots) -> None:
    async with machine("a1") as one, machine("a2") as other, machine("t") as t:
        first, second = await talking(one), await talking(other)
        assert first == second
        await asked(one.end, "POST", f"/{first}/signal", {"signal": "STOP"})
        stands = await moved(End("local", one.end.daemon), first, t.end)
        goes_on = await moved(End("local", other.end.daemon), second, t.end)
        assert t.alive() == [stands.pid, goes_on.pid]
        with pytest.raises(NoSuchProcess, match="what is called t here has no such process"):
            await moved(End("local", one.end.daemon), first, End("t", other.end.daemon))
        assert running([t]) == [("t", goes_on.pid)]


async def test_the_same_command_again_starts_nothing_that_stood(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        await asked(a.end, "POST", f"/{pid}/signal", {"signal": "STOP"})
        found = await moved(a.end, pid, b.end)
        await alone(a, [])
        assert await moved(a.end, pid, b.end) == found and found.stands and running([b]) == []


async def test_a_restart_and_a_move_fill_no_limit_up(machine: Boots) -> None:
    async with machine("b") as b:
        async with machine("a") as a:
            pid = await talking(a, limits={"tokens": 100, "syscalls": 1})
            left = a.kernel.task(pid).process.budget.remaining("tokens")
        async with machine("a") as a:
            found = await moved(a.end, pid, b.end)
            budget = b.kernel.task(found.pid).process.budget
            assert (budget.remaining("tokens"), budget.remaining("syscalls")) == (left, 0)
            found = await moved(b.end, (await moved(a.end, pid, b.end)).pid, a.end)
            await a.until(lambda: a.kernel.task(found.pid).process.waiting_on == "input")
            a.sim.enqueue(CALL)
            await asked(a.end, "POST", f"/{found.pid}/input", {"text": "again"})
            await a.until(lambda: found.pid not in a.alive())
            assert (await asked(a.end, "GET", f"/{found.pid}"))["exit_code"] == 5


async def test_a_disk_that_is_full_at_the_kill_leaves_it_at_home(machine: Boots) -> None:
    async with machine("b") as b, machine("a") as a:
        pid = await talking(a)
        real = a.kernel.journal.append

        def full(records: Sequence[Record], *more: Any) -> int:
            if any(record.body.get("signal") == "KILL" for record in records):
                raise StorageError("no space left on device")
            return real(records, *more)

        a.kernel.journal.append = full  # type: ignore[method-assign, assignment]
        with pytest.raises(StorageError, match="no space"):
            await moved(a.end, pid, b.end)
        assert running([a, b]) == [("a", pid)]
        sent = await asked(a.end, "POST", f"/{pid}/signal", {"signal": "KILL"})
        assert sent["recorded"] is False, "it has arrived, and nobody is told that it is on record"
        await alone(a, [])
        a.kernel.journal.append = real  # type: ignore[method-assign]
