"""Times of day by the shop's clocks: over midnight, on some days, and where clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from streams.incidents.daytime import DayTime

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
