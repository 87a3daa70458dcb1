"""When something is due: once, at an interval, or by a cron expression. Moments are seconds since the epoch.

- `at("tomorrow 09:00", zone, now)` and `every("0 9 * * *", zone, now)` read what people write; `every("10m", ...)` too.
- A `When` answers two questions: `after(moment)`, the next time, and `latest(moment)`, the last time up to it.
- Wall time is that of a named zone, so daylight saving is right: a cron expression follows Debian's cron (cronsim), a
  time that a day does not have is the one as long after midnight, of a time that a day has twice the first is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from llmasos.errors import UsageError

LATEST = 253_370_764_800.0  # the year 9999: a calendar ends with it, in some zones a day earlier
_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400}
_UNITS |= {"day": 86400, "w": 604800, "week": 604800}
_PART = re.compile(r"(\d+)\s*([a-z]+?)s?(?![a-z])\s*")
_CLOCK = re.compile(r"(?:(today|tomorrow)\s+)?(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?")
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


class When(Protocol):
    def after(self, moment: float) -> float | None:
        """The first time it is due behind a moment; None when it never is again."""

    def latest(self, moment: float) -> float | None:
        """The last time it was due, up to and with a moment; None when it never was."""


@dataclass(frozen=True, slots=True)
class Once:
    moment: float

    def after(self, moment: float) -> float | None:
        return self.moment if self.moment > moment else None

    def latest(self, moment: float) -> float | None:
        return self.moment if self.moment <= moment else None


@dataclass(frozen=True, slots=True)
class Interval:
    """Every so many seconds from its start on, the start itself left out."""

    start: int
    seconds: int

    def after(self, moment: float) -> float | None:
        passed = max(0, int((moment - self.start) // self.seconds))
        return float(self.start + (passed + 1) * self.seconds)

    def latest(self, moment: float) -> float | None:
        passed = int((moment - self.start) // self.seconds)
        return float(self.start + passed * self.seconds) if passed > 0 else None


@dataclass(frozen=True, slots=True)
class Cron:
    expression: str
    zone: str

    def after(self, moment: float) -> float | None:
        return self._next(moment, reverse=False)

    def latest(self, moment: float) -> float | None:
        return self._next(float(int(moment) + 1), reverse=True)

    def _next(self, moment: float, *, reverse: bool) -> float | None:
        found = next(CronSim(self.expression, datetime.fromtimestamp(moment, zone(self.zone)), reverse), None)
        return None if found is None else found.timestamp()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could be read when it was made, and cannot any more: never due."""

    why: str

    def after(self, moment: float) -> float | None:
        return None

    def latest(self, moment: float) -> float | None:
        return None


def local(moment: float, zone_name: str) -> datetime:
    """As clocks of a zone show it; of one that this machine does not know any more, in UTC."""
    try:
        return datetime.fromtimestamp(moment, zone(zone_name))
    except UsageError:
        return datetime.fromtimestamp(moment, UTC)


def zone(name: str) -> ZoneInfo:
    """Raises UsageError for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"no time zone {name!r}: names are those of the tz database, like Europe/Berlin") from None


def at(text: str, zone_name: str, now: float) -> Once:
    """`2026-12-01 09:00`, with an offset or without; `09:00`, `tomorrow 09:00`, `in 10 minutes`, `now`.

    Raises UsageError for what cannot be read, or is past.
    """
    words = " ".join(text.split())
    moment = _moment(words, zone(zone_name), now)
    if moment is None:
        raise UsageError(f'cannot read the time {text!r}: 2026-12-01 09:00, "tomorrow 09:00", 09:00 or "in 10 minutes"')
    if moment < now:
        raise UsageError(f"{text} is past")
    if moment > LATEST:  # no zone could show it
        raise UsageError(f"{text} is too far away")
    return Once(moment)


def every(text: str, zone_name: str, now: float) -> Interval | Cron:
    """`10m`, `2 hours`, `@daily`, or five fields of cron. Raises UsageError."""
    words = " ".join(text.split())
    if (seconds := duration(words)) is not None:
        return Interval(int(now), seconds)  # whole seconds: adding them up is exact
    expression = _NAMED.get(words.lower(), words)
    if len(expression.split()) != 5:
        raise UsageError(f'cannot read the interval {text!r}: 10m, "2 hours", @daily, or cron\'s "0 9 * * 1-5"')
    found = Cron(expression, zone(zone_name).key)
    try:
        if found.after(now) is None:
            raise UsageError(f"{text} is never due")
    except CronSimError as error:
        raise UsageError(f"cron expression {text!r}: {str(error).lower()}") from None
    return found


def duration(text: str) -> int | None:
    """Seconds of `10m`, `1h30m` or `2 days`; None when it is none. At least 1."""
    position, total = 0, 0
    words = text.lower()
    while match := _PART.match(words, position):
        if match[2] not in _UNITS:
            return None
        total += int(match[1]) * _UNITS[match[2]]
        position = match.end()
    return total if total and position == len(words) and total < 10**10 else None


def _moment(words: str, where: ZoneInfo, now: float) -> float | None:
    word = words.lower()
    if word == "now":
        return now
    for prefix in ("in ", "now + ", "now +", "+"):
        if word.startswith(prefix):
            seconds = duration(word.removeprefix(prefix))
            return None if seconds is None else now + seconds
    if match := _CLOCK.fullmatch({"noon": "12:00", "midnight": "00:00"}.get(word, word)):
        return _clock(match, where, now)
    try:
        given = datetime.fromisoformat(words)
    except ValueError:
        return None
    return (given if given.tzinfo is not None else given.replace(tzinfo=where)).timestamp()


def _clock(match: re.Match[str], where: ZoneInfo, now: float) -> float | None:
    """That time of today; without `today`, of tomorrow when it is past."""
    day = datetime.fromtimestamp(now, where)
    try:
        found = day.replace(hour=int(match[2]), minute=int(match[3]), second=int(match[4] or 0), microsecond=0, fold=0)
    except ValueError:
        return None
    if match[1] == "tomorrow" or (match[1] is None and found.timestamp() <= now):
        found += timedelta(days=1)  # of wall time: the same clock on the next day
    return found.timestamp()
