"""Tail probabilities against SciPy's distributions and direct sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detectors import tails

RNG = np.random.default_rng(20)
N = RNG.integers(1, 3000, 400).astype(float)
K = np.floor(RNG.random(400) * (N + 1))
P = RNG.random(400) * 0.3


@given(n=st.integers(1, 5000), share=st.floats(0, 1), p=st.floats(0.0005, 0.9995))
def test_the_binomial_tails_are_those_of_the_exact_binomial_test(n: int, share: float, p: float) -> None:
    k = round(share * n)
    arrays = np.array([float(k)]), np.array([float(n)]), np.array([p])

    for found, alternative in (
        (tails.binomial_upper(*arrays), "greater"),
        (tails.binomial_lower(*arrays), "less"),
    ):
        exact = stats.binomtest(k, n, p, alternative=alternative).pvalue
        if exact > 1e-250:
            assert np.exp(found[0]) == pytest.approx(exact, rel=1e-9)
        else:
            assert found[0] < np.log(1e-249)


def test_the_beta_binomial_tail_is_the_sum_of_its_terms_and_never_smaller() -> None:
    a, b = P * 100 + 0.01, (1 - P) * 100
    found = tails.beta_binomial_upper(K, N, a, b)

    for row in range(len(K)):
        terms = stats.betabinom.logpmf(np.arange(int(K[row]), int(N[row]) + 1), int(N[row]), a[row], b[row])
        exact = np.logaddexp.reduce(terms)
        assert found[row] >= min(exact - 1e-9, 0)
        if exact < -7:
            assert found[row] <= exact * 0.98


@pytest.mark.parametrize("dispersion", [1e-6, 0.05, 1.5])
def test_the_negative_binomial_tails_are_scipys(dispersion: float) -> None:
    mean, wide = P * 400 + 0.1, np.full(400, dispersion)
    size, chance = 1 / dispersion, 1 / (1 + dispersion * mean)
    k = np.floor(K / 3)

    upper, lower = stats.nbinom.logsf(k - 1, size, chance), stats.nbinom.logcdf(k, size, chance)

    inside = upper > -500
    np.testing.assert_allclose(
        tails.negative_binomial_upper(k, mean, wide)[inside], upper[inside], rtol=1e-4, atol=1e-6
    )
    inside = lower > -500
    np.testing.assert_allclose(
        tails.negative_binomial_lower(k, mean, wide)[inside], lower[inside], rtol=1e-4, atol=1e-6
    )


def test_the_gamma_tails_are_scipys() -> None:
    value, variance = RNG.random(400) * 8 + 0.01, RNG.random(400) + 0.01
    ones = np.ones(400)

    upper = stats.gamma.logsf(value, 1 / variance, scale=variance)
    lower = stats.gamma.logcdf(value, 1 / variance, scale=variance)

    inside = upper > -600
    np.testing.assert_allclose(tails.gamma_upper(value, ones, variance)[inside], upper[inside], rtol=1e-6, atol=1e-9)
    inside = lower > -600
    np.testing.assert_allclose(tails.gamma_lower(value, ones, variance)[inside], lower[inside], rtol=1e-6, atol=1e-9)


def test_no_tail_underflows_or_rises_above_one() -> None:
    huge = np.array([1e5]), np.array([1e6]), np.array([1e-4])

    assert -1e7 < tails.binomial_upper(*huge)[0] < -1e4
    assert -1e8 < tails.negative_binomial_upper(np.array([1e6]), np.array([1.0]), np.array([1e-6]))[0] < -1e4
    assert -1e7 < tails.gamma_upper(np.array([1e4]), np.array([1.0]), np.array([0.1]))[0] < -1e4
    assert tails.binomial_upper(np.zeros(1), np.zeros(1), np.full(1, 0.5))[0] == 0
    assert tails.negative_binomial_lower(np.array([1e6]), np.array([1.0]), np.array([0.1]))[0] == 0
