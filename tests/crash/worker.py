"""The daemon that the crash test kills, with its load: nano's agents and conversations, served as `llmasos serve` does.

python worker.py HOME WORKSPACE

- Agents each add their own line to one file; so do forks of conversations. The file is what outside saw of a call.
- An app's code (errands.py) does so in tasks of its own, and by children.
- Conversations in a small window are told one thing after another: their turns are paged out and in. Each is
  stopped and continued at every turn, and forked once; whoever waits has its KV saved.
- What anybody outside has seen goes to standard output as it happens, a line of JSON each: [what, pid, ...].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from llmasos.apps.daemon.order import Order
from llmasos.apps.daemon.start import served
from llmasos.boot import Kernel
from llmasos.config import Config, MemorySection
from llmasos.kernel.agent import AGENT
from llmasos.kernel.events import Answered, CallEnded, Exited, Text
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.limits import Limits
from llmasos.kernel.process import State
from llmasos.kernel.signals import Signal

_TEXT = (
    "apple pear plum grape lemon melon cherry peach mango olive tiger horse eagle whale otter robin raven camel zebra"
    " koala chair table clock spoon plate brush towel candle mirror carpet"
)
WORDS = _TEXT.split()
CONVERSATIONS = 3
TURNS = 8
FORK_AFTER = 3  # turns of a conversation
SMALL_TOKENS = 640  # of a conversation's window
MAY = frozenset({"calculate", "files:write"})  # no recall: what a turn needs is paged in by itself
FORKED = ("anchor", "basket", "cabin")
ERRANDS = ("button pocket zipper collar", "hammer pliers chisel wrench")
STOP_S = 0.3


def turns(number: int) -> list[str]:
    """What a conversation is told. Long enough that its window does not hold all of it."""
    return [f"what is {11 + 3 * number + turn} times {7 + turn}?" for turn in range(TURNS)]


def say(*what: Any) -> None:
    print(json.dumps(what), flush=True)


class Load:
    """Brings a kernel's processes up to what they are to be, whatever of it the journal has already."""

    def __init__(self, kernel: Kernel, group: TaskGroup) -> None:
        self.kernel, self.group = kernel, group
        self.spawns = [spawn for spawn, _ in kernel.journal.processes()]

    async def run(self) -> None:
        for process in self.kernel.processes()[1:]:
            self.watch(self.kernel.handle(process.pid))
        talks = await self.conversations()
        async with anyio.create_task_group() as talking:
            for number, pid in enumerate(talks):
                if self.kernel.live(pid) is not None:
                    talking.start_soon(self.converse, pid, turns(number), FORKED[number])
            talking.start_soon(self.agents)
            talking.start_soon(self.code)
        for process in self.kernel.processes()[1:]:
            await self.kernel.task(process.pid).ended.wait()

    async def conversations(self) -> list[int]:
        pids = [s.pid for s in self.spawns if s.body["interactive"]]
        while len(pids) < CONVERSATIONS:
            limits = Limits(context=SMALL_TOKENS)
            handle = await self.kernel.spawn(AGENT, interactive=True, limits=limits, capabilities=MAY)
            self.watch(handle)
            pids.append(handle.pid)
        return pids

    async def agents(self) -> None:
        known = sum(s.body["request"].startswith("append") and "origin" not in s.body for s in self.spawns)
        for word in WORDS[known:]:
            self.watch(await self.kernel.spawn(f"append {word} to log.txt"))

    async def code(self) -> None:
        known = {s.body["request"] for s in self.spawns if s.body.get("coded")}
        for request in ERRANDS:
            if request not in known:
                program = await self.kernel.find_program("errands", None)
                self.watch(await self.kernel.spawn(program, request))

    async def converse(self, pid: int, texts: list[str], word: str) -> None:
        """Tell it what it was not told, fork it once, stop it now and then."""
        task = self.kernel.task(pid)
        if task.process.state is State.STOPPED:  # as it was left
            await self.kernel.kill(pid, Signal.CONT).wait()
        said = len(self.kernel.journal.read(pid, ["input"]))
        for turn in range(said, len(texts)):
            if not await self.idle(pid):
                return
            if turn == FORK_AFTER and not self.is_forked(pid):
                child = await self.kernel.spawn(
                    AGENT, f"append {word} to log.txt", parent=task.process, share=task, limits=Limits(context=None)
                )
                self.watch(child)
            await self.kernel.say(pid, texts[turn])
            say("said", pid, texts[turn])
            await self.kernel.kill(pid, Signal.STOP).wait()
            await anyio.sleep(STOP_S)
            await self.kernel.kill(pid, Signal.CONT).wait()
        if await self.idle(pid):
            task.close_input()

    async def idle(self, pid: int) -> bool:
        """Wait for its next turn; False for one that has ended: nano may go round in circles."""
        process = self.kernel.task(pid).process
        while process.alive and process.waiting_on != "input":  # noqa: ASYNC110
            await anyio.sleep(0.005)
        return process.alive

    def is_forked(self, pid: int) -> bool:
        return any((s.body.get("origin") or {}).get("fork") == pid for s in self.spawns)

    def watch(self, handle: ProcessHandle) -> None:
        say("spawned", handle.pid)
        self.group.start_soon(self.follow, handle)

    async def follow(self, handle: ProcessHandle) -> None:
        async for event in handle.events():
            match event:
                case Text():
                    say("text", handle.pid, event.text)
                case CallEnded():
                    say("result", handle.pid, event.seq, event.result, event.error)
                case Answered():
                    say("answer", handle.pid, event.answer)
                case Exited():
                    say("ended", handle.pid, event.answer)

    async def count(self) -> None:
        """How many contexts came from files."""
        while True:
            for rates in self.kernel.memory_rates():
                say("restored", 0, rates["restores"])
            await anyio.sleep(0.1)


async def main(home: Path, workspace: Path) -> None:
    config = Config(home, memory=MemorySection(saved_after_s=0.1))
    log: list[str] = []
    async with (
        Kernel.boot(config, model="nano", workspace=workspace, keeps=True) as kernel,
        served(kernel, Order(), log.append) as daemon,
    ):
        while daemon.unready:  # noqa: ASYNC110
            await anyio.sleep(0.002)
        say("ready", 0)
        async with anyio.create_task_group() as group:
            load = Load(kernel, group)
            group.start_soon(load.count)
            await load.run()
            group.cancel_scope.cancel()
    say("done", 0)


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), Path(sys.argv[2]))
