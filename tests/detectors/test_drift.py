"""What is found of shares that change over weeks, and what is no drift."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detectors.day import Day
from detectors.drift import FIRST_DAYS, Drift, limit_of_days

MONDAY = 738_004
LIMIT = float(limit_of_days(np.array([0.1]))[0])
SHIFT = 77


def days(
    share: Callable[[int], float],
    count: int,
    n: int = 100,
    a_day: float = 25.0,
    correlation: float = 0.0,
    seed: int = 0,
    holidays: frozenset[int] = frozenset(),
) -> tuple[Drift, np.ndarray]:
    """Series of one share, day by day; bool[days, n]: where the limit was reached."""
    rng = np.random.default_rng(seed)
    drift, over = Drift(), np.zeros((count, n), dtype=bool)
    for day in range(count):
        ratio = np.full(n, share(day))
        if correlation:
            ratio = rng.beta(ratio * (1 / correlation - 1), (1 - ratio) * (1 / correlation - 1))
        tried = rng.poisson(a_day, n)
        drift.learn(Day(MONDAY + day, holidays), rng.binomial(tried, ratio).astype(float), tried.astype(float))
        over[day] = drift.run().nats >= LIMIT
    return drift, over


def in_steps(day: int) -> float:
    return 0.05 if day < SHIFT else (0.10, 0.15, 0.21)[min((day - SHIFT) // 14, 2)]


def in_a_line(day: int) -> float:
    return 0.05 if day < SHIFT else 0.05 + 0.16 * (day - SHIFT) / 42


def found_by(over: np.ndarray, weeks: int) -> float:
    """The share of series that are found within so many weeks: a day is seen when the next begins."""
    return float(over[SHIFT + 1 : SHIFT + 7 * weeks + 1].any(axis=0).mean())


def test_late_deliveries_that_climb_in_steps_from_5_to_21_percent_are_found_before_the_end_of_the_third_week() -> None:
    _, over = days(in_steps, SHIFT + 22, n=300)

    assert found_by(over, 3) >= 0.94


def test_of_a_climb_in_a_straight_line_a_week_more_is_needed() -> None:
    """The evidence there is at the end of the third week is about 8 nats in all: no test could be sure by then."""
    _, over = days(in_a_line, SHIFT + 36, n=300)

    assert found_by(over, 3) > 0.5
    assert found_by(over, 5) >= 0.95


@pytest.mark.parametrize(("a_day", "correlation"), [(25.0, 0.0), (200.0, 0.001), (2_000.0, 0.01)])
def test_steady_and_unsteady_shares_are_quiet(a_day: float, correlation: float) -> None:
    _, over = days(lambda _: 0.05, 150, n=200, a_day=a_day, correlation=correlation)
    alarms = (over[1:] & ~over[:-1]).sum()

    assert alarms <= 0.004 * 150 * 200


def test_weekends_that_are_always_three_times_as_bad_are_no_drift() -> None:
    _, over = days(lambda day: 0.15 if day % 7 >= 5 else 0.05, 120, n=50, a_day=200.0)

    assert over.any(axis=0).mean() < 0.1


def test_holidays_are_left_out() -> None:
    feast = frozenset(range(MONDAY + 90, MONDAY + 97))
    _, over = days(lambda day: 0.5 if 90 <= day < 97 else 0.05, 110, n=50, holidays=feast)

    assert over.any(axis=0).mean() < 0.1


def test_a_series_is_not_judged_in_its_first_days() -> None:
    drift, over = days(lambda day: 0.05 if day < 3 else 0.9, FIRST_DAYS, n=5)

    assert not over.any()
    assert not drift.run().known.any()


def test_what_has_stood_for_four_weeks_is_the_new_level() -> None:
    drift, over = days(lambda day: 0.05 if day < SHIFT else 0.2, SHIFT + 60, n=50)

    assert over[SHIFT + 14].mean() > 0.9
    assert over[-1].mean() < 0.1
    drift.learn(Day(MONDAY + SHIFT + 60), np.full(50, 5.0), np.full(50, 25.0))
    assert drift.run().nats.max() < LIMIT


def test_what_is_over_is_over_within_three_weeks() -> None:
    _, over = days(lambda day: 0.2 if SHIFT <= day < SHIFT + 14 else 0.05, SHIFT + 40, n=50)

    assert over[SHIFT + 14].mean() > 0.9
    assert over[-1].mean() < 0.1


def test_a_restored_one_goes_on_as_the_first_would_have_and_others_beside_it_change_nothing() -> None:
    through, _ = days(in_steps, SHIFT + 5, n=6)
    broken = Drift()
    broken.restore(through.to_bytes())
    alone, order = Drift(), np.array([3, 1, 5, 0, 2, 4])
    rng = np.random.default_rng(0)
    for day in range(SHIFT + 5):
        tried = rng.poisson(25.0, 6)
        late = rng.binomial(tried, in_steps(day))
        alone.learn(Day(MONDAY + day), late[order].astype(float), tried[order].astype(float))
    for drift in (through, broken):
        drift.grow(7)
        for day in range(SHIFT + 5, SHIFT + 12):
            drift.learn(Day(MONDAY + day), np.full(7, 4.0), np.full(7, 25.0))
    for day in range(SHIFT + 5, SHIFT + 12):
        alone.learn(Day(MONDAY + day), np.full(6, 4.0), np.full(6, 25.0))

    assert through.to_bytes() == broken.to_bytes()
    np.testing.assert_allclose(through.run().nats[:6][order], alone.run().nats, rtol=1e-6)
