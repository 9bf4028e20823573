"""Finds ratios that change slowly and for good: by days, over weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.drift import Drift, limit_of_days
from detectors.judgement import Judgement, Reason, nothing
from detectors.verdict import BAND
from streams.evaluation.judge import Finding
from streams.evaluation.window_reader import LONG_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_SAID = 0.5  # of the score 1: less is not told


class DriftingRatios:
    """What the tests by days say, from the end of one day to the end of the next.

    The value that is told is the ratio of the last week, and what matters is how far that, or the whole run, is from
    what is usual.

    Args:
        metric: its catalogue entry.
        minimum_effect: smallest absolute difference of ratios that matters, 0 to 1.

    """

    def __init__(self, metric: Metric, minimum_effect: float) -> None:
        self._minimum_effect = minimum_effect
        self._minimum_exposure = max(metric.minimum_exposure, 1.0)
        self._drift = Drift()

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._drift.grow(size)

    def learn(self, day: Day, successes: Array, trials: Array) -> None:
        """Takes in a closed quarter of an hour of a local day."""
        self._drift.learn(day, successes, trials)

    def forget(self, rows: NDArray[np.intp]) -> None:
        """These rows have another ratio from now on, whose days are learned anew."""
        self._drift.forget(rows)

    def findings(self, moment: Moment) -> list[Finding]:
        """One finding where there is something to say, over the days of each run."""
        run = self._drift.run()
        scores = run.nats / limit_of_days(moment.allowed)
        rows = np.flatnonzero((scores >= _SAID) & (run.trials >= self._minimum_exposure))
        if not len(rows):
            return []
        scores, nats = scores[rows], run.nats[rows]
        value, usual, ratio, trials = (of[rows] for of in (run.newest, run.expected, run.ratio, run.trials))
        up = ratio > usual
        effect = np.minimum(self._minimum_effect, np.where(up, 1 - usual, usual) * 0.999)
        farthest = np.maximum((value - usual) * np.where(up, 1, -1), np.abs(ratio - usual))
        matters = farthest >= effect
        reason = np.where(scores >= 1, Reason.DRIFT, Reason.NORMAL).astype(np.int8)
        reason[~matters & (nats > 0) & (scores >= 1)] = Reason.BELOW_MINIMUM_EFFECT
        half = np.maximum(BAND * np.sqrt(run.spread[rows]), effect)
        judged, windows = nothing(moment.size), np.full(moment.size, LONG_S, dtype=np.int32)
        found = Judgement(
            score=np.where(matters, scores, 0.0),
            value=value,
            expected=usual,
            lower=np.maximum(usual - half, 0.0),
            upper=np.minimum(usual + half, 1.0),
            exposure=trials,
            excess=np.abs(ratio - usual) * trials,
            reason=reason,
            direction=np.where(up, 1, -1).astype(np.int8),
        )
        judged.put(rows, found)
        windows[rows] = (LONG_S * run.days[rows]).astype(np.int32)
        return [Finding(0, judged, windows)]

    def to_bytes(self) -> bytes:
        """The whole state."""
        return self._drift.to_bytes()

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described."""
        self._drift.restore(payload)
