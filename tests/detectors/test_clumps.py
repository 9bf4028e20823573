"""Whether events come one by one."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.clumps import Clumps


def learned(draw: str, expected: float, wobble: float = 0.0) -> float:
    rng, clumps, series = np.random.default_rng(2), Clumps(), 20
    clumps.grow(series)
    level = np.ones(series)
    for slot in range(6 * 1_440):
        if slot % 90 == 0:
            level = np.maximum(1 + np.sqrt(wobble) * rng.standard_normal(series), 0.0)
        mean = expected / 6 * level
        counts = rng.poisson(mean) if draw == "single" else 4 * rng.poisson(mean / 4)
        clumps.follow(counts.astype(float), np.full(series, expected / 6), 10.0, np.ones(series, dtype=bool))
    return float(clumps.size().mean())


@pytest.mark.parametrize("expected", [0.2, 5.0, 60.0])
def test_events_that_come_by_themselves_have_no_clumps(expected: float) -> None:
    assert learned("single", expected) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("expected", [1.0, 60.0])
def test_baskets_of_four_are_clumps_of_four(expected: float) -> None:
    assert learned("clumped", expected) == pytest.approx(4.0, rel=0.1)


def test_a_level_that_wobbles_makes_no_clumps() -> None:
    assert learned("single", 60.0, wobble=0.02) == pytest.approx(1.0, abs=0.25)


def test_a_level_that_is_not_the_usual_one_makes_no_clumps() -> None:
    rng, clumps, calm = np.random.default_rng(4), Clumps(), np.ones(20, dtype=bool)
    clumps.grow(20)
    for _ in range(1_440):
        clumps.follow(rng.poisson(900.0, 20).astype(float), np.full(20, 300.0), 60.0, calm)

    assert clumps.size().mean() == pytest.approx(1.0, abs=0.1)


def test_a_rise_that_the_usual_day_has_as_well_makes_no_clumps() -> None:
    rng, clumps, calm = np.random.default_rng(4), Clumps(), np.ones(20, dtype=bool)
    clumps.grow(20)
    for minute in range(600):
        usual = 50 * 1.2 ** (minute % 20)
        clumps.follow(rng.poisson(usual, 20).astype(float), np.full(20, usual), 60.0, calm)

    assert clumps.size().mean() < 2.5


def test_a_night_that_was_not_followed_is_not_held_against_the_minute_after_it() -> None:
    clumps, calm = Clumps(), np.ones(1, dtype=bool)
    clumps.grow(1)
    clumps.follow(np.array([500.0]), np.array([500.0]), 32_400.0, calm)
    for _ in range(60):
        clumps.follow(np.array([1.0]), np.array([1.0]), 60.0, calm)

    assert clumps.size().tolist() == [1.0]


def test_what_deviates_teaches_nothing() -> None:
    clumps = Clumps()
    clumps.grow(1)
    for minute in range(60):
        clumps.follow(np.array([90.0 * (minute % 2)]), np.array([1.0]), 60.0, np.array([False]))

    assert clumps.size().tolist() == [1.0]


def test_a_minute_that_is_cut_by_a_snapshot_is_still_one() -> None:
    through, broken, calm = Clumps(), Clumps(), np.ones(1, dtype=bool)
    for clumps in (through, broken):
        clumps.grow(1)
    for slot in range(40):
        if slot == 15:
            saved, broken = broken.to_bytes(), Clumps()
            broken.restore(saved)
        for clumps in (through, broken):
            clumps.follow(np.array([slot % 3]), np.ones(1), 10.0, calm)

    assert broken.to_bytes() == through.to_bytes()
