"""A process goes on elsewhere with all that it knew; cut off anywhere, a move leaves no two that run, and none lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import anyio
import pytest

from llmasos.apps.cluster.copies import End, birth
from llmasos.apps.cluster.moving import Moved, move
from llmasos.apps.daemon import debug_routes
from llmasos.client import Daemon, DaemonUnreachable
from llmasos.errors import LLMasOSError, ModelNotFound, NoSuchProcess, UsageError
from llmasos.events import Record
from llmasos.kernel.process import State
from tests.apps.cluster.conftest import Boots, Machine

pytestmark = pytest.mark.anyio
CALL = '<tool_call>\n{"name": "calculate", "arguments": {"expression": "17*23"}}\n</tool_call>'


async def talking(machine: Machine, **more: Any) -> int:
    """A process that has made a call, has answered, and waits for its next input."""
    for text in (CALL, "It is 391."):
        machine.sim.enqueue(text)
    body = {"interactive": True, "request": "what is 17 times 23?", "model": "nano", **more}
    pid = (await asked(machine.end, "POST", "", body))["pid"]
    await machine.until(lambda: machine.kernel.task(pid).process.waiting_on == "input")
    return int(pid)


async def asked(end: End, method: str, path: str, body: Any = None) -> Any:
    return await anyio.to_thread.run_sync(end.ask, method, path, body)


async def moved(source: End, pid: int, target: End, workspace: str | None = None) -> Moved:
    return await anyio.to_thread.run_sync(move, source, pid, target, workspace)


async def messages(machine: Machine, pid: int) -> list[tuple[str, str]]:
    """What the process was told and has said, as its journal has it."""
    records = await asked(machine.end, "GET", f"/{pid}/journal")
    return [(r["body"]["role"], r["body"]["content"]) for r in records if r["kind"] == "message"]


async def test_it_goes_on_with_what_it_knew(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a, limits={"tokens": 500, "syscalls": 5})
        before = await messages(a, pid)
        used = (await asked(a.end, "GET", f"/{pid}"))["usage"]
        found = await moved(a.end, pid, b.end)
        await a.until(lambda: a.alive() == [])
        assert b.alive() == [found.pid]
        assert before == await messages(b, found.pid) and len(before) == 4
        facts = await asked(b.end, "GET", f"/{found.pid}")
        assert facts["limits"]["tokens"] == 500 - used["completion_tokens"] < 500
        assert facts["limits"]["syscalls"] == 4
        with pytest.raises(NoSuchProcess, match=f"was moved to b:{found.pid}"):
            await moved(a.end, pid, End("c", b.end.daemon))
        await b.until(lambda: b.kernel.task(found.pid).process.waiting_on == "input")
        b.sim.enqueue("Still 391.")
        await asked(b.end, "POST", f"/{found.pid}/input", {"text": "are you sure?"})
        await b.until(lambda: b.kernel.task(found.pid).process.waiting_on == "input")
        assert (await messages(b, found.pid))[-2:] == [("user", "are you sure?"), ("assistant", "Still 391.")]
        back = await moved(b.end, found.pid, a.end)
        assert len(await messages(a, back.pid)) == 6
        signals = [r["body"] for r in await asked(a.end, "GET", f"/{pid}/journal") if r["kind"] == "signal"]
        spawn = (await asked(b.end, "GET", f"/{found.pid}/journal"))[0]
        assert [s.get("reason") for s in signals] == ["move to b", f"moved to b:{found.pid} ({birth(Record(**spawn))})"]


async def test_in_the_middle_of_a_message_no_token_is_lost_or_there_twice(machine: Boots) -> None:
    """The sim's next token depends on every one before it: alone it says the same."""
    body = {"request": "hello", "model": "nano", "limits": {"tokens": 5000}, "capabilities": []}
    async with machine("a") as a, machine("b") as b:
        alone = (await asked(a.end, "POST", "", body))["pid"]
        await a.until(lambda: alone not in a.alive())
        whole = await generated(a, alone)
        pid = (await asked(a.end, "POST", "", body))["pid"]
        await a.until(lambda: a.kernel.task(pid).process.accounting.completion_tokens > 20)
        found = await moved(a.end, pid, b.end)
        parts = await generated(a, pid)
        assert 20 < len(parts) < len(whole)
        await b.until(lambda: found.pid not in b.alive())
        assert await generated(b, found.pid) == whole, "its past is in its own journal too"


async def generated(machine: Machine, pid: int) -> list[int]:
    records = await asked(machine.end, "GET", f"/{pid}/journal")
    return [token for r in records if r["kind"] == "tokens" for token in r["body"]["tokens"]]


class Gone(Exception):
    """Whoever asked is no more."""


@dataclass(frozen=True, slots=True)
class Cut(Daemon):
    """A daemon whose client breaks off at a request: before it is sent, or when it was answered."""

    to: Any = None
    left: Any = None  # requests until then, shared by both ends
    after: bool = False
    error: Any = Gone

    def request(self, method: str, path: str, body: Any = None, timeout_s: float = 10.0) -> Any:
        self.left[0] -= 1
        if self.left[0] == 0 and not self.after:
            raise self.error("cut off")
        answer = self.to.request(method, path, body, timeout_s)
        if self.left[0] == 0:
            raise self.error("cut off")
        return answer


def running(machines: list[Machine]) -> list[tuple[str, int]]:
    return [(m.name, p.pid) for m in machines for p in m.kernel.processes()[1:] if p.state is not State.STOPPED]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [Gone, DaemonUnreachable])
