"""Schedules over the sim driver and a clock of our own: nothing is run twice, nothing is missed without a word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
import pytest

from llmasos.boot import Kernel
from llmasos.errors import LLMasOSError, NoSuchSchedule, StorageError, UsageError
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.signals import Signal
from llmasos.kernel.timer import Timer
from llmasos.kernel.timetable import Timetable, facts
from tests.conftest import Boot

pytestmark = pytest.mark.anyio
START = 1_800_000_000.0
HOUR = 3600.0


class World:
    """A kernel with a timetable, a timer, and a clock that stands still."""

    def __init__(self, kernel: Kernel, now: float, said: list[str]) -> None:
        self.kernel, self.now, self.said = kernel, now, said
        self.timetable = Timetable(kernel.journal)
        self.timer = Timer(kernel, self.timetable, self._start, said.append, lambda: self.now)
        self.broken = False
        self.linger = False

    async def _start(self, spec: dict[str, Any], origin: dict[str, Any]) -> ProcessHandle:
        if self.broken:
            raise UsageError("the folder is gone")
        handle = await self.kernel.spawn("" if self.linger else spec["request"], interactive=True, origin=origin)
        if not self.linger:
            handle.kill(Signal.KILL)
            await self.kernel.task(handle.pid).ended.wait()
        return handle

    def add(self, kind: str, when: str, **more: str) -> int:
        spec = {"kind": kind, "when": when, "zone": "UTC", "missed": "run", "app": "agent", "request": "hi", **more}
        return self.timetable.add(spec, self.now).schedule_id

    async def at(self, now: float) -> list[float]:
        """Look at that time; when what it has started was due."""
        self.now = now
        before = {spawn.pid for spawn, _ in self.kernel.journal.processes()}
        await self.timer.look()
        return [s.body["origin"]["due"] - START for s, _ in self.kernel.journal.processes() if s.pid not in before]


Worlds = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def worlds(boot: Boot) -> Worlds:
    said: list[str] = []

    @asynccontextmanager
    async def opened(now: float = START) -> AsyncIterator[World]:
        async with boot() as kernel:
            said.clear()
            yield World(kernel, now, said)

    return opened


async def test_what_is_due_is_started_once(worlds: Worlds) -> None:
    async with worlds() as world:
        world.add("at", "in 10 minutes")
        world.add("every", "4m")
        assert await world.at(START + 60) == []
        assert await world.at(START + 240) == [240]
        assert await world.at(START + 240) == []
        assert await world.at(START + 480.5) == [480]
        assert await world.at(START + 600) == [600]
        assert await world.at(START + 720) == [720]
        assert [schedule.schedule_id for schedule in world.timetable.all()] == [2], "the first one is over"
        assert all("started process" in line for line in world.said)


async def test_a_restart_knows_what_was_started(worlds: Worlds) -> None:
    """A run is its process's spawn record: as after a kill -9 right behind it, no memory of the timer is needed."""
    async with worlds() as world:
        world.add("at", "in 5 minutes")
        world.add("every", "5m")
        assert await world.at(START + 300) == [300, 300]
    async with worlds(START + 301) as world:
        assert await world.at(START + 301) == []
        assert await world.at(START + 600) == [600]
        assert facts(world.timetable.all()[0], world.now)["last_pid"] == 4


@pytest.mark.parametrize(
    ("policy", "started", "says"),
    [
        ("run", [[10 * HOUR], [10 * HOUR + HOUR]], "missed 10 times since 2027-01-15 09:00:00"),
        ("skip", [[], [10 * HOUR + HOUR]], "not run"),
    ],
)
async def test_what_was_missed_is_run_once_or_skipped_and_said(
    worlds: Worlds, policy: str, started: list[list[float]], says: str
) -> None:
    async with worlds() as world:
        world.add("every", "1h", missed=policy)
    async with worlds(START + 10.5 * HOUR) as world:
        assert await world.at(START + 10.5 * HOUR) == started[0]
        assert says in world.said[0]
        assert await world.at(START + 10.6 * HOUR) == []
        assert await world.at(START + 11 * HOUR) == started[1]
        assert world.timetable.all()[0].num_missed == 10
    async with worlds(START + 11 * HOUR) as world:
        assert world.timetable.all()[0].num_missed == 10
        assert await world.at(START + 11.2 * HOUR) == []


