"""The judge of net scores: positive answers minus negative ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors.intervals import Interval, net_score
from streams.catalogue.metric import Component
from streams.evaluation.ratio_judge import RatioJudge

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_POINTS = 200.0  # between all against and all for


class NetJudge(RatioJudge):
    """A net score is judged as a ratio: who is for counts as 1, who is against as 0, the others as a half.

    Nothing between 0 and 1 varies more than what is always one of both, so binomial tails are on the safe side.
    """

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric, _POINTS)

    def _tops(self, read: Callable[[Component], Array], bottoms: Array) -> Array:
        return (bottoms + read(Component.NUMERATOR) - read(Component.EXPOSURE)) / 2

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """In points, from -100 to 100."""
        del moment, windows
        columns = ("value", "expected", "lower", "upper")
        return replace(judged, **{name: _POINTS * getattr(judged, name) - _POINTS / 2 for name in columns})

    def interval(self, moment: Moment, shown: Judgement, series: int, window_s: int) -> Interval:
        """That of a multinomial sample."""
        half = _POINTS / 2
        answers = shown.exposure[[series]]
        decided = [
            moment.sums(component, window_s)[[series]] for component in (Component.NUMERATOR, Component.EXPOSURE)
        ]
        share = np.clip(sum(decided) / np.maximum(answers, 1.0), 0.0, 1.0)
        low, high = net_score(shown.value[[series]] / half, share, answers)
        return Interval(half * low, half * high)
