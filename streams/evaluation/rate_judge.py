"""The judge of counts per thousand of something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import Reason
from streams.catalogue.metric import Component
from streams.evaluation.count_judge import CountJudge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment

_MINUTES_AN_HOUR = 60.0


class RateJudge(CountJudge):
    """Judges the count in proportion to the denominator and reports it per thousand."""

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric, Component.DENOMINATOR)

    def _in_unit(
        self, moment: Moment, judged: Judgement, window_s: int, rows: NDArray[np.intp] | slice = slice(None)
    ) -> Judgement:
        # Counts are per minute so far: an hour's worth says the same whatever the window.
        bottoms = moment.sums(Component.DENOMINATOR, self._metric.trailing_s or window_s)[rows]
        factor = np.where(bottoms > 0, 1000.0 * _MINUTES_AN_HOUR / np.maximum(bottoms, 1.0), 0.0)
        judged.reason[bottoms <= 0] = Reason.INSUFFICIENT_EXPOSURE
        return replace(
            judged,
            score=np.where(bottoms > 0, judged.score, 0.0),
            value=judged.value * factor,
            expected=judged.expected * factor,
            lower=judged.lower * factor,
            upper=judged.upper * factor,
        )
