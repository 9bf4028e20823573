"""What the usual day knows of weeks, growth and holidays, and what it admits not to know."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.day import Day
from detectors.seasonal import SLOTS, SeasonalBaseline
from tests.detectors.support.weeks import (
    CLOSED_WEEKENDS,
    DOUBLE_SATURDAYS,
    MONDAY,
    ONE_HUMP,
    Rhythm,
    days_ahead,
    drawn,
    taught,
    teach,
)

A_DAY = 40.0 * SLOTS
PLAIN = Rhythm((1,) * 7)


def test_after_one_day_the_next_may_be_two_and_a_half_times_less_or_more() -> None:
    counts, baseline = drawn(PLAIN, MONDAY, 2, np.random.default_rng(1)), SeasonalBaseline()
    teach(baseline, counts[:1])
    baseline.learn(0, counts[1, [0]], Day(MONDAY + 1))  # by which Monday is over

    low, middle, high, spread = days_ahead(baseline, MONDAY + 2)

    assert low == pytest.approx(middle / 2.5, rel=0.02)
    assert middle == pytest.approx(A_DAY, rel=0.3)
    assert high == pytest.approx(2.5 * middle)
    assert np.sqrt(np.log1p(spread)) == pytest.approx(0.7, abs=0.05)


def test_what_is_not_known_narrows_week_by_week_to_how_unlike_days_are() -> None:
    spreads = [np.sqrt(np.log1p(list(days_ahead(taught(PLAIN, days), MONDAY + days))[3])) for days in (1, 7, 14, 28)]

    assert spreads[0] > 2 * spreads[1] > 2.5 * spreads[2]
    assert 0.06 < spreads[-1] < 0.16


def test_a_closed_weekend_is_expected_as_soon_as_one_was_seen() -> None:
    first = days_ahead(taught(CLOSED_WEEKENDS, 5), MONDAY + 5)
    second = days_ahead(taught(CLOSED_WEEKENDS, 7), MONDAY + 12)

    assert next(first) == 0
    assert list(second)[:2] == [0, 0]


def test_after_a_closed_weekend_monday_is_a_working_day() -> None:
    low, middle, high, _ = days_ahead(taught(CLOSED_WEEKENDS, 28), MONDAY + 28)

    assert middle == pytest.approx(A_DAY, rel=0.15)
    assert low > 0.8 * middle
    assert high < 1.25 * middle


def test_a_single_closed_day_may_have_been_an_outage() -> None:
    low, _, high, _ = days_ahead(taught(CLOSED_WEEKENDS, 7), MONDAY + 12)

    assert low == 0
    assert high > 0.8 * A_DAY
    assert list(days_ahead(taught(CLOSED_WEEKENDS, 14), MONDAY + 19))[2] < 0.01 * A_DAY


def test_history_that_begins_on_a_closed_day_does_not_make_open_days_odd() -> None:
    counts = drawn(CLOSED_WEEKENDS, MONDAY + 4, 4, np.random.default_rng(2))
    counts[0, :64] = 0  # Friday, opened at four
    baseline = SeasonalBaseline()
    teach(baseline, counts[:3], MONDAY + 4)

    morning = baseline.usual(10 * 3600, 900, day=Day(MONDAY + 7))

    assert not np.isfinite(morning.middle[0])  # nothing is known of Monday's morning, least that it is empty


def test_the_first_double_saturday_lies_within_what_is_possible_and_the_second_is_expected() -> None:
    low, _, high, _ = days_ahead(taught(DOUBLE_SATURDAYS, 5), MONDAY + 5)
    assert low < 2 * A_DAY < high

    low, middle, high, _ = days_ahead(taught(DOUBLE_SATURDAYS, 12), MONDAY + 12)
    assert middle == pytest.approx(2 * A_DAY, rel=0.25)
    assert low > 1.2 * A_DAY
    assert high < 3.2 * A_DAY


def test_a_double_saturday_does_not_raise_the_days_that_follow() -> None:
    middle = list(days_ahead(taught(DOUBLE_SATURDAYS, 28), MONDAY + 29))[1]

    assert middle == pytest.approx(A_DAY, rel=0.15)


def test_weekends_have_hours_of_their_own() -> None:
    baseline = taught(Rhythm((1, 1, 1, 1, 1, 1, 1), off=ONE_HUMP, unlike=0.02), 28)

    friday, saturday = (baseline.usual(14.5 * 3600, 3600, day=Day(MONDAY + day)).middle[0] for day in (32, 33))

    assert saturday == pytest.approx(160 * 96 * ONE_HUMP[56] / ONE_HUMP.sum(), rel=0.2)
    assert friday < 0.7 * saturday


@pytest.mark.parametrize("weekday", range(5))
def test_of_a_known_week_a_working_day_at_two_fifths_is_far_out(weekday: int) -> None:
    low, _, _, spread = days_ahead(taught(DOUBLE_SATURDAYS, 28), MONDAY + 28 + weekday)

    assert (low - 0.4 * A_DAY) / np.sqrt(low + spread * low**2) > 3


def test_a_shop_that_grows_is_not_always_high() -> None:
    rhythm = Rhythm((1,) * 7, growth=0.05, unlike=0.05)
    baseline, counts = SeasonalBaseline(), drawn(rhythm, MONDAY, 42, np.random.default_rng(5))
    ratios = []
    for place in range(42):
        for slot in range(SLOTS):
            baseline.learn(slot, counts[place, [slot]], Day(MONDAY + place))
            if slot == 0 and place >= 28:  # by which yesterday is over
                ratios.append(counts[place].sum() / list(days_ahead(baseline, MONDAY + place))[1])

    assert np.mean(ratios) == pytest.approx(1, abs=0.08)


def test_an_odd_day_does_not_become_normal() -> None:
    counts = drawn(PLAIN, MONDAY, 29, np.random.default_rng(6))
    usual = SeasonalBaseline()
    teach(usual, counts[:28])
    counts[21] *= 0.2  # an outage
    counts[23] *= 8  # an attack
    baseline = SeasonalBaseline()
    teach(baseline, counts[:28])

    for day in range(28, 35):
        before, after = (list(days_ahead(one, MONDAY + day))[1] for one in (usual, baseline))
        assert after == pytest.approx(before, rel=0.25)


def test_days_that_nobody_told_are_unknown_and_not_empty() -> None:
    counts = drawn(PLAIN, MONDAY, 28, np.random.default_rng(7))
    baseline = SeasonalBaseline()
    teach(baseline, counts[:14])
    teach(baseline, counts[18:], MONDAY + 18)

    assert list(days_ahead(baseline, MONDAY + 28))[1] == pytest.approx(A_DAY, rel=0.2)


def test_a_holiday_is_like_a_sunday_until_one_was_seen() -> None:
    week = Rhythm((1, 1, 1, 1, 1, 0.7, 0.4), unlike=0.03)
    counts = drawn(week, MONDAY, 36, np.random.default_rng(8))
    counts[30] *= 0.1
    holidays = [MONDAY + 30, MONDAY + 37]
    baseline = SeasonalBaseline()
    teach(baseline, counts[:30], holidays=holidays)
    first = baseline.usual(86_400, 86_400, day=Day(MONDAY + 30, frozenset(holidays)))
    teach(baseline, counts[30:], MONDAY + 30, holidays)
    second = baseline.usual(86_400, 86_400, day=Day(MONDAY + 37, frozenset(holidays)))
    plain = baseline.usual(86_400, 86_400, day=Day(MONDAY + 37))

    assert first.middle[0] == pytest.approx(0.4 * A_DAY, rel=0.15)
    assert first.low[0] == 0
    assert first.high[0] > 2 * A_DAY
    assert second.middle[0] == pytest.approx(0.1 * A_DAY, rel=0.3)
    assert plain.middle[0] == pytest.approx(A_DAY, rel=0.15)


def test_a_window_over_midnight_weighs_each_day_by_its_own_weekday() -> None:
    baseline = taught(DOUBLE_SATURDAYS._replace(shape=np.ones(SLOTS)), 28)

    into_sunday = baseline.usual(1_800, 3_600, day=Day(MONDAY + 34)).middle[0]  # half of it on Saturday
    week = baseline.usual(0, 7 * 86_400, day=Day(MONDAY + 35)).middle[0]

    assert into_sunday == pytest.approx(2 * 80 + 2 * 40, rel=0.15)
    assert week == pytest.approx(8 * A_DAY, rel=0.1)


def test_what_today_has_been_so_far_does_not_narrow_a_day_that_is_unlike_all_others() -> None:
    counts = drawn(DOUBLE_SATURDAYS, MONDAY, 6, np.random.default_rng(9))
    baseline = SeasonalBaseline()
    teach(baseline, counts[:5])
    for slot in range(60):
        baseline.learn(slot, counts[5, [slot]], Day(MONDAY + 5))

    usual = baseline.usual(17 * 3600, 3600, day=Day(MONDAY + 5))

    assert usual.low[0] == 0  # it may close at any hour
    assert usual.high[0] > 1.9 * usual.middle[0]


def test_what_today_has_been_so_far_narrows_a_day_of_a_kind_whose_like_was_seen() -> None:
    counts = drawn(DOUBLE_SATURDAYS, MONDAY, 2, np.random.default_rng(9))
    baseline = SeasonalBaseline()
    teach(baseline, counts[:1])
    for slot in range(60):
        baseline.learn(slot, counts[1, [slot]], Day(MONDAY + 1))

    usual = baseline.usual(17 * 3600, 3600, day=Day(MONDAY + 1))

    assert usual.low[0] > 0.4 * usual.middle[0]


def test_a_new_part_takes_the_week_of_the_whole() -> None:
    counts = np.stack([drawn(DOUBLE_SATURDAYS, MONDAY, 33, np.random.default_rng(10)), np.zeros((33, SLOTS))], axis=2)
    counts[30:, :, 1] = drawn(DOUBLE_SATURDAYS._replace(level=4.0), MONDAY + 30, 3, np.random.default_rng(11))
    baseline = SeasonalBaseline()
    teach(baseline, counts)

    alone, part = (baseline.usual(86_400, 86_400, whole, day=Day(MONDAY + 33)) for whole in (-1, 0))

    assert alone.low[1] == 0
    assert part.middle[1] == pytest.approx(2 * 4 * SLOTS, rel=0.25)
    assert part.low[1] > 0.4 * part.middle[1]
    assert part.spread[1] < 0.4 < alone.spread[1]