async def test_cut_off_at_any_request_one_is_left_and_the_same_command_finishes(
    machine: Boots, after: bool, error: Callable[[str], Exception]
) -> None:
    async with machine("a") as a, machine("b") as b:
        for num in range(1, 12):
            pid = await talking(a)
            before = await messages(a, pid)
            left = [num]
            ends = [End(m.name, Cut(0, "", None, m.end.daemon, left, after, error)) for m in (a, b)]
            try:
                await moved(ends[0], pid, ends[1])
            except (Gone, LLMasOSError) as failure:
                assert not isinstance(failure, Gone) or error is Gone
            assert len(running([a, b])) <= 1, f"two run, cut off at {num}"
            assert a.alive() or b.alive(), f"none is left, cut off at {num}"
            if a.alive() or b.kernel.task(b.alive()[0]).process.state is State.STOPPED:
                assert (await moved(a.end, pid, b.end)).pid == b.alive()[0]
            await a.until(lambda: a.alive() == [])
            assert running([a, b]) == [("b", b.alive()[0])]
            assert await messages(b, b.alive()[0]) == before
            assert (await moved(a.end, pid, b.end)).pid == b.alive()[0], "and again: it is there"
            await asked(b.end, "DELETE", f"/{b.alive()[0]}")
            await b.until(lambda: b.alive() == [])
        assert left[0] > 0, "no request was left out"


async def test_a_copy_that_was_overtaken_is_taken_away(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        with pytest.raises(Gone):
            await moved(a.end, pid, _cut_after_restore(b))
        (stale,) = b.alive()
        assert b.kernel.task(stale).process.waiting_on.startswith(f"move from a:{pid}@")
        a.sim.enqueue("I went on.")
        await asked(a.end, "POST", f"/{pid}/signal", {"signal": "CONT"})
        await asked(a.end, "POST", f"/{pid}/input", {"text": "go on"})
        await a.until(
            lambda: a.kernel.task(pid).process.accounting.syscalls == 1 and len(a.kernel.task(pid).calls) == 1
        )
        await a.until(lambda: a.kernel.task(pid).process.waiting_on == "input")
        found = await moved(a.end, pid, b.end)
        assert found.pid != stale
        await b.until(lambda: b.alive() == [found.pid])
        assert (await messages(b, found.pid))[-1] == ("assistant", "I went on.")


async def until_said(machine: Machine, pid: int, text: str) -> None:
    with anyio.fail_after(10):
        while (await messages(machine, pid))[-1] != ("assistant", text):  # noqa: ASYNC110
            await anyio.sleep(0.01)


def _cut_after_restore(machine: Machine) -> End:
    @dataclass(frozen=True, slots=True)
    class Restored(Daemon):
        to: Any = None

        def request(self, method: str, path: str, body: Any = None, timeout_s: float = 10.0) -> Any:
            answer = self.to.request(method, path, body, timeout_s)
            if path == "/api/restore":
                raise Gone
            return answer

    return End(machine.name, Restored(0, "", None, machine.end.daemon))


async def test_a_copy_stands_under_the_next_daemon_too(machine: Boots) -> None:
    async with machine("a") as a:
        async with machine("b") as b:
            pid = await talking(a)
            with pytest.raises(Gone):
                await moved(a.end, pid, _cut_after_restore(b))
            (copy,) = b.alive()
        async with machine("b") as b:
            assert b.kernel.task(copy).process.state is State.STOPPED
            assert running([a, b]) == []
            assert (await moved(a.end, pid, b.end)).pid == copy
            assert running([a, b]) == [("b", copy)]


async def test_what_refuses_leaves_it_running_where_it_was(machine: Boots, monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        with pytest.raises(UsageError, match="absolute path of a folder"):
            await moved(a.end, pid, b.end, "nowhere")
        b.kernel.config = replace(b.kernel.config)
        b.kernel.default_model = "other"
        monkeypatch.setattr("llmasos.apps.daemon.state.Daemon.models", _only_other)
        with pytest.raises(ModelNotFound, match="does not exist"):
            await moved(a.end, pid, b.end)
        monkeypatch.undo()
        assert running([a, b]) == [("a", pid)] and b.alive() == []
        monkeypatch.setattr(debug_routes, "CALL_S", 0.1)
        a.sim.enqueue('<tool_call>\n{"name": "ask", "arguments": {"question": "which?"}}\n</tool_call>')
        asking = (await asked(a.end, "POST", "", {"request": "x", "model": "nano", "attended": True}))["pid"]
        await a.until(lambda: a.kernel.task(asking).asks)
        with pytest.raises(LLMasOSError, match="in the middle of ask"):
            await moved(a.end, asking, b.end)
        assert a.kernel.task(asking).process.state is State.WAITING
        with pytest.raises(UsageError, match="is on a already"):
            await moved(a.end, pid, a.end)
        with pytest.raises(NoSuchProcess):
            await moved(a.end, 99, b.end)
        await asked(a.end, "DELETE", f"/{pid}")
        await a.until(lambda: pid not in a.alive())
        with pytest.raises(NoSuchProcess, match="already ended"):
            await moved(a.end, pid, b.end)


async def _only_other(self: Any) -> list[str]:
    return ["other"]


async def test_one_that_was_stopped_is_stopped_there(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        await asked(a.end, "POST", f"/{pid}/signal", {"signal": "STOP"})
        found = await moved(a.end, pid, b.end)
        await a.until(lambda: a.alive() == [])
        assert found.stands and running([a, b]) == [] and b.alive() == [found.pid]


async def test_parents_and_children_stay(machine: Boots) -> None:
    async with machine("a") as a, machine("b") as b:
        pid = await talking(a)
        child = (await asked(a.end, "POST", f"/{pid}/fork", {"interactive": True}))["pid"]
        with pytest.raises(UsageError, match="has children there"):
            await moved(a.end, pid, b.end)
        with pytest.raises(UsageError, match=f"is a child of a:{pid}"):
            await moved(a.end, child, b.end)
