"""What every detector owes its callers, whatever it detects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from detectors.amount_mean import AmountMeanDetector, ExpectedMean
from detectors.binomial import BinomialDetector
from detectors.burn_rate import RULES, BurnRateDetector
from detectors.compound import CompoundDetector, ExpectedSum
from detectors.gauge import GaugeDetector
from detectors.judgement import MAXIMUM_SCORE, Judgement, Reason, insufficient
from detectors.mean import MeanDetector
from detectors.overdue import OverdueDetector
from detectors.single_values import Moments
from detectors.variation import VariationBaseline, VariationDetector

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = Callable[[np.random.Generator, int], Judgement]


def binomial(rng: np.random.Generator, n: int) -> Judgement:
    trials = rng.integers(0, 2000, n).astype(float)
    expected = np.where(rng.random(n) < 0.1, np.nan, rng.random(n))
    successes = rng.binomial(trials.astype(int), rng.random(n)).astype(float)
    detector = BinomialDetector(minimum_effect=0.05, minimum_exposure=20)
    return detector.judge(successes, trials, expected, rng.random(n) * 1e4, rng.random(n) * 0.01)


def burn_rate(rng: np.random.Generator, n: int) -> Judgement:
    trials = rng.integers(0, 5000, n).astype(float)
    good = rng.binomial(trials.astype(int), 0.99).astype(float)
    return BurnRateDetector(target=0.999, minimum_exposure=20).judge(good, trials, good / 2, trials / 2, RULES[0])


def mean(rng: np.random.Generator, n: int) -> Judgement:
    count = rng.integers(0, 300, n).astype(float)
    expected = np.where(rng.random(n) < 0.1, np.nan, rng.random(n) * 30)
    total = count * rng.random(n) * 100
    return MeanDetector(minimum_effect=0.5, minimum_exposure=30).judge(total, count, expected, rng.random(n) * 0.1)


def gauge(rng: np.random.Generator, n: int) -> Judgement:
    detector = GaugeDetector(minimum_effect=1.0, least=10.0)
    for _ in range(90):
        detector.follow(rng.random() * 86_400, rng.random(n) * 20, 60, rng.random(n) < 0.9)
    return detector.judge(43_200, np.where(rng.random(n) < 0.1, np.nan, rng.random(n) * 400))


def overdue(rng: np.random.Generator, n: int) -> Judgement:
    detector = OverdueDetector(minimum_effect=0.5, minimum_exposure=20)
    stock = rng.integers(0, 200, n).astype(float)
    for half_hour in range(48):
        detector.follow(1800.0 * half_hour, stock, 1800, np.ones(n, dtype=np.bool_))
    return detector.judge(0.0, stock * rng.integers(0, 5, n))


def moments(rng: np.random.Generator, n: int) -> Moments:
    """Of lognormal values, of both signs in every fifth series, now and then with one that is far too large."""
    count = rng.integers(0, 300, n).astype(float)
    mean = np.where(rng.random(n) < 0.2, rng.normal(0, 20, n), rng.random(n) * 400)
    total = count * mean * rng.random(n) * 2
    squares = (total**2 / np.maximum(count, 1) + count * 1e4) * (1 + 100 * (rng.random(n) < 0.1))
    return Moments(count, total, squares)


def compound(rng: np.random.Generator, n: int, *, signed: bool = False) -> Judgement:
    seen = moments(rng, n)
    low = np.where(rng.random(n) < 0.1, np.nan, seen.number * rng.random(n) * 2)
    mean = np.where(rng.random(n) < 0.1, np.nan, rng.random(n) * 400 - 20)
    expected = ExpectedSum(low, low * 1.2, mean, mean**2 * (1 + 3 * rng.random(n)) + 1, rng.random(n) * 0.1)
    detector = CompoundDetector(minimum_effect=0.3, minimum_exposure=20, signed=signed)
    return detector.judge(seen.total, seen, expected, 60)


def signed_sum(rng: np.random.Generator, n: int) -> Judgement:
    return compound(rng, n, signed=True)


def amount_mean(rng: np.random.Generator, n: int, *, signed: bool = False) -> Judgement:
    seen = moments(rng, n)
    mean = np.where(rng.random(n) < 0.1, np.nan, rng.random(n) * 400 - 20)
    expected = ExpectedMean(mean, mean**2 * (1 + 3 * rng.random(n)) + 1, rng.random(n) * 100)
    detector = AmountMeanDetector(minimum_effect=0.2, minimum_exposure=30, signed=signed)
    return detector.judge(seen.total / np.maximum(seen.number, 1), seen, expected)


def signed_mean(rng: np.random.Generator, n: int) -> Judgement:
    return amount_mean(rng, n, signed=True)


def erratic(rng: np.random.Generator, n: int) -> Judgement:
    baseline = VariationBaseline()
    for _ in range(12):
        baseline.learn(Moments(np.full(n, 30.0), np.full(n, 300.0), 3_000 * (1 + 0.2 * rng.random(n))))
    baseline.grow(n + n // 10)
    number = rng.integers(0, 300, n + n // 10).astype(float)
    seen = Moments(number, number * 10, number * 100 * (1 + 4 * rng.random(len(number)) ** 4))
    return VariationDetector(minimum_effect=0.3, minimum_exposure=30).judge(seen, baseline.usual(-1))


CASES: list[Case] = [
    *(binomial, burn_rate, mean, gauge, overdue),
    *(compound, signed_sum, amount_mean, signed_mean, erratic),
]


@pytest.fixture(params=CASES, ids=lambda case: case.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def judged(case: Case, n: int = 2000) -> Judgement:
    return case(np.random.default_rng(11), n)


def test_every_number_is_finite(case: Case) -> None:
    result = judged(case)

    for column in ("score", "value", "expected", "lower", "upper", "exposure", "excess"):
        assert np.isfinite(getattr(result, column)).all(), column


def test_scores_lie_within_their_scale(case: Case) -> None:
    result = judged(case)

    assert result.score.min() >= 0
    assert result.score.max() <= MAXIMUM_SCORE
    assert (result.score >= 1).any(), "the case holds no anomaly and proves little"


def test_a_score_of_one_has_a_reason_and_a_direction_and_a_lesser_one_has_none(case: Case) -> None:
    result = judged(case)
    anomalous = result.score >= 1
    calm = np.isin(result.reason, [Reason.NORMAL, Reason.BELOW_MINIMUM_EFFECT]) | insufficient(result.reason)

    assert (result.direction[anomalous] != 0).all()
    assert not calm[anomalous].any()
    assert calm[~anomalous].all()


def test_too_little_to_judge_by_is_a_result_of_its_own_without_score(case: Case) -> None:
    result = judged(case)
    without = insufficient(result.reason)

    assert without.any()
    assert (result.score[without] == 0).all()
    assert (result.excess[without] == 0).all()


def test_the_band_holds_what_is_expected_and_the_excess_is_never_negative(case: Case) -> None:
    result = judged(case)
    known = ~insufficient(result.reason)

    assert (result.lower <= result.expected + 1e-9)[known].all()
    assert (result.upper >= result.expected - 1e-9)[known].all()
    assert (result.excess >= 0).all()


def test_a_series_is_judged_as_it_would_be_alone(case: Case) -> None:
    together = judged(case, 2000)
    again = judged(case, 2000)

    np.testing.assert_array_equal(together.score, again.score)


def test_no_series_at_all_are_judged_without_complaint(case: Case) -> None:
    assert len(judged(case, 0)) == 0
