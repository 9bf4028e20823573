"""The usual day and week of series of unknown meaning."""

from __future__ import annotations

import numpy as np

from detectors.usual_cycle import DAY_S, WEEK_S, UsualCycle

TOLD = np.array([True])


def taught(cycle: UsualCycle, days: int, value: float, start_s: float = 0.0) -> UsualCycle:
    cycle.grow(1)
    for hour in range(24 * days):
        now = np.array([start_s + 3600.0 * hour])
        shown = np.array([value + 5 * (hour % 24)])
        error = np.nan_to_num(shown - cycle.predict(now))
        cycle.learn(now, shown, error, TOLD)
    return cycle


def test_a_day_that_was_never_seen_predicts_nothing_in_a_week() -> None:
    cycle = taught(UsualCycle(WEEK_S, 168), 3, 10.0)

    assert cycle.predict(np.array([2.5 * DAY_S])).tolist() == [10 + 5 * 12]
    assert np.isnan(cycle.predict(np.array([3.5 * DAY_S]))).all()


def test_every_hour_follows_the_level_of_today() -> None:
    cycle = taught(UsualCycle(DAY_S, 24), 5, 10.0)

    before = cycle.predict(np.array([5.9 * DAY_S]))
    for hour in range(12):
        now = np.array([5 * DAY_S + 3600.0 * hour])
        cycle.learn(now, cycle.predict(now) + 40, np.array([40.0]), TOLD)

    assert cycle.predict(np.array([5.9 * DAY_S])) - before > 5


def test_what_is_not_told_teaches_nothing() -> None:
    cycle = taught(UsualCycle(DAY_S, 24), 2, 10.0)
    kept = {name: array.copy() for name, array in cycle.arrays().items()}

    cycle.learn(np.array([DAY_S]), np.array([np.nan]), np.array([9.0]), ~TOLD)

    assert all(np.array_equal(kept[name], array) for name, array in cycle.arrays().items())


def test_little_is_drawn_to_what_was_known_before() -> None:
    cycle = taught(UsualCycle(DAY_S, 24), 1, 10.0)

    assert cycle.drawn(np.array([DAY_S]), np.array([40.0]), 1.0).tolist() == [25.0]
