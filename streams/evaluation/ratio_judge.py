"""The judge of ratios, of cohorts, which are ratios by deadline, and of net scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.binomial import BinomialDetector
from detectors.burn_rate import RULES, BurnRateDetector
from detectors.course import Course
from detectors.judgement import Reason
from detectors.overdue import OverdueDetector
from detectors.ratio_baseline import RatioBaseline, UsualRatio
from detectors.state import pack, unpack
from streams.catalogue.metric import Component, Direction, Signal
from streams.evaluation.first_look import FirstLook
from streams.evaluation.judge import Finding
from streams.evaluation.reference import Reference
from streams.evaluation.window_reader import LONG_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment, Step

    Array = NDArray[np.float64]

_PRIOR_CORRELATION = 0.001
_ENOUGH_TRIALS = 100.0
_POINTS = 200.0  # between all against and all for
_LONGEST_CLIFF_S = 900  # where burn rates are judged, an hour is theirs: they ask whether it still goes on
# 1e-6 is for half a million looks a year. A week is new 52 times: ten times as many looks at what overlaps, and one
# series in twenty has a false alarm in a year, a tenth of those that a minute has.
_LONG_LIMIT = 1e-4
_LONG_CORRELATION = 0.003  # weeks differ more from one another than quarters of an hour do


class RatioJudge:
    """Cliffs by binomial tails, leaks by burn rates where a target is promised, and overdue stocks of cohorts.

    Windows of up to a day are compared with the usual ratio of the hour, longer ones with earlier ones.

    A net score is judged as a ratio too: who is for counts as 1, who is against as 0, the others as a half. Nothing
    between 0 and 1 varies more than what is always one of both, so binomial tails are on the safe side.
    """

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._net = metric.signal is Signal.NET
        effect = metric.minimum_effect / _POINTS if self._net else metric.minimum_effect
        self._baseline = RatioBaseline(bounded=True, prior_dispersion=_PRIOR_CORRELATION)
        self._first = FirstLook()
        self._reference = Reference(_LONG_CORRELATION, self._earlier)
        self._binomial = BinomialDetector(min(effect, 1.0), metric.minimum_exposure)
        self._slow = BinomialDetector(min(effect, 1.0), metric.minimum_exposure, _LONG_LIMIT)
        self._burning = None if metric.target is None else BurnRateDetector(metric.target, metric.minimum_exposure)
        self._overdue = None
        if metric.signal is Signal.COHORT and metric.direction is not Direction.UP and metric.stock:
            self._overdue = OverdueDetector(max(metric.minimum_effect, 0.5), metric.minimum_exposure)

    def learn(self, second_of_day: float, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        if self._metric.windows[0] > LONG_S:
            return  # nothing is compared with the usual ratio of an hour
        self._baseline.learn(
            int(second_of_day // 3600),
            self._tops(counts[Component.NUMERATOR], counts[Component.DENOMINATOR], counts.get(Component.EXPOSURE)),
            counts[Component.DENOMINATOR],
            partner[Component.DENOMINATOR],
        )

    def grow(self, size: int) -> None:
        self._baseline.grow(size)
        self._first.grow(size)
        if self._overdue is not None:
            self._overdue.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """A ratio has exposure only where something was seen."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        usual = self._usual(moment)
        for window_s in windows:
            if self._burning is None or window_s <= _LONGEST_CLIFF_S or window_s > LONG_S:
                yield Finding(window_s, self._judged(moment, window_s, usual))
        if self._burning is not None:
            yield from self._burns(moment, windows, usual)
        if self._overdue is not None:
            stock = self._overdue.judge(moment.reader.overdue().astype(np.float64))
            window_s = self._metric.windows[-1]
            # Judged by the stock of cases, told in the metric's own unit.
            told = self._judged(moment, window_s, usual)
            direction = np.where(stock.score >= 1, -1, told.direction).astype(np.int8)
            told = replace(told, score=stock.score, reason=stock.reason, excess=stock.excess, direction=direction)
            yield Finding(window_s, told, np.full(moment.size, window_s, dtype=np.int32))

    def _judged(self, moment: Moment, window_s: int, usual: UsualRatio) -> Judgement:
        """Against `usual`, or, over a long window, against the windows before it."""
        detector = self._binomial
        if window_s > LONG_S:
            usual, detector = self._reference.usual(moment, window_s), self._slow
        tops, bottoms = self._sums(moment, window_s)
        judged = detector.judge(tops, bottoms, usual.ratio, usual.weight, usual.dispersion)
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
        against = moment.raw(Component.EXPOSURE, window_s) if self._net else None
        tops = self._tops(moment.raw(Component.NUMERATOR, window_s), bottoms, against)
        return np.clip(tops, 0.0, np.maximum(bottoms, 0.0)), bottoms

    def _earlier(self, moment: Moment, window_s: int) -> tuple[Array, Array]:
        """The same of the earlier windows that it is compared with, float64[windows, n]."""
        bottoms = moment.earlier(Component.DENOMINATOR, window_s, mapped=True)
        against = moment.earlier(Component.EXPOSURE, window_s, mapped=False) if self._net else None
        tops = self._tops(moment.earlier(Component.NUMERATOR, window_s, mapped=False), bottoms, against)
        return np.clip(tops, 0.0, np.maximum(bottoms, 0.0)), np.maximum(bottoms, 0.0)

    def _tops(self, tops: Array, bottoms: Array, against: Array | None) -> Array:
        """Successes among the trials; `against` is looked at for net scores only."""
        return (bottoms + tops - against) / 2 if self._net and against is not None else tops

    def _usual(self, moment: Moment) -> UsualRatio:
        usual = self._baseline.usual(moment.end_s, moment.partner(Component.DENOMINATOR), moment.whole)
        first = self._first.usual(moment.now_ms)
        learned = np.isfinite(usual.ratio) & (usual.seen >= _ENOUGH_TRIALS)
        return UsualRatio(
            ratio=np.where(learned, usual.ratio, first.ratio),
            weight=np.where(learned, usual.weight, np.maximum(first.weight, 1.0)),
            dispersion=usual.dispersion,
            seen=usual.seen,
        )

    def told(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """A ratio is judged in its own unit; a net score runs from -100 to 100."""
        del moment, windows
        if not self._net:
            return judged
        columns = ("value", "expected", "lower", "upper")
        return replace(judged, **{name: _POINTS * getattr(judged, name) - _POINTS / 2 for name in columns})

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        window_s = self._metric.windows[0]
        tops, bottoms = self._sums(moment, window_s)
        self._first.follow(moment.now_ms, tops, bottoms, min(elapsed_s / window_s, 1.0), calm)
        if self._overdue is not None:
            self._overdue.follow(moment.reader.overdue().astype(np.float64), elapsed_s, calm)

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        row = np.array([series])
        bottoms = np.maximum(np.array([moment.last(Component.DENOMINATOR, series, seconds)]), 0.0)
        against = np.array([moment.last(Component.EXPOSURE, series, seconds)]) if self._net else None
        tops = self._tops(np.array([moment.last(Component.NUMERATOR, series, seconds)]), bottoms, against)
        usual = self._usual(moment)
        judged = self._binomial.judge(tops, bottoms, usual.ratio[row], usual.weight[row], usual.dispersion[row])
        return self.told(moment, judged, row.astype(np.int32)) if bottoms[0] > 0 else None

    def course(self, moment: Moment, series: int, step: Step, above: bool) -> Course:
        tops = moment.course(Component.NUMERATOR, series, step)
        bottoms = np.maximum(moment.course(Component.DENOMINATOR, series, step), 0.0)
        against = moment.course(Component.EXPOSURE, series, step) if self._net else None
        tops = self._tops(tops, bottoms, against)
        ratio = float(np.nan_to_num(self._usual(moment).ratio[series], nan=self._metric.target or 0.5))
        # Of a rare thing every case tells more: what fell is seen in the failures, what rose in the successes. But of
        # something never seen so far a single case is not yet where it began.
        least = max(self._binomial.minimum_effect / 10, 1e-4)
        if above:
            return Course(tops, max(ratio, least) * bottoms, rises=True, trials=bottoms)
        return Course(np.maximum(bottoms - tops, 0.0), max(1 - ratio, least) * bottoms, rises=True, trials=bottoms)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        window_s = min(self._metric.windows, key=lambda known: abs(known - window_s))
        rows = np.array(parts)
        tops, bottoms = (sums[rows] for sums in self._sums(moment, window_s))
        partner = moment.partner(Component.DENOMINATOR)
        of = self._usual(moment) if window_s <= LONG_S else self._reference.usual(moment, window_s)
        known = np.isfinite(of.ratio[rows])
        usual = np.where(known, of.ratio[rows], of.ratio[whole])
        before = self._baseline.bottoms(partner)[rows] if window_s <= LONG_S else of.seen[rows]
        if before.sum() <= 0:
            before = bottoms
        return contributors.only_sure(
            contributors.of_ratio(before, before * np.nan_to_num(usual), bottoms, tops), known
        )

    def to_bytes(self) -> bytes:
        parts = {"baseline": self._baseline.to_bytes(), "first": self._first.to_bytes()}
        if self._overdue is not None:
            parts["overdue"] = self._overdue.to_bytes()
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in parts.items()})

    def restore(self, payload: bytes) -> None:
        parts = {name: array.tobytes() for name, array in unpack(payload).items()}
        self._baseline = RatioBaseline.from_bytes(parts["baseline"])
        self._first = FirstLook.from_bytes(parts["first"])
        if self._overdue is not None:
            self._overdue.restore(parts["overdue"])
