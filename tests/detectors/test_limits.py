"""Each series may have a limit of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from detectors.amount_mean import AmountMeanDetector, ExpectedMean
from detectors.binomial import BinomialDetector
from detectors.compound import CompoundDetector, ExpectedSum
from detectors.gauge import GaugeDetector
from detectors.mean import MeanDetector
from detectors.overdue import OverdueDetector
from detectors.single_values import Moments
from detectors.variation import UsualVariation, VariationDetector

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from detectors.judgement import Judgement

    Array = NDArray[np.float64]

LIMITS = np.array([1e-3, 1e-6])
HALF, ONE = np.full(2, 0.5), np.ones(2)


def gauge(limits: Array) -> Judgement:
    detector, both = GaugeDetector(minimum_effect=0.5, least=1.0), np.full(2, True)
    for minute in range(120):
        detector.follow(60.0 * minute, np.full(2, 10.0), 60.0, both)
    return detector.judge(7_200.0, np.full(2, 25.0), limits)


def stock(limits: Array) -> Judgement:
    detector, both = OverdueDetector(minimum_effect=0.1, minimum_exposure=10), np.full(2, True)
    for half_hour in range(48):
        detector.follow(1_800.0 * half_hour, np.full(2, 100.0), 1_800.0, both)
    return detector.judge(0.0, np.full(2, 160.0), limits)


def of_sum(limits: Array) -> Judgement:
    expected = ExpectedSum(100 * ONE, 100 * ONE, 2 * ONE, 5 * ONE, 0.01 * ONE)
    seen = Moments(140 * ONE, 280 * ONE, 700 * ONE)
    return CompoundDetector(0.1, 10).judge(seen.total, seen, expected, 3_600, limits)


def of_mean(limits: Array) -> Judgement:
    return MeanDetector(0.1, 10).judge(1_500 * ONE, 100 * ONE, 10 * ONE, 0.01 * ONE, limits)


def of_amounts(limits: Array) -> Judgement:
    seen = Moments(100 * ONE, 250 * ONE, 700 * ONE)
    return AmountMeanDetector(0.1, 10).judge(2.5 * ONE, seen, ExpectedMean(2 * ONE, 5 * ONE, 0.01 * ONE), limits)


def of_variation(limits: Array) -> Judgement:
    usual = UsualVariation(10 * ONE, 125 * ONE, HALF, ONE, 1e4 * ONE, 0.01 * ONE)
    return VariationDetector(0.1, 10).judge(Moments(100 * ONE, 1_000 * ONE, 16_400 * ONE), usual, limits)


def of_ratio(limits: Array) -> Judgement:
    return BinomialDetector(0.05, 10).judge(70 * ONE, 100 * ONE, HALF, 1e6 * ONE, 0 * ONE, limits)


@pytest.mark.parametrize("judge", [gauge, stock, of_sum, of_mean, of_amounts, of_variation, of_ratio])
def test_where_twice_the_evidence_is_asked_for_the_same_counts_half(judge: Callable[[Array], Judgement]) -> None:
    score = judge(LIMITS).score

    assert score[0] > 0.3
    assert score[0] == pytest.approx(2 * score[1])
