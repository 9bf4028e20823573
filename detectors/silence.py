"""A series that normally speaks and does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason, score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class SilenceDetector:
    """Finds series that have said nothing for so long that so many events should have come by now.

    The window is the silence itself, so a series of twenty events a day is watched as well as one of a thousand a
    second, and a total stop is found before a fixed window has emptied. What has slowed down but still speaks is
    `SurgeDetector`'s.

    Parameters:
        limit: probability that has score 1: without dispersion, exp(-expected events).

    Examples:
        >>> judged = SilenceDetector().judge(np.array([5.0, 30.0]), np.array([60.0, 60.0]), np.zeros(2))
        >>> [Reason(code).name for code in judged.reason]
        ['NORMAL', 'SILENCE']

    """

    def __init__(self, limit: float = LIMIT) -> None:
        if not 0 < limit < 1:
            raise ValueError(f"limit is {limit}, not between 0 and 1")
        self.limit = limit

    def judge(self, missed: Array, silent_s: Array, dispersion: Array) -> Judgement:
        """Judgements of n series; value and band are per minute of the silence.

        Args:
            missed: events expected since the last one; NaN where nothing is known, which is insufficient.
            silent_s: seconds since the last event.
            dispersion: Var = mean + dispersion * mean^2.

        """
        known = np.isfinite(missed)
        missed = np.where(known, np.maximum(missed, 0.0), 0.0)
        wide = np.maximum(dispersion, 1e-6)
        scores = np.where(known, score(-np.log1p(wide * missed) / wide, self.limit), 0.0)
        per_minute = missed * 60.0 / np.maximum(silent_s, 1.0)
        reason: NDArray[np.int8] = np.full(len(missed), Reason.NORMAL, dtype=np.int8)
        reason[scores >= 1] = Reason.SILENCE
        reason[~known] = Reason.INSUFFICIENT_EXPOSURE
        # The number of events at which silence becomes too improbable: below it, nothing would be no news.
        bound = (np.power(self.limit, -wide) - 1) / wide
        return Judgement(
            score=scores,
            value=np.zeros(len(missed)),
            expected=per_minute,
            lower=per_minute * np.maximum(1 - bound / np.maximum(missed, 1e-9), 0.0),
            upper=per_minute * 2,
            exposure=missed,
            excess=missed,
            reason=reason,
            direction=np.where(missed > 0, -1, 0).astype(np.int8),
        )
