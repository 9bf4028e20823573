"""The judge of cohorts: ratios by deadline, and the stock of what is overdue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors.overdue import OverdueDetector
from streams.catalogue.metric import Direction
from streams.evaluation.judge import Finding
from streams.evaluation.ratio_judge import RatioJudge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_LEAST_EFFECT = 0.5  # a stock moves more than the ratio it comes from
_STOCK_MS = 60_000  # so often it is looked at


class CohortJudge(RatioJudge):
    """A ratio; and, unless more of it is bad or its stock does not pile up, how many cases are overdue."""

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric)
        self._overdue = None
        if metric.direction is not Direction.UP and metric.stock:
            self._overdue = OverdueDetector(max(metric.minimum_effect, _LEAST_EFFECT), metric.minimum_exposure)

    def _taught(self, tops: Array, trials: Array) -> Array:
        """No more than were due: history that begins mid-flow has outcomes of cases that began before it."""
        return np.clip(tops, 0.0, trials)

    def grow(self, size: int) -> None:
        super().grow(size)
        if self._overdue is not None:
            self._overdue.grow(size)

    def watch(self, moment: Moment) -> bool:
        far = super().watch(moment)
        overdue = self._judging(moment)
        if overdue is None or moment.end_ms % _STOCK_MS:
            return far
        return far or bool((self._piled(moment, overdue).score >= 1).any())

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        yield from super().findings(moment, windows)
        if (overdue := self._judging(moment)) is not None:
            window_s = self._metric.windows[-1]
            stock = self._piled(moment, overdue)
            # Judged by the stock of cases, expressed in the metric's own unit.
            in_unit = self._judged(moment, window_s, self._expected.usual(moment))
            direction = np.where(stock.score >= 1, -1, in_unit.direction).astype(np.int8)
            in_unit = replace(in_unit, score=stock.score, reason=stock.reason, excess=stock.excess, direction=direction)
            yield Finding(window_s, in_unit, np.full(moment.size, window_s, dtype=np.int32))

    def _judging(self, moment: Moment) -> OverdueDetector | None:
        """The detector of a stock that piles up, once all of it is known."""
        return self._overdue if moment.reader.overdue_known() else None

    def _piled(self, moment: Moment, overdue: OverdueDetector) -> Judgement:
        return overdue.judge(moment.end_s, _stock(moment), moment.limit(self._metric.windows[-1]))

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        super().follow(moment, elapsed_s, calm)
        if (overdue := self._judging(moment)) is not None:
            overdue.follow(moment.end_s, _stock(moment), elapsed_s, calm)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        if self._overdue is not None:
            self._overdue.rebase(rows, _stock(moment)[rows])
        return super().rebase(moment, rows, seconds)

    def _parts(self) -> dict[str, bytes]:
        parts = super()._parts()
        return parts if self._overdue is None else {**parts, "overdue": self._overdue.to_bytes()}

    def _restore_parts(self, parts: dict[str, bytes]) -> None:
        super()._restore_parts(parts)
        if self._overdue is not None:
            self._overdue.restore(parts["overdue"])


def _stock(moment: Moment) -> NDArray[np.float64]:
    """float64[n]: the cases that are overdue."""
    return moment.reader.overdue().astype(np.float64)
