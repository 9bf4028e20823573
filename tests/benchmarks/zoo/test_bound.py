"""How soon the best test could know."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evaluate.bound import NATS, nats_of_count, nats_of_share
from benchmarks.zoo.bound import least_delay_s, longer_nats

rates = st.floats(0.01, 100)
shares = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("usual", "then", "nats", "minutes"), [(75 / 60, 25 / 60, 0.376, 37), (0.1, 0.6, 0.575, 24), (8.0, 0.24, 6.918, 2)]
)
def test_counts_have_the_bounds_of_the_kinds_that_must_be_found(
    usual: float, then: float, nats: float, minutes: int
) -> None:
    assert nats_of_count(usual, then) == pytest.approx(nats, abs=5e-4)
    assert round(NATS / nats_of_count(usual, then)) == minutes


def test_nothing_that_comes_tells_as_much_as_was_expected() -> None:
    assert nats_of_count(3.0, 0.0) == 3.0
    assert math.isinf(nats_of_count(0.0, 1.0))


def test_a_share_and_its_remainder_tell_the_same() -> None:
    assert nats_of_share(0.05, 0.2) == pytest.approx(0.2 * math.log(4) + 0.8 * math.log(0.8 / 0.95))
    assert nats_of_share(0.05, 0.2) == pytest.approx(nats_of_share(0.95, 0.8))


@given(rates, rates, shares, shares)
def test_evidence_is_never_negative_and_none_where_nothing_changed(a: float, b: float, p: float, q: float) -> None:
    assert nats_of_count(b, a) >= -1e-9
    assert nats_of_count(a, a) == 0
    assert nats_of_share(q, p) >= -1e-9
    assert nats_of_share(p, p) == 0


@given(shares, st.floats(1.1, 10))
def test_a_rare_outcome_of_many_trials_is_a_count(share: float, factor: float) -> None:
    rare = share / 1000

    assert nats_of_share(rare, rare * factor) * 1000 == pytest.approx(nats_of_count(share, share * factor), rel=0.02)


def test_durations_twice_as_long_tell_more_the_less_they_vary() -> None:
    assert longer_nats(2.0, 0.5) == pytest.approx(math.log(2) ** 2 / 0.5)
    assert longer_nats(2.0, 0.5) == pytest.approx(longer_nats(0.5, 0.5))


def test_the_delay_is_where_the_sum_crosses_the_limit() -> None:
    assert least_delay_s(np.full(100, 1.0), limit=10.5) == pytest.approx(630)
    assert least_delay_s(np.array([0.0, 0.0, 6.0, 12.0]), limit=12.0) == pytest.approx(210)


def test_what_never_reaches_the_limit_is_reckoned_at_its_mean_pace() -> None:
    assert least_delay_s(np.full(10, 0.1), limit=5.0) == pytest.approx(50 * 60)
    assert math.isinf(least_delay_s(np.zeros(10)))
    assert math.isinf(least_delay_s(np.zeros(0)))
