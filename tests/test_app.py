"""Apps over the sim driver: interface.md's Python examples, and what `os` gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from llmasos import App, Kernel, syscall
from llmasos.app import Os
from llmasos.drivers.sim import Sim
from llmasos.errors import ProcessFailed, SyscallError, UsageError
from llmasos.kernel.events import Exited, Text
from llmasos.kernel.syscall import registered

pytestmark = pytest.mark.anyio
Boot = Callable[..., AbstractAsyncContextManager[Kernel]]


def weather() -> App:
    app = App("weather", system="You answer questions about the weather.", capabilities=["net:api.example.org"])

    @app.syscall(effect="read", capability="weather")
    async def forecast(city: str, days: int = 1) -> str:
        """Weather forecast for a city."""
        return f"{city}: {20 + days} degrees"

    return app


async def test_the_example_of_the_interface(boot: Boot, sim: Sim) -> None:
    app = weather()

    @app.main
    async def main(os: Os, request: str) -> str:
        kids = [await os.fork(f"{request} Consider only {c}.") for c in ("Rome", "Oslo")]
        answers = [await k.wait() for k in kids]
        return await os.think(f"Combine: {answers}")

    for city in ("Rome", "Oslo"):
        call = json.dumps({"name": "forecast", "arguments": {"city": city}})
        sim.enqueue(f"<tool_call>\n{call}\n</tool_call>")
    for answer in ("Rome has 21.", "Oslo has 21.", "Both have 21 degrees."):
        sim.enqueue(answer)
    async with boot() as kernel:
        process = await kernel.spawn(app, "Where is it warmer on friday?")
        events = [event async for event in process.events()]
        assert isinstance(events[-1], Exited)
        assert await process.wait() == "Both have 21 degrees."
        children = [p for p in kernel.processes(zombies=True) if p.ppid in (1, process.pid) and p.pid > process.pid]
        assert {p.app for p in children} == {"weather"}
        made = [call for p in children for call in kernel.handle(p.pid).syscalls]
        assert {call["result"] for call in made} == {"Rome: 21 degrees", "Oslo: 21 degrees"}


async def test_an_app_shows_its_model_only_the_calls_it_may_make(boot: Boot, sim: Sim) -> None:
    sim.enqueue("fine")
    async with boot() as kernel:
        process = await kernel.spawn(weather(), "hello")
        await process.wait()
        allowed = [call.name for call in kernel.task(process.pid).allowed()]
        assert allowed == ["forecast"]


async def test_os_has_every_syscall_by_name(boot: Boot, tmp_path: Path) -> None:
    app = App("writer")

    @app.main
    async def main(os: Os, request: str) -> str:
        await os.write_file("a.txt", content="hello")
        os.say("working ")
        with pytest.raises(SyscallError, match="no such file") as caught:
            await os.read_file("b.txt")
        assert caught.value.code == "ENOENT"
        with pytest.raises(AttributeError, match="no syscall 'fly'"):
            await os.fly()
        return await os.read_file("a.txt") + await os.calculate("2+2")

    async with boot() as kernel:
        process = await kernel.spawn(app, "")
        assert await process.wait() == "hello4"
        assert [e.text for e in [e async for e in process.events()] if isinstance(e, Text)] == ["working "]


async def test_a_capability_an_app_did_not_ask_for_is_denied(boot: Boot) -> None:
    app = App("narrow", capabilities=["clock"])

    @app.main
    async def main(os: Os, request: str) -> str:
        await os.clock()
        await os.write_file("a.txt", "x")
        return "not reached"

    async with boot() as kernel:
        process = await kernel.spawn(app, "")
        with pytest.raises(SyscallError, match="needs the capability files:write"):
            await process.wait()
        assert process.process.exit_code == 4, "denied by policy"


async def test_an_app_that_breaks_says_so_in_one_line(boot: Boot) -> None:
    app = App("broken")

    @app.main
    async def main(os: Os, request: str) -> str:
        raise KeyError("gone")

    async with boot() as kernel:
        process = await kernel.spawn(app, "")
        with pytest.raises(ProcessFailed, match="broken failed: KeyError: 'gone'"):
            await process.wait()


def test_a_marked_function_is_a_syscall() -> None:
    @syscall(effect="pure", capability="sums")
    def add(a: int, b: int = 2) -> int:
        """Add two numbers."""
        return a + b

    call = registered(add)
    assert call.validate({"a": 1}) == {"a": 1}
    assert call.registration.idempotent


async def test_an_apps_own_call_cannot_widen_what_the_built_in_ones_may_do(boot: Boot) -> None:
    app = App("sly", capabilities=[])

    @app.syscall(effect="read", capability="files")
    async def peek() -> str:
        """Look."""
        return "seen"

    @app.main
    async def main(os: Os, request: str) -> str:
        with pytest.raises(SyscallError, match="needs the capability"):
            await os.write_file("a.txt", "x")
        with pytest.raises(SyscallError, match="needs the capability"):
            await os.peek()
        with pytest.raises(SyscallError, match="path given twice"):
            await os.read_file("a.txt", path="b.txt")
        return "held"

    async with boot() as kernel:
        assert await (await kernel.spawn(app, "")).wait() == "held"


@pytest.mark.parametrize("word", ["mcp", "mcp:weather"])
def test_what_mounted_servers_need_is_no_apps_own(word: str) -> None:
    """It would be granted with the app, and open what is mounted later."""
    with pytest.raises(UsageError, match=f"{word} is of mounted servers"):
        App("sly").syscall(effect="read", capability=word)
