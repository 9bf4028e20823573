"""The judge of sums per minute: how many values are expected, and how large they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.amount_mean import ExpectedMean
from detectors.compound import CompoundDetector, ExpectedSum
from detectors.course import Course
from detectors.judgement import LIMIT
from detectors.state import pack, unpack
from streams.catalogue.metric import Component
from streams.evaluation.amounts import Amounts
from streams.evaluation.count_judge import CountJudge
from streams.evaluation.edges import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from detectors.single_values import Moments
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Finding, Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]


class SumJudge(CountJudge):
    """Expects as many values as a count does, each of the usual mean; a standstill is one of the values."""

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric, counted=Component.DENOMINATOR, falls=True)
        self._amounts = Amounts(metric)
        self._compound = CompoundDetector(metric.minimum_effect, metric.minimum_exposure, signed=metric.signed)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        # What is not known of the number of values teaches nothing of the values.
        known = {component: np.nan_to_num(sums) for component, sums in counts.items()}
        self._amounts.learn(quarter.second_of_day, known, partner)
        super().learn(quarter, counts, partner)

    def grow(self, size: int) -> None:
        super().grow(size)
        self._amounts.grow(size)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        return super().rebase(moment, rows, seconds) * self._amounts.rebase(moment, rows, seconds)

    def _judge(self, moment: Moment, window_s: int, interval: Interval) -> Judgement:
        seen = self._amounts.seen(moment, window_s)
        return self._judged(seen, self._amounts.usual(moment), interval, window_s, moment.limit(window_s))

    def _judged(
        self, seen: Moments, usual: ExpectedMean, interval: Interval, window_s: int, limit: Array | float = LIMIT
    ) -> Judgement:
        spread = usual.between / np.maximum(usual.mean**2, 1e-12)
        expected = ExpectedSum(interval.low, interval.high, usual.mean, usual.square, interval.dispersion + spread)
        within = self._amounts.within_reach(seen, usual)
        return self._compound.judge(seen.total, within, expected, window_s, limit)

    def _changes(self, moment: Moment) -> Iterator[Finding]:
        mean = np.nan_to_num(self._amounts.usual(moment).mean)
        for finding in super()._changes(moment):
            judged = finding.judgement
            value, expected, lower, upper = (
                of * mean for of in (judged.value, judged.expected, judged.lower, judged.upper)
            )
            low, high = np.minimum(lower, upper), np.maximum(lower, upper)
            yield finding._replace(judgement=replace(judged, value=value, expected=expected, lower=low, upper=high))

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        window_s, row = self._nearest(seconds), np.array([series])
        low, high, dispersion = (of[row] for of in self._expected.interval(moment, window_s))
        share = seconds / window_s
        usual = ExpectedMean(*(of[row] for of in self._amounts.usual(moment)))
        seen = self._amounts.last(moment, series, seconds)
        return self._judged(seen, usual, Interval(low * share, high * share, dispersion), seconds)

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        """In as many equal values as vary as much as these do."""
        seen, usual = self._amounts.course(moment, series, step), self._amounts.usual(moment)
        mean, square = (float(np.nan_to_num(of[series])) for of in (usual.mean, usual.square))
        numbers = super().course(moment, series, step, above)
        if mean <= 0 or square <= 0:
            return numbers
        within = self._amounts.within_reach(seen, usual._replace(square=np.full(len(seen.number), square)))
        return Course(np.maximum(within.total, 0.0) * mean / square, numbers.expected * mean**2 / square, rises=above)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        window_s, rows = self._nearest(window_s), np.array(parts)
        low, high, _ = self._expected.interval(moment, window_s)
        mean = self._amounts.usual(moment).mean
        each = float(np.nan_to_num(mean[whole], nan=1.0))
        known = np.isfinite(low[rows]) & np.isfinite(high[rows]) & np.isfinite(mean[rows])
        totals = self._amounts.seen(moment, window_s).total[rows]
        usual = self._parts.of_window(moment, whole, rows, known, window_s) * np.where(known, mean[rows], each)
        least, most = np.sort(np.array([low[whole], high[whole]]) * each).tolist()
        expected = contributors.expected_of_parts(usual, totals, known, least, most)
        return contributors.of_count(expected, totals, known, unit=each)

    def to_bytes(self) -> bytes:
        parts = {"numbers": super().to_bytes(), "amounts": self._amounts.to_bytes()}
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in parts.items()})

    def restore(self, payload: bytes) -> None:
        parts = unpack(payload)
        super().restore(parts["numbers"].tobytes())
        self._amounts.restore(parts["amounts"].tobytes())
