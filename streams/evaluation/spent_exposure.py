"""How much exposure there was for rare events: since each of the last ones, in a window, and in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.ratio_baseline import at
from streams.catalogue.metric import Component
from streams.evaluation.window_reader import TICK_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.thirty_days import ThirtyDays
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_TICK_S: Final = TICK_MS // 1000
_OF: Final = 10_000.0
_DAY_S: Final = 86_400.0


class SpentExposure:
    """What the metric's exposure counts, by the series that uses it, or seconds where the metric has none.

    Between the windows that are kept it is taken as even, and beyond the longest as it usually is.

    Attributes:
        counted: whether it is counted.
        unit: the exposure that values are told for: 10,000, or the seconds of a day.

    """

    def __init__(self, metric: Metric) -> None:
        self.counted = bool(metric.exposure)
        self.unit = _OF if self.counted else _DAY_S
        self._windows = tuple(sorted({_TICK_S, *metric.windows}))

    def of_window(self, moment: Moment, window_s: int) -> Array:
        """float64[n]: over one of the metric's windows."""
        if not self.counted:
            return np.full(moment.size, float(window_s))
        return moment.sums(Component.EXPOSURE, window_s)

    def of_month(self, moment: Moment, month: ThirtyDays) -> Array:
        """float64[n]: over the month, whether a series was there so long or not."""
        if not self.counted:
            return np.full(moment.size, month.seconds)
        return at(month.exposure, moment.partner(Component.EXPOSURE))

    def since(self, moment: Moment, month: ThirtyDays, ago_s: Array, rows: NDArray[np.intp]) -> Array:
        """float64[m, rows]: over the last `ago_s` (float64[m, rows]) seconds of these series; infinite of ever."""
        if not self.counted:
            return ago_s
        ends = np.array([0.0, *self._windows])
        sums = np.array([np.zeros(len(rows)), *(self.of_window(moment, window_s)[rows] for window_s in self._windows)])
        ever = ~np.isfinite(ago_s)
        seconds = np.where(ever, 0.0, ago_s)
        upper = np.clip(np.searchsorted(ends, seconds), 1, len(self._windows))
        column = np.arange(len(rows))
        before, after = sums[upper - 1, column], sums[upper, column]
        begins, ended = ends[upper - 1], ends[upper]
        within = before + (after - before) * np.minimum((seconds - begins) / (ended - begins), 1.0)
        a_second = self.of_month(moment, month)[rows] / max(month.seconds, 1.0)
        found: Array = within + a_second * np.maximum(seconds - ends[-1], 0.0)
        return np.where(ever, np.inf, found)