async def test_a_missed_appointment_is_run_or_given_up(worlds: Worlds) -> None:
    async with worlds() as world:
        world.add("at", "in 1 hour", missed="skip")
        world.add("at", "in 1 hour", missed="run")
    async with worlds(START + 2 * HOUR) as world:
        assert await world.at(START + 2 * HOUR) == [HOUR]
        assert world.timetable.all() == []
        assert "missed once" in world.said[0] and "not run" in world.said[0]


async def test_a_clock_that_is_set_back_neither_repeats_an_hour_nor_stops_a_schedule_for_long(worlds: Worlds) -> None:
    async with worlds() as world:
        world.add("every", "1h")
        assert await world.at(START + 5 * HOUR) == [5 * HOUR]
        assert await world.at(START + 4.5 * HOUR) == []
        assert await world.at(START + 5 * HOUR) == []
        assert await world.at(START + 6 * HOUR) == [6 * HOUR]
        assert await world.at(START + 1.5 * HOUR) == [], "by more than three hours: it was a correction"
        assert await world.at(START + 2 * HOUR) == []
    async with worlds(START + 1.9 * HOUR) as world:
        schedule = world.timetable.all()[0]
        assert facts(schedule, world.now)["next"] == START + 2 * HOUR


async def test_runs_do_not_pile_up(worlds: Worlds) -> None:
    async with worlds() as world:
        world.linger = True
        world.add("every", "1m")
        assert await world.at(START + 60) == [60]
        assert await world.at(START + 120) == []
        assert "process 2, its last run, still runs" in world.said[-1]
        world.kernel.kill(2, Signal.KILL)
        await world.kernel.task(2).ended.wait()
        assert await world.at(START + 180) == [180]


async def test_what_cannot_be_started_is_said_and_tried_at_the_next_time(worlds: Worlds) -> None:
    async with worlds() as world:
        world.broken = True
        world.add("every", "1m")
        assert await world.at(START + 60) == []
        assert "the folder is gone" in world.said[-1]
        assert await world.at(START + 61) == []
        world.broken = False
        assert await world.at(START + 120) == [120]


async def test_while_the_journal_refuses_it_is_not_tried_without_a_pause(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise StorageError("the disk is full")

    async with worlds() as world:
        world.add("every", "1m")
        world.now = START + 60
        monkeypatch.setattr(world.kernel.journal, "append", full)
        with anyio.move_on_after(0.3):
            await world.timer.run()
        monkeypatch.undo()
        assert world.said == ["schedule 1: the disk is full"]
        assert await world.at(START + 61) == [60], "it is made up for as soon as there is room"


async def test_a_schedule_is_taken_away(worlds: Worlds) -> None:
    async with worlds() as world:
        first = world.add("every", "1m")
        world.timetable.remove(first)
        with pytest.raises(NoSuchSchedule):
            world.timetable.remove(first)
        assert await world.at(START + 60) == []
        assert world.add("every", "1m") == first + 1
    async with worlds() as world:
        assert [schedule.schedule_id for schedule in world.timetable.all()] == [2]
        with pytest.raises(LLMasOSError):
            world.add("every", "now and then")


async def test_a_time_that_cannot_be_read_any_more_is_said_and_the_others_go_on(worlds: Worlds) -> None:
    """A zone's name may vanish between two versions of the tz database."""
    async with worlds() as world:
        kept = world.add("every", "1h")
        for kind, when in (("every", "0 9 * * *"), ("at", "in 2 hours")):
            spec = {
                "kind": kind,
                "when": when,
                "zone": "Mars/Olympus",
                "missed": "run",
                "app": "agent",
                "request": "hi",
            }
            moment = {"moment": START + 2 * HOUR} if kind == "at" else {}
            number = 2 + (kind == "at")
            world.kernel.journal.append([Record(1, "schedule", {"id": number, "made": START, **moment, **spec})])
        world.timetable = Timetable(world.kernel.journal)
        world.timer = Timer(world.kernel, world.timetable, world._start, world.said.append, lambda: world.now)
        with anyio.move_on_after(0.05):
            await world.timer.run()
        (line,) = world.said
        assert line.startswith("schedule 2 is not run: no time zone 'Mars/Olympus'")
        assert await world.at(START + HOUR) == [HOUR]
        assert await world.at(START + 5 * HOUR) == [5 * HOUR, 2 * HOUR], "an appointment needs no zone, but to be shown"
        assert "missed once since" in world.said[-2]
        found = {schedule.schedule_id: facts(schedule, world.now) for schedule in world.timetable.all()}
        assert found[2]["next"] is None and "Mars" in found[2]["trouble"] and not found[kept]["trouble"]
        world.timetable.remove(2)
