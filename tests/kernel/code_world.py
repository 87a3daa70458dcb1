"""A state directory whose kernels die, with an app of code in it, for the tests of what comes back.

A kernel that dies at some record is one whose journal ends there: `World.cut` is what the next one finds. What was
done outside is a list of this process's, which the app's own calls append to.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.app import App, Os
from llmasos.boot import Kernel
from llmasos.config import Config
from llmasos.drivers.sim import SPECIAL, Sim
from llmasos.errors import AppNotFound
from llmasos.installed import InstalledApps
from llmasos.kernel.agent import AGENT
from llmasos.kernel.events import Text
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.program import Program
from llmasos.kernel.resume import UNKNOWN
from tests.kernel.test_recovery import until

Main = Callable[[Os, str], Awaitable[str]]
_START = SPECIAL["<|im_start|>"]
UNKNOWN_CALL = UNKNOWN.removeprefix("error EINTR: ")


class Steady(Sim):
    """Its answer follows from the last message alone, so that it goes on with one that was cut: `do X` is a call."""

    def _scripted(self, held: Any, sampler: Any) -> int | None:
        said = self._since(held.tokens, 1)[len("assistant\n") :]
        role, _, text = self.tokenizer.decode(self._since(held.tokens, 2)).decode().strip().partition("\n")
        script = self.tokenizer.encode(_reply(role, text), special=True)
        return script[len(said)] if len(said) < len(script) else self.tokenizer.eos_token

    def _since(self, tokens: list[int], number: int) -> list[int]:
        """The tokens of the last message but some."""
        end = len(tokens)
        for _ in range(number):
            last, end = end, len(tokens) - 1 - tokens[::-1].index(_START, len(tokens) - end)
        return tokens[end + 1 : last]


def _reply(role: str, text: str) -> str:
    verb, _, what = text.partition(" ")
    if role == "user" and verb == "do":
        call = {"name": "act", "arguments": {"what": what}}
        return f"<tool_call>\n{json.dumps(call)}\n</tool_call>"
    return f"{text} is it." if role == "user" else f"So {text}."


class World:
    """A state directory, its kernels one after the other, and what was done outside of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.work = folder, folder / "home", folder / "work"
        self.work.mkdir(parents=True)
        self.home.mkdir()
        self.mains: dict[str, Main] = {}
        self.done: list[str] = []
        self.blocks: set[str] = set()  # what is never over

    def program(self, name: str) -> Program:
        """As if it were installed: with one call that does something outside, and one that only looks."""
        app = App(name, capabilities=["calculate", "files", "user"])
        app.main(self.mains[name])

        @app.syscall(effect="send", capability="out")
        async def act(what: str) -> str:
            """Do something."""
            return await self.happens(what)

        @app.syscall(effect="read", capability="out")
        async def look(what: str) -> str:
            """Look at something."""
            return await self.happens(what)

        return replace(app.program(), digest="d", resumable=True)

    async def happens(self, what: str) -> str:
        self.done.append(what)
        if what in self.blocks:
            await anyio.sleep_forever()
        return f"did {what}"

    async def find(self, name: str, digest: str | None = None) -> Program:
        if name == "agent":
            return AGENT
        if name not in self.mains:
            raise AppNotFound(f"no app named {name}")
        return self.program(name)

    @asynccontextmanager
    async def kernel(self) -> AsyncIterator[Kernel]:
        driver = Steady(window_tokens=8192, num_cells=8192 * 8)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(InstalledApps, "find", lambda _, name, digest=None: self.find(name, digest))
            async with Kernel.boot(
                Config(self.home), workspace=self.work, load_driver=lambda _: driver, keeps=True
            ) as kernel:
                yield kernel
                kernel.check_integrity()

    async def spawn(self, kernel: Kernel, request: str = "", name: str = "worker", **how: Any) -> ProcessHandle:
        return await kernel.spawn(self.program(name), request, **how)

    def cut(self, seq: int) -> World:
        """What is left of it by a kernel that died when its journal had so many records."""
        other = World(self.folder.with_name(f"{self.folder.name}-{len(list(self.folder.parent.iterdir()))}"))
        other.mains = self.mains
        shutil.copy(self.home / "journal.db", other.home / "journal.db")
        with closing(sqlite3.connect(other.home / "journal.db")) as db:
            db.execute("DELETE FROM record WHERE seq > ?", (seq,))
            db.commit()
        return other

    def records(self, pid: int | None = None) -> list[Record]:
        """A process's, or all."""
        journal = Journal(self.home / "journal.db", read_only=True)
        try:
            pids = [spawn.pid for spawn, _ in journal.processes()] if pid is None else [pid]
            return sorted((r for p in pids for r in journal.read(p)), key=lambda r: r.seq)
        finally:
            journal.close()


async def ended(kernel: Kernel, pid: int) -> str:
    with anyio.fail_after(30):
        return await kernel.handle(pid).wait()


async def waits(kernel: Kernel, pid: int) -> None:
    """Until it waits for input, and not only in passing."""
    seen = -1
    while seen != (seen := kernel.journal.read(pid)[-1].seq):
        await until(lambda: kernel.task(pid).process.waiting_on == "input")
        await anyio.sleep(0.02)


async def texts(process: ProcessHandle) -> str:
    return "".join([event.text async for event in process.events() if isinstance(event, Text)])
