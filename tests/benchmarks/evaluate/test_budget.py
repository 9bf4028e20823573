"""False warnings of quiet days."""

from __future__ import annotations

import pytest

from benchmarks.evaluate.budget import Quiet, figure, interval, quiet


def test_the_interval_of_a_poisson_count_is_the_exact_one() -> None:
    assert interval(0) == pytest.approx((0.0, 3.689), abs=1e-3)
    assert interval(10) == pytest.approx((4.795, 18.390), abs=1e-3)


def test_a_goal_is_met_where_the_interval_reaches_within_a_fifth_of_what_was_asked_for() -> None:
    assert figure(Quiet(30, 40, 30.0, 1.0), 10_000, 1.0).met
    assert not figure(Quiet(90, 120, 30.0, 1.0), 10_000, 1.0).met
    assert not figure(Quiet(3, 3, 30.0, 1.0), 10_000, 1.0).met


def test_a_quiet_hour_of_a_few_series_is_judged_and_nobody_is_paged() -> None:
    found = quiet(seed=1, days=0.02, parts=3, asked=0.1, learn_days=2)
    assert found.days == pytest.approx(0.02, rel=0.01)
    assert (found.warnings, found.episodes) == (0, 0)
