"""What a judge learns of a shop in which nothing happens for days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from streams.catalogue.metric import Direction
from streams.evaluation.closed_quarters import ClosedQuarters
from streams.evaluation.opening import LocalClock
from streams.evaluation.sale_plan import SalePlan
from streams.evaluation.series_index import SeriesIndex
from streams.records.instant import rfc3339
from streams.register.holiday_calendar import HolidayCalendar
from streams.settings.calendar import CalendarEntry
from streams.settings.settings import OpeningHours
from tests.evaluation.support.evaluation_shops import metric_of

if TYPE_CHECKING:
    from streams.evaluation.judge import Quarter

QUARTER_MS = 900_000
HOUR_MS = 4 * QUARTER_MS
ORDERS = metric_of("count", Direction.DOWN, unit="per_minute")
FRIDAY_MS = int(datetime(2026, 11, 6, tzinfo=UTC).timestamp()) * 1000
MONDAY_MS = FRIDAY_MS + 72 * HOUR_MS


class Notes:
    """A judge that notes what it is taught: weekday, hour, count."""

    def __init__(self) -> None:
        self.taught: list[tuple[int, float, float]] = []

    def learn(self, quarter: Quarter, counts: dict[int, np.ndarray], partner: Any) -> None:
        self.taught.append((quarter.day.weekday, quarter.second_of_day / 3600, float(counts[0].sum())))


def quarters(notes: Any, clock: LocalClock | None = None, plan: SalePlan | None = None) -> ClosedQuarters:
    return ClosedQuarters(ORDERS, notes, clock or LocalClock("UTC"), plan or SalePlan(ORDERS, ()), SeriesIndex(ORDERS))


def close(closed: ClosedQuarters, from_ms: int, until_ms: int, count: int) -> None:
    for start_ms in range(from_ms, until_ms, QUARTER_MS):
        close_one(closed, start_ms, count)


def close_one(closed: ClosedQuarters, start_ms: int, count: int) -> None:
    for silent_ms in closed.silent_before(start_ms):
        closed.close(silent_ms, np.zeros((1, 1), dtype=np.int64))
    closed.close(start_ms, np.full((1, 1), count, dtype=np.int64))


def a_weekend(closed: ClosedQuarters) -> None:
    """Orders until Friday evening; quarters are closed for a day more, and again from Monday morning on."""
    close(closed, FRIDAY_MS, FRIDAY_MS + 18 * HOUR_MS, 5)
    close(closed, FRIDAY_MS + 18 * HOUR_MS, FRIDAY_MS + 42 * HOUR_MS, 0)
    close(closed, MONDAY_MS + 8 * HOUR_MS, MONDAY_MS + 9 * HOUR_MS, 5)


def test_a_silent_weekend_is_taught_as_days_of_nothing_when_it_is_over() -> None:
    notes = Notes()
    a_weekend(quarters(notes))

    for weekday in (5, 6):
        assert [count for day, _, count in notes.taught if day == weekday] == [0.0] * 96
    assert [count for day, _, count in notes.taught if day == 0] == [0.0] * 32 + [5.0] * 4


def test_what_lies_within_a_longer_silence_is_unknown() -> None:
    notes = Notes()
    closed = quarters(notes)
    close(closed, FRIDAY_MS, FRIDAY_MS + 2 * HOUR_MS, 5)
    close(closed, FRIDAY_MS + 5 * 24 * HOUR_MS, FRIDAY_MS + 5 * 24 * HOUR_MS + HOUR_MS, 5)

    assert [count for _, _, count in notes.taught] == [5.0] * 12


def test_a_silence_in_which_it_was_closed_or_which_was_planned_teaches_nothing() -> None:
    weekdays = OpeningHours(("mon", "tue", "wed", "thu", "fri"), "00:00", "24:00")
    sunday = CalendarEntry("sale", rfc3339(FRIDAY_MS + 48 * HOUR_MS), rfc3339(MONDAY_MS), (0.0, 9.0))
    by_hours, by_plan = Notes(), Notes()
    a_weekend(quarters(by_hours, LocalClock("UTC", (weekdays,))))
    a_weekend(quarters(by_plan, plan=SalePlan(ORDERS, (sunday,))))

    assert {day for day, _, _ in by_hours.taught} == {4, 0}
    assert {day for day, _, _ in by_plan.taught} == {4, 5, 0}


@pytest.mark.parametrize("hours", [17, 41, 80])
def test_a_silence_is_told_the_same_after_a_restart(hours: int) -> None:
    notes, halves = Notes(), Notes()
    a_weekend(quarters(notes))
    first = quarters(halves)
    second = quarters(halves)
    whole: list[tuple[int, int]] = [(FRIDAY_MS + place * QUARTER_MS, 5) for place in range(72)]
    whole += [(FRIDAY_MS + place * QUARTER_MS, 0) for place in range(72, 168)]
    whole += [(MONDAY_MS + 8 * HOUR_MS + place * QUARTER_MS, 5) for place in range(4)]
    for start_ms, count in whole:
        if start_ms == FRIDAY_MS + hours * HOUR_MS:
            second.restore(first.arrays())
            first = second
        close_one(first, start_ms, count)

    assert halves.taught == notes.taught


def test_a_clock_knows_weekdays_and_holidays_where_the_shop_is() -> None:
    clock = LocalClock("America/Sao_Paulo", (), HolidayCalendar(("BR",)))
    independence_ms = int(datetime(2026, 9, 7, 2, 59, tzinfo=UTC).timestamp()) * 1000

    before, after = clock.day(independence_ms), clock.day(independence_ms + 60_000)

    assert (before.weekday, before.holiday) == (6, False)
    assert (after.weekday, after.holiday) == (0, True)
    assert before.plus(1).holiday
