"""Between which numbers a count is expected: the usual day, times what plan, activity and the last hour say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.level import Level
from detectors.seasonal import QUARTER_S, SeasonalBaseline, Usual
from detectors.week import spread_between
from streams.catalogue.metric import Component
from streams.evaluation.edges import Edges, Interval
from streams.evaluation.in_plan import in_plan
from streams.evaluation.moment import CourseStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day
    from streams.catalogue.metric import Metric
    from streams.evaluation.driving_activity import DrivingActivity
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_REST_PRIOR = 1.0  # events by which what the parts beside one see is drawn towards what is usual
_LEVEL_S = 3_600
_MINUTE_S = 60.0
_MINUTE_MS = 60_000
_WAKE_BEYOND_REST = 1.5
_DAY_SPREAD = 0.05  # dispersion of the counts of whole days
_PEAK = 8.0  # times the mean of the day
_REBASE_PRIOR = 20.0  # events by which a part is drawn towards what has become of the series it belongs to
_GROWN = 2.0  # times the usual day: what is more shows in the windows themselves
_TELLING = 20.0  # events of about an hour
_ALIKE = 1.5  # times the usual: a level at which all parts may be expected
_UNLIKE = 3.0  # times the usual: some parts follow that, and others do not
_FURTHEST = 0.4  # of the level: what an hour of an unknown kind of day may be less


class ExpectedCounts:
    """The expected interval of each series, from `low` to `high`.

    With an activity the interval follows that; "up" is never judged below the usual day. Without one it follows the
    last minutes and the last hour; what is more than usual may go as it came, so only a quarter is held against a fall.
    A part is compared with the rest of the whole as well: what rises or falls everywhere is the whole's to tell. What
    is planned stretches the usual day, before anything else does.

    Attributes:
        usual: the usual day of the counts.

    """

    def __init__(self, metric: Metric, activity: DrivingActivity, counted: Component = Component.NUMERATOR) -> None:
        """`counted`: the component whose counts they are."""
        self._counted = counted
        self.usual = SeasonalBaseline()
        self._shortest_s = metric.windows[0]
        self._windows = metric.windows
        self._activity = activity
        self._level = Level()
        self._sets: NDArray[np.intp] = np.zeros(0, dtype=np.intp)  # of scopes, derived
        self._minute: tuple[tuple[int, int, int], tuple[Usual, Array, Array]] | None = None  # as long as it lasts
        self._largest: float | None = None  # of the usual day's quarters, over all series
        self._day: Array | None = None  # the events of a usual day

    @property
    def follows_activity(self) -> bool:
        """Whether what is expected moves with an activity, and not with the time of day only."""
        return self._activity.component is not None

    def learn(self, slot: int, counts: Array, day: Day) -> None:
        """Takes in a closed quarter of an hour."""
        self.usual.learn(slot, counts, day)
        self._largest = self._day = self._minute = None

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.usual.grow(size)
        self._level.grow(size)

    def level(self) -> Array:
        """float64[n]: events of a usual day."""
        if self._day is None:
            self._day = self.usual.profile.sum(axis=0, dtype=np.float64)
        return self._day

    def largest(self, window_s: int) -> float:
        """More is expected of no series over a window of that length."""
        if self._largest is None:
            profile = self.usual.profile
            # A single quarter of a thin series says little: of its day it holds at most so many times the mean.
            usual = np.minimum(profile.max(axis=0), _PEAK * profile.mean(axis=0))
            self._largest = float(usual.max(initial=0.0))
        return self._largest * _GROWN * window_s / QUARTER_S

    def interval(self, moment: Moment, window_s: int) -> Interval:
        """What is expected of a window that ends at this tick."""
        usual = self.usual.usual(moment.end_s, window_s, moment.whole, day=moment.day)
        low, high, unsure = self._scaled(moment, usual, window_s)
        spread = self.usual.dispersion()
        if window_s > _LEVEL_S:
            # Learned from quarters of an hour, whose deviations even out over a day; whole days differ as well.
            spread = spread * (QUARTER_S / window_s) + _DAY_SPREAD
        dispersion = spread * (1 + 1 / np.maximum(usual.days, 1.0)) + 1 / (usual.evidence + 1) + unsure
        return Interval(low, high, np.minimum(np.nan_to_num(dispersion, nan=1.0), 2.0))

    def edges(self, moment: Moment) -> Edges:
        """What is expected of the shortest window by a series itself, whatever the rest of the whole and plans do.

        Without an activity it is the same throughout a minute, until something is learned or followed.
        """
        window_s = self._shortest_s
        usual, low, high = self._of_minute(moment)
        unsure = 1 / (usual.evidence + 1)
        least, most = np.ones(moment.size), np.ones(moment.size)
        if self._activity.component is not None:
            of_least, of_most, few = self._activity.range(moment, window_s)
            least = np.minimum(of_least, 1.0)
            most = np.maximum(of_most, np.fmin(self._activity.wake, _WAKE_BEYOND_REST))
            unsure = unsure + few
        unsure, spread = np.nan_to_num(unsure, nan=1.0), np.minimum(usual.spread, spread_between(usual.low, usual.high))
        spread = np.nan_to_num(spread, nan=1.0)
        wobble = self.usual.wobble()
        return Edges(
            low=low * least,
            middle=usual.middle,
            high=high * most,
            lower=usual.least,
            upper=usual.greatest,
            evidence=usual.evidence,
            wobble=wobble,
            unsure=unsure,
            spread=spread,
            least=least,
            most=most,
        )

    def _of_minute(self, moment: Moment) -> tuple[Usual, Array, Array]:
        """The usual of the shortest window around this minute, and between what it may be today: made once a minute.

        Not of the one that ends now: where a day begins or ends at a stroke, that would lag behind by a minute.
        """
        key = (moment.end_ms // _MINUTE_MS, moment.size, moment.whole)
        if self._minute is None or self._minute[0] != key:
            end_s = moment.end_s // _MINUTE_S * _MINUTE_S + (_MINUTE_S + self._shortest_s) / 2
            usual = self.usual.usual(end_s, self._shortest_s, moment.whole, day=moment.day)
            self._minute = (key, (usual, *self._of_today(usual, moment)))
        return self._minute[1]

    def _of_today(self, usual: Usual, moment: Moment) -> tuple[Array, Array]:
        """Between what a day of this kind may be, by what today has been so far.

        Whatever the kind of day, if one was seen before, it does not fall far below what the last hour was, if that has
        events enough to tell. What is not known of such a day, and how it moves, is the whole's to say: parts have its
        level of the last hour or that of most parts beside them, but on a day that is unlike all that were seen. A part
        that stays as usual, or as it was in the last hour, while all others move as days do not, has not moved.
        """
        level, told = self._level.ratio(usual.spread), self._level.means[1, 0] >= _TELLING
        least = _FURTHEST * usual.least * np.minimum(level.min(axis=0), 1.0)
        low, high = np.where(told & (usual.low > 0), np.maximum(usual.low, least), usual.low), usual.high
        if not 0 <= moment.whole < len(low):
            return low, high
        part = (np.arange(len(low)) != moment.whole) & ~(usual.low <= 0)
        of_whole, of_most = level[1, moment.whole], self._level.of_sets(self._sets_of(moment))
        least, most = np.minimum(of_whole, of_most), np.maximum(of_whole, of_most)
        least = np.minimum(least, np.maximum(level[1], _followed(least)))
        most = np.maximum(most, np.minimum(level[1], _followed(most)))
        return np.where(part, usual.least * least, low), np.where(part, usual.greatest * most, high)

    def _sets_of(self, moment: Moment) -> NDArray[np.intp]:
        """Which scope set each series belongs to."""
        known = len(self._sets)
        if known < moment.size:
            new = [moment.reader.scopes[series][0] for series in range(known, moment.size)]
            self._sets = np.concatenate([self._sets, np.array(new, dtype=np.intp)])
        return self._sets

    def _scaled(self, moment: Moment, usual: Usual, window_s: int) -> tuple[Array, Array, Array]:
        # A longer window holds the last hour and should not be measured by it.
        low, high = self._of_today(usual, moment) if window_s <= _LEVEL_S else (usual.low, usual.high)
        plan = in_plan(moment, window_s, low, high)
        low, high, unsure = plan.low, plan.high, np.nan_to_num(plan.unsure)
        of_whole = moment.whole >= 0 and usual.middle[moment.whole] > 0
        rest = self._rest(moment, usual, window_s) if of_whole else np.full(moment.size, np.nan)
        if self._activity.component is not None:
            least, most, few = self._activity.range(moment, window_s)
            unsure = unsure + few
            low = low * np.minimum(least, 1.0)
            wake = np.fmin(self._activity.wake, _WAKE_BEYOND_REST * rest)  # later, and to all parts
            high = high * np.maximum(most, wake)
        if of_whole:
            rest = usual.middle * rest
            low, high = np.fmin(low, rest), np.where(np.isnan(high), high, np.fmax(high, rest))
        return low, high, unsure

    def _rest(self, moment: Moment, usual: Usual, window_s: int) -> Array:
        """What the whole without a part is against its usual count, by part; NaN for the whole, or where it is new."""
        counts = moment.raw(self._counted, window_s)
        seen = np.maximum(counts[moment.whole] - counts, 0.0)
        expected = np.maximum(usual.middle[moment.whole] - usual.middle, 0.0)
        ratio: Array = (seen + _REST_PRIOR) / (expected + _REST_PRIOR)
        ratio[(expected < _REST_PRIOR) & (seen > _REST_PRIOR)] = np.nan
        ratio[moment.whole] = np.nan
        return ratio

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Follows the present level where it is calm."""
        window_s = self._shortest_s
        expected = self.usual.usual(moment.end_s, window_s, moment.whole, day=moment.day).middle
        if self._activity.component is not None:
            most = self._activity.range(moment, window_s, ahead=False)[1]
            expected = expected * most
            self._activity.follow(elapsed_s, most)
        share = min(elapsed_s / window_s, 1.0)
        counts = moment.raw(self._counted, window_s)
        planned = moment.planned(window_s)
        plan = in_plan(moment, window_s, expected, expected)
        # What is within the plan is neither above the usual nor below it.
        low, high = expected * planned.low, expected * planned.high
        remembered = plan.remembered
        expected = np.clip(counts, np.where(remembered, plan.low, low), np.where(remembered, plan.high, high))
        self._level.follow(counts * share, expected * share, elapsed_s, calm)
        self._minute = None

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        """Stretches the usual day of these rows to what they counted in their last seconds; by how much, the first."""
        counts = np.array([moment.last(self._counted, series, seconds) for series in rows.tolist()])
        steps = max(seconds // CourseStep.SLOT, 1)
        usual = np.array(
            [
                self.usual.course(series, moment.end_s, steps, CourseStep.SLOT, day=moment.day).sum()
                for series in rows.tolist()
            ]
        )
        usual = usual * self._scale_now(moment, seconds)[rows]
        first = float((counts[0] + 1) / (usual[0] + 1))
        factors = (counts + _REBASE_PRIOR * first) / (usual + _REBASE_PRIOR)
        factors[0] = first
        self.usual.rescale(rows, factors)
        self._level.forget(rows)
        self._largest = self._day = self._minute = None
        return first

    def _scale_now(self, moment: Moment, seconds: int) -> Array:
        """What plan and activity say of the last seconds, in times of the usual day."""
        planned = moment.planned(seconds)
        scale = np.full(moment.size, (planned.low + planned.high) / 2)
        if self._activity.component is not None:
            window_s = min(self._windows, key=lambda known: abs(known - seconds))
            least, most, _ = self._activity.range(moment, window_s, ahead=False)
            scale *= (least + most) / 2
        return scale

    def parts(self) -> dict[str, bytes]:
        """The state by name."""
        return {"usual": self.usual.to_bytes(), "level": self._level.to_bytes()}

    def restore(self, parts: dict[str, bytes]) -> None:
        """Takes over what `parts` described."""
        self._largest = self._day = self._minute = None
        self.usual = SeasonalBaseline.from_bytes(parts["usual"])
        self._level = Level.from_bytes(parts["level"])


def _followed(level: Array) -> Array:
    """How far a part is expected to follow a level of most others: wholly that of a day, not at all that of a surge.

    >>> _followed(np.array([0.0, 0.8, 1.0, 1.4, 2.0, 10.0])).round(1).tolist()
    [1.0, 0.8, 1.0, 1.4, 1.5, 1.0]
    """
    away = np.log(np.maximum(level, 1e-9))
    share = 1 - (np.abs(away) - np.log(_ALIKE)) / (np.log(_UNLIKE) - np.log(_ALIKE))
    followed: Array = np.exp(away * np.clip(share, 0.0, 1.0))
    return followed
