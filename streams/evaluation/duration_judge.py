"""The judges of durations in histograms: of a quantile, and of their spread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.binomial import BinomialDetector
from detectors.course import Course
from detectors.histogram import quantile
from detectors.judgement import Reason
from detectors.state import pack, unpack
from detectors.tail_baseline import TailBaseline
from detectors.verdict import BAND
from streams.cells.histogram import BINS, edges
from streams.evaluation.expected_ratios import HALF_HOUR_S, kinds
from streams.evaluation.judge import Finding
from streams.evaluation.sequential_ratios import SequentialRatios

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from detectors.ratio_baseline import UsualRatio
    from streams.catalogue.metric import Metric
    from streams.evaluation.judge import Quarter
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_WIDE = 0.9
_MIDDLE = 0.5
_LEAST_SHARE = 0.02
_WEAK = 0.5  # of the score 1: improbable, and too small to matter
_QUARTER_S = 900.0
_UNCUT = 2.0  # times as long as a duration lasts must have been watched before nobody wonders about what lasts longer


class QuantileJudge:
    """Shifts of a distribution: more values in the tails of the usual histogram than there usually are.

    That so many values lie beyond the usual 95th percentile is exactly binomial, whatever the durations are distributed
    like. A quantile looks at its upper tail. What is judged are shares; `in_unit` turns them into the durations that
    people read. Of what has been watched for two days nobody can say how much takes three: a series is judged once it
    has been there for twice as long as its usual quantile, or a shop that opens would get slower for a week.

    Args:
        metric: its catalogue entry.
        share: of the values, how many lie below the quantile; None takes the metric's own.
        lower: of the values, how many lie in a lower tail that is looked at as well.

    """

    def __init__(self, metric: Metric, share: float | None = None, lower: float = 0.0) -> None:
        self._metric = metric
        self._edges = np.array(edges(*metric.bins))
        self._share = metric.quantile if share is None else share
        self._baseline = TailBaseline(BINS, upper=1 - self._share, lower=lower)
        self._detector = BinomialDetector(_LEAST_SHARE, metric.minimum_exposure)
        self._tests = SequentialRatios(
            metric,
            _LEAST_SHARE,
            self._recent,
            lambda moment, window_s: self._counts(moment, window_s).sum(axis=0),
            lambda _: self._baseline.tails.trials_a_day(),
        )
        self._cut_off = any(term.since for term in metric.numerator)  # by what was there before, durations are
        self._learned = 0
        self._made: tuple[tuple[int, int, int, int], UsualRatio] | None = None

    def learn(self, quarter: Quarter, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        del partner  # bins are counted by every scope
        self._baseline.learn(int(quarter.second_of_day // 3600), np.array([counts[number] for number in range(BINS)]))
        self._learned += 1

    def grow(self, size: int) -> None:
        self._baseline.grow(size)
        self._tests.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """A distribution has exposure only where something was seen."""
        del window_s
        return 0.0

    def watch(self, moment: Moment) -> bool:
        """Takes in what came since the last tick; whether there may be something to find."""
        return self._tests.watch(moment, self._usual(moment))

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        usual = self._usual(moment)
        expected = self._value(self._baseline.histograms())
        for window_s in windows:
            counts = self._counts(moment, window_s)
            total = counts.sum(axis=0)
            judged = self._detector.judge(
                self._baseline.in_tails(counts), total, usual.ratio, usual.weight, usual.dispersion, shown=True
            )
            judged.reason[~np.isfinite(usual.ratio) & (total > 0)] = Reason.WARMING_UP
            yield Finding(window_s, judged)
        found = self._tests.finding(moment, usual)
        assert found.windows is not None
        rows = found.judgement.score >= 1
        if rows.any():
            self._weaken(found.judgement, self._values(moment, found.windows, rows), expected)
        yield found

    def _recent(self, moment: Moment, slots: int) -> tuple[Array, Array]:
        """Values in the tails, and all, of the last slots of 10 s."""
        counts: Array = np.array([moment.reader.recent(number, slots) for number in range(BINS)], dtype=np.float64)
        if not counts.any():
            return counts[0], counts[0]
        counts = np.maximum(counts, 0.0)
        return self._baseline.in_tails(counts), counts.sum(axis=0)

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        value = self._values(moment, windows, np.full(moment.size, True))
        return self._in_seconds(moment, judged, value, np.arange(moment.size))

    def _values(self, moment: Moment, windows: NDArray[np.int32], rows: NDArray[np.bool_]) -> Array:
        """float64[n]: what people read of these rows, over the longest kept windows that lie within theirs.

        A longer one would dilute what they show; only where all are longer, the shortest has to do.
        """
        kept = np.array(self._metric.windows)
        nearest = kept[np.maximum(np.searchsorted(kept, windows, side="right") - 1, 0)]
        value = np.zeros(moment.size)
        for window_s in np.unique(nearest[rows]).tolist():
            of = rows & (nearest == window_s)
            value[of] = self._value(self._counts(moment, window_s))[of]
        return value

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        row = np.array([series])
        counts = np.zeros((BINS, moment.size))  # tails are drawn for each series
        counts[:, series] = [moment.last(number, series, seconds) for number in range(BINS)]
        total, usual = counts.sum(axis=0)[row], self._usual(moment)
        if total[0] <= 0:
            return None
        tails = self._baseline.in_tails(counts)[row]
        judged = self._detector.judge(tails, total, usual.ratio[row], usual.weight[row], usual.dispersion[row])
        return self._in_seconds(moment, judged, self._value(counts[:, row]), row)

    def _in_seconds(self, moment: Moment, judged: Judgement, value: Array, rows: NDArray[np.intp]) -> Judgement:
        """Judgements of these rows by shares, as durations."""
        usual = self._usual(moment)
        counts = self._baseline.histograms()[:, rows]
        known = np.isfinite(usual.ratio[rows])
        expected = np.where(known, self._value(counts), value)
        # How far a share moves by chance once in a million says how far the quantile may; arc sines of roots of shares
        # all have the same variance (Anscombe 1948).
        spread = 1 / np.maximum(judged.exposure, 1.0) + 1 / np.maximum(usual.weight[rows], 1.0) + usual.dispersion[rows]
        angle, reach = np.arcsin(np.sqrt(1 - self._share)), BAND / 2 * np.sqrt(spread)
        tails = np.sin(np.clip([angle + reach, angle - reach], 0.0, np.pi / 2)) ** 2
        effect = 1 + self._metric.minimum_effect
        lower = np.minimum(self._value(counts, 1 - tails[0]), expected / effect)
        upper = np.maximum(self._value(counts, 1 - tails[1]), expected * effect)
        return replace(judged, value=value, expected=expected, lower=lower, upper=upper)

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """A distribution has no level to follow: a shift stays a shift until its quarters have become history."""

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        counts = np.array([moment.course(number, series, step) for number in range(BINS)])
        low, high = (int(border[series]) for border in self._baseline.borders())
        total = counts.sum(axis=0)
        tails = total - counts[low:high].sum(axis=0)
        usual = float(np.nan_to_num(self._usual(moment).ratio[series], nan=_LEAST_SHARE))
        if above:
            return Course(tails, max(usual, _LEAST_SHARE / 10) * total, rises=True, trials=total)
        return Course(total - tails, (1 - usual) * total, rises=True, trials=total)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        before = self._value(self._baseline.counts.astype(np.float64))[rows[0]]
        counts = [[moment.last(number, series, seconds) for series in rows.tolist()] for number in range(BINS)]
        self._baseline.begin_anew(rows, np.array(counts))
        self._tests.forget(rows)
        self._made = None
        after = self._value(self._baseline.counts.astype(np.float64))[rows[0]]
        return float(after / before) if before > 0 and self._baseline.high[rows[0]] > 0 else 0.0

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        rows = np.array(parts)
        window_s = min(self._metric.windows, key=lambda known: abs(known - window_s))
        usual = self._usual(moment).ratio
        known = np.isfinite(usual[rows])
        # What is not known has no tails of its own: it is measured by those of the whole.
        low, high = (np.where(known, of[rows], of[whole]) for of in self._baseline.borders())
        counts = self._counts(moment, window_s)[:, rows]
        bins = np.arange(BINS)[:, None]
        bottoms, tops = counts.sum(axis=0), np.where((bins < low) | (bins >= high), counts, 0.0).sum(axis=0)
        before = self._baseline.counts.sum(axis=0, dtype=np.float64)[rows]
        if before.sum() <= 0:
            before = bottoms
        share = np.nan_to_num(np.where(known, usual[rows], usual[whole]))
        return contributors.of_ratio(before, before * share, bottoms, tops, known)

    def to_bytes(self) -> bytes:
        parts = {"baseline": self._baseline.to_bytes(), "tests": self._tests.to_bytes()}
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in parts.items()})

    def restore(self, payload: bytes) -> None:
        parts = unpack(payload)
        self._baseline.restore(parts["baseline"].tobytes())
        self._tests.restore(parts["tests"].tobytes())
        self._made = None

    def _counts(self, moment: Moment, window_s: int) -> Array:
        counts: Array = np.array([moment.raw(number, window_s) for number in range(BINS)])
        return np.maximum(counts, 0.0)

    def _usual(self, moment: Moment) -> UsualRatio:
        """It changes with the half hour and with what is learned, so it is made then and kept."""
        key = (int(moment.end_s // HALF_HOUR_S), self._learned, moment.size, moment.whole)
        if self._made is None or self._made[0] != key:
            self._baseline.whole = moment.whole
            usual = self._baseline.usual(moment.end_s, moment.whole, kinds(moment))
            if self._cut_off:
                _, high = self._baseline.borders()
                watched = self._baseline.quarters * _QUARTER_S >= _UNCUT * self._edges[np.maximum(high - 1, 0)]
                usual = usual._replace(ratio=np.where(watched, usual.ratio, np.nan))
            self._made = (key, usual)
        return self._made[1]

    def _value(self, counts: Array, share: Array | None = None) -> Array:
        """The quantile of histograms; `share` takes the place of the metric's own."""
        return quantile(counts, self._edges, self._share if share is None else share)

    def _weaken(self, judged: Judgement, value: Array, expected: Array) -> None:
        """What is improbable and yet changes the duration by less than matters."""
        effect = 1 + self._metric.minimum_effect
        large = np.where(judged.direction > 0, value >= expected * effect, value * effect <= expected)
        rows = np.flatnonzero(~large & (judged.score >= 1))
        judged.score[rows] = _WEAK
        judged.reason[rows] = Reason.BELOW_MINIMUM_EFFECT


class SpreadJudge(QuantileJudge):
    """A spread looks at both tails: durations that grow erratic leave the middle on both sides while their mean stays.

    It is the 90 % quantile less the median, and its tails are what lies beyond P10 and P90.
    """

    def __init__(self, metric: Metric) -> None:
        super().__init__(metric, _WIDE, 1 - _WIDE)

    def _value(self, counts: Array, share: Array | None = None) -> Array:
        return np.maximum(super()._value(counts, share) - quantile(counts, self._edges, _MIDDLE), 0.0)
