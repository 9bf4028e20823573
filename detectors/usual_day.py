"""What windows of a day usually hold, by the shape of the day and what kind of day it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.day_shape import SLOTS
from detectors.week import BINS, EDGE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day
    from detectors.day_level import DayLevel
    from detectors.day_shape import DayShape
    from detectors.week import KindOfDay, Week

    Array = NDArray[np.float64]

QUARTER_S = 900
_SHAPE_PRIOR = 2.0  # events by which a quarter of a part is drawn towards its share of the whole's day
_TOLD_EVENTS, _TOLD_SHARE = 20.0, 0.1  # of a day, by which it says how busy it is
_UNLIKE_HOURS, _ALIKE_HOURS = 0.25, 0.005  # relative variance of the hours to come, against those that are over
_LEAST_SHAPE = 0.5  # of the mean of the day: so busy may any hour be on a day that is unlike all others
_EVENT = 0.5  # of a quarter: what has none is not a factor of nought from what has some
_CLIFF = 2.0  # times the quarter beside it: the day begins or ends between them, or a backlog is worked off
_POOLED_S = 10_800  # longer windows have events of their own
_MIDDLES = (np.arange(SLOTS) + 0.5) / (SLOTS // BINS) - 0.5
_BEFORE = np.clip(np.floor(_MIDDLES), 0, BINS - 2).astype(np.intp)
_BETWEEN = np.clip(_MIDDLES - _BEFORE, 0.0, 1.0)


class Usual(NamedTuple):
    """Expected counts of a window: float64[n] each, NaN where the hour is not known.

    The edges of the day, and what is not known of such a day, make an interval of it, from `low` to `high`. `least` and
    `greatest` are what it may be for its place in the day alone, where the day is like all of its kind: a day may end
    anywhere within a pair of hours, and a quarter at any of its minutes. `evidence` is how many events the
    expectation rests on, `days` how many days; `spread` is the relative variance of the level of such a day: what is
    not known, and how unlike days of one kind are.
    """

    low: Array
    middle: Array
    high: Array
    least: Array
    greatest: Array
    evidence: Array
    days: Array
    spread: Array


class _Quarter(NamedTuple):
    """A quarter of an hour: its least, its middle and its greatest count; float64[2, n] factors around its middle."""

    low: Array
    middle: Array
    high: Array
    around: Array
    kind: KindOfDay


class UsualDay:
    """Reads what was learned, as long as nothing more is.

    Args:
        shape: of the day.
        level: its level, and the variance of days.
        week: the kinds of days.
        today: number of the day that is being learned.

    """

    def __init__(self, shape: DayShape, level: DayLevel, week: Week, today: int) -> None:
        self._shape = shape
        self._level = level
        self._week = week
        self._today = today
        self.hours = shape.hours(level.level)
        self._totals = self.hours.sum(axis=0)
        told = shape.known().reshape(BINS, SLOTS // BINS, -1).sum(axis=1)
        self._quarterly = self.hours / np.maximum(told, 1)  # of the quarters that are known
        self._days = shape.days()
        self._whole_days = week.whole_days(self.hours)
        self.typical = week.typical(self._whole_days)
        self._variances: dict[int, Array] = {}
        self._of_whole: dict[int, Array] = {}
        self._kinds: dict[tuple[int, int, bool], KindOfDay] = {}
        self._quarters: dict[tuple[int, int, int, bool], _Quarter] = {}

    def kind(self, kind: int, whole: int = -1) -> KindOfDay:
        """What a kind of day is like; see `Week.of`."""
        key = (kind, whole, False)
        if key not in self._kinds:
            self._kinds[key] = self._week.of(kind, self._whole_days, self.hours, self._variance(whole), whole)
        return self._kinds[key]

    def _kind_of(self, day: Day, whole: int) -> KindOfDay:
        if day.number != self._today:
            return self.kind(day.kind, whole)
        key = (day.kind, whole, True)
        if key not in self._kinds:
            self._kinds[key] = self._so_far(self.kind(day.kind, whole))
        return self._kinds[key]

    def _so_far(self, kind: KindOfDay) -> KindOfDay:
        """What is not known of today lies around the usual and what today has been so far, once that is some of it."""
        expected = self._level.today[1].astype(np.float64)
        told = (expected >= _TOLD_EVENTS) & (expected >= _TOLD_SHARE * self._totals)
        running = self._level.running(kind.unknown)
        unlike = np.where(kind.foreign, _UNLIKE_HOURS, _ALIKE_HOURS)
        left = np.exp(EDGE * np.sqrt(np.log1p(1 / (running * expected + 1 / kind.unknown) + unlike)))
        ahead = told & ~kind.foreign
        least, most = np.minimum(running, 1.0) / left, np.maximum(running, 1.0) * left
        return kind._replace(
            # A day that is unlike all that were seen may close at noon.
            least=np.where(ahead, kind.factors, kind.least),
            low=np.where(ahead, np.maximum(kind.low, least), kind.low),
            high=np.where(ahead, np.minimum(kind.high, most), kind.high),
            most=np.where(ahead, np.minimum(kind.most, kind.factors.max(axis=0) * most), kind.most),
        )

    def window(self, end_s: float, window_s: int, whole: int, day: Day) -> Usual:
        """See `SeasonalBaseline.usual`."""
        if window_s >= QUARTER_S:
            return self._long(end_s, window_s, whole, day)
        at = (end_s - window_s / 2) / QUARTER_S
        slot = int(np.floor(at))
        away = abs(at - slot - 0.5)
        here = self._quarter(slot, day, whole)
        there = self._quarter(slot + (1 if at - slot >= 0.5 else -1), day, whole)
        kind, share = here.kind, window_s / QUARTER_S
        middle = _passing_over(here.middle, there.middle, away)
        known = self._shape.known([slot % SLOTS])[0]
        low = np.where(known, np.minimum(here.low, middle * kind.low), np.nan)
        high = np.where(known, np.maximum(here.high, middle * kind.high), np.nan)
        cliff = np.maximum(here.middle, there.middle) > _CLIFF * np.minimum(here.middle, there.middle) + _EVENT
        middle = np.where(known, middle, np.nan)
        return Usual(
            low=low * share,
            middle=middle * share,
            high=high * share,
            least=np.where(cliff, np.minimum(middle, here.middle), middle) * here.around[0] * share,
            greatest=np.where(cliff, np.maximum(middle, here.middle), middle) * here.around[1] * share,
            # Neighbouring quarters resemble each other, so the expectation rests on more than one of them.
            evidence=3 * here.middle * self._days,
            days=np.where(known, self._days, 0.0),
            spread=self.spread(kind, whole),
        )

    def _quarter(self, slot: int, day: Day, whole: int) -> _Quarter:
        days, slot = divmod(slot, SLOTS)
        day = day.plus(days)
        key = (slot, day.kind, whole, day.number == self._today)
        if key not in self._quarters:
            kind = self._kind_of(day, whole)
            own = self._shape.events([slot], self._level.level)[0]
            usual = self._pooled([slot], whole)[0]
            nearest = slice(_BEFORE[slot], _BEFORE[slot] + 2)
            least, greatest = kind.least[nearest].min(axis=0), kind.factors[nearest].max(axis=0)
            low = np.minimum(own, usual) * least * kind.low
            high = np.maximum(own, usual) * greatest * kind.high
            high = np.maximum(high, self._most([slot], usual[None], kind)[0])
            factor = factor_at(kind, slot)
            around = np.where(factor > 0, np.array([least, greatest]) / np.where(factor > 0, factor, 1.0), 1.0)
            self._quarters[key] = _Quarter(low, usual * factor, high, around, kind)
        return self._quarters[key]

    def _most(self, slots: list[int], usual: Array, kind: KindOfDay) -> Array:
        """float64[slots, n]: what quarters hold at most on a day of a kind of which little is known."""
        if not kind.foreign.any():
            return usual * kind.most
        hours = np.array(slots) // (SLOTS // BINS)
        around = [np.clip(hours + step, 0, BINS - 1) for step in (-1, 0, 1)]
        near = self._quarterly[around].max(axis=0)
        elsewhen = np.maximum(near, self._totals / SLOTS * _LEAST_SHAPE)
        return np.where(kind.foreign, np.maximum(usual, elsewhen), usual) * kind.most

    def _pooled(self, slots: list[int] | slice, whole: int) -> Array:
        """float64[slots, n]: events per quarter, those of parts drawn towards their share of the whole's day."""
        own = self._shape.events(slots, self._level.level)
        before, between = _BEFORE[slots], _BETWEEN[slots][:, None]
        prior = (1 - between) * self._quarterly[before] + between * self._quarterly[before + 1]
        if 0 <= whole < own.shape[1]:
            shares = self._shares(whole)
            share = (1 - between) * shares[before] + between * shares[before + 1]
            part = np.arange(own.shape[1]) != whole
            prior = np.where(part, own[:, [whole]] * share, prior)
        prior = np.maximum(prior, 1e-9)
        pooled: Array = (self._days * own + _SHAPE_PRIOR) / (self._days + _SHAPE_PRIOR / prior)
        return np.where(self._shape.known(slots) & (self._totals > 0), pooled, own)

    def _shares(self, whole: int) -> Array:
        """float64[BINS, n]: of the whole, by pairs of hours, drawn towards that of the day: a part may have nights."""
        if whole not in self._of_whole:
            of_day = np.maximum(self._totals / max(self._totals[whole], 1e-9), 1e-9)
            seen, of_whole = self._days * self.hours, self._days * self.hours[:, [whole]]
            self._of_whole[whole] = (seen + _SHAPE_PRIOR) / (of_whole + _SHAPE_PRIOR / of_day)
        return self._of_whole[whole]

    def _variance(self, whole: int) -> Array:
        if whole not in self._variances:
            self._variances[whole] = self._level.variance(self._week.young(self._whole_days), whole)
        return self._variances[whole]

    def spread(self, kind: KindOfDay, whole: int = -1) -> Array:
        """float64[n]: relative variance of the level of a day of that kind."""
        return kind.unknown + self._variance(whole)

    def _long(self, end_s: float, window_s: int, whole: int, day: Day) -> Usual:
        end, start = end_s / QUARTER_S, (end_s - window_s) / QUARTER_S
        size = len(self._totals)
        sums, square, spread = np.zeros((5, size)), np.zeros(size), np.zeros(size)
        known = np.zeros(size)
        for days in range(int(np.floor(start / SLOTS)), int(np.ceil(end / SLOTS))):
            edges = np.arange(SLOTS) + days * SLOTS
            weights = np.clip(np.minimum(end, edges + 1) - np.maximum(start, edges), 0.0, 1.0)
            kind = self._kind_of(day.plus(days), whole)
            counts = self._part_of_day(weights, kind, whole if window_s <= _POOLED_S else -1)
            sums += counts
            of_day = self.spread(kind, whole)
            square += counts[1] ** 2
            spread += counts[1] ** 2 * of_day
            known += weights @ self._shape.known()
        # A day has hours that are never learned, as it is closed then; a shorter window must be known throughout.
        enough = known / (end - start) >= (0.5 if window_s >= SLOTS * QUARTER_S else 0.9)
        low, middle, high, least, greatest = np.where(enough, sums, np.nan)
        days_known = np.where(enough, self._days, 0.0)
        evidence = middle * np.maximum(days_known, 1)
        spread = np.where(square > 0, spread / np.maximum(square, 1e-12), of_day)
        return Usual(low, middle, high, least, greatest, evidence, days_known, spread)

    def _part_of_day(self, weights: Array, kind: KindOfDay, whole: int) -> Array:
        """float64[5, n]: `low`, `middle`, `high`, `least` and `greatest` of the weighed quarters of a day."""
        used = np.flatnonzero(weights > 0)
        weight = weights[used, None]
        plain = self._pooled(used.tolist(), whole)
        usual = weight * plain
        before, between = _BEFORE[used], _BETWEEN[used][:, None]
        first, second = kind.factors[before], kind.factors[before + 1]
        middle = (usual * ((1 - between) * first + between * second)).sum(axis=0)
        if len(used) * QUARTER_S > _POOLED_S:
            least = greatest = middle
        else:
            least = (usual * np.minimum(kind.least[before], kind.least[before + 1])).sum(axis=0)
            greatest = (usual * np.maximum(first, second)).sum(axis=0)
        most = (weight * self._most(used.tolist(), plain, kind)).sum(axis=0)
        return np.array([least * kind.low, middle, np.maximum(greatest * kind.high, most), least, greatest])

    def between(self, end_s: float, seconds: Array, rows: NDArray[np.intp], whole: int, day: Day) -> Array:
        """See `SeasonalBaseline.between`."""
        quarters = int(np.ceil(seconds.max(initial=0.0) / QUARTER_S)) + 1
        last = int(end_s // QUARTER_S)
        total = np.zeros(len(rows))
        for quarter in range(last, last - quarters, -1):
            start = quarter * QUARTER_S
            inside = min(end_s - start, QUARTER_S) - np.maximum(end_s - seconds - start, 0.0)
            share = np.maximum(inside, 0.0) / QUARTER_S
            days, slot = divmod(quarter, SLOTS)
            kind = self.kind(day.plus(days).kind, whole)
            usual = self._shape.events([slot], self._level.level)[0][rows]
            total += usual * factor_at(kind, slot)[rows] * share
        return total

    def course(self, series: int, end_s: float, count: int, step_s: int, whole: int, day: Day) -> Array:
        """See `SeasonalBaseline.course`."""
        middles = (end_s - step_s * np.arange(count, 0, -1) + step_s / 2) / QUARTER_S
        days, slots = np.divmod(np.floor(middles).astype(np.int64), SLOTS)
        usual = self._shape.events(slots.tolist(), self._level.level[[series]] * 0 + 1)[:, series]
        factors = np.ones(count)
        for back in np.unique(days):
            kind = self.kind(day.plus(int(back)).kind, whole)
            rows = days == back
            before, between = _BEFORE[slots[rows]], _BETWEEN[slots[rows]]
            of_series = kind.factors[:, series]
            factors[rows] = (1 - between) * of_series[before] + between * of_series[before + 1]
        return usual * float(self._level.level[series]) * factors * (step_s / QUARTER_S)


def _passing_over(here: Array, there: Array, away: float) -> Array:
    """Between the middles of two quarters, by factors: of a quarter after closing time little is expected at once.

    >>> _passing_over(np.array([0.0, 100.0]), np.array([300.0, 110.0]), 0.4).round(1).tolist()
    [6.0, 103.9]
    """
    found: Array = (here + _EVENT) ** (1 - away) * (there + _EVENT) ** away - _EVENT
    return np.maximum(found, 0.0)


def factor_at(kind: KindOfDay, slot: int) -> Array:
    """float64[n]: the factor of a quarter, between those of the pairs of hours around it."""
    before, between = _BEFORE[slot], _BETWEEN[slot]
    factor: Array = (1 - between) * kind.factors[before] + between * kind.factors[before + 1]
    return factor
