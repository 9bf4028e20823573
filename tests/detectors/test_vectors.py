"""The published vectors: guards of the burn rate, contributors, limits of what counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detectors import contributors
from detectors.binomial import BinomialDetector
from detectors.burn_rate import RULES, BurnRateDetector, BurnRule
from detectors.judgement import Reason
from detectors.mean import MeanDetector
from detectors.overdue import OverdueDetector
from detectors.tails import binomial_upper


def one(*values: float) -> list[np.ndarray]:
    return [np.array([float(value)]) for value in values]


@pytest.mark.parametrize(
    ("missed", "offered", "probability"), [(1, 100, 0.095), (5, 1000, 0.0036), (22, 10_000, 0.0007)]
)
def test_the_chances_of_misses_at_a_kept_promise_are_those_of_the_guard(
    missed: int, offered: int, probability: float
) -> None:
    assert np.exp(binomial_upper(*one(missed, offered, 0.001)))[0] == pytest.approx(probability, rel=0.05)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("missed", "offered"), [(1, 100), (5, 1000), (22, 10_000)])
def test_misses_that_chance_explains_do_not_fire(rule: BurnRule, missed: int, offered: int) -> None:
    detector = BurnRateDetector(target=0.999, minimum_exposure=20)
    good, all_of_them = one(offered - missed, offered)

    assert detector.judge(good, all_of_them, good, all_of_them, rule).score[0] < 1


def test_a_fall_to_99_percent_at_a_thousand_a_minute_fires_within_two_minutes() -> None:
    detector = BurnRateDetector(target=0.999, minimum_exposure=20)

    judged = detector.judge(*one(1980, 2000), *one(990, 1000), RULES[0])

    assert Reason(int(judged.reason[0])) is Reason.LEAK


def test_a_leak_that_has_stopped_does_not_fire() -> None:
    detector = BurnRateDetector(target=0.999, minimum_exposure=20)

    assert detector.judge(*one(1980, 2000), *one(1000, 1000), RULES[0]).score[0] == 0


def test_a_promise_that_is_never_kept_is_not_reported_again_and_again() -> None:
    detector = BurnRateDetector(target=0.999, minimum_exposure=20)

    assert detector.judge(*one(1960, 2000), *one(980, 1000), RULES[0], np.array([0.98])).score[0] < 1


def test_a_promise_that_is_kept_badly_and_unsteadily_has_to_get_clearly_worse() -> None:
    detector = BurnRateDetector(target=0.999, minimum_exposure=20)
    long, short = one(30, 63), one(5, 12)

    assert detector.judge(*long, *short, RULES[0], np.array([0.84]), np.array([0.15])).score[0] < 1
    assert detector.judge(*long, *short, RULES[0], np.array([0.84]), np.array([0.0])).score[0] > 1


def test_an_exact_ratio_is_tested_by_the_exact_binomial_test() -> None:
    detector = BinomialDetector(minimum_effect=0.0, minimum_exposure=1)

    judged = detector.judge(*one(80, 100, 0.95), weight=np.array([np.inf]), dispersion=np.zeros(1))

    exact = stats.binomtest(80, 100, 0.95, alternative="less").pvalue
    assert judged.score[0] == pytest.approx(np.log(exact) / np.log(1e-6))


@given(weight=st.floats(10, 1e6), dispersion=st.floats(0, 0.1))
def test_what_is_known_less_surely_surprises_less(weight: float, dispersion: float) -> None:
    detector = BinomialDetector(minimum_effect=0.03, minimum_exposure=20)
    sure = detector.judge(*one(80, 100, 0.95), weight=np.array([np.inf]), dispersion=np.zeros(1))

    unsure = detector.judge(*one(80, 100, 0.95), weight=np.array([weight]), dispersion=np.array([dispersion]))

    assert unsure.score[0] <= sure.score[0] + 0.01


def test_a_significant_change_that_is_too_small_to_matter_is_named_so() -> None:
    detector = BinomialDetector(minimum_effect=0.03, minimum_exposure=20)

    judged = detector.judge(*one(960_000, 1_000_000, 0.97), weight=np.array([np.inf]), dispersion=np.zeros(1))

    assert Reason(int(judged.reason[0])) is Reason.BELOW_MINIMUM_EFFECT
    assert judged.score[0] == 0


segments = st.lists(
    st.tuples(st.integers(0, 1000), st.floats(0, 1), st.integers(0, 1000), st.floats(0, 1)), min_size=1, max_size=8
)


@given(segments)
def test_rate_and_mix_add_up_to_the_change_of_the_whole(drawn: list[tuple[int, float, int, float]]) -> None:
    before, ratio_before, now, ratio_now = (np.array(column, dtype=float) for column in zip(*drawn, strict=True))
    parts = contributors.of_ratio(before, before * ratio_before, now, now * ratio_now)

    if before.sum() > 0 and now.sum() > 0:
        change = (now * ratio_now).sum() / now.sum() - (before * ratio_before).sum() / before.sum()
        assert (parts.rate + parts.mix).sum() == pytest.approx(change, abs=1e-9)
    assert np.isfinite(parts.share).all()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: BinomialDetector(minimum_effect=2, minimum_exposure=1),
        lambda: BurnRateDetector(target=1, minimum_exposure=1),
        lambda: MeanDetector(minimum_effect=-1, minimum_exposure=1),
        lambda: MeanDetector(minimum_effect=1, minimum_exposure=1, floor=0),
        lambda: OverdueDetector(minimum_effect=-1, minimum_exposure=1),
    ],
)
def test_parameters_out_of_range_are_refused(refused: object) -> None:
    with pytest.raises(ValueError, match="is"):
        refused()  # type: ignore[operator]


def test_a_first_failure_is_no_news_however_well_it_went_so_far() -> None:
    judged = BinomialDetector(0.03, 10).judge(
        np.array([13.0, 8.0]), np.array([14.0, 14.0]), np.ones(2), np.full(2, 500.0), np.zeros(2)
    )

    assert judged.score[0] < 1 < judged.score[1]
