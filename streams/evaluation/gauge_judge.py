"""The judge of gauges: the last value that was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.gauge import GaugeDetector
from detectors.usual_cycle import DAY_S
from streams.catalogue.metric import Component
from streams.evaluation.judge import Finding
from streams.evaluation.moment import CourseStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_SLOTS_OF_MINUTE = 6
_SUNDAY = 6
_MS_PER_S = 1000.0
_NEW_S = 60  # it is reported about once a minute, and each time it may say something new


class GaugeJudge:
    """A gauge is judged by what was reported last within a window; where nothing was, there is nothing to say."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._scale = _MS_PER_S if metric.unit == "seconds" else 1.0
        self._detector = GaugeDetector(metric.minimum_effect, metric.minimum_exposure)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        """Nothing: quarters are sums, and a gauge has none."""

    def grow(self, size: int) -> None:
        self._detector.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """A gauge is looked at whenever it was reported."""
        del window_s
        return self._metric.minimum_exposure

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            latest = self._latest(moment, window_s)
            yield Finding(window_s, self._detector.judge(_local_s(moment), latest, moment.limit(_NEW_S)))

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        self._detector.follow(_local_s(moment), self._latest(moment, self._metric.windows[0]), elapsed_s, calm)

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """What was reported last is what it is now, whatever was before."""
        del moment, series, seconds
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        """A gauge is kept for a quarter of an hour: what each step reported, else the last value."""
        values = moment.course(Component.NUMERATOR, series, CourseStep.SLOT) / self._scale
        places = np.maximum.accumulate(np.where(values >= 0, np.arange(len(values)), 0))
        values = np.maximum(values[places], 0.0)
        if step is CourseStep.MINUTE:
            values = values[len(values) % _SLOTS_OF_MINUTE :][_SLOTS_OF_MINUTE - 1 :: _SLOTS_OF_MINUTE]
        level = float(np.nan_to_num(self._detector.usual(_local_s(moment))[0][series]))
        return Course(values, np.full(len(values), max(float(np.expm1(level)), 1.0)), rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        del seconds  # what was reported last is what it is
        at_s = _local_s(moment)
        before = self._detector.usual(at_s)[0][rows[0]]
        self._detector.rebase(at_s, rows, self._latest(moment, self._metric.windows[-1])[rows])
        after = self._detector.usual(at_s)[0][rows[0]]
        return float(np.expm1(after) / np.expm1(before)) if np.isfinite(after) and before > 0 else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        """A gauge has one scope: there is nothing finer."""
        del moment, whole, window_s
        nothing = np.zeros(len(parts))
        return contributors.of_count(nothing, nothing)

    def to_bytes(self) -> bytes:
        return self._detector.to_bytes()

    def restore(self, payload: bytes) -> None:
        self._detector.restore(payload)

    def _latest(self, moment: Moment, window_s: int) -> Array:
        values = moment.reader.latest(Component.NUMERATOR, window_s).astype(np.float64)
        return np.where(values >= 0, values / self._scale, np.nan)


def _local_s(moment: Moment) -> float:
    """Seconds since Monday's midnight, local; a holiday is taken for a Sunday."""
    return (_SUNDAY if moment.day.holiday else moment.day.weekday) * DAY_S + moment.end_s
