"""The judge of net scores: positive answers minus negative ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from streams.catalogue.metric import Component
from streams.evaluation.ratio_judge import RatioJudge

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
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

    def told(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """In points, from -100 to 100."""
        del moment, windows
        columns = ("value", "expected", "lower", "upper")
        return replace(judged, **{name: _POINTS * getattr(judged, name) - _POINTS / 2 for name in columns})
