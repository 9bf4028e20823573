"""Whether a short window says that it is over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.aftermath import evidence_of_end
from detectors.binomial import BinomialDetector
from detectors.count_band import beside_expected
from detectors.judgement import Judgement, Reason
from detectors.law import Law
from detectors.mean import MeanDetector

SURE = np.log(1000)


def ratio(successes: float | np.ndarray, trials: float, usual: float = 0.96) -> Judgement:
    hits = np.atleast_1d(np.asarray(successes, dtype=float))
    same = np.ones(len(hits))
    return BinomialDetector(0.03, 20).judge(hits, trials * same, usual * same, 1e5 * same, 0.001 * same)


def count(events: float | np.ndarray, usual: float, window_s: int) -> Judgement:
    counts = np.atleast_1d(np.asarray(events, dtype=float))
    expected = np.full(len(counts), usual)
    return beside_expected(counts, expected, expected, np.full(len(counts), 0.01), window_s, 0.5, 10)


def mean(seconds: float, answers: float, usual: float = 10.0) -> Judgement:
    return MeanDetector(0.5, 30).judge(
        np.array([seconds * answers]), np.array([answers]), np.array([usual]), np.zeros(1)
    )


CASES = {
    "a ratio that fell": (Law.RATIO, ratio(300, 900), ratio(24, 25), ratio(8, 25)),
    "a ratio that rose": (Law.RATIO, ratio(300, 900, 0.05), ratio(2, 40, 0.05), ratio(13, 40, 0.05)),
    "a surge": (Law.COUNT, count(400, 75, 900), count(5, 5, 60), count(27, 5, 60)),
    "a collapse": (Law.COUNT, count(4, 100, 900), count(13, 13.3, 120), count(1, 13.3, 120)),
    "a longer mean": (Law.MEAN, mean(60, 300), mean(10, 40), mean(60, 40)),
}


@pytest.mark.parametrize(("law", "long", "ended", "lasting"), CASES.values(), ids=CASES.keys())
def test_an_ordinary_minute_says_that_it_is_over_and_one_like_the_long_window_that_it_is_not(
    law: Law, long: Judgement, ended: Judgement, lasting: Judgement
) -> None:
    assert evidence_of_end(long, ended, law)[0] > SURE
    assert evidence_of_end(long, lasting, law)[0] < 0


def test_a_few_trials_are_a_sign_but_not_sure() -> None:
    evidence = evidence_of_end(ratio(300, 900), ratio(4, 4), Law.RATIO)[0]

    assert 0 < evidence < SURE


def test_while_it_lasts_a_short_window_is_sure_of_an_end_in_less_than_one_of_a_thousand_cases() -> None:
    rng = np.random.default_rng(3)
    cases = 100_000
    long = ratio(np.full(cases, 500.0), 900)
    lasting = ratio(rng.binomial(25, 500 / 900, cases), 25)

    wrong = (evidence_of_end(long, lasting, Law.RATIO) >= SURE).mean()

    assert wrong < 1e-3


@pytest.mark.parametrize("law", list(Law))
def test_what_was_not_judged_says_nothing(law: Law) -> None:
    short = ratio(24, 25)
    short.reason[:] = Reason.WARMING_UP

    assert evidence_of_end(ratio(300, 900), short, law).tolist() == [0]


@given(
    st.sampled_from(list(Law)),
    st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6)),
)
def test_evidence_is_a_number_whatever_was_judged(
    law: Law, long: tuple[float, float], short: tuple[float, float, float]
) -> None:
    def judged(value: float, expected: float, exposure: float) -> Judgement:
        column = np.zeros(1)
        return Judgement(
            column, np.array([value]), np.array([expected]), column, column, np.array([exposure]), column,
            np.zeros(1, dtype=np.int8), np.zeros(1, dtype=np.int8),
        )  # fmt: skip

    assert np.isfinite(evidence_of_end(judged(*long, 1.0), judged(*short), law)).all()
