"""The judge of ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.binomial import BinomialDetector
from detectors.burn_rate import RULES, BurnRateDetector
from detectors.course import Course
from detectors.intervals import Interval, wilson
from detectors.judgement import LIMIT, Reason
from detectors.ratio_baseline import at
from detectors.state import pack, unpack
from streams.catalogue.metric import Component
from streams.evaluation.drifting_ratios import DriftingRatios
from streams.evaluation.expected_ratios import LEAST_TRIALS, ExpectedRatios
from streams.evaluation.judge import Finding
from streams.evaluation.reference import Reference
from streams.evaluation.sequential_ratios import SequentialRatios
from streams.evaluation.window_reader import LONG_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from detectors.ratio_baseline import UsualRatio
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_LONGEST_CLIFF_S = 900  # where burn rates are judged, an hour is theirs: they ask whether it still goes on
_LONG_CORRELATION = 0.003  # weeks differ more from one another than quarters of an hour do


class RatioJudge:
    """Cliffs by binomial tails, and leaks by burn rates where a target is promised.

    Windows of up to a day are compared with the usual ratio of the hour, longer ones with earlier ones.

    Args:
        metric: its catalogue entry.
        points: of the metric's unit, how many lie between no success at all and nothing but successes.

    """

    def __init__(self, metric: Metric, points: float = 1.0) -> None:
        self._metric = metric
        effect = metric.minimum_effect / points
        self._expected = ExpectedRatios()
        self._reference = Reference(_LONG_CORRELATION, self._earlier)
        self._binomial = BinomialDetector(min(effect, 1.0), metric.minimum_exposure)
        self._tests = SequentialRatios(
            metric,
            min(effect, 1.0),
            self._recent,
            lambda moment, window_s: moment.sums(Component.DENOMINATOR, window_s),
            self._expected.a_day,
        )
        self._drifting = DriftingRatios(metric, min(effect, 1.0))
        self._burning = None if metric.target is None else BurnRateDetector(metric.target, metric.minimum_exposure)

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        bottoms, partner_of = counts[Component.DENOMINATOR], partner[Component.DENOMINATOR]
        tops, tried = self._tops(counts.__getitem__, bottoms), at(bottoms, partner_of)
        self._drifting.learn(quarter.day, np.clip(tops, 0.0, tried), tried)
        if self._metric.windows[0] <= LONG_S:  # else nothing is compared with the usual ratio of an hour
            self._expected.learn(int(quarter.second_of_day // 3600), self._taught(tops, tried), bottoms, partner_of)

    def _taught(self, tops: Array, trials: Array) -> Array:
        """Successes that teach what is usual: of trials that nobody saw, outcomes say nothing."""
        return np.where(trials > 0, tops, 0.0)

    def grow(self, size: int) -> None:
        self._expected.grow(size)
        self._tests.grow(size)
        self._drifting.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """A ratio has exposure only where something was seen."""
        del window_s
        return 0.0

    def watch(self, moment: Moment) -> bool:
        """Takes in what came since the last tick; whether there may be something to find."""
        return self._metric.windows[0] <= LONG_S and self._tests.watch(moment, self._expected.usual(moment))

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        usual = self._expected.usual(moment)
        for window_s in windows:
            if self._burning is None or window_s <= _LONGEST_CLIFF_S or window_s > LONG_S:
                yield Finding(window_s, self._judged(moment, window_s, usual))
        if self._burning is not None:
            yield from self._burns(moment, windows, usual)
        if self._metric.windows[0] <= LONG_S:
            yield self._tests.finding(moment, usual)
        yield from self._drifting.findings(moment)

    def _judged(self, moment: Moment, window_s: int, usual: UsualRatio) -> Judgement:
        """Against `usual`, or, over a long window, against the windows before it."""
        shown = window_s <= LONG_S  # what is improbable the tests find
        if not shown:
            usual = self._reference.usual(moment, window_s)
        tops, bottoms = self._sums(moment, window_s)
        limit = LIMIT if shown else moment.limit(window_s)
        judged = self._binomial.judge(tops, bottoms, usual.ratio, usual.weight, usual.dispersion, limit, shown=shown)
        judged.reason[~np.isfinite(usual.ratio) & (bottoms > 0)] = Reason.WARMING_UP
        return judged

    def _burns(self, moment: Moment, windows: tuple[int, ...], usual: UsualRatio) -> Iterator[Finding]:
        assert self._burning is not None
        for rule in RULES:
            if rule.long_s in windows and rule.short_s in self._metric.windows:
                long, short = self._sums(moment, rule.long_s), self._sums(moment, rule.short_s)
                yield Finding(rule.long_s, self._burning.judge(*long, *short, rule, usual.ratio, usual.dispersion))

    def _sums(self, moment: Moment, window_s: int) -> tuple[Array, Array]:
        bottoms = moment.sums(Component.DENOMINATOR, window_s)
        tops = self._tops(lambda component: moment.raw(component, window_s), bottoms)
        return np.clip(tops, 0.0, np.maximum(bottoms, 0.0)), bottoms

    def _recent(self, moment: Moment, slots: int) -> tuple[Array, Array]:
        """The same of the last slots of 10 s, in which an outcome may stand whose trial came in an earlier one."""
        bottoms = at(
            moment.reader.recent(Component.DENOMINATOR, slots).astype(np.float64), moment.partner(Component.DENOMINATOR)
        )
        tops = self._tops(lambda component: moment.reader.recent(component, slots).astype(np.float64), bottoms)
        return np.maximum(tops, 0.0), np.maximum(bottoms, 0.0)

    def _earlier(self, moment: Moment, window_s: int) -> tuple[Array, Array]:
        """The same of the earlier windows that it is compared with, float64[windows, n]."""
        bottoms = moment.earlier(Component.DENOMINATOR, window_s, mapped=True)
        tops = self._tops(lambda component: moment.earlier(component, window_s, mapped=False), bottoms)
        return np.clip(tops, 0.0, np.maximum(bottoms, 0.0)), np.maximum(bottoms, 0.0)

    def _tops(self, read: Callable[[Component], Array], bottoms: Array) -> Array:
        """Successes among the trials `bottoms`; `read` gives the counts of a component."""
        del bottoms
        return read(Component.NUMERATOR)

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def interval(self, moment: Moment, shown: Judgement, series: int, window_s: int) -> Interval:
        """Wilson's, of the cases that were counted to the end: those that are provisional are not among them."""
        del moment, window_s
        return wilson(shown.value[[series]], shown.exposure[[series]])

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        window_s = self._metric.windows[0]
        tops, bottoms = self._sums(moment, window_s)
        self._expected.follow(moment.now_ms, tops, bottoms, min(elapsed_s / window_s, 1.0), calm)

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        row = np.array([series])
        bottoms = np.maximum(np.array([moment.last(Component.DENOMINATOR, series, seconds)]), 0.0)
        tops = self._tops(lambda component: np.array([moment.last(component, series, seconds)]), bottoms)
        usual = self._expected.usual(moment)
        judged = self._binomial.judge(tops, bottoms, usual.ratio[row], usual.weight[row], usual.dispersion[row])
        return self.in_unit(moment, judged, row.astype(np.int32)) if bottoms[0] > 0 else None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        bottoms = np.maximum(moment.course(Component.DENOMINATOR, series, step), 0.0)
        tops = self._tops(lambda component: moment.course(component, series, step), bottoms)
        ratio = float(np.nan_to_num(self._expected.usual(moment).ratio[series], nan=self._metric.target or 0.5))
        # Of a rare thing every case tells more: what fell is seen in the failures, what rose in the successes. But of
        # something never seen so far a single case is not yet where it began.
        least = max(self._binomial.minimum_effect / 10, 1e-4)
        if above:
            return Course(tops, max(ratio, least) * bottoms, rises=True, trials=bottoms)
        return Course(np.maximum(bottoms - tops, 0.0), max(1 - ratio, least) * bottoms, rises=True, trials=bottoms)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        def last(component: Component) -> Array:
            return np.array([moment.last(component, series, seconds) for series in rows.tolist()])

        bottoms = np.maximum(last(Component.DENOMINATOR), 0.0)
        tops = np.clip(self._tops(last, bottoms), 0.0, bottoms)
        before = self._expected.usual(moment).ratio[rows[0]]
        self._expected.rebase(moment, rows, tops, bottoms)
        self._tests.forget(rows)
        self._drifting.forget(rows)
        after = self._expected.usual(moment).ratio[rows[0]]
        return float(after / before) if before > 0 and np.isfinite(after) else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        window_s = min(self._metric.windows, key=lambda known: abs(known - window_s))
        rows = np.array(parts)
        tops, bottoms = (sums[rows] for sums in self._sums(moment, window_s))
        of = self._expected.usual(moment) if window_s <= LONG_S else self._reference.usual(moment, window_s)
        known = np.isfinite(of.ratio[rows]) & (of.seen[rows] >= LEAST_TRIALS)
        usual = np.where(np.isfinite(of.ratio[rows]), of.ratio[rows], of.ratio[whole])
        before = self._expected.bottoms(moment)[rows] if window_s <= LONG_S else of.seen[rows]
        if before.sum() <= 0:
            before = bottoms
        return contributors.of_ratio(before, before * np.nan_to_num(usual), bottoms, tops, known)

    def to_bytes(self) -> bytes:
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in self._parts().items()})

    def restore(self, payload: bytes) -> None:
        self._restore_parts({name: array.tobytes() for name, array in unpack(payload).items()})

    def _parts(self) -> dict[str, bytes]:
        return self._expected.parts() | {"tests": self._tests.to_bytes(), "drifting": self._drifting.to_bytes()}

    def _restore_parts(self, parts: dict[str, bytes]) -> None:
        self._expected.restore(parts)
        self._tests.restore(parts["tests"])
        self._drifting.restore(parts["drifting"])
