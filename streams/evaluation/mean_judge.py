"""The judge of mean durations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import Reason
from detectors.mean import ITEM_VARIANCE, MeanDetector
from detectors.ratio_baseline import RatioBaseline
from streams.catalogue.metric import Component
from streams.evaluation.expected_ratios import LEAST_TRIALS
from streams.evaluation.judge import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_WIDE_VARIANCE = 0.2  # of means, in variances of a single wait, while nobody knows how days and hours differ
_LEAST_VARIANCE = 0.005
_MS_PER_S = 1000.0


class MeanJudge:
    """Shifts of a mean against the series' own history. Sums are milliseconds in the cells and seconds here."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._baseline = RatioBaseline(bounded=False, wide=_WIDE_VARIANCE, least=_LEAST_VARIANCE)
        self._detector = MeanDetector(metric.minimum_effect, metric.minimum_exposure)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        self._baseline.learn(
            int(quarter.second_of_day // 3600),
            counts[Component.NUMERATOR] / _MS_PER_S,
            counts[Component.DENOMINATOR],
            partner[Component.DENOMINATOR],
        )

    def grow(self, size: int) -> None:
        self._baseline.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """A ratio has exposure only where something was seen."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        expected, dispersion, _ = self._usual(moment)
        for window_s in windows:
            tops = moment.raw(Component.NUMERATOR, window_s) / _MS_PER_S
            bottoms = moment.sums(Component.DENOMINATOR, window_s)
            judged = self._detector.judge(tops, bottoms, expected, dispersion, moment.limit(window_s))
            judged.reason[~np.isfinite(expected) & (bottoms > 0)] = Reason.WARMING_UP
            yield Finding(window_s, judged)

    def _usual(self, moment: Moment) -> tuple[Array, Array, NDArray[np.bool_]]:
        """The usual mean, its relative variance beyond that of single values, and where that is known of the series."""
        usual = self._baseline.usual(moment.end_s, moment.partner(Component.DENOMINATOR), moment.whole)
        own = usual.seen >= LEAST_TRIALS
        known = own | (0 <= moment.whole < len(own) and bool(own[moment.whole]))
        spread = ITEM_VARIANCE * (usual.dispersion + 1 / np.maximum(usual.weight, 1.0))
        return np.where(known, usual.ratio, np.nan), spread, own

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """A mean has no level to follow: a shift stays a shift until its quarters have become history."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        row = np.array([series])
        tops = np.array([moment.last(Component.NUMERATOR, series, seconds) / _MS_PER_S])
        bottoms = np.array([moment.last(Component.DENOMINATOR, series, seconds)])
        expected, dispersion, _ = self._usual(moment)
        return self._detector.judge(tops, bottoms, expected[row], dispersion[row]) if bottoms[0] > 0 else None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        tops = moment.course(Component.NUMERATOR, series, step) / _MS_PER_S
        mean = float(np.nan_to_num(self._usual(moment)[0][series], nan=1.0))
        # In units of the usual wait: so many usual waits were waited, so many were to be expected.
        bottoms = np.maximum(moment.course(Component.DENOMINATOR, series, step), 0.0)
        return Course(tops / max(mean, self._detector.floor), bottoms, rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        tops, bottoms = (
            np.array([moment.last(component, series, seconds) for series in rows.tolist()])
            for component in (Component.NUMERATOR, Component.DENOMINATOR)
        )
        before = self._usual(moment)[0][rows[0]]
        partner = moment.partner(Component.DENOMINATOR)
        self._baseline.rebase(rows, tops / _MS_PER_S, np.maximum(bottoms, 0.0), partner)
        after = self._usual(moment)[0][rows[0]]
        return float(after / before) if before > 0 and np.isfinite(after) else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        rows = np.array(parts)
        tops = moment.raw(Component.NUMERATOR, window_s)[rows] / _MS_PER_S
        bottoms = moment.sums(Component.DENOMINATOR, window_s)[rows]
        before = self._baseline.bottoms(moment.partner(Component.DENOMINATOR))[rows]
        if before.sum() <= 0:
            before = bottoms
        usual, _, own = self._usual(moment)
        known = np.isfinite(usual[rows]) & own[rows]
        mean = np.nan_to_num(np.where(known, usual[rows], usual[whole]))
        return contributors.of_ratio(before, before * mean, bottoms, tops, known, bounded=False)

    def to_bytes(self) -> bytes:
        return self._baseline.to_bytes()

    def restore(self, payload: bytes) -> None:
        self._baseline = RatioBaseline.from_bytes(payload)
