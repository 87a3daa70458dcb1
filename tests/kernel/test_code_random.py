"""Programs drawn at random, with tasks that do all that code may, over several kernels that die at any commit.

What a program is follows from its seed; it has nothing that depends on how quick a machine is, except for who of
several tasks comes first: that is held against the record. No kernel does what an earlier one did.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest

from llmasos.app import App, Os
from llmasos.errors import ProcessKilled, SyscallError
from llmasos.kernel.events import Text
from llmasos.kernel.journal import Record
from tests.kernel.code_world import World

pytestmark = pytest.mark.anyio
ALONE = ("look", "act", "think", "think_act", "agent", "fork", "events", "killed", "say", "input", "sleep", "late")
OF_MORE = ("inner", "group", "race", "alike", "stream")  # tasks of their own
HANGS_S = 10.0


class Plan:
    """A program: tasks of steps. A step has its kind, a name of its own, a time and the steps of its own tasks."""

    def __init__(self, seed: int) -> None:
        self.random, self.num_names, self.num_inputs = random.Random(seed), 0, 0
        self.naps = self.random.random() < 0.5  # time is not replayed: who naps takes no turns with others
        self.tasks = [self._steps(4, 0) for _ in range(self.random.randint(2, 4))]
        self.num_events = self.random.randint(0, 3)
        for number in range(self.num_events):
            first = self.random.randrange(len(self.tasks) - 1)
            for kind, at in (("set", first), ("until", self.random.randrange(first + 1, len(self.tasks)))):
                steps = self.tasks[at]
                steps.insert(self.random.randint(0, len(steps)), (kind, str(number), 0.0, []))

    def said(self) -> dict[str, list[str]]:
        """By task."""
        found: dict[str, list[str]] = {}

        def walk(tasks: list[list[Any]], above: str) -> None:
            for number, steps in enumerate(tasks):
                own = f"{above}{number}"
                found[own] = [f"<{own}:{name}>" for kind, name, _, _ in steps if kind == "say"]
                for kind, name, _, below in steps:
                    walk(below if kind != "race" else [], f"{own}.{name}.")

        walk(self.tasks, "")
        return found

    def _steps(self, num: int, depth: int) -> list[Any]:
        return [self._step(depth) for _ in range(num)]

    def _step(self, depth: int) -> Any:
        kinds = [*ALONE, *(OF_MORE if depth < 2 else ()), "nap" if self.naps else "lock"]
        kind = self.random.choice(kinds)
        if kind == "input" and (depth or self.num_inputs == 3):
            kind = "look"
        self.num_inputs += kind == "input"
        self.num_names += 1
        name, seconds = str(self.num_names), self.random.choice((0.0, 0.005, 0.01, 0.02, 0.04))
        below: list[Any] = []
        match kind:
            case "inner" | "group":
                below = [self._steps(2, depth + 1) for _ in range(2)]
            case "race":
                below = [[("look", f"{name}.{number}", 0.0, [])] for number in range(2)]
            case "alike":
                below = [[("look", "same", 0.0, []), ("act", f"{name}.{number}", 0.0, [])] for number in range(3)]
        return kind, name, seconds, below


class Life:
    """Of a program's code, under one kernel. `seen`: what its tasks were given, in this order."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.plan, self.world = plan, world
        self.seen: list[str] = []
        self._events = [anyio.Event() for _ in range(plan.num_events)]
        self._lock = anyio.Lock()

    async def main(self, os: Os, request: str) -> str:
        return json.dumps(await self._tasks(os, self.plan.tasks, "", self.seen))

    async def _tasks(
        self, os: Os, tasks: list[Any], above: str, seen: list[str], races: bool = False
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}

        async def task(own: str, steps: list[Any], scope: anyio.CancelScope) -> None:
            found[own] = []
            for step in steps:
                found[own].append(await self._step(os, own, step, seen))
            if races:
                scope.cancel()

        async with anyio.create_task_group() as group:
            for number, steps in enumerate(tasks):
                group.start_soon(task, f"{above}{number}", steps, group.cancel_scope)
        return {} if races else dict(sorted(found.items()))

    async def _step(self, os: Os, own: str, step: Any, seen: list[str]) -> Any:
        kind, name, seconds, below = step
        do: dict[str, Callable[[], Awaitable[Any]]] = {
            "look": lambda: os.look(name),
            "act": lambda: self._act(os, name),
            "think": lambda: os.think(f"t{name}"),
            "think_act": lambda: os.think(f"do d{name}"),
            "sleep": lambda: os.sleep(seconds),
        }

        def note(value: Any) -> Any:
            seen.append(f"{own} {kind} {name}: {value}")
            return value

        match kind:
            case _ if kind in do:
                return note(await do[kind]())
            case "input":
                note(await os.input())
            case "agent" | "fork":
                child = await (os.spawn if kind == "agent" else os.fork)(f"a{name}")
                note("begun")
                return note(await child.wait())
            case "events":
                child, text = await os.spawn(f"e{name} long enough"), ""
                note("begun")
                async for event in child.events():
                    note(event)
                    text += event.text if isinstance(event, Text) else ""
                return text
            case "killed":
                child = await os.spawn(self._listener())
                note("begun")
                child.kill()
                with pytest.raises(ProcessKilled):
                    await child.wait()
                note("killed")
            case "say":
                os.say(f"<{own}:{name}>")
            case "late":
                with anyio.move_on_after(seconds) as scope:
                    await os.sleep(30)
                return scope.cancelled_caught
            case "nap":
                await anyio.sleep(seconds)
            case "set":
                self._events[int(name)].set()
            case "until":
                await self._events[int(name)].wait()
            case "lock":
                async with self._lock:
                    return [note(await os.look(name)), note(await os.look(f"{name} too"))]
            case "stream":
                return await self._stream(os, name, note)
            case "inner":
                child = await os.spawn(self._inner(f"{own}.{name}.", below), name)
                note("begun")
                child.say("told")
                return note(await child.wait())
            case _:
                return await self._tasks(os, below, f"{own}.{name}.", seen, races=kind == "race")
        return kind

    async def _act(self, os: Os, what: str) -> str:
        try:
            return await os.act(what)
        except SyscallError as error:
            return error.code

    async def _stream(self, os: Os, name: str, note: Callable[[Any], Any]) -> str:
        """One that never asks for anything itself."""
        send, receive = anyio.create_memory_object_stream[str](10)
        taken: list[str] = []

        async def takes() -> None:
            async with receive:
                async for text in receive:
                    taken.append(text)

        async with anyio.create_task_group() as group, send:
            group.start_soon(takes)
            for number in range(2):
                send.send_nowait(note(await os.look(f"{name}.{number}")))
            note(await os.look(name))
            done = await self._act(os, f"{name} {len(taken)}")
            note(done)
        return done

    def _listener(self) -> App:
        app = App("listener")

        @app.main
        async def main(os: Os, request: str) -> str:
            return await os.input() or ""

        return app

    def _inner(self, above: str, tasks: list[Any]) -> App:
        app, happens = App("inner", capabilities=["*"]), self.world.happens

        @app.syscall(effect="send", capability="out")
        async def act(what: str) -> str:
            """Do something."""
            return await happens(what)

        @app.syscall(effect="read", capability="out")
        async def look(what: str) -> str:
            """Look at something."""
            return await happens(what)

        @app.main
        async def main(os: Os, request: str) -> str:
            return json.dumps([await self._tasks(os, tasks, above, []), await os.input()])

        return app


