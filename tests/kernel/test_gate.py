"""The gate: one way in, in one order, and a refused call never reaches its handler."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from llmasos.errors import QuotaExceeded, SyscallError
from llmasos.kernel.blocking import Blocking
from llmasos.kernel.gate import DEFAULT_CHECKS, Gate
from llmasos.kernel.journal import Journal
from llmasos.kernel.kernel import Kernel
from llmasos.kernel.limits import Budget, Limits
from llmasos.kernel.process import Process, State
from llmasos.kernel.syscall import Caller, Syscall, SyscallTable, syscall

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Calls:
    """A family for these tests: records what reached it."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    @syscall(effect="write", capability="box:write", timeout_s=0.2)
    async def put(self, caller: Caller, item: str, count: int = 1) -> str:
        """Put an item in the box.

        Not part of what the model reads.
        """
        self.seen.append((caller.process.pid, item, count))
        return f"put {count} {item}"

    @syscall(effect="pure", capability="box", timeout_s=0.2)
    async def sleep(self) -> str:
        """Take for ever."""
        await anyio.sleep_forever()
        return "never"

    @syscall(effect="pure", capability="box")
    def fail(self, how: str) -> str:
        """Fail in one of several ways."""
        raise {"plain": ValueError("broken"), "errno": SyscallError("gone", "ENOENT")}[how]

    @syscall(effect="read", capability="box", blocking=True)
    def look(self) -> list[int]:
        """Look into the box."""
        return [1, 2]


class Box:
    def __init__(self, path: Path, capabilities: set[str], limits: Limits | None = None, **how: Any) -> None:
        self.calls = Calls()
        self.journal = Journal(path / "j.db")
        self.table = SyscallTable()
        self.table.mount(self.calls)
        budget = Budget(limits or Limits())
        self.process = Process(7, 1, "t", "m", "", path, frozenset(capabilities), budget, state=State.READY)
        self.gate = Gate(cast(Kernel, None), self.journal, **how)

    async def trap(self, name: str, **arguments: Any) -> Any:
        return await self.gate.trap(self.process, self.table, name, arguments, 1)

    def kinds(self) -> list[str]:
        return [r.kind for r in self.journal.read(7)]


async def test_a_call_runs_between_its_intent_and_its_result(tmp_path: Path) -> None:
    box = Box(tmp_path, {"box"})
    record = await box.trap("put", item="ball", count=2)
    assert (record.decision, record.result, record.error) == ("allow", "put 2 ball", None)
    assert box.calls.seen == [(7, "ball", 2)]
    assert box.kinds() == ["intent", "result"]


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("put", {}, "EINVAL"),
        ("put", {"item": 3}, "EINVAL"),
        ("put", {"item": "x", "count": "2"}, "EINVAL"),
        ("put", {"item": "x", "colour": "red"}, "EINVAL"),
        ("Put", {"item": "x"}, "ENOSYS"),
        ("put ", {"item": "x"}, "ENOSYS"),
        ("__init__", {}, "ENOSYS"),
    ],
)
async def test_a_malformed_call_never_reaches_its_handler(
    tmp_path: Path, name: str, arguments: Mapping[str, Any], code: str
) -> None:
    box = Box(tmp_path, {"box"})
    record = await box.trap(name, **arguments)
    assert record.decision == "deny"
    assert record.error is not None and record.error.startswith(code)
    assert box.calls.seen == []
    assert box.kinds() == ["result"]


async def test_a_capability_that_is_lacking_denies(tmp_path: Path) -> None:
    box = Box(tmp_path, {"box:read", "boxes"})
    record = await box.trap("put", item="x")
    assert (record.decision, record.error) == ("deny", "EPERM: put needs the capability box:write")
    assert record.text == "error EPERM: put needs the capability box:write"
    assert box.calls.seen == []


async def test_a_check_that_breaks_denies(tmp_path: Path) -> None:
    def broken(process: Process, call: Syscall, arguments: Mapping[str, Any]) -> None:
        raise ZeroDivisionError

    box = Box(tmp_path, {"box"}, checks=(*DEFAULT_CHECKS, broken))
    record = await box.trap("put", item="x")
    assert record.decision == "deny" and box.calls.seen == []


async def test_the_limit_on_syscalls_ends_the_process_before_the_call(tmp_path: Path) -> None:
    box = Box(tmp_path, {"box"}, Limits(syscalls=1))
    await box.trap("put", item="x")
    with pytest.raises(QuotaExceeded, match=r"syscalls \(1\)"):
        await box.trap("put", item="y")
    assert len(box.calls.seen) == 1


async def test_a_call_that_hangs_times_out(tmp_path: Path) -> None:
    record = await Box(tmp_path, {"box"}).trap("sleep")
    assert record.error == "ETIMEDOUT: sleep took longer than 0.2 s"


class Hung:
    """Calls that block until they are let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.came_back = 0

    @syscall(effect="write", capability="box", timeout_s=0.05, blocking=True)
    def hang(self) -> str:
        """Take for ever."""
        assert self.free.wait(20)
        self.came_back += 1
        return "back"


async def test_calls_that_hang_hold_up_nobody_and_have_a_bound(tmp_path: Path) -> None:
    """More of them than there are threads: the journal, whose writes need one too, goes on all the same."""
    box, hung = Box(tmp_path, {"box"}), Hung()
    box.table.mount(hung)
    box.gate.blocking = Blocking(max_threads=48)
    errors: list[str] = []

    async def one(number: int) -> None:
        record = await box.gate.trap(box.process, box.table, "hang", {}, number)
        errors.append(str(record.error))

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for number in range(80):
                group.start_soon(one, number)
    assert len(errors) == 80
    assert "ETIMEDOUT: hang took longer than 0.05 s; what it began may still happen" in errors
    while box.gate.blocking.num_threads < 48:
        await one(99)
    await one(99)
    assert errors[-1] == "EAGAIN: 48 calls are at work that do not come back"
    hung.free.set()
    with anyio.fail_after(10):
        while box.gate.blocking.num_threads:  # noqa: ASYNC110  threads tell nobody
            await anyio.sleep(0.01)
    assert hung.came_back == 48, "what had not begun never began"
    assert (await box.trap("look")).result == "[1, 2]"


async def test_what_a_handler_raises_is_its_result(tmp_path: Path) -> None:
    box = Box(tmp_path, {"box"})
    assert (await box.trap("fail", how="errno")).error == "ENOENT: gone"
    assert (await box.trap("fail", how="plain")).error == "EIO: fail: broken"


async def test_a_blocking_handler_answers_with_json(tmp_path: Path) -> None:
    assert (await Box(tmp_path, {"box"}).trap("look")).result == "[1, 2]"


async def test_a_registration_gives_the_schema_the_model_sees(tmp_path: Path) -> None:
    assert Box(tmp_path, set()).table.get("put").tool == {
        "type": "function",
        "function": {
            "name": "put",
            "description": "Put an item in the box.",
            "parameters": {
                "type": "object",
                "properties": {"item": {"type": "string"}, "count": {"type": "integer", "default": 1}},
                "required": ["item"],
                "additionalProperties": False,
            },
        },
    }
