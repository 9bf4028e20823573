"""The judge of counts per minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.count_band import beside_expected
from detectors.course import Course
from detectors.judgement import Reason
from detectors.seasonal import QUARTER_S
from detectors.state import pack, unpack
from streams.catalogue.metric import Component
from streams.evaluation.driving_activity import DrivingActivity
from streams.evaluation.edges import Interval
from streams.evaluation.expected_counts import ExpectedCounts
from streams.evaluation.judge import Finding
from streams.evaluation.sequential_counts import SequentialCounts
from streams.evaluation.usual_parts import UsualParts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_PARTS = ("usual", "activity", "level", "wake", "tests")  # of the state, in their order


class CountJudge:
    """Surges, collapses and stalls of counts, found by sequential tests; windows are shown beside what is expected.

    Args:
        metric: its catalogue entry.
        activity: the component that the count is proportional to, if the metric has it.
        counted: the component that is counted.
        falls: whether only falls are looked for.

    """

    def __init__(
        self,
        metric: Metric,
        activity: Component = Component.EXPOSURE,
        counted: Component = Component.NUMERATOR,
        *,
        falls: bool = False,
    ) -> None:
        self._metric = metric
        self._counted = counted
        self._activity = DrivingActivity(metric, activity if activity in metric.components() else None)
        self._expected = ExpectedCounts(metric, self._activity, counted)
        self._parts = UsualParts(self._expected, self._activity, counted, metric.trailing_s)
        self._tests = SequentialCounts(metric, self._expected, counted, falls=falls)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        del partner  # activities are learned where they are counted
        slot = int(quarter.second_of_day // QUARTER_S)
        self._tests.learn(quarter, counts[self._counted])
        self._expected.learn(slot, counts[self._counted], quarter.day)
        self._activity.learn(slot, counts, quarter.day)

    def grow(self, size: int) -> None:
        self._expected.grow(size)
        self._activity.grow(size)
        self._tests.grow(size)

    def largest_expected(self, window_s: int) -> float:
        return self._expected.largest(window_s)

    def level(self) -> Array:
        """float64[n]: events of a usual day."""
        return self._expected.level()

    def watch(self, moment: Moment) -> bool:
        """Takes in what came since the last tick; whether there may be something to find."""
        return self._tests.watch(moment)

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            interval = self._expected.interval(moment, window_s)
            judged = self._judge(moment, window_s, interval)
            judged.reason[~np.isfinite(interval.high)] = Reason.WARMING_UP
            yield Finding(window_s, self._in_unit(moment, judged, window_s))
        yield from self._changes(moment)

    def _judge(self, moment: Moment, window_s: int, interval: Interval) -> Judgement:
        return self._beside(moment.raw(self._counted, window_s), interval, window_s)

    def _beside(self, counts: Array, interval: Interval, window_s: int) -> Judgement:
        return beside_expected(counts, *interval, window_s, self._metric.minimum_effect, self._metric.minimum_exposure)

    def _changes(self, moment: Moment) -> Iterator[Finding]:
        """What the tests have found."""
        finding = self._tests.finding(moment)
        yield finding._replace(judgement=self._in_unit(moment, finding.judgement, self._metric.windows[-1]))

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
        self._tests.forget_expected()

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        window_s = self._nearest(seconds)
        row, counts = np.array([series]), np.array([moment.last(self._counted, series, seconds)])
        low, high, dispersion = (of[row] for of in self._expected.interval(moment, window_s))
        share = seconds / window_s
        judged = self._beside(counts, Interval(low * share, high * share, dispersion), seconds)
        return self._in_unit(moment, judged, window_s, row)

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        counts = moment.course(self._counted, series, step)
        window_s = self._metric.windows[0]
        interval = self._expected.interval(moment, window_s)
        baseline = self._expected.usual
        usual = baseline.usual(moment.end_s, window_s, moment.whole, day=moment.day).middle[series]
        scale = float((interval.high if above else interval.low)[series]) / max(float(usual), 1e-9)
        expected = baseline.course(series, moment.end_s, len(counts), step, moment.whole, day=moment.day)
        again = moment.again(window_s)
        if again is not None and np.isfinite(again.low[series]):
            expected, scale = self._course_again(moment, series, expected, step, above), 1.0
        return Course(counts, expected * (scale if np.isfinite(scale) else 1.0), rises=above)

    @staticmethod
    def _course_again(moment: Moment, series: int, usual: Array, step: CourseStep, above: bool) -> Array:
        """The last steps as an earlier entry was, and as usual before it."""
        expected = usual.copy()
        for place in range(len(usual)):
            again = moment.again(step, (len(usual) - 1 - place) * step)
            if again is not None:
                edge = float((again.high if above else again.low)[series])
                expected[place] = edge if np.isfinite(edge) else usual[place]
        return expected

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        self._tests.forget(rows)
        return self._expected.rebase(moment, rows, seconds)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        window_s, rows = self._nearest(window_s), np.array(parts)
        low, high, _ = self._expected.interval(moment, window_s)
        known = np.isfinite(low[rows]) & np.isfinite(high[rows])
        counts = moment.raw(self._counted, window_s)[rows]
        usual = self._parts.of_window(moment, whole, rows, known, window_s)
        expected = contributors.expected_of_parts(usual, counts, known, float(low[whole]), float(high[whole]))
        return contributors.of_count(expected, counts, known)

    def _nearest(self, seconds: int) -> int:
        return min(self._metric.windows, key=lambda known: abs(known - seconds))

    def to_bytes(self) -> bytes:
        parts = self._expected.parts() | self._activity.parts() | {"tests": self._tests.to_bytes()}
        state = {name: np.frombuffer(parts[name], dtype=np.uint8) for name in _PARTS}
        return pack(state)

    def restore(self, payload: bytes) -> None:
        arrays = unpack(payload)
        parts = {name: array.tobytes() for name, array in arrays.items()}
        self._expected.restore(parts)
        self._activity.restore(parts)
        self._tests.restore(parts["tests"])
