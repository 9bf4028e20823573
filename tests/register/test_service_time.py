from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.register.holiday_calendar import HolidayCalendar
from streams.register.service_time import ServiceTime
from streams.settings.settings import OpeningHours, Settings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = OpeningHours(days=DAYS[:5], opens="09:00", closes="17:00")
MINUTE = 60_000


def ms(text: str, zone: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def clock(moment: int, zone: str) -> str:
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("opened", "seconds", "due"),
    [
        ("2026-11-10T16:30", 3600, "2026-11-11 09:30"),  # the vector of the issue
        ("2026-11-10T16:00", 3600, "2026-11-10 17:00"),
        ("2026-11-10T08:00", 3600, "2026-11-10 10:00"),
        ("2026-11-10T17:00", 60, "2026-11-11 09:01"),
        ("2026-11-13T16:30", 3600, "2026-11-16 09:30"),  # over a weekend
        ("2026-11-14T12:00", 8 * 3600, "2026-11-16 17:00"),
        ("2026-11-10T09:00", 10 * 8 * 3600, "2026-11-23 17:00"),
    ],
)
def test_a_deadline_counts_the_hours_in_which_it_is_open(opened: str, seconds: int, due: str) -> None:
    service = ServiceTime("Asia/Shanghai", (WEEKDAYS,))
    assert clock(service.after(ms(opened, "Asia/Shanghai"), seconds), "Asia/Shanghai") == due


def test_nothing_is_open_on_a_holiday() -> None:
    service = ServiceTime("America/Sao_Paulo", (WEEKDAYS,), HolidayCalendar(("BR",)))
    opened = ms("2026-11-19T16:30", "America/Sao_Paulo")  # the next day, a Friday, is Consciousness Day
    assert clock(service.after(opened, 3600), "America/Sao_Paulo") == "2026-11-23 09:30"


def test_a_night_on_which_clocks_are_put_forward_has_an_hour_less() -> None:
    nights = OpeningHours(days=("sun",), opens="00:00", closes="06:00")
    service = ServiceTime("Europe/Berlin", (nights,))
    opened = ms("2026-03-29T00:00", "Europe/Berlin")
    assert clock(service.after(opened, 5 * 3600), "Europe/Berlin") == "2026-03-29 06:00"
    assert clock(service.after(opened, 5 * 3600 + 60), "Europe/Berlin") == "2026-04-05 00:01"


def test_without_hours_it_is_always_open() -> None:
    assert ServiceTime("Asia/Shanghai").after(1_000, 60) == 61_000


def test_it_takes_what_the_settings_say() -> None:
    service = ServiceTime.of(Settings(opening_hours=(WEEKDAYS,), timezone="Asia/Shanghai"))
    assert service.after(ms("2026-11-10T16:30", "Asia/Shanghai"), 3600) == ms("2026-11-11T09:30", "Asia/Shanghai")


def test_an_event_costs_a_look_up_once_its_week_is_known() -> None:
    service = ServiceTime("Asia/Shanghai", (WEEKDAYS,))
    start = ms("2026-11-10T16:30", "Asia/Shanghai")
    service.after(start, 3600)
    began = time.perf_counter()
    for later in range(20_000):
        service.after(start + later, 3600)
    assert time.perf_counter() - began < 0.4


def test_weeks_of_all_ages_are_not_all_kept() -> None:
    service = ServiceTime("Asia/Shanghai", (WEEKDAYS,))
    for week in range(500):
        service.after(week * 7 * 86_400_000, 60)
    assert len(service._weeks) <= 64


HOURS = st.builds(
    lambda days, opens, length: OpeningHours(
        days=tuple(sorted(days, key=DAYS.index)),
        opens=f"{opens // 60:02d}:{opens % 60:02d}",
        closes=f"{min(opens + length, 1440) // 60:02d}:{min(opens + length, 1440) % 60:02d}",
    ),
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 1_300),
    st.integers(20, 1_440),
)
ZONES = {
    "Europe/Berlin": "2026-03-25T00:00",
    "America/Sao_Paulo": "2018-11-01T00:00",
    "Asia/Shanghai": "2026-09-28T00:00",
}
AUTUMN = {
    "Europe/Berlin": "2026-10-22T00:00",
    "America/Sao_Paulo": "2018-02-14T00:00",
    "Asia/Shanghai": "2026-12-30T00:00",
}
PLACES = {"Europe/Berlin": ("DE",), "America/Sao_Paulo": ("BR",), "Asia/Shanghai": ("CN",)}


def is_open(minute: datetime, hours: list[OpeningHours], holidays: HolidayCalendar) -> bool:
    """Whether the minute that begins then, by the clock on the wall, is one of service. `minute` is local."""
    if minute.toordinal() in holidays.around(minute.year):
        return False
    shown = minute.hour * 60 + minute.minute
    for each in hours:
        opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in (each.opens, each.closes))
        if DAYS[minute.weekday()] in each.days and opens <= shown < closes:
            # Of a time that comes twice the first counts: hours that end in it end the first time, that begin begin.
            if minute.fold and is_shown_before(minute, closes):
                continue
            return True
        if minute.fold and DAYS[minute.weekday()] in each.days and shown < opens and is_twice(minute, opens):
            return True
    return False


def is_twice(minute: datetime, shown: int) -> bool:
    at = minute.replace(hour=shown // 60 % 24, minute=shown % 60, fold=0)
    return shown < 1_440 and at.utcoffset() != at.replace(fold=1).utcoffset()


def is_shown_before(minute: datetime, closes: int) -> bool:
    """Whether the end was shown for the first time before clocks were put back."""
    return is_twice(minute, closes)


@given(
    st.lists(HOURS, min_size=1, max_size=3),
    st.sampled_from(sorted(ZONES)),
    st.booleans(),
    st.booleans(),
    st.integers(0, 6 * 1_440),
    st.integers(1, 2_000),
)
@settings(deadline=None, max_examples=80)
def test_it_is_what_counting_minute_by_minute_gives(
    hours: list[OpeningHours], zone: str, autumn: bool, with_holidays: bool, later: int, minutes: int
) -> None:
    holidays = HolidayCalendar(PLACES[zone] if with_holidays else ())
    start = ms((AUTUMN if autumn else ZONES)[zone], zone) + later * MINUTE
    left, moment = minutes, datetime.fromtimestamp(start / 1000, UTC)
    for _ in range(60 * 1_440):
        left -= is_open(moment.astimezone(ZoneInfo(zone)), hours, holidays)
        moment += timedelta(minutes=1)
        if not left:
            assert ServiceTime(zone, tuple(hours), holidays).after(start, minutes * 60) == moment.timestamp() * 1000
            return
