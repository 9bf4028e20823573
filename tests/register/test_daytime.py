"""Times of day by the shop's clocks: over midnight, on some days, and where clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from streams.register.daytime import WEEKDAYS, DayTime, Span

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def ms(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("2025-11-14T21:59", False),  # a Friday
        ("2025-11-14T22:00", True),
        ("2025-11-15T05:59", True),
        ("2025-11-15T06:00", False),
        ("2025-11-15T23:00", False),
        ("2025-11-14T05:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(text: str, inside: bool) -> None:
    night = DayTime(("fri",), "22:00", "06:00", SHANGHAI)

    assert (night.span(ms(text)) is not None) is inside


def test_a_whole_day_ends_at_twenty_four() -> None:
    day = DayTime((), "00:00", "24:00", SHANGHAI)

    assert day.span(ms("2025-11-14T23:59")) == (ms("2025-11-14T00:00"), ms("2025-11-15T00:00"))


def test_the_last_one_is_known_after_it_is_over() -> None:
    sunday = DayTime(("sun",), "02:00", "04:00", SHANGHAI)

    assert sunday.last(ms("2025-11-15T12:00")) == (ms("2025-11-09T02:00"), ms("2025-11-09T04:00"))


def test_a_night_in_which_clocks_change_is_an_hour_longer() -> None:
    night = DayTime((), "22:00", "06:00", BERLIN)
    span = night.span(ms("2025-10-26T01:00", BERLIN))

    assert span is not None
    assert span.ends - span.begins == 9 * 3_600_000


def clocks(span: Span | None, zone: ZoneInfo = BERLIN) -> tuple[str, ...]:
    return () if span is None else tuple(f"{datetime.fromtimestamp(one / 1000, zone):%H:%M %Z}" for one in span)


@pytest.mark.parametrize(
    ("day", "opens", "closes", "route", "maintenance"),
    [
        ("2026-03-29", "02:00", "03:00", (), ("03:00 CEST", "04:00 CEST")),  # the hour that is skipped
        ("2026-03-29", "02:15", "02:45", (), ("03:00 CEST", "03:30 CEST")),
        ("2026-03-29", "02:30", "03:30", ("03:00 CEST", "03:30 CEST"), ("03:00 CEST", "04:00 CEST")),
        ("2026-03-29", "01:30", "02:30", ("01:30 CET", "03:00 CEST"), ("01:30 CET", "03:30 CEST")),
        ("2026-03-29", "01:00", "05:00", ("01:00 CET", "05:00 CEST"), ("01:00 CET", "05:00 CEST")),
        ("2026-03-28", "23:00", "02:30", ("23:00 CET", "03:00 CEST"), ("23:00 CET", "03:30 CEST")),
        ("2026-10-25", "02:00", "03:00", ("02:00 CEST", "03:00 CET"), ("02:00 CEST", "03:00 CET")),  # comes twice
        ("2026-10-25", "02:00", "02:30", ("02:00 CEST", "02:30 CEST"), ("02:00 CEST", "02:30 CEST")),
        ("2026-10-25", "02:30", "03:30", ("02:30 CEST", "03:30 CET"), ("02:30 CEST", "03:30 CET")),
    ],
)
def test_on_the_days_on_which_clocks_change_it_goes_by_what_they_show(
    day: str, opens: str, closes: str, route: tuple[str, ...], maintenance: tuple[str, ...]
) -> None:
    days = (WEEKDAYS[datetime.fromisoformat(day).weekday()],)
    noon_after = ms(f"{day}T12:00", BERLIN) + 86_400_000
    by_the_clock = DayTime(days, opens, closes, BERLIN).last(noon_after)
    planned = DayTime(days, opens, closes, BERLIN, never_skipped=True).last(noon_after)

    assert clocks(planned) == maintenance
    if route:
        assert clocks(by_the_clock) == route
    else:  # the last one was a week before
        assert by_the_clock is not None
        assert by_the_clock.ends < ms(f"{day}T00:00", BERLIN)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Shanghai"]
)
@pytest.mark.parametrize("border", ["00:00", "00:30", "01:45", "02:00", "02:30", "03:00"])
def test_hours_that_follow_one_another_leave_no_moment_out_and_share_none(zone: str, border: str) -> None:
    where = ZoneInfo(zone)
    before = DayTime((), "12:00", border, where)
    after = DayTime((), border, "12:00", where)
    for day in ("2018-11-04", "2018-02-18", "2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04", "2026-04-24"):
        noon = ms(f"{day}T12:00", where) - 86_400_000
        for quarter in range(100):
            moment = noon + quarter * 900_000
            assert (before.span(moment) is None) is not (after.span(moment) is None)
