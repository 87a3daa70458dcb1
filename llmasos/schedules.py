"""Schedules as faces meet them: the kernel's timetable, and what a state directory has of them.

- `listed(home)` are the schedules that may still be due, read beside whoever owns the directory.
- `local_zone()` is the time zone that a time without one is meant in.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tzlocal import get_localzone_name

from llmasos.errors import NoSuchSchedule, UsageError
from llmasos.kernel.journal import Journal
from llmasos.kernel.timer import Timer, missed_words
from llmasos.kernel.timetable import Schedule, Timetable, facts
from llmasos.kernel.when import at, every, local, zone

__all__ = [
    "NoSuchSchedule",
    "Schedule",
    "Timer",
    "Timetable",
    "at",
    "every",
    "facts",
    "listed",
    "local",
    "local_zone",
    "missed_words",
    "zone",
]


def listed(home: Path) -> list[dict[str, Any]]:
    """`facts` of each, by id."""
    path = home / "journal.db"
    if not path.exists():
        return []
    journal = Journal(path, read_only=True)
    try:
        return [facts(schedule, time.time()) for schedule in Timetable(journal).all()]
    finally:
        journal.close()


def local_zone() -> str:
    """A name of the tz database. Raises UsageError where the machine's zone has none."""
    try:
        name = get_localzone_name() or "UTC"
    except Exception as error:  # tzlocal raises what its platform does
        raise UsageError(f"this machine's time zone is not known ({error}): name one with --zone") from None
    return zone(name).key
