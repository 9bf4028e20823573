"""The judge of means of money, numbers and differences, by how much single values vary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.amount_mean import AmountMeanDetector, ExpectedMean
from detectors.course import Course
from detectors.judgement import LIMIT, Reason
from streams.evaluation.amounts import Amounts
from streams.evaluation.judge import Finding
from streams.evaluation.mean_judge import MeanJudge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from detectors.single_values import Moments
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Judge, Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]


class AmountMeanJudge:
    """Shifts of a mean against the series' own history; values may be below 0."""

    def __init__(self, metric: Metric) -> None:
        self._amounts = Amounts(metric)
        self._detector = AmountMeanDetector(metric.minimum_effect, metric.minimum_exposure, signed=metric.signed)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        self._amounts.learn(quarter.second_of_day, counts, partner)

    def grow(self, size: int) -> None:
        self._amounts.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """A mean has exposure only where something was seen."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        usual = self._amounts.usual(moment)
        for window_s in windows:
            yield Finding(window_s, self._judged(self._amounts.seen(moment, window_s), usual, moment.limit(window_s)))

    def _judged(self, seen: Moments, usual: ExpectedMean, limit: Array | float = LIMIT) -> Judgement:
        told = seen.total / np.maximum(seen.number, 1.0)
        judged = self._detector.judge(told, self._amounts.within_reach(seen, usual), usual, limit)
        judged.reason[~np.isfinite(usual.mean) & (seen.number > 0)] = Reason.WARMING_UP
        return judged

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """A mean has no level to follow: a shift stays a shift until its quarters have become history."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        seen = self._amounts.last(moment, series, seconds)
        usual = ExpectedMean(*(of[[series]] for of in self._amounts.usual(moment)))
        return self._judged(seen, usual) if seen.number[0] > 0 else None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        seen, usual = self._amounts.course(moment, series, step), self._amounts.usual(moment)
        # Values moved and stretched so that the usual mean is 1 and none but the smallest is below 0.
        mean = float(np.nan_to_num(usual.mean[series]))
        size = max(float(np.sqrt(np.nan_to_num(usual.square[series], nan=1.0))), 1e-9)
        counts = np.maximum((seen.total - seen.number * mean) / size + seen.number, 0.0)
        return Course(counts, seen.number, rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        return self._amounts.rebase(moment, rows, seconds)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        rows = np.array(parts)
        usual, seen = self._amounts.usual(moment), self._amounts.seen(moment, window_s).taken(rows)
        before = self._amounts.weights(moment)[rows]
        if before.sum() <= 0:
            before = seen.number
        known = np.isfinite(usual.mean[rows]) & self._amounts.own(moment)[rows]
        mean = np.nan_to_num(np.where(known, usual.mean[rows], usual.mean[whole]))
        return contributors.of_ratio(before, before * mean, seen.number, seen.total, known, bounded=False)

    def to_bytes(self) -> bytes:
        return self._amounts.to_bytes()

    def restore(self, payload: bytes) -> None:
        self._amounts.restore(payload)


def judge_of_mean(metric: Metric) -> Judge:
    """Waits are judged by the law that waits have, everything else by its own squares."""
    return AmountMeanJudge(metric) if metric.moments else MeanJudge(metric)
