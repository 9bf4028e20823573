"""The judge of forecasts: how many of the open cases will miss their deadlines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.binomial import BinomialDetector
from detectors.course import Course
from detectors.judgement import Reason
from detectors.state import pack, unpack
from streams.catalogue.metric import Component
from streams.cells.lead import STEP_MS
from streams.evaluation.expected_ratios import LEAST_TRIALS, ExpectedRatios
from streams.evaluation.judge import Finding
from streams.evaluation.window_reader import QUARTER_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_IN_QUARTER = QUARTER_MS // STEP_MS  # forecasts
_LEAST_RATIO = 1e-3


class DueSoonJudge:
    """The share of the open cases that will miss, against the usual share of the hour; told in cases.

    The window holds one forecast, that of the last step. One forecast is much like the one before it, so that nothing
    adds up over time: each is judged by itself, and the usual share learns the mean of a quarter of an hour.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._window_s = metric.windows[0]
        self._expected = ExpectedRatios()
        self._detector = BinomialDetector(min(metric.minimum_effect, 1.0), metric.minimum_exposure)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        missed, cases = (counts[part] / _IN_QUARTER for part in (Component.NUMERATOR, Component.DENOMINATOR))
        self._expected.learn(int(quarter.second_of_day // 3600), missed, cases, partner[Component.DENOMINATOR])

    def grow(self, size: int) -> None:
        self._expected.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """There is something to judge only where cases are open."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        usual = self._expected.usual(moment)
        for window_s in windows:
            missed, cases = self._forecast(moment)
            limit = moment.limit(window_s)
            judged = self._detector.judge(missed, cases, usual.ratio, usual.weight, usual.dispersion, limit)
            judged.reason[~np.isfinite(usual.ratio) & (cases > 0)] = Reason.WARMING_UP
            yield Finding(window_s, judged)

    def _forecast(self, moment: Moment) -> tuple[Array, Array]:
        """How many of the open cases will miss, and how many are open."""
        parts = (moment.sums(part, self._window_s) for part in (Component.NUMERATOR, Component.DENOMINATOR))
        missed, cases = (np.maximum(part, 0.0) for part in parts)
        return np.minimum(missed, cases), cases

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """In cases, of as many as are open."""
        del moment, windows
        columns = ("value", "expected", "lower", "upper")
        return replace(judged, **{name: getattr(judged, name) * judged.exposure for name in columns})

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        missed, cases = self._forecast(moment)
        self._expected.follow(moment.now_ms, missed, cases, min(elapsed_s / self._window_s, 1.0), calm)

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """The last forecast is what is to be expected, whatever was before."""
        del moment, series, seconds
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        parts = (moment.course(part, series, step) for part in (Component.NUMERATOR, Component.DENOMINATOR))
        missed, cases = (np.maximum(part, 0.0) for part in parts)
        usual = float(np.nan_to_num(self._expected.usual(moment).ratio[series], nan=0.5))
        if above:
            return Course(missed, max(usual, _LEAST_RATIO) * cases, rises=True, trials=cases)
        return Course(np.maximum(cases - missed, 0.0), max(1 - usual, _LEAST_RATIO) * cases, rises=True, trials=cases)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        missed, cases = (
            np.maximum([moment.last(part, series, seconds) for series in rows.tolist()], 0.0)
            for part in (Component.NUMERATOR, Component.DENOMINATOR)
        )
        before = self._expected.usual(moment).ratio[rows[0]]
        self._expected.rebase(moment, rows, np.minimum(missed, cases), cases)
        after = self._expected.usual(moment).ratio[rows[0]]
        return float(after / before) if before > 0 and np.isfinite(after) else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        del window_s  # there is one
        rows = np.array(parts)
        missed, cases = (column[rows] for column in self._forecast(moment))
        usual = self._expected.usual(moment)
        known = np.isfinite(usual.ratio[rows]) & (usual.seen[rows] >= LEAST_TRIALS)
        share = np.nan_to_num(np.where(np.isfinite(usual.ratio[rows]), usual.ratio[rows], usual.ratio[whole]))
        before = self._expected.bottoms(moment)[rows]
        before = before if before.sum() > 0 else cases
        return contributors.of_ratio(before, before * share, cases, missed, known)

    def to_bytes(self) -> bytes:
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in self._expected.parts().items()})

    def restore(self, payload: bytes) -> None:
        self._expected.restore({name: array.tobytes() for name, array in unpack(payload).items()})
