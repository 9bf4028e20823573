"""The limit that a catalogue presets for a metric, applied to what its judge says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.threshold import ThresholdDetector
from streams.catalogue.metric import Direction
from streams.catalogue.signals import CellKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Finding, Judge
    from streams.evaluation.moment import Moment

_TOLD = 1.0  # the exposure of a gauge that was reported


class PresetLimit:
    """Without a limit in the catalogue nothing is changed."""

    def __init__(self, metric: Metric, judge: Judge) -> None:
        self._judge = judge
        self._detector = None
        if metric.threshold is not None:
            gauge = metric.traits.cells is CellKind.LATEST
            lowest, highest = metric.bounds()
            self._detector = ThresholdDetector(
                metric.threshold,
                above=metric.direction is Direction.UP,
                lowest=lowest,
                highest=highest,
                minimum_exposure=_TOLD if gauge else metric.minimum_exposure,
            )

    def applied(self, moment: Moment, finding: Finding, reported: NDArray[np.bool_]) -> Finding:
        """The finding over one window; others are of runs and stocks, which have no such limit.

        `reported`: bool[n], the series that deviated lately.
        """
        if self._detector is None or finding.windows is not None:
            return finding
        windows = np.full(moment.size, finding.window_s, dtype=np.int32)
        in_unit = self._judge.in_unit(moment, finding.judgement, windows)
        return finding._replace(judgement=self._detector.applied(finding.judgement, in_unit, reported))

    def band(self, judgement: Judgement) -> Judgement:
        """What is shown, with a band of normal that ends at the limit."""
        return judgement if self._detector is None else self._detector.band(judgement)
