"""How wide an expectation is: by what is known, and for how long a stretch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.dispersion import Dispersion
from detectors.state import pack, unpack

QUARTERS = 96


def taught(days: int, of_day: float, of_quarter: float, seed: int = 0, n: int = 40) -> Dispersion:
    """Series of 100 trials a quarter whose errors vary with the day, with the quarter, and by chance."""
    rng = np.random.default_rng(seed)
    dispersion = Dispersion(wide=0.02, least=1e-4, largest=0.2, size=n)
    for _ in range(days):
        day = rng.normal(0, np.sqrt(of_day), n)
        for quarter in range(QUARTERS):
            error = 100 * (day + rng.normal(0, np.sqrt(of_quarter), n)) + rng.normal(0, 10, n)
            dispersion.learn(quarter // 4, error, np.full(n, 100.0), np.full(n, 100.0), np.full(n, True))
    return dispersion


def test_days_narrow_what_is_wide_at_first() -> None:
    widths = [float(np.mean(taught(days, 0, 0, n=10).of(60.0))) for days in (0, 1, 3, 8)]

    assert widths[0] == pytest.approx(0.02)
    assert widths == sorted(widths, reverse=True)
    assert widths[1] > 0.002
    assert widths[3] < 0.001


def test_what_varies_by_days_stays_in_a_long_stretch_and_what_varies_by_quarters_leaves_it() -> None:
    by_days, by_quarters = taught(20, 0.01, 0), taught(20, 0, 0.01)

    assert np.mean(by_days.of(36_000.0)) == pytest.approx(0.01, rel=0.5)
    assert np.mean(by_quarters.of(900.0)) == pytest.approx(0.01, rel=0.2)
    assert np.mean(by_quarters.of(36_000.0)) < 0.2 * np.mean(by_quarters.of(900.0))


def test_one_odd_hour_does_not_make_everything_likely() -> None:
    dispersion = taught(4, 0, 0, n=1)
    before = float(dispersion.of(900.0)[0])
    for _ in range(4):
        dispersion.learn(12, np.array([90.0]), np.array([100.0]), np.array([100.0]), np.array([True]))

    assert dispersion.of(900.0)[0] < 3 * before


@given(st.integers(0, 5), st.integers(1, 60), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_a_restored_one_goes_on_as_the_first_would_have_whenever_it_is_saved(seed: int, saved: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    through, broken = (Dispersion(wide=0.02, least=1e-4, largest=0.2, size=n) for _ in range(2))
    for quarter in range(80):
        told = (rng.normal(0, 20, n), np.full(n, 100.0), np.full(n, 50.0), rng.random(n) < 0.8)
        for each in (through, broken):
            each.learn(quarter // 4 % 24, *told)
        if quarter == saved:
            broken = Dispersion.restored(unpack(pack(broken.arrays())))

    assert pack(through.arrays()) == pack(broken.arrays())


def test_a_new_series_is_as_steady_as_those_that_have_been_there_for_days() -> None:
    dispersion = taught(6, 0.004, 0)
    dispersion.grow(41)

    assert dispersion.of(900.0)[-1] == pytest.approx(np.mean(dispersion.of(900.0)[:-1]), rel=0.1)
