"""The pulse of a metric: what its whole was at a tick, as it is drawn, and as a snapshot keeps it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from detectors.judgement import Reason
from streams.evaluation.judge import TellsInterval
from streams.records.verdicts import Pulse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Judge
    from streams.evaluation.moment import Moment

_DRAWN = 9  # fields of a pulse that a judgement gives; the last sale and changes are kept by themselves


def unseen(metric: Metric) -> Pulse:
    """Where there is no whole, or nothing was judged yet."""
    return Pulse(metric.name, 0.0, 0.0, 0.0, 0.0, 0.0, missing=True)


def interval_of(
    judge: Judge, moment: Moment, shown: Judgement, whole: int, windows: NDArray[np.int32]
) -> tuple[float, float] | None:
    """95 % interval of the value of the whole; None where there is none, or nothing was counted."""
    if whole < 0 or not isinstance(judge, TellsInterval) or not shown.exposure[whole] > 0:
        return None
    low, high = judge.interval(moment, shown, whole, int(windows[whole]))
    return float(low[0]), float(high[0])


def pulse_of(metric: Metric, shown: Judgement, whole: int, interval: tuple[float, float] | None) -> Pulse:
    """Of the series of the whole, -1 where there is none."""
    if whole < 0:
        return unseen(metric)
    columns = (shown.value, shown.expected, shown.lower, shown.upper, shown.score)
    value, expected, lower, upper, score = (float(column[whole]) for column in columns)
    if shown.reason[whole] == Reason.WARMING_UP:
        expected = lower = upper = 0.0  # detectors say the value itself, and nobody may read it as an expectation
    missing = (metric.traits.of_cases or metric.traits.by_event) and not shown.exposure[whole] > 0
    low, high = interval or (None, None)
    return Pulse(metric.name, value, expected, lower, upper, score, missing, low, high)


def kept(pulse: Pulse) -> NDArray[np.float64]:
    """float64[9]: what a judgement gave of it."""
    return np.array(structs.astuple(pulse)[1:_DRAWN], dtype=np.float64)


def restored(metric: Metric, array: NDArray[np.float64]) -> Pulse:
    """The pulse that `kept` gave; one of before there were intervals has none."""
    value, expected, lower, upper, score, missing, *interval = array.tolist()
    low, high = (None if math.isnan(end) else end for end in interval or (math.nan, math.nan))
    return Pulse(metric.name, value, expected, lower, upper, score, bool(missing), low, high)
