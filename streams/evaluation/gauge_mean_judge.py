"""The judge of means of gauges: what was reported, averaged over reports, against a limit that people set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import Judgement, Reason, nothing
from streams.catalogue.metric import Component
from streams.evaluation.judge import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]


class GaugeMeanJudge:
    """The sums of two gauges over a window, one through the other.

    Reports come as often as a system sends them, and each is much like the one before it. So they are no trials: no
    test says how surprising their mean is, and the limit of the catalogue alone judges it.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        """Nothing: its limit does not depend on what is usual."""

    def grow(self, size: int) -> None:
        """Nothing is kept by series."""

    def largest_expected(self, window_s: int) -> float:
        """There is something to judge only where something was reported."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            yield Finding(window_s, self._judged(moment, window_s))

    def _judged(self, moment: Moment, window_s: int) -> Judgement:
        total, weight = (moment.raw(part, window_s) for part in (Component.NUMERATOR, Component.DENOMINATOR))
        judged = nothing(moment.size)
        rows = np.flatnonzero(weight >= self._metric.minimum_exposure)
        value = np.clip(total[rows] / weight[rows], 0.0, 1.0)
        for column in (judged.value, judged.expected, judged.lower, judged.upper):
            column[rows] = value
        judged.exposure[:] = weight
        judged.reason[rows] = Reason.NORMAL
        return judged

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Nothing."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """It is over when its window says so."""
        del moment, series, seconds
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        total, weight = (moment.course(part, series, step) for part in (Component.NUMERATOR, Component.DENOMINATOR))
        limit = self._metric.threshold or 0.0
        return Course(total / np.maximum(weight, 1.0), np.where(weight > 0, limit, 0.0), rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        """A limit is not moved by what was."""
        del moment, rows, seconds
        return 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        """Its scopes are not parts of one another."""
        del moment, whole, window_s
        none = np.zeros(len(parts))
        return contributors.of_count(none, none)

    def to_bytes(self) -> bytes:
        return b""

    def restore(self, payload: bytes) -> None:
        """Nothing was kept."""