async def live(world: World, plan: Plan, seconds: float, pid: int = 0) -> list[str]:
    """What it was given under one more kernel, which has so much time."""
    life = Life(plan, world)
    world.mains["worker"] = life.main
    async with world.kernel() as kernel:
        pid = pid or (await world.spawn(kernel, interactive=True)).pid
        if kernel.live(pid) is not None:
            for number in range(len(kernel.journal.read(pid, ["input"])), plan.num_inputs):
                await kernel.say(pid, f"w{number}")
            with anyio.move_on_after(seconds):
                await kernel.handle(pid).ended()
    return life.seen


def acts(records: list[Record], kind: str) -> set[str]:
    """Those that began, or those of which it is known how they ended."""
    found = [r.body for r in records if r.kind == kind and r.body["name"] == "act"]
    return {body["arguments"]["what"] for body in found if not str(body.get("error")).startswith("EINTR")}


def commits(records: list[Record], pid: int) -> list[int]:
    """Where a kernel may die: behind each commit of the life of a process."""
    end = next((r.seq for r in records if r.pid == pid and r.kind == "exit"), records[-1].seq + 1)
    born = next(r.seq for r in records if r.pid == pid)
    return [a.seq for a, b in pairwise(records) if a.at != b.at and born <= a.seq < end]


@pytest.mark.parametrize("seed", range(12))
async def test_a_program_drawn_at_random(tmp_path: Path, seed: int) -> None:
    plan, chance, pid = Plan(seed), random.Random(seed), 2
    world = World(tmp_path / "world")
    seen = await live(world, plan, HANGS_S)
    first = next(r.body["answer"] for r in world.records(pid) if r.kind == "exit")
    unknown, at, told = False, 0, f"seed {seed}, cut at"
    for _ in range(chance.randint(2, 4)):
        places = [seq for seq in commits(world.records(), pid) if seq >= at]
        if not places:
            break
        at = chance.choice(places)
        told += f" {at}"
        world = world.cut(at)
        kept = world.records()
        begun = acts(kept, "intent")
        unknown = unknown or bool(begun - acts(kept, "result"))
        before, num_given = seen, sum(r.kind == "got" and not r.body.get("cancelled") for r in world.records(pid))
        began, patience = time.monotonic(), chance.choice((HANGS_S, chance.random() * 0.2))
        seen = await live(world, plan, patience, pid)
        assert time.monotonic() - began < HANGS_S, f"{told}: it hangs"
        known = [one for one in before[:num_given] if one in seen[:num_given]]
        assert known == [one for one in seen[:num_given] if one in known], f"{told}: another order"
        assert not begun & set(world.done), f"{told}: done again"
    seen = await live(world, plan, HANGS_S, pid)
    end = next((r.body for r in world.records(pid) if r.kind == "exit"), {"error": "it hangs", "answer": None})
    assert end["error"] is None, told
    assert unknown or end["answer"] == first, told
    said = [r.body["key"]["text"] for r in world.records() if r.kind == "did" and r.body["what"] == "say"]
    for task, texts in plan.said().items():
        assert [text for text in said if text.startswith(f"<{task}:")] == texts, told
