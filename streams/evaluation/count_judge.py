"""The judge of counts per minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import Reason
from detectors.seasonal import QUARTER_S
from detectors.state import pack, unpack
from detectors.surge import SurgeDetector
from streams.catalogue.metric import Component, Direction
from streams.evaluation.driving_activity import DrivingActivity
from streams.evaluation.expected_counts import ExpectedCounts
from streams.evaluation.judge import Finding
from streams.evaluation.peers import share_the_limit
from streams.evaluation.standstill import Standstill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.expected_counts import Interval
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_PARTS = ("usual", "activity", "level", "wake", "stall", "ran")  # of the state, in their order


class CountJudge:
    """Surge, collapse and standstill of counts against an interval that `ExpectedCounts` gives.

    Args:
        metric: its catalogue entry.
        activity: the component that the count is proportional to, if the metric has it.
        counted: the component that is counted.

    """

    def __init__(
        self, metric: Metric, activity: Component = Component.EXPOSURE, counted: Component = Component.NUMERATOR
    ) -> None:
        self._metric = metric
        self._counted = counted
        self._activity = DrivingActivity(metric, activity if activity in metric.components() else None)
        self._expected = ExpectedCounts(metric, self._activity, counted)
        self._surge = SurgeDetector(metric.minimum_effect, metric.minimum_exposure)
        self._standstill = Standstill(metric, self._expected, counted)
        self._listens = metric.direction in {Direction.DOWN, Direction.BOTH}

    def learn(self, second_of_day: float, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        del partner  # activities are learned where they are counted
        slot = int(second_of_day // QUARTER_S)
        self._expected.learn(slot, counts[self._counted])
        self._activity.learn(slot, counts)

    def grow(self, size: int) -> None:
        self._expected.grow(size)
        self._activity.grow(size)
        if self._listens:
            self._standstill.grow(size)

    def largest_expected(self, window_s: int) -> float:
        return self._expected.largest(window_s)

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            interval = self._expected.interval(moment, window_s)
            if self._listens and window_s == self._metric.windows[0]:
                self._standstill.run(moment, window_s, interval)
            judged = self._judge(moment, window_s, interval)
            judged.reason[~np.isfinite(interval.high)] = Reason.WARMING_UP
            share_the_limit(judged, moment.peers)
            yield Finding(window_s, self._in_unit(moment, judged, window_s))
        if self._listens:
            yield from self._standstills(moment)

    def _judge(self, moment: Moment, window_s: int, interval: Interval) -> Judgement:
        return self._surge.judge(moment.raw(self._counted, window_s), *interval, window_s)

    def _standstills(self, moment: Moment) -> Iterator[Finding]:
        yield from self._standstill.findings(moment)

    def _in_unit(
        self, moment: Moment, judged: Judgement, window_s: int, rows: NDArray[np.intp] | slice = slice(None)
    ) -> Judgement:
        """Judgements of these rows, which are per minute, in the metric's unit."""
        del moment, window_s, rows
        return judged

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """Findings are in the metric's own unit already."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        self._expected.follow(moment, elapsed_s, calm)

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        window_s = self._nearest(seconds)
        row, counts = np.array([series]), np.array([moment.last(self._counted, series, seconds)])
        low, high, dispersion = (of[row] for of in self._expected.interval(moment, window_s))
        judged = self._surge.judge(counts, low * seconds / window_s, high * seconds / window_s, dispersion, seconds)
        return self._in_unit(moment, judged, window_s, row)

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        counts = moment.course(self._counted, series, step)
        window_s = self._metric.windows[0]
        interval = self._expected.interval(moment, window_s)
        baseline = self._expected.usual
        usual = baseline.usual(moment.end_s, window_s, moment.whole).middle[series]
        scale = float((interval.high if above else interval.low)[series]) / max(float(usual), 1e-9)
        expected = baseline.course(series, moment.end_s, len(counts), step)
        return Course(counts, expected * (scale if np.isfinite(scale) else 1.0), rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        return self._expected.rebase(moment, rows, seconds)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        window_s = self._nearest(window_s)
        rows = np.array(parts)
        low, high, _ = self._expected.interval(moment, window_s)
        counts = moment.raw(self._counted, window_s)
        known = np.isfinite(low) & np.isfinite(high)
        usual = np.where(known, np.clip(counts, low, high), np.nan)
        expected = contributors.expected_of_parts(usual[rows], counts[rows], float(usual[whole]))
        return contributors.only_sure(contributors.of_count(expected, counts[rows]), known[rows])

    def _nearest(self, seconds: int) -> int:
        return min(self._metric.windows, key=lambda known: abs(known - seconds))

    def to_bytes(self) -> bytes:
        parts = self._expected.parts() | self._activity.parts() | self._standstill.parts()
        return pack({name: np.frombuffer(parts[name], dtype=np.uint8) for name in _PARTS})

    def restore(self, payload: bytes) -> None:
        parts = {name: array.tobytes() for name, array in unpack(payload).items()}
        for part in (self._expected, self._activity, self._standstill):
            part.restore(parts)
