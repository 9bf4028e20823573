"""The judge of rare events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors import contributors
from detectors.course import Course
from detectors.judgement import Judgement, Reason
from detectors.last_events import LastEvents
from detectors.rare import RareDetector
from detectors.state import pack, unpack
from detectors.thirty_days import ThirtyDays
from streams.catalogue.metric import Component
from streams.evaluation.judge import Finding
from streams.evaluation.spent_exposure import SpentExposure
from streams.evaluation.window_reader import QUARTER_MS, TICK_MS
from streams.records.verdicts import CLEAR_SCORE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.day import Day
    from streams.catalogue.metric import Metric
    from streams.evaluation.moment import CourseStep, Moment

    Array = NDArray[np.float64]

_YEAR_S: Final = 365 * 86_400.0
_DRAWN: Final = 10.0  # events by which the others are drawn towards what has become of a series
_CLOSING_MS: Final = 7_200_000  # a quarter of an hour is learned so long after its end
_EVENTS, _MONTH, _CAUGHT_UP = "events.", "month.", "caught_up"  # names of the state


class RareJudge:
    """Judges the last events of each series against thirty days, without a profile of the day.

    What is shown is the rate over the longest window. What is found has windows of its own: since the k-th last event.
    The exposure since then, as a part of that of the thirty days, is the larger of what the metric counts and of time:
    damages are not told at the hours at which parcels arrive.
    """

    def __init__(self, metric: Metric) -> None:
        self._shown_s = metric.windows[-1]
        self._detector = RareDetector(
            metric.minimum_effect, metric.minimum_exposure, metric.false_alarms_a_year, len(metric.scopes)
        )
        self._exposure = SpentExposure(metric)
        self._month = ThirtyDays()
        self._events = LastEvents()
        self._caught_up_ms = 0  # up to where the month was complete at the last tick, and how many quarters it had then
        self._quarters = 0

    def learn(
        self, second_of_day: float, counts: dict[int, Array], partner: dict[int, NDArray[np.int32]], day: Day
    ) -> None:
        del second_of_day, partner, day  # no hour has a rate of its own where three events come in a week
        self._month.learn(counts[Component.NUMERATOR], counts.get(Component.EXPOSURE, np.zeros(0)))

    def grow(self, size: int) -> None:
        self._month.grow(size)
        self._events.grow(size)

    def largest_expected(self, window_s: int) -> float:
        """It is looked at when an event comes, whatever is expected."""
        del window_s
        return 0.0

    def findings(self, moment: Moment, windows: tuple[int, ...]) -> Iterator[Finding]:
        """At every tick the same two: what is shown, and what the last events say."""
        del windows
        self._catch_up(moment)
        self._events.add(moment.raw(Component.NUMERATOR, TICK_MS // 1000), moment.end_ms - TICK_MS)
        shown = self._shown(moment)
        yield Finding(self._shown_s, shown, np.full(moment.size, self._shown_s, dtype=np.int32))
        yield self._clusters(moment, shown)

    def _catch_up(self, moment: Moment) -> None:
        """Passes over what was never closed since the first: nobody had an event for a day, and so no rare one came."""
        learned_until = _learned_until(moment)
        if self._caught_up_ms and self._quarters:
            between = (learned_until - self._caught_up_ms) // QUARTER_MS
            self._month.pass_over(max(between - (self._month.quarters - self._quarters), 0))
        self._caught_up_ms, self._quarters = learned_until, self._month.quarters

    def _shown(self, moment: Moment) -> Judgement:
        """The last day of each series. Without exposure there is nothing to say of it."""
        events = moment.raw(Component.NUMERATOR, self._shown_s)
        exposure, usual = self._exposure.of_window(moment, self._shown_s), self._exposure.of_month(moment, self._month)
        known = (exposure > 0) & (usual > 0)
        share = np.divide(exposure, usual, out=np.zeros(moment.size), where=known)
        seen = self._month.events
        upper = self._detector.most(seen, share, self._detector.limit(self._looks(moment)))
        judged = self._told(events, self._detector.expected(seen, share), upper, exposure)
        judged.reason[~known] = Reason.INSUFFICIENT_EXPOSURE if self._month.seconds else Reason.WARMING_UP
        judged.direction[~known] = 0
        return judged

    def _clusters(self, moment: Moment, shown: Judgement) -> Finding:
        """Where the last events are almost too many, they and since when; of all else what is shown, with its score."""
        judged, windows = shown.taken(np.arange(moment.size)), np.full(moment.size, self._shown_s, dtype=np.int32)
        rows = self._events.many(self._detector.fewest)
        if len(rows) == 0:
            return Finding(0, judged, windows)
        ago = self._events.ago_s(moment.end_ms, rows)
        exposure = self._exposure.since(moment, self._month, ago, rows)
        looks = self._looks(moment)
        seen, share = self._before(moment, ago, exposure, rows)
        found = self._detector.judge(seen, share, looks, ago)
        judged.score[rows] = found.score
        near = np.flatnonzero(judged.score[rows] >= CLEAR_SCORE)
        first = found.events[near] - 1, near
        usual = self._exposure.of_month(moment, self._month)[rows[near]]
        now = np.maximum(share[first], exposure[first] / np.maximum(usual, 1e-9))
        upper = self._detector.most(seen[first], now, self._detector.limit(looks))
        told = self._told(
            found.events[near].astype(np.float64), self._detector.expected(seen[first], now), upper, exposure[first]
        )
        told.score[:] = found.score[near]
        told.reason[told.score >= 1] = Reason.CLUSTER
        judged.put(rows[near], told)
        windows[rows[near]] = ago[first].astype(np.int32)
        return Finding(0, judged, windows)

    def _before(self, moment: Moment, ago: Array, exposure: Array, rows: NDArray[np.intp]) -> tuple[Array, Array]:
        """Events of the month before each of the last ones, and the exposure from it on as a part of theirs."""
        recent_s = np.full((1, len(rows)), (moment.end_ms - _learned_until(moment)) / 1000.0)
        learned = np.cumsum(np.isfinite(ago) & (ago > recent_s), axis=0)
        seen = np.maximum(self._month.events[rows] - learned, 0.0)
        tick_s = TICK_MS / 1000
        share = _share(ago - ago[0] + tick_s, np.maximum(ago - recent_s, 0.0), self._month.seconds)
        if self._exposure.counted:
            recent = self._exposure.since(moment, self._month, recent_s, rows)
            last = self._exposure.since(moment, self._month, np.maximum(ago[:1] - tick_s, 0.0), rows)
            usual = self._exposure.of_month(moment, self._month)[rows]
            counted = _share(exposure - last, np.maximum(exposure - recent, 0.0), usual)
            share = np.where(exposure > 0, np.maximum(share, counted), np.nan)
        return seen, share

    def _looks(self, moment: Moment) -> float:
        """Usual events a year of the whole."""
        events = float(self._month.events[moment.whole]) if moment.whole >= 0 else 0.0
        return float(self._detector.expected(np.array(events), np.array(1.0))) * _YEAR_S / max(self._month.seconds, 1.0)

    def _told(self, events: Array, expected: Array, upper: Array, exposure: Array) -> Judgement:
        """Judgements without a score, in the metric's unit."""
        factor = np.divide(self._exposure.unit, exposure, out=np.zeros(len(events)), where=exposure > 0)
        return Judgement(
            score=np.zeros(len(events)),
            value=events * factor,
            expected=expected * factor,
            lower=np.zeros(len(events)),
            upper=upper * factor,
            exposure=exposure.copy() if self._exposure.counted else np.maximum(events, expected),
            excess=np.maximum(events - expected, 0.0),
            reason=np.full(len(events), Reason.NORMAL, dtype=np.int8),
            direction=np.sign(events - expected).astype(np.int8),
        )

    def in_unit(self, moment: Moment, judged: Judgement, windows: NDArray[np.int32]) -> Judgement:
        """It is told in the metric's own unit."""
        del moment, windows
        return judged

    def follow(self, moment: Moment, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Nothing: a month of quarters of an hour is all that is known."""

    def since(self, moment: Moment, series: int, seconds: int) -> Judgement | None:
        """A few hours without an event say nothing of a rate of one in two days."""
        del moment, series, seconds
        return None

    def course(self, moment: Moment, series: int, step: CourseStep, above: bool) -> Course:
        counts = moment.course(Component.NUMERATOR, series, step)
        usual = float(self._month.events[series]) * step / max(self._month.seconds, 1.0)
        return Course(counts, np.full(len(counts), usual), rises=above)

    def rebase(self, moment: Moment, rows: NDArray[np.intp], seconds: int) -> float:
        """The longest window is usual now: two hours say nothing of what is rare. What never came stays news."""
        del seconds
        exposure, usual = self._exposure.of_window(moment, self._shown_s), self._exposure.of_month(moment, self._month)
        share = np.divide(exposure, usual, out=np.zeros(moment.size), where=usual > 0)[rows]
        expected = self._month.events[rows] * share
        events = moment.raw(Component.NUMERATOR, self._shown_s)[rows]
        first = float(events[0] / expected[0]) if expected[0] > 0 and events[0] > 0 else 1.0
        factors = (events + _DRAWN * first) / (expected + _DRAWN)
        factors[0] = first
        self._month.rescale(rows, factors)
        return first

    def contributions(self, moment: Moment, whole: int, parts: list[int], window_s: int) -> contributors.Contributions:
        """By the events that each part has in the window, beyond what it has by time."""
        del whole
        rows = np.array(parts)
        counts = self._events.within(rows, moment.end_ms - 1000 * window_s)
        usual = self._month.events[rows] * (window_s / max(self._month.seconds, 1.0))
        return contributors.of_count(usual, counts)

    def to_bytes(self) -> bytes:
        events = {_EVENTS + name: array for name, array in self._events.arrays().items()}
        caught_up = {_CAUGHT_UP: np.array([self._caught_up_ms, self._quarters], dtype=np.int64)}
        return pack(events | {_MONTH + name: array for name, array in self._month.arrays().items()} | caught_up)

    def restore(self, payload: bytes) -> None:
        arrays = unpack(payload)
        self._caught_up_ms, self._quarters = arrays.pop(_CAUGHT_UP).tolist()
        for prefix, part in ((_EVENTS, self._events), (_MONTH, self._month)):
            part.restore({name.removeprefix(prefix): of for name, of in arrays.items() if name.startswith(prefix)})


def _learned_until(moment: Moment) -> int:
    """Where the last quarter of an hour ends that is closed at a tick, ms."""
    return (moment.end_ms - _CLOSING_MS) // QUARTER_MS * QUARTER_MS


def _share(spent: Array, inside: Array, month: Array | float) -> Array:
    """What was spent as a part of the month, less what lies inside the month of it. NaN where nothing is left."""
    before = month - inside
    left = np.isfinite(before) & (before > 0) & np.isfinite(spent)
    share: Array = np.divide(spent, before, out=np.full(spent.shape, np.nan), where=left)
    return share
