"""Preset limits: reached or not, whatever is usual."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.judgement import Judgement, Reason, nothing
from detectors.threshold import ThresholdDetector


def judged(value: float, score: float = 0.0, reason: Reason = Reason.NORMAL, direction: int = 0) -> Judgement:
    """A series with 100 cases whose values lie between 0 and 50."""
    return replace(
        nothing(1),
        value=np.array([value]),
        upper=np.array([50.0]),
        score=np.array([score]),
        exposure=np.array([100.0]),
        reason=np.array([reason], dtype=np.int8),
        direction=np.array([direction], dtype=np.int8),
    )


def said(detector: ThresholdDetector, of: Judgement, *, reported: bool = False) -> tuple[float, str, int]:
    after = detector.applied(of, of, np.array([reported]))
    return float(after.score[0]), Reason(int(after.reason[0])).name, int(after.direction[0])


def test_at_the_limit_the_score_is_1_and_the_limit_the_reason() -> None:
    assert said(ThresholdDetector(30, above=True), judged(30)) == (1.0, "THRESHOLD", 1)


def test_below_the_limit_nothing_is_said() -> None:
    assert said(ThresholdDetector(30, above=True), judged(26)) == (0.0, "NORMAL", 0)


def test_just_below_it_an_alert_is_not_over_yet() -> None:
    score, reason, _ = said(ThresholdDetector(30, above=True), judged(29))

    assert (0.7 < score < 1, reason) == (True, "NORMAL")


def test_what_is_further_from_the_usual_keeps_its_reason() -> None:
    found = said(ThresholdDetector(30, above=True), judged(36, score=5.0, reason=Reason.SHIFT, direction=1))

    assert found == (5.0, "SHIFT", 1)


def test_less_than_usual_is_no_good_news_beyond_the_limit() -> None:
    found = said(ThresholdDetector(30, above=True), judged(36, score=5.0, reason=Reason.SHIFT, direction=-1))

    assert found[1:] == ("THRESHOLD", 1)


@pytest.mark.parametrize("reason", [Reason.WARMING_UP, Reason.INSUFFICIENT_EXPOSURE])
def test_it_needs_no_knowledge_of_what_is_usual(reason: Reason) -> None:
    detector = ThresholdDetector(30, above=True)

    assert said(detector, judged(60, reason=reason)) == (2.0, "THRESHOLD", 1)
    assert said(detector, judged(3, reason=reason)) == (0.0, reason.name, 0)


@pytest.mark.parametrize("reason", [Reason.WARMING_UP, Reason.INSUFFICIENT_EXPOSURE])
def test_what_was_reported_is_normal_below_the_limit_without_that_knowledge_too(reason: Reason) -> None:
    found = said(ThresholdDetector(30, above=True), judged(3, reason=reason), reported=True)

    assert found == (0.0, "NORMAL", 0)


def test_of_too_few_cases_it_says_nothing() -> None:
    detector = ThresholdDetector(30, above=True, minimum_exposure=101)

    assert said(detector, judged(60, reason=Reason.INSUFFICIENT_EXPOSURE))[1] == "INSUFFICIENT_EXPOSURE"


def test_a_share_that_must_not_fall_is_measured_by_its_failures() -> None:
    detector = ThresholdDetector(0.99, above=False, highest=1.0)

    assert detector.reach(np.array([1.0, 0.99, 0.98])).round(6).tolist() == [0.0, 1.0, 2.0]


def test_a_number_that_must_not_fall_scores_two_at_its_half() -> None:
    assert ThresholdDetector(20, above=False).reach(np.array([40.0, 20.0, 10.0])).tolist() == [0.5, 1.0, 2.0]


def test_the_band_of_normal_ends_at_the_limit() -> None:
    assert ThresholdDetector(30, above=True).band(judged(3)).upper.tolist() == [30]
    assert ThresholdDetector(2, above=False).band(judged(3)).lower.tolist() == [2]


def test_a_limit_out_of_reach_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not between 0\.0 and 1\.0"):
        ThresholdDetector(1.0, above=True, highest=1.0)


@given(
    value=st.floats(0, 1),
    threshold=st.floats(0.01, 0.99),
    above=st.booleans(),
    bounded=st.booleans(),
    score=st.floats(0, 100),
    direction=st.sampled_from([-1, 0, 1]),
)
def test_it_is_anomalous_where_it_was_or_where_the_limit_is_reached(
    *, value: float, threshold: float, above: bool, bounded: bool, score: float, direction: int
) -> None:
    detector = ThresholdDetector(threshold, above=above, highest=1.0 if bounded else math.inf)
    before = judged(value, score, direction=direction)

    after = detector.applied(before, before, np.array([False]))

    reached = value >= threshold if above else value <= threshold
    if not math.isclose(value, threshold):
        assert (after.score[0] >= 1) == (score >= 1 or reached)
    if reached and not math.isclose(value, threshold):
        bad = 1 if above else -1
        assert after.direction[0] == bad or after.score[0] == score
