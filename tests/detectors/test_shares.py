"""What share of the whole is usual, from the first events of a part on."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.shares import Shares

UNKNOWN = np.full(3, np.nan)
CALM = np.ones(3, dtype=bool)
WEEK = np.full(3, 7.0)


def opened(minutes: int, rates: tuple[float, float], late_min: int = 0) -> Shares:
    """Two parts of a whole; the second comes up `late_min` after the first."""
    shares = Shares()
    shares.grow(3)
    for minute in range(minutes):
        second = rates[1] if minute >= late_min else 0.0
        shares.follow(np.array([rates[0] + second, rates[0], second]), 0, 60.0, CALM)
    return shares


def test_a_new_part_is_known_from_its_first_events_and_by_its_own_time_only() -> None:
    odds = opened(300, (9.0, 1.0), late_min=200).odds(UNKNOWN, UNKNOWN, UNKNOWN, 0)

    assert odds.odds[2] == pytest.approx(1 / 9, rel=0.05)
    assert 0.1 < odds.unsure[2] < 0.3


def test_the_last_minutes_wait_since_they_may_be_the_change() -> None:
    shares = opened(120, (9.0, 1.0))
    before = shares.odds(UNKNOWN, UNKNOWN, UNKNOWN, 0).odds[2]
    for _ in range(10):
        shares.follow(np.array([18.0, 9.0, 9.0]), 0, 60.0, CALM)

    assert shares.odds(UNKNOWN, UNKNOWN, UNKNOWN, 0).odds[2] == pytest.approx(before, rel=0.1)


def test_what_deviates_while_it_waits_is_dropped() -> None:
    shares = opened(120, (9.0, 1.0))
    before = shares.odds(UNKNOWN, UNKNOWN, UNKNOWN, 0).odds[2]
    for _ in range(60):
        shares.follow(np.array([18.0, 9.0, 9.0]), 0, 60.0, np.array([True, True, False]))

    assert shares.odds(UNKNOWN, UNKNOWN, UNKNOWN, 0).odds[2] == pytest.approx(before, rel=0.1)


def test_usual_days_take_over_once_they_rest_on_more() -> None:
    shares = opened(60, (9.0, 1.0))
    odds = shares.odds(np.array([100.0, 80.0, 20.0]), np.array([7e3, 5e3, 2e3]), WEEK, 0)

    assert odds.odds[2] == pytest.approx(0.25)
    assert odds.unsure[2] < 0.01


def test_the_whole_and_a_part_that_is_nearly_all_of_it_have_no_rest_to_be_compared_with() -> None:
    odds = Shares()
    odds.grow(3)
    found = odds.odds(np.array([100.0, 95.0, 5.0]), np.full(3, 1e4), WEEK, 0).odds

    assert np.isnan(found[:2]).all()
    assert found[2] == pytest.approx(5 / 95)


@pytest.mark.parametrize("wobble", [0.0, 0.05])
def test_the_wobble_of_a_share_is_what_is_beyond_chance(wobble: float) -> None:
    rng, shares = np.random.default_rng(6), Shares()
    shares.grow(3)
    odds = np.array([np.nan, np.nan, 0.25])
    for _ in range(700):
        whole = rng.poisson(400 * np.exp(0.5 * rng.standard_normal()))
        part = min(rng.poisson(0.25 * whole * max(1 + np.sqrt(wobble) * rng.standard_normal(), 0.0)), whole)
        rest = whole - rng.binomial(whole, 0.2) if not wobble else whole
        counts = np.array([whole, 0, whole - rest]) if not wobble else np.array([whole + part, whole, part])
        shares.learn(counts.astype(float), odds, 0)

    assert shares.wobble()[2] == pytest.approx(wobble, abs=0.012)


def test_one_day_says_less_of_a_share_than_seven() -> None:
    shares, events = Shares(), np.full(3, 1e4)
    shares.grow(3)
    young, old = (shares.odds(np.array([100.0, 80.0, 20.0]), events, days, 0) for days in (np.ones(3), WEEK))

    assert young.unsure[2] > 10 * old.unsure[2]


def test_on_the_first_day_of_a_shop_the_last_hour_tells_the_share_of_now() -> None:
    shares = opened(300, (9.0, 9.0))
    early = shares.odds(UNKNOWN, UNKNOWN, UNKNOWN, 0)
    for _ in range(300):
        shares.follow(np.array([18.0, 15.0, 3.0]), 0, 60.0, CALM)
    lately = shares.odds(UNKNOWN, UNKNOWN, UNKNOWN, 0)

    assert early.odds[2] == pytest.approx(1.0, rel=0.02)
    assert lately.odds[2] == pytest.approx(0.2, rel=0.1)
    assert lately.unsure[2] > early.unsure[2]  # it rests on fewer events
    assert max(early.unsure[2], lately.unsure[2]) < 0.15
