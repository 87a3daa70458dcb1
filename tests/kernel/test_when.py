"""When something is due: what people write, daylight saving, and the two questions."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.errors import UsageError
from llmasos.kernel.when import Interval, at, duration, every

BERLIN = "Europe/Berlin"


def moment(text: str, zone: str = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def shown(at: float | None, zone: str = BERLIN) -> str:
    return "" if at is None else datetime.fromtimestamp(at, ZoneInfo(zone)).isoformat()


NOW = moment("2026-03-28T12:00")  # the day before clocks go forward


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 10 minutes", "2026-03-28T12:10:00+01:00"),
        ("now + 1h30m", "2026-03-28T13:30:00+01:00"),
        ("+2 days", "2026-03-30T13:00:00+02:00"),
        ("13:05", "2026-03-28T13:05:00+01:00"),
        ("9:00", "2026-03-29T09:00:00+02:00"),
        ("Tomorrow at 09:00", "2026-03-29T09:00:00+02:00"),
        ("tomorrow 02:30", "2026-03-29T03:30:00+02:00"),
        ("2026-12-01 09:00", "2026-12-01T09:00:00+01:00"),
        ("2026-12-01T09:00:00Z", "2026-12-01T10:00:00+01:00"),
        ("2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),
        ("noon", "2026-03-29T12:00:00+02:00"),
        ("now", "2026-03-28T12:00:00+01:00"),
    ],
)
def test_times_as_people_write_them(text: str, expected: str) -> None:
    assert shown(at(text, BERLIN, NOW).moment) == expected


@pytest.mark.parametrize("text", ["25:00", "yesterday", "in a while", "10", "", "in", "today 24:61"])
def test_a_time_that_cannot_be_read_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match="cannot read the time"):
        at(text, BERLIN, NOW)


@pytest.mark.parametrize("zone_name", ["America/New_York", BERLIN])
def test_a_time_that_no_calendar_shows_is_refused(zone_name: str) -> None:
    with pytest.raises(UsageError, match="too far away"):
        at("9999-12-31 23:59", zone_name, NOW)


@pytest.mark.parametrize("text", ["2020-01-01", "today 09:00", "2026-03-28T12:00+02:00"])
def test_a_time_that_is_past_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is past"):
        at(text, BERLIN, NOW)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("0 9 * * *", ["2026-03-29T09:00:00+02:00", "2026-03-30T09:00:00+02:00"]),
        ("30 2 * * *", ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
        ("0 * * * *", ["2026-03-28T13:00:00+01:00", "2026-03-28T14:00:00+01:00"]),
        ("@daily", ["2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"]),
        ("0 9 * * mon-fri", ["2026-03-30T09:00:00+02:00", "2026-03-31T09:00:00+02:00"]),
        ("10m", ["2026-03-28T12:10:00+01:00", "2026-03-28T12:20:00+01:00"]),
        ("1 day", ["2026-03-29T13:00:00+02:00", "2026-03-30T13:00:00+02:00"]),
    ],
)
def test_intervals_and_cron(text: str, times: list[str]) -> None:
    found = every(text, BERLIN, NOW)
    first = found.after(NOW)
    assert first is not None
    assert [shown(first), shown(found.after(first))] == times
    assert found.latest(first) == found.latest(first + 0.5) == first


def test_a_time_that_a_day_has_twice_is_due_once() -> None:
    found = every("30 2 * * *", BERLIN, NOW)
    first = found.after(moment("2026-10-25T00:00"))
    assert first is not None and shown(first) == "2026-10-25T02:30:00+02:00"
    assert shown(found.after(first)) == "2026-10-26T02:30:00+01:00"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10", "cannot read the interval"),
        ("5 parsecs", "cannot read the interval"),
        ("* * * * * *", "cannot read the interval"),
        ("@reboot", "cannot read the interval"),
        ("61 * * * *", "bad minute"),
        ("0 0 30 2 *", "bad day-of-month"),
    ],
)
def test_an_interval_that_cannot_be_meant_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        every(text, BERLIN, NOW)


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Europe/Belrin", "../etc/passwd", ""):
        with pytest.raises(UsageError, match="no time zone"):
            every("0 9 * * *", name, NOW)


def test_durations() -> None:
    assert [duration(text) for text in ("90s", "1h30m", "2 days", "1 week", "0m", "m", "1y", "")] == [
        90, 5400, 172_800, 604_800, None, None, None, None,
    ]  # fmt: skip


@given(st.integers(0, 2**31), st.integers(1, 10**7), st.floats(0, 2.0**32))
def test_an_interval_goes_forward_and_misses_nothing(start: int, seconds: int, moment: float) -> None:
    found = Interval(start, seconds)
    following = found.after(moment)
    assert following is not None and following > moment
    assert found.latest(following) == following
    assert found.after(following) == following + seconds
