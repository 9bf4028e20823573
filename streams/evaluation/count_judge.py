"""The judge of counts per minute, and of counts per thousand of something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import Judgement, Reason
from detectors.level import Level
from detectors.seasonal import QUARTER_S, SeasonalBaseline, Usual
from detectors.silence import SilenceDetector
from detectors.stall import StallDetector
from detectors.state import grown, pack, unpack
from detectors.surge import SurgeDetector
from streams.catalogue.metric import Component, Direction, Signal
from streams.evaluation.judge import Finding
from streams.evaluation.peers import share_the_limit
from streams.evaluation.window_reader import TICK_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import Moment, Step
    from streams.evaluation.sale_plan import Planned, SalePlan

    Array = NDArray[np.float64]

_ACTIVITY_PRIOR = 1.0  # events by which an activity is drawn towards its usual one: a sale multiplies what hardly was
_REST_PRIOR = 1.0  # the same for what the parts beside one see
_LEVEL_S = 3_600
_WAKE_S = 1_200.0
_WAKE_BEYOND_REST = 1.5
_AHEAD_S = 300  # longer windows hold what they need
_LEAST_LEVEL, _GREATEST_LEVEL = 0.05, 50.0
_DAY_SPREAD = 0.05  # dispersion of the counts of whole days
_PEAK = 8.0  # times the mean of the day
_GROWN = 2.0  # times the usual day: what is more shows in the windows themselves
_GREATEST_UNEXPLAINED = 3.0
_LONGEST_SILENCE_S = 26 * 3600
_MINUTES_AN_HOUR = 60.0


class CountJudge:
    """Surge, collapse and silence of counts against the usual day, times what the activity and the last hour say.

    The expectation is an interval from `low` to `high`. With an activity (the exposure of a count, the denominator of
    a rate per thousand) it reaches from the least to the greatest activity of the judged window and of the longer
    ones, the wake of a passed peak included, because what people do lags behind; "up" is never judged below the usual
    day. Without one it follows the last minutes and the last hour; what is more than usual may go as it came, so only
    a quarter is held against a fall. A part is compared with the rest of the whole as well: what rises or falls
    everywhere is the whole's to tell. What is planned stretches the usual day, before anything else does.
    """

    def __init__(self, metric: Metric, plan: SalePlan) -> None:
        self._metric = metric
        self._plan = plan
        self._per_thousand = metric.signal is Signal.PER_THOUSAND
        self._activity_of: Component | None = None
        if self._per_thousand:
            self._activity_of = Component.DENOMINATOR
        elif metric.exposure:
            self._activity_of = Component.EXPOSURE
        self._usual = SeasonalBaseline()
        self._activity = SeasonalBaseline()
        self._level = Level()
        self._wake: Array = np.ones(0)  # the activity's latest height, fading: what people do comes after it
        self._surge = SurgeDetector(metric.minimum_effect, metric.minimum_exposure)
        self._silence = SilenceDetector()
        self._stall = StallDetector(metric.minimum_exposure)
        self._ran_ms = 0  # up to where the runs have followed
        self._largest: float | None = None  # of the usual day's quarters, over all series
        self._listens = metric.direction in {Direction.DOWN, Direction.BOTH} and not self._per_thousand

    def learn(self, second_of_day: float, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]]) -> None:
        slot = int(second_of_day // QUARTER_S)
        self._usual.learn(slot, counts[Component.NUMERATOR])
        self._largest = None
        if self._activity_of is not None:
            self._activity.learn(slot, counts[self._activity_of])
        del partner  # activities are learned where they are counted

    def grow(self, size: int) -> None:
        self._usual.grow(size)
        if self._activity_of is not None:
            self._activity.grow(size)
        self._level.grow(size)
        if self._listens:
            self._stall.grow(size)
        self._wake = grown(self._wake, size, fill=1.0)

    def largest_expected(self, window_s: int) -> float:
        if self._largest is None:
            profile = self._usual.profile
            # A single quarter of a thin series says little: of its day it holds at most so many times the mean.
            usual = np.minimum(profile.max(axis=0), _PEAK * profile.mean(axis=0))
            self._largest = float(usual.max(initial=0.0))
        return self._largest * _GROWN * window_s / QUARTER_S

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        for window_s in windows:
            low, high, dispersion = self._expectation(moment, window_s)
            if self._listens and window_s == self._metric.windows[0]:
                self._run(moment, low * (TICK_MS / 1000 / window_s), dispersion)
            judged = self._surge.judge(moment.raw(Component.NUMERATOR, window_s), low, high, dispersion, window_s)
            judged.reason[~np.isfinite(high)] = Reason.WARMING_UP
            share_the_limit(judged, moment.peers)
            yield Finding(window_s, self._in_unit(moment, judged, window_s))
        if self._listens:
            yield Finding(0, self._stall.judge(), self._stall.seconds.astype(np.int32))
            silence = self._silences(moment)
            if silence is not None:
                yield silence

    def _run(self, moment: Moment, expected: Array, dispersion: Array) -> None:
        """One tick more for the runs of the stall detector. What was not followed begins anew."""
        if moment.end_ms - self._ran_ms != TICK_MS:
            self._stall.begin()
        self._ran_ms = moment.end_ms
        self._stall.follow(moment.raw(Component.NUMERATOR, TICK_MS // 1000), expected, dispersion, TICK_MS / 1000)

    def _expectation(self, moment: Moment, window_s: int) -> tuple[Array, Array, Array]:
        usual = self._usual.usual(moment.end_s, window_s, moment.whole)
        low, high, unsure = self._scaled(moment, usual, window_s)
        spread = self._usual.dispersion()
        if window_s > _LEVEL_S:
            # Learned from quarters of an hour, whose deviations even out over a day; whole days differ as well.
            spread = spread * (QUARTER_S / window_s) + _DAY_SPREAD
        dispersion = spread * (1 + 1 / np.maximum(usual.days, 1.0)) + 1 / (usual.evidence + 1) + unsure
        return low, high, np.minimum(np.nan_to_num(dispersion, nan=1.0), 2.0)

    def _scaled(self, moment: Moment, usual: Usual, window_s: int) -> tuple[Array, Array, Array | float]:
        unsure: Array | float = 0.0
        planned = self._planned(moment, window_s)
        low, high = usual.low * planned.low, usual.high * planned.high
        if window_s <= _LEVEL_S:
            # A longer window holds the last hour and should not be measured by it.
            low, high = low * self._least_level(moment.whole), high * self._greatest_level(moment.whole)
        of_whole = moment.whole >= 0 and usual.middle[moment.whole] > 0
        rest = self._rest(moment, usual, window_s) if of_whole else np.full(moment.size, np.nan)
        if self._activity_of is not None:
            least, most, unsure = self._activities(moment, window_s)
            low = low * np.minimum(least, 1.0)
            high = high * np.maximum(most, np.fmin(self._wake, _WAKE_BEYOND_REST * rest))  # later, and to all parts
        if of_whole:
            rest = usual.middle * rest
            low, high = np.fmin(low, rest), np.where(np.isnan(high), high, np.fmax(high, rest))
        return low, high, unsure

    @staticmethod
    def _rest(moment: Moment, usual: Usual, window_s: int) -> Array:
        """What the whole without a part is against its usual count, by part; NaN for the whole, or where it is new."""
        counts = moment.raw(Component.NUMERATOR, window_s)
        seen = np.maximum(counts[moment.whole] - counts, 0.0)
        expected = np.maximum(usual.middle[moment.whole] - usual.middle, 0.0)
        ratio: Array = (seen + _REST_PRIOR) / (expected + _REST_PRIOR)
        ratio[(expected < _REST_PRIOR) & (seen > _REST_PRIOR)] = np.nan
        ratio[moment.whole] = np.nan
        return ratio

    def _planned(self, moment: Moment, window_s: int) -> Planned:
        return self._plan.within(moment.end_ms - window_s * 1000, moment.end_ms)

    def _least_level(self, whole: int) -> Array:
        least: Array = np.clip(self._level.ratio(whole).min(axis=0), _LEAST_LEVEL, _GREATEST_LEVEL)
        return np.where(least > 1, 1 + (least - 1) / 4, least)

    def _greatest_level(self, whole: int) -> Array:
        ratio = self._level.ratio(whole)
        greatest, limit = ratio.max(axis=0), _GREATEST_LEVEL
        if self._activity_of is not None:
            # The activity follows the minute; what it does not explain is followed slowly and not for ever.
            greatest, limit = ratio[1], _GREATEST_UNEXPLAINED
        clipped: Array = np.clip(greatest, 1.0, limit)
        return clipped

    def _activities(self, moment: Moment, window_s: int, *, ahead: bool = True) -> tuple[Array, Array, Array]:
        """The least and the greatest activity against the usual one, and how unsure that is."""
        assert self._activity_of is not None
        spans = {window_s, *(span for span in self._metric.windows if span > window_s)}
        if self._metric.trailing_s:
            spans.add(self._metric.trailing_s)
        ratios, unsure = [], np.zeros(moment.size)
        for span in sorted(spans):
            seen = moment.sums(self._activity_of, span)
            expected = np.nan_to_num(self._mapped(moment, self._activity.usual(moment.end_s, span).middle))
            ratios.append((seen + _ACTIVITY_PRIOR) / (expected + _ACTIVITY_PRIOR))
            if span == window_s:
                unsure = 1 / (seen + _ACTIVITY_PRIOR)
        if ahead and window_s <= _AHEAD_S:
            ratios.append(self._ahead(moment))
        known = self._mapped(moment, self._activity.days()) > 0
        stack = np.where(known, np.array(ratios), 1.0)
        if self._per_thousand and self._metric.trailing_s and moment.whole >= 0:
            # What a busy hour does to the rate, the rest of the whole shows; a part has its own day, and the rest.
            day = stack[sorted(spans).index(self._metric.trailing_s)].copy()
            whole = stack[:, moment.whole].copy()
            stack[:] = day
            stack[:, moment.whole] = whole
        return stack.min(axis=0), stack.max(axis=0), np.where(known, unsure, 0.0)

    def _ahead(self, moment: Moment) -> Array:
        """The activity two shortest windows from now if it goes on rising as it does; 1 where that cannot be said.

        People ask before they buy, so at a steep rise their questions are ahead of it.
        """
        assert self._activity_of is not None
        span = self._metric.windows[0]
        if 2 * span not in self._metric.windows:
            return np.ones(moment.size)
        now = moment.sums(self._activity_of, span)
        before = moment.sums(self._activity_of, 2 * span) - now
        expected = np.nan_to_num(self._mapped(moment, self._activity.usual(moment.end_s, span).middle))
        coming: Array = now + 2 * np.maximum(now - before, 0.0)
        return (coming + _ACTIVITY_PRIOR) / (expected + _ACTIVITY_PRIOR)

    def _mapped(self, moment: Moment, values: Array) -> Array:
        assert self._activity_of is not None
        partner = moment.partner(self._activity_of)
        return np.where(partner >= 0, values[np.maximum(partner, 0)], 0.0)

    def _in_unit(
        self, moment: Moment, judged: Judgement, window_s: int, rows: NDArray[np.intp] | slice = slice(None)
    ) -> Judgement:
        if not self._per_thousand:
            return judged
        # Counts are per minute so far: an hour's worth says the same whatever the window.
        bottoms = moment.sums(Component.DENOMINATOR, self._metric.trailing_s or window_s)[rows]
        factor = np.where(bottoms > 0, 1000.0 * _MINUTES_AN_HOUR / np.maximum(bottoms, 1.0), 0.0)
        judged.reason[bottoms <= 0] = Reason.INSUFFICIENT_EXPOSURE
        return replace(
            judged,
            score=np.where(bottoms > 0, judged.score, 0.0),
            value=judged.value * factor,
            expected=judged.expected * factor,
            lower=judged.lower * factor,
            upper=judged.upper * factor,
        )

    def _silences(self, moment: Moment) -> Finding | None:
        last = moment.reader.last_seen()
        silent_s = np.where(last > 0, (moment.end_ms - last) / 1000.0, 0.0)
        silent_s = np.clip(silent_s, 0.0, _LONGEST_SILENCE_S)
        if self._metric.opening_hours and moment.open_since:
            silent_s = np.minimum(silent_s, (moment.end_ms - moment.open_since) / 1000.0)
        usual = self._usual.usual(moment.end_s, 60, moment.whole)
        peak = self._usual.profile.max(axis=0) / QUARTER_S
        # Where a run has followed every tick of it, the run says it, and says it for any number of looks.
        followed = self._stall.seconds >= silent_s
        rows = np.flatnonzero(np.isfinite(usual.low) & (silent_s * peak > 5.0) & ~followed)
        if len(rows) == 0:
            return None
        missed = np.full(moment.size, np.nan)
        missed[rows] = self._usual.between(moment.end_s, silent_s[rows], rows)
        missed *= self._least_level(moment.whole) * min(self._planned(moment, 60).low, 1.0)
        missed = np.fmin(missed, np.where(np.isfinite(missed), self._share_of_whole(moment, silent_s), np.nan))
        dispersion = self._usual.dispersion() * (1 + 1 / np.maximum(usual.days, 1.0)) + 1 / (usual.evidence + 1)
        judged = self._silence.judge(missed, silent_s, dispersion)
        return Finding(0, judged, silent_s.astype(np.int32))

    def _share_of_whole(self, moment: Moment, silent_s: Array) -> Array:
        """Events that the usual share of what the whole has seen meanwhile comes to; infinite where it says nothing."""
        missed = np.full(moment.size, np.inf)
        if moment.whole < 0:
            return missed
        below = 0
        for window_s in self._metric.windows:
            rows = (silent_s > below) & (silent_s <= window_s if window_s != self._metric.windows[-1] else True)
            below = window_s
            usual = self._usual.usual(moment.end_s, window_s, moment.whole).middle
            if rows.any() and usual[moment.whole] > 0:
                whole = moment.raw(Component.NUMERATOR, window_s)[moment.whole]
                missed[rows] = (usual * whole / usual[moment.whole] * silent_s / window_s)[rows]
        missed[moment.whole] = np.inf
        return missed

    def told(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is judged in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        window_s = self._metric.windows[0]
        usual = self._usual.usual(moment.end_s, window_s, moment.whole)
        expected = usual.middle
        if self._activity_of is not None:
            most = self._activities(moment, window_s, ahead=False)[1]
            expected = expected * most
            self._wake = np.maximum(1 + (self._wake - 1) * np.exp(-elapsed_s / _WAKE_S), most)
        share = min(elapsed_s / window_s, 1.0)
        counts = moment.raw(Component.NUMERATOR, window_s)
        planned = self._planned(moment, window_s)
        # What is within the plan is neither above the usual nor below it.
        expected = np.clip(counts, expected * planned.low, expected * planned.high)
        self._level.follow(counts * share, expected * share, elapsed_s, calm)

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        window_s = min(self._metric.windows, key=lambda known: abs(known - seconds))
        row, counts = np.array([series]), np.array([moment.last(Component.NUMERATOR, series, seconds)])
        low, high, dispersion = (of[row] for of in self._expectation(moment, window_s))
        judged = self._surge.judge(counts, low * seconds / window_s, high * seconds / window_s, dispersion, seconds)
        return self._in_unit(moment, judged, window_s, row)

    def course(self, moment: Moment, series: int, step: Step, above: bool) -> Course:
        counts = moment.course(Component.NUMERATOR, series, step)
        window_s = self._metric.windows[0]
        low, high, _ = self._expectation(moment, window_s)
        usual = self._usual.usual(moment.end_s, window_s, moment.whole).middle[series]
        scale = float((high if above else low)[series]) / max(float(usual), 1e-9)
        expected = self._usual.course(series, moment.end_s, len(counts), step)
        return Course(counts, expected * (scale if np.isfinite(scale) else 1.0), rises=above)

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        window_s = min(self._metric.windows, key=lambda known: abs(known - window_s))
        rows = np.array(parts)
        low, high, _ = self._expectation(moment, window_s)
        counts = moment.raw(Component.NUMERATOR, window_s)
        known = np.isfinite(low) & np.isfinite(high)
        usual = np.where(known, np.clip(counts, low, high), np.nan)
        expected = contributors.expected_of_parts(usual[rows], counts[rows], float(usual[whole]))
        return contributors.only_sure(contributors.of_count(expected, counts[rows]), known[rows])

    def to_bytes(self) -> bytes:
        parts = {
            "usual": self._usual.to_bytes(),
            "activity": self._activity.to_bytes(),
            "level": self._level.to_bytes(),
            "wake": pack({"wake": self._wake}),
            "stall": self._stall.to_bytes(),
            "ran": pack({"ran": np.array([self._ran_ms], dtype=np.int64)}),
        }
        return pack({name: np.frombuffer(part, dtype=np.uint8) for name, part in parts.items()})

    def restore(self, payload: bytes) -> None:
        self._largest = None
        parts = {name: array.tobytes() for name, array in unpack(payload).items()}
        self._usual = SeasonalBaseline.from_bytes(parts["usual"])
        self._activity = SeasonalBaseline.from_bytes(parts["activity"])
        self._level = Level.from_bytes(parts["level"])
        self._wake = unpack(parts["wake"])["wake"]
        self._stall.restore(parts["stall"])
        self._ran_ms = int(unpack(parts["ran"])["ran"][0])
