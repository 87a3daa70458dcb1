"""Schedules: what is to be started when, kept in the journal of process 1, whose children they start.

- `add` and `remove` are on record before they return; `facts()` says what is due next and what became of the last.
- A run is the `spawn` record of its process, which names the schedule and the time it was due: one commit, so that
  no crash starts it twice or loses it. What was not run has a `missed` record with the reason.
- It blocks (SQLite), starts nothing and reads no clock: timer.py does.

Why the journal and not a table of its own: a schedule then has the journal's chain of hashes, its order among the
processes, its migration and repair, and `logs 1` shows who was scheduled, missed and removed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from llmasos.errors import NoSuchSchedule, UsageError
from llmasos.kernel import when
from llmasos.kernel.journal import Journal, Record
from llmasos.kernel.process_table import INIT

SET_BACK = 3 * 3600  # seconds: a clock set back by more is a correction, by less a repeated hour (as in Debian's cron)
KINDS = ("schedule", "unschedule", "missed")


@dataclass(frozen=True, slots=True)
class Schedule:
    """`spec` is as it was asked for: at or every, when, zone, missed (run or skip), and what to start."""

    schedule_id: int
    spec: dict[str, Any]
    made: float
    when: when.When
    last_due: float  # what was due up to here has been dealt with; `made` at first
    last_pid: int | None = None
    num_missed: int = 0

    @property
    def trouble(self) -> str:
        """Why it is never due, where its time cannot be read on this machine any more."""
        return self.when.why if isinstance(self.when, when.Unreadable) else ""

    def base(self, now: float) -> float:
        """From where to look for the next time. After a clock was set back by hours, from its new time."""
        return self.last_due if self.last_due <= now + SET_BACK else now

    def due(self, now: float) -> float | None:
        """The next time, which may be past already; None when it is over."""
        return self.when.after(self.base(now))


class Timetable:
    """The schedules of one journal. One process writes it; threads of it may."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        records = journal.read(INIT, KINDS)
        self._num_made = sum(record.kind == "schedule" for record in records)
        self._schedules = folded(records, (spawn for spawn, _ in journal.processes()))

    def all(self) -> list[Schedule]:
        """Those that may still be due, by id."""
        return list(self._schedules.values())

    def add(self, spec: dict[str, Any], now: float) -> Schedule:
        """Raises UsageError for a time that cannot be read or is past."""
        time = _when(spec, now)
        with self._lock:
            schedule_id = self._num_made + 1
            moment = {"moment": time.moment} if isinstance(time, when.Once) else {}
            record = Record(INIT, "schedule", {"id": schedule_id, "made": now, **moment, **spec})
            self._journal.append([record])
            self._num_made = schedule_id
            made = self._schedules[schedule_id] = _schedule(record)
        return made

    def remove(self, schedule_id: int) -> None:
        """Raises NoSuchSchedule."""
        with self._lock:
            if schedule_id not in self._schedules:
                raise NoSuchSchedule(f"no schedule {schedule_id}")
            self._journal.append([Record(INIT, "unschedule", {"id": schedule_id})])
            del self._schedules[schedule_id]

    def ran(self, schedule_id: int, due: float, pid: int) -> None:
        """Its process is on record."""
        self._change(schedule_id, lambda schedule: replace(schedule, last_due=due, last_pid=pid))

    def missed(self, schedule_id: int, body: dict[str, Any], *, handled: float | None) -> None:
        """Put on record what was not run; up to `handled` nothing is due any more."""
        self._journal.append([Record(INIT, "missed", {"id": schedule_id, "handled": handled, **body})])
        self._change(schedule_id, lambda schedule: _missed(schedule, {"handled": handled, **body}))

    def _change(self, schedule_id: int, change: Callable[[Schedule], Schedule]) -> None:
        with self._lock:
            if schedule_id in self._schedules:  # else it was removed meanwhile
                schedule = self._schedules[schedule_id] = change(self._schedules[schedule_id])
                if _is_over(schedule):
                    del self._schedules[schedule_id]


def folded(records: Iterable[Record], spawns: Iterable[Record]) -> dict[int, Schedule]:
    """The schedules that process 1's journal has, with what their runs say of them."""
    found: dict[int, Schedule] = {}
    runs = [spawn for spawn in spawns if "schedule" in (spawn.body.get("origin") or {})]
    for record in sorted([*records, *runs], key=lambda record: record.seq):
        body = record.body
        schedule_id = body["origin"]["schedule"] if record.kind == "spawn" else body["id"]
        if record.kind == "schedule":
            found[schedule_id] = _schedule(record)
        elif record.kind == "unschedule":
            found.pop(schedule_id, None)
        elif schedule_id in found and record.kind == "spawn":
            found[schedule_id] = replace(found[schedule_id], last_due=body["origin"]["due"], last_pid=record.pid)
        elif schedule_id in found:
            found[schedule_id] = _missed(found[schedule_id], body)
    return {schedule_id: schedule for schedule_id, schedule in found.items() if not _is_over(schedule)}


def facts(schedule: Schedule, now: float) -> dict[str, Any]:
    """One of them for scripts. Times are seconds since the epoch."""
    return {
        "id": schedule.schedule_id,
        **schedule.spec,
        "made": schedule.made,
        "next": schedule.due(now),
        "last": schedule.last_due if schedule.last_pid is not None else None,
        "last_pid": schedule.last_pid,
        "num_missed": schedule.num_missed,
        "trouble": schedule.trouble,
    }


def _schedule(record: Record) -> Schedule:
    spec = {key: value for key, value in record.body.items() if key not in ("id", "made", "moment")}
    made = record.body["made"]
    time: when.When
    try:
        time = when.Once(record.body["moment"]) if "moment" in record.body else _when(spec, made)
    except UsageError as error:  # its time zone has been renamed, say: the others go on
        time = when.Unreadable(str(error))
    first = made - 1 if isinstance(time, when.Once) else made  # `at now` is due, not past
    return Schedule(record.body["id"], spec, made, time, first)


def _missed(schedule: Schedule, body: dict[str, Any]) -> Schedule:
    last = schedule.last_due if body["handled"] is None else body["handled"]
    return replace(schedule, last_due=last, num_missed=schedule.num_missed + body["count"])


def _when(spec: dict[str, Any], now: float) -> when.Once | when.Interval | when.Cron:
    read = {"at": when.at, "every": when.every}[spec["kind"]]
    return read(spec["when"], spec["zone"], now)


def _is_over(schedule: Schedule) -> bool:
    return isinstance(schedule.when, when.Once) and schedule.when.moment <= schedule.last_due
