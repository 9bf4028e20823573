"""Opening hours around midnight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from streams.evaluation.opening import LocalClock
from streams.settings.settings import OpeningHours

EVENINGS = LocalClock(
    "UTC",
    (
        OpeningHours(days=("mon", "tue"), opens="07:00", closes="24:00"),
        OpeningHours(days=("thu", "fri"), opens="00:00", closes="24:00"),
    ),
)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("start", "end", "is_open"),
    [
        ("2026-11-09T23:45:00", "2026-11-10T00:00:00", True),  # Monday's last quarter
        ("2026-11-10T00:00:00", "2026-11-10T00:15:00", False),
        ("2026-11-10T23:45:00", "2026-11-11T00:00:00", True),  # Tuesday's, before a closed day
        ("2026-11-11T23:45:00", "2026-11-12T00:00:00", False),  # Wednesday is closed
        ("2026-11-12T00:00:00", "2026-11-12T00:15:00", True),
        ("2026-11-12T23:55:00", "2026-11-13T00:10:00", True),  # from Thursday into Friday
        ("2026-11-10T06:55:00", "2026-11-10T07:10:00", False),
    ],
)
def test_what_closes_at_midnight_is_open_until_midnight(start: str, end: str, is_open: bool) -> None:
    assert EVENINGS.is_open(ms(start), ms(end)) is is_open


def test_two_days_around_the_clock_are_open_without_a_break() -> None:
    assert EVENINGS.open_since(ms("2026-11-14T00:00:00")) == ms("2026-11-12T00:00:00")


def test_at_midnight_it_has_been_open_since_the_morning() -> None:
    assert EVENINGS.open_since(ms("2026-11-10T00:00:00")) == ms("2026-11-09T07:00:00")
    assert EVENINGS.open_since(ms("2026-11-10T00:00:10")) is None


BERLIN = LocalClock(
    "Europe/Berlin",
    (
        OpeningHours(days=("sat",), opens="08:00", closes="20:00"),
        OpeningHours(days=("sun",), opens="02:30", closes="02:45"),
        OpeningHours(days=("sun",), opens="04:00", closes="05:00"),
    ),
)


@pytest.mark.parametrize(
    ("time", "opened"),
    [
        ("2026-10-25T00:31:00", "2026-10-25T00:30:00"),  # 02:31 for the first time
        ("2026-10-25T00:46:00", None),
        ("2026-10-25T01:31:00", None),  # 02:31 for the second time
        ("2026-10-25T03:30:00", "2026-10-25T03:00:00"),
        ("2026-03-29T00:59:00", None),
        ("2026-03-29T01:01:00", None),  # 03:01, and 02:30 to 02:45 has been skipped
        ("2026-03-29T01:31:00", None),
        ("2026-03-29T02:30:00", "2026-03-29T02:00:00"),
    ],
)
def test_of_a_time_that_comes_twice_the_first_counts_and_a_skipped_one_never_is(time: str, opened: str | None) -> None:
    assert BERLIN.open_since(ms(time)) == (None if opened is None else ms(opened))
