"""What a kind of day is like that was not seen yet, of a whole and of its thin parts."""

from __future__ import annotations

import numpy as np

from detectors.week import BINS, KindOfDay, Week

MONDAY, TUESDAY, SATURDAY, SUNDAY = 0, 1, 5, 6
WHOLE, THIN = 0, 1
USUAL = np.array([1000.0, 4.0])  # events a day


def after_a_monday(whole: float, thin: float, kind: int) -> KindOfDay:
    """A Monday was seen, on which there were so many times the usual."""
    week = Week(2)
    for hours in range(BINS):
        week.learn(MONDAY, hours, np.array([whole, thin]), np.ones(2), np.ones(2))
    week.count(MONDAY, np.ones(2, dtype=np.bool_))
    base = np.broadcast_to(USUAL / BINS, (BINS, 2))
    return week.of(kind, week.whole_days(base), base, np.full(2, 0.01), WHOLE)


def test_a_first_tuesday_of_a_thin_part_is_like_that_of_the_whole_although_it_had_no_event_on_monday() -> None:
    tuesday = after_a_monday(1.0, 0.0, TUESDAY)

    assert tuesday.factors[:, THIN].min() > 0.5 * tuesday.factors[:, WHOLE].min()


def test_what_a_working_day_was_says_nothing_of_the_first_sunday() -> None:
    sunday = after_a_monday(1.0, 1.0, SUNDAY)

    assert sunday.foreign.all()
    assert (sunday.low == 0.0).all()
    assert (sunday.most >= 2.0).all()


def test_a_first_sunday_may_be_closed_although_saturday_was_open() -> None:
    week = Week(1)
    week.learn(SATURDAY, 0, np.ones(1), np.ones(1), np.ones(1))
    week.count(SATURDAY, np.ones(1, dtype=np.bool_))
    base = np.full((BINS, 1), 100.0)

    sunday = week.of(SUNDAY, week.whole_days(base), base, np.full(1, 0.01), WHOLE)

    assert sunday.foreign.all()
    assert sunday.low.tolist() == [0.0]


def test_a_working_day_that_was_not_seen_may_be_less_or_more_than_those_that_were() -> None:
    tuesday = after_a_monday(2.0, 2.0, TUESDAY)

    assert (tuesday.low < 0.7).all()
    assert (tuesday.high > 1.5).all()
