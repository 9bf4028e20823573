"""How much hours are held to differ, by what was seen of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.between_hours import trials_of_day

HOURS = 24


def learned(odds_sd: float, trials: int, ratio: float = 0.5, seed: int = 0, n: int = 60) -> float:
    """The median over n series whose hours differ by so much in the logarithm of their odds."""
    rng = np.random.default_rng(seed)
    odds = ratio / (1 - ratio) * np.exp(rng.normal(0, odds_sd, (HOURS, n)))
    tops = rng.binomial(trials, odds / (1 + odds)).astype(float)
    bottoms = np.full((HOURS, n), float(trials))
    mean = tops.sum(axis=0) / bottoms.sum(axis=0) if trials else np.full(n, ratio)
    inside = np.clip(mean, 1e-4, 1 - 1e-4)
    variance = inside * (1 - inside)
    return float(np.median(trials_of_day(tops, bottoms, mean, variance, 0.2 * variance)))


def test_hours_that_are_alike_are_expected_to_be_like_the_day_and_hours_that_are_not_to_be_anything() -> None:
    found = [learned(sd, 1_000) for sd in (0.05, 0.3, 1.0)]

    assert found[0] > 300
    assert found[1] == pytest.approx(1 / (0.3**2 / 4), rel=0.4)
    assert found[2] < 8


def test_while_little_is_known_hours_may_differ() -> None:
    assert learned(0.0, 0) == pytest.approx(19, abs=1)
    assert learned(0.0, 0) < learned(0.0, 10) < learned(0.0, 100)


@given(st.integers(0, 50), st.integers(1, 2_000), st.floats(0.001, 0.999))
def test_it_is_never_sure_beyond_all_measure(seed: int, trials: int, ratio: float) -> None:
    assert 4 <= learned(0.5, trials, ratio, seed, n=2) <= 500
