"""Starts what is due: a loop beside the kernel, as cron is a daemon beside Unix's.

- `await Timer(...).run()` until cancelled; `stir()` after the timetable was changed.
- It looks at the wall clock at least every `LOOK_SECONDS`: so late it notices that it was set, or the machine slept.
- What was due while nobody ran, or while the clock jumped over it, is missed: it is run once or not at all, as the
  schedule says, and said. What was due while its last run goes on is skipped, and said: runs do not pile up.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

import anyio

from llmasos.errors import LLMasOSError
from llmasos.kernel.timetable import Schedule, Timetable
from llmasos.kernel.when import local

if TYPE_CHECKING:
    from llmasos.kernel.handle import ProcessHandle
    from llmasos.kernel.kernel import Kernel

LOOK_SECONDS = 5.0
GRACE_SECONDS = 60.0  # so late is still in time
MAX_COUNTED = 1000  # of missed times; beyond it nobody needs the number


class Timer:
    """`start(spec, origin)` spawns what a schedule says; `say` is told, a line each, what was missed."""

    def __init__(
        self,
        kernel: Kernel,
        timetable: Timetable,
        start: Callable[[dict[str, Any], dict[str, Any]], Awaitable[ProcessHandle]],
        say: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._kernel, self._timetable = kernel, timetable
        self._start, self._say, self._clock = start, say, clock
        self.num_started = 0  # runs
        self._stirred = anyio.Event()

    def stir(self) -> None:
        self._stirred.set()

    async def run(self) -> None:
        for schedule in self._timetable.all():
            if schedule.trouble:
                self._say(f"schedule {schedule.schedule_id} is not run: {schedule.trouble}")
        while True:
            self._stirred = anyio.Event()
            with anyio.move_on_after(self._pause() if await self.look() else LOOK_SECONDS):
                await self._stirred.wait()

    async def look(self) -> bool:
        """Start what is due now; whether nothing of it is left."""
        attended = True
        for schedule in self._timetable.all():
            now = self._clock()
            due = schedule.due(now)
            if due is not None and due <= now:
                try:
                    await self._attend(schedule, due, now)
                except LLMasOSError as error:  # the journal cannot be written: the next look tries again
                    self._say(f"schedule {schedule.schedule_id}: {error}")
                    attended = False
        return attended

    def _pause(self) -> float:
        now = self._clock()
        times = [due for schedule in self._timetable.all() if (due := schedule.due(now)) is not None]
        return max(0.0, min([LOOK_SECONDS, *(due - now for due in times)]))

    async def _attend(self, schedule: Schedule, due: float, now: float) -> None:
        latest = schedule.when.latest(now) or due
        in_time = now - latest <= GRACE_SECONDS
        count = sum(1 for _ in itertools.islice(_times(schedule, due, latest), MAX_COUNTED)) - in_time
        if schedule.last_pid is not None and self._kernel.live(schedule.last_pid) is not None:
            why = f"process {schedule.last_pid}, its last run, still runs"
            await self._miss(schedule, due, latest, count + in_time, why, handled=latest)
            return
        runs = in_time or schedule.spec["missed"] == "run"
        if count:
            why = "no daemon ran, or the clock was set"
            await self._miss(schedule, due, latest, count, why, handled=None if runs else latest)
        if runs:
            await self._run(schedule, due, latest)

    async def _run(self, schedule: Schedule, due: float, latest: float) -> None:
        try:
            process = await self._start(schedule.spec, {"schedule": schedule.schedule_id, "due": latest})
        except LLMasOSError as error:
            await self._miss(schedule, due, latest, 1, str(error), handled=latest)
        else:
            self.num_started += 1
            self._timetable.ran(schedule.schedule_id, latest, process.pid)
            self._say(f"schedule {schedule.schedule_id}: started process {process.pid}")

    async def _miss(
        self, schedule: Schedule, first: float, last: float, count: int, why: str, *, handled: float | None
    ) -> None:
        body = {"first": first, "last": last, "count": count, "why": why, "runs": handled is None}
        body |= {"zone": schedule.spec["zone"]}
        await anyio.to_thread.run_sync(
            lambda: self._timetable.missed(schedule.schedule_id, body, handled=handled), abandon_on_cancel=False
        )
        self._say(f"schedule {schedule.schedule_id}: {missed_words(body)}")


def missed_words(body: dict[str, Any]) -> str:
    """A `missed` record as a person reads it."""
    since = local(body["first"], body["zone"]).strftime("%Y-%m-%d %H:%M:%S")
    times = "once" if body["count"] == 1 else f"{'at least ' * (body['count'] >= MAX_COUNTED)}{body['count']} times"
    return f"missed {times} since {since} ({body['why']}); {'run once now' if body['runs'] else 'not run'}"


def _times(schedule: Schedule, first: float, last: float) -> Iterator[float]:
    moment: float | None = first
    while moment is not None and moment <= last:
        yield moment
        moment = schedule.when.after(moment)
