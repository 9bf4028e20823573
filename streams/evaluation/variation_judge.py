"""The judge of coefficients of variation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import LIMIT, Reason
from detectors.ratio_baseline import at
from detectors.variation import UsualVariation, VariationBaseline, VariationDetector
from streams.catalogue.metric import Component
from streams.evaluation.amounts import moments_of
from streams.evaluation.judge import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from detectors.single_values import Moments
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]


class VariationJudge:
    """Values that vary more, or less, in relation to their mean than they usually do."""

    def __init__(self, metric: Metric) -> None:
        self._scale = float(metric.scale)
        self._baseline = VariationBaseline()
        self._detector = VariationDetector(metric.minimum_effect, metric.minimum_exposure)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        del quarter  # how unlike values are hardly depends on them
        numbers = at(counts[Component.DENOMINATOR], partner[Component.DENOMINATOR])
        self._baseline.learn(moments_of(self._scale, numbers, lambda component: counts[component]))

    def grow(self, size: int) -> None:
        self._baseline.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """There is exposure only where something was seen."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        usual = self._baseline.usual(moment.whole)
        for window_s in windows:
            yield Finding(window_s, self._judged(self._seen(moment, window_s), usual, moment.limit(window_s)))

    def _judged(self, seen: Moments, usual: UsualVariation, limit: Array | float = LIMIT) -> Judgement:
        judged = self._detector.judge(seen, usual, limit)
        judged.reason[~np.isfinite(usual.variation) & (seen.number > 0)] = Reason.WARMING_UP
        return judged

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Nothing is followed: a shift stays a shift until its quarters have become history."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        seen = self._moments(lambda component: np.array([moment.last(component, series, seconds)]))
        usual = UsualVariation(*(of[[series]] for of in self._baseline.usual(moment.whole)))
        return self._judged(seen, usual) if seen.number[0] >= 2 else None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        seen = self._moments(lambda component: np.maximum(moment.course(component, series, step), 0.0))
        usual = self._baseline.usual(moment.whole)
        # In units of the usual variance: so many squared deviations from the usual mean there were.
        mean, square = (float(of[series]) for of in (usual.mean, usual.square))
        return Course(_deviations(seen, mean, square), seen.number, rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        def last(component: int) -> Array:
            return np.array([moment.last(component, series, seconds) for series in rows.tolist()])

        before = self._baseline.usual(moment.whole).variation[rows[0]]
        self._baseline.begin_anew(rows, self._moments(last))
        after = self._baseline.usual(moment.whole).variation[rows[0]]
        return float(after / before) if before > 0 and np.isfinite(after) else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        rows = np.array(parts)
        usual, seen = self._baseline.usual(moment.whole), self._seen(moment, window_s).taken(rows)
        before = self._baseline.counts()[rows]
        if before.sum() <= 0:
            before = seen.number
        known = np.isfinite(usual.variation[rows])
        mean, square = (np.where(known, of[rows], of[whole]) for of in (usual.mean, usual.square))
        deviations = _deviations(seen, mean, square)
        return contributors.of_ratio(before, before, seen.number, deviations, known, bounded=False)

    def to_bytes(self) -> bytes:
        return self._baseline.to_bytes()

    def restore(self, payload: bytes) -> None:
        self._baseline.restore(payload)

    def _seen(self, moment: Moment, window_s: int) -> Moments:
        numbers = moment.sums(Component.DENOMINATOR, window_s)
        return moments_of(self._scale, numbers, lambda component: moment.raw(component, window_s))

    def _moments(self, read: Callable[[int], Array]) -> Moments:
        return moments_of(self._scale, read(Component.DENOMINATOR), read)


def _deviations(seen: Moments, mean: Array | float, square: Array | float) -> Array:
    """float64[m]: squared deviations from a mean, in units of the variance of a value."""
    deviations = seen.squares - 2 * mean * seen.total + seen.number * mean**2
    found: Array = np.maximum(deviations, 0.0) / np.maximum(square - mean**2, 1e-12)
    return found
