"""Whether what a long window still shows is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import Reason
from detectors.law import Law
from detectors.mean import ITEM_VARIANCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement

    Array = NDArray[np.float64]

_SURE = 1e-4  # no ratio is taken as more certain than this, no rate as further from its expectation than a hundredth


def evidence_of_end(long: Judgement, short: Judgement, law: Law) -> Array:
    """How much a short window says that what a long one shows is over: float64[n], 0 where it says nothing.

    The logarithm of the likelihood ratio of "as expected" against "still as the long window has it". While the
    deviation lasts it exceeds s in at most exp(-s) of all cases.

    Args:
        long: judgements of a long window.
        short: of the same series over a shorter window with the same end.
        law: of the metric's values.

    """
    known = ~np.isin(short.reason, (Reason.WARMING_UP, Reason.CLOSED))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        evidence: Array = np.where(known, np.nan_to_num(_EVIDENCE[law](long, short)), 0.0)
    return evidence


def _of_count(long: Judgement, short: Judgement) -> Array:
    # Values are rates; exposure is the larger of the count and its expectation.
    spans = short.exposure / np.maximum(np.maximum(short.value, short.expected), 1e-9)
    times = np.clip(long.value / np.maximum(long.expected, 1e-9), 0.01, 1e4)
    # Less than the least that is expected: that least may be nearly nothing, while what is usual has hardly halved.
    few = short.value <= short.expected
    usual = np.where(few, np.maximum(short.expected, long.expected / 2), short.expected)
    evidence: Array = spans * (usual * (times - 1) - short.value * np.log(times))
    return evidence


def _of_ratio(long: Judgement, short: Judgement) -> Array:
    usual, bad = (np.clip(ratio, _SURE, 1 - _SURE) for ratio in (short.expected, long.value))
    hits = short.value * np.log(usual / bad) + (1 - short.value) * np.log((1 - usual) / (1 - bad))
    evidence: Array = short.exposure * hits
    return evidence


def _of_mean(long: Judgement, short: Judgement) -> Array:
    usual, bad, value = (np.maximum(mean, 1e-3) for mean in (short.expected, long.value, short.value))
    evidence: Array = short.exposure / ITEM_VARIANCE * (value / bad - value / usual + np.log(bad / usual))
    return evidence


_EVIDENCE = {Law.COUNT: _of_count, Law.RATIO: _of_ratio, Law.MEAN: _of_mean}
