"""Incidents of a kind, and their quiet twins."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from benchmarks.evaluate.bound import AtBest
from benchmarks.evaluate.kinds import figure
from benchmarks.evaluate.leaves import Leaves
from benchmarks.evaluate.missed import Outcome
from benchmarks.evaluate.within_hours import Hours, thin_part_falls, thin_rate_surges
from benchmarks.evaluate.within_weeks import HandOvers, OnTime, all_the_time, in_steps
from streams.catalogue.load import load
from streams.catalogue.metric import Component


def test_a_count_that_stops_is_found_within_minutes_and_its_quiet_twin_is_quiet() -> None:
    metric = msgspec.structs.replace(load().by_name["parcel_movements"], scopes=((),))
    hours = Hours(metric, [{}], {Component.NUMERATOR: np.array([60.0])}, {}, 0.0, 5)
    found, twin = (hours.run(1, quiet) for quiet in (False, True))
    assert found.delay_min is not None
    assert 0 < found.delay_min <= 2
    assert (twin.delay_min, twin.before) == (None, 0)


def test_the_bound_of_the_kinds_of_hours_is_about_that_of_the_level_at_which_they_begin() -> None:
    for make, expected in ((thin_part_falls, 37.0), (thin_rate_surges, 24.0)):
        counts, onset = make().minutes(1, quiet=False)
        assert len(counts) > onset
        assert make().run(1, quiet=True, within_min=1).shortest_min == pytest.approx(expected, rel=0.15)


def test_refunds_of_a_category_go_to_six_times_the_usual_for_forty_minutes() -> None:
    surging = thin_rate_surges()
    quiet, events = (sum(surging.minutes(seed, of)[0][-40:].sum() for seed in range(5)) for of in (True, False))
    assert 8 < quiet < 36  # of 20 in five times forty minutes
    assert 85 < events < 155  # of 120


def test_a_late_share_climbs_from_5_to_21_percent_in_six_weeks() -> None:
    assert [in_steps(day) for day in (0, 13, 14, 28, 41)] == [0.10, 0.10, 0.15, 0.21, 0.21]
    assert all_the_time(0) == pytest.approx(0.05, abs=0.003)
    assert all_the_time(41) == pytest.approx(0.21, abs=0.003)


def test_what_is_late_is_closed_two_days_after_the_day_that_was_promised() -> None:
    rng, daily = np.random.default_rng(1), OnTime(lambda _: 1.0)
    leaves = Leaves(daily.metric, [{}])
    days = [daily.cells(rng, leaves, day, since=0)[0] for day in range(3)]
    assert [len(day) for day in days] == [1, 1, 3]
    opened, closed_late = days[0][0], days[2][2]
    assert set(closed_late.component) == {Component.LATE_BY_DEADLINE}
    assert set(closed_late.slot) <= set(opened.slot)
    assert sum(closed_late.value) == sum(opened.value)  # all of them were late, so nothing else was counted


def test_hand_overs_are_26_on_a_working_day_and_hardly_any_at_weekends() -> None:
    rng, daily = np.random.default_rng(1), HandOvers()
    leaves = Leaves(daily.metric, [{}])
    mean = [np.mean([sum(daily.cells(rng, leaves, day, -1)[0][0].value) for _ in range(200)]) for day in range(7)]
    assert mean[:5] == pytest.approx([26.0] * 5, rel=0.1)
    assert mean[5:] == pytest.approx([1.0] * 2, rel=0.3)


def test_nineteen_of_twenty_in_time_and_quiet_twins_are_enough_and_one_less_is_not() -> None:
    found = [Outcome(10.0, 5.0, 0, 0)] * 19 + [Outcome(None, 5.0, 0, 0)]
    twins = [Outcome(None, 5.0, 0, 0)] * 20
    assert figure("a fall", 70.0, AtBest(1.0, 20.0), found, twins).met
    assert not figure("a fall", 70.0, AtBest(1.0, 20.0), [Outcome(71.0, 5.0, 0, 0), *found[1:]], twins).met
    assert not figure("a fall", 70.0, AtBest(1.0, 20.0), found, [Outcome(None, 5.0, 1, 0), *twins[1:]]).met
    assert "slowest never" in figure("a fall", 70.0, AtBest(1.0, 20.0), found, twins).value
