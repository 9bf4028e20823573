"""The usual day of a count, learned quarter of an hour by quarter of an hour, and what kinds of days are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.day import HOLIDAY, Day
from detectors.day_level import DayLevel
from detectors.day_shape import SLOTS, DayShape
from detectors.state import grown, pack, unpack
from detectors.usual_day import QUARTER_S, Usual, UsualDay, factor_at
from detectors.week import BINS, Week

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.week import KindOfDay

    Array = NDArray[np.float64]

__all__ = ["QUARTER_S", "SLOTS", "SeasonalBaseline", "Usual"]

_PRIOR_DISPERSION = 0.03
_PRIOR_QUARTERS = 16.0
_FORGET = 0.998  # of the dispersion, per quarter: half of it in 3.6 days
_ODD_DAY = 2.5  # standard deviations beyond which a pair of hours says no more of a kind of day
_ODD = 4.0  # standard deviations beyond which a quarter is odd and only nudges the profile


class SeasonalBaseline:
    """Learns, for each of n series, the count of each of the day's 96 quarters of an hour, by kind of day.

    A count is expected to be the level, times the shape of the day, times the factor of the kind of day (`Week`). The
    level follows growth from day to day (`DayLevel`). A quarter that lies beyond four standard deviations of what its
    series knows of it, or beyond twice that (from the third day on), is pulled back to there, so that one odd day, or
    an incident, does not become normal. Quarters that are not told are unknown, not empty. For ratios use
    `RatioBaseline`: their day is flatter and their expectation rests on the number of trials.

    Examples:
        >>> baseline = SeasonalBaseline()
        >>> for number in range(1, 22):  # a Monday is day 1; at weekends nothing happens
        ...     for slot in range(96):
        ...         weekend, night = number % 7 in (6, 0), slot < 48
        ...         baseline.learn(slot, np.array([0.0 if weekend else 30.0 if night else 600.0]), Day(number))
        >>> [baseline.usual(13 * 3600, 60, day=day).middle.round(1).tolist() for day in (Day(22), Day(27))]
        [[40.0], [0.0]]
        >>> same = SeasonalBaseline.from_bytes(baseline.to_bytes())
        >>> bool((same.profile == baseline.profile).all())
        True

    References:
        C. Bliss, R. Fisher, Fitting the negative binomial distribution to biological data, Biometrics 9 (1953): the
        moment estimate of the dispersion.

    """

    def __init__(self, size: int = 0) -> None:
        self._shape = DayShape(size)
        self._level = DayLevel(size)
        self._week = Week(size)
        # Of deviations beyond Poisson, of expectations, and how many quarters there were.
        self._squares: NDArray[np.float32] = np.zeros((3, size), dtype=np.float32)
        self._hours: NDArray[np.float32] = np.zeros((2, size), dtype=np.float32)  # of these two: seen, usual
        self._today = np.zeros(3, dtype=np.int64)  # its number, its kind, the pair of hours
        self._told: NDArray[np.bool_] = np.zeros(SLOTS, dtype=np.bool_)  # quarters of today
        self._read: UsualDay | None = None  # as long as nothing is learned

    @property
    def size(self) -> int:
        """Number of series."""
        return len(self._shape.age)

    @property
    def profile(self) -> NDArray[np.float32]:
        """float32[SLOTS, n]: events per quarter of a usual day, 0 where nothing is known."""
        return np.nan_to_num(self._shape.shape.astype(np.float32)) * self._level.level

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        if size > self.size:
            for growing in (self._shape, self._level, self._week):
                growing.grow(size)
            self._squares, self._hours = grown(self._squares, size), grown(self._hours, size)
            self._read = None

    def learn(self, slot: int, counts: Array, day: Day) -> None:
        """Takes in a closed quarter of a day: float64[m] with m >= size (new series at the end); ValueError if shorter.

        Quarters come in order. NaN teaches nothing: of that quarter it is not known what is usual.
        """
        if len(counts) < self.size:
            raise ValueError(f"{len(counts)} counts for {self.size} series")
        self.grow(len(counts))
        self._close(slot * BINS // SLOTS, day)
        gap = np.isnan(counts)
        counts = np.where(gap, 0.0, counts)
        read, level = self._reading(), self._level
        kind, known = read.kind(day.kind), self._shape.known([slot])[0]
        # A series that has never been seen starts with its first event, not with the zeros before it.
        born = (counts > 0) & (level.level == 0)
        alive = born | (level.level > 0)
        level.level = np.where(born, np.maximum(counts, 1.0), level.level).astype(np.float32)
        usual = self._shape.events([slot], level.level)[0]
        busy = factor_at(kind, slot) * level.running(kind.unknown)
        days = np.where(known, self._shape.days(), 0.0)
        taken = np.where(days >= 2, self._bounded(counts, usual, factor_at(kind, slot), kind, days), counts)
        self._learn_dispersion(taken, usual * busy, days, known & alive & ~gap)
        empty = (counts <= 0) & (level.today[0] <= 0)
        level.level = self._shape.learn(slot, taken, busy, alive & ~gap, empty, level.level)
        self._told[slot] = True
        usual = np.where(known, usual, self._shape.events([slot], level.level)[0])
        told = np.where(gap, 0.0, [taken, usual])
        level.take(told[0], told[1] * factor_at(kind, slot))
        self._hours += told.astype(np.float32)
        self._read = None

    def _bounded(self, counts: Array, usual: Array, factor: Array, kind: KindOfDay, days: Array) -> Array:
        """Counts, of which those that are odd for all that is known of such a day are pulled back."""
        low = usual * factor * kind.low
        high = usual * np.maximum(factor * kind.high, kind.most)
        variance = self.dispersion()

        def reach(mean: Array) -> Array:
            sd = np.sqrt((mean + variance * mean**2) * (1 + 1 / np.maximum(days, 1)))
            return np.minimum(_ODD * sd + 2, np.maximum(mean, 10.0))

        return np.clip(counts, np.maximum(low - reach(low), 0.0), high + reach(high))

    def _learn_dispersion(self, taken: Array, mean: Array, days: Array, known: NDArray[np.bool_]) -> None:
        reach = 16 * (mean + self.dispersion() * mean**2)
        beyond = np.minimum((taken - mean) ** 2, reach) / (1 + 1 / np.maximum(days, 1)) - mean
        told = np.array([np.where(known, beyond, 0), np.where(known, mean**2, 0), known & (mean > 0)])
        self._squares = (self._squares * _FORGET + told).astype(np.float32)

    def _close(self, hours: int, day: Day) -> None:
        """Ends a pair of hours, and the day, where another one begins."""
        number, kind, before = (int(value) for value in self._today)
        if number and (day.number, hours) != (number, before):
            self._end_hours(kind, before)
            if day.number != number:
                self._end_day(kind)
                self._level.pass_on(day.number - number)
            self._read = None
        self._today[:] = day.number, day.kind, hours

    def _end_hours(self, kind: int, hours: int) -> None:
        seen, usual = self._hours.astype(np.float64)
        factor = np.where(usual > 0, seen / np.where(usual > 0, usual, 1.0), np.nan)
        read = self._reading()
        reach = _ODD_DAY * np.sqrt(read.spread(read.kind(kind)))
        self._week.learn(kind, hours, factor, read.typical, reach)
        self._hours[:] = 0.0

    def _end_day(self, kind: int) -> None:
        read = self._reading()
        seen = self._level.today[0] > 0
        # A day that began in the middle, or was broken off, says nothing of its kind.
        quarters = self._told.sum()
        first = not self._week.days.any()
        told = quarters == SLOTS if first else 2 * quarters >= self._shape.known().any(axis=1).sum()
        days = self._week.days[kind] * float(told and kind != HOLIDAY)
        usual = read.hours.sum(axis=0) * read.typical
        self._level.close(usual, days, read.spread(read.kind(kind)))
        # Of a series whose first day it was nobody knows whether it was there before its first event.
        self._shape.close(self._told, seen & (self._week.days > 0).any(axis=0))
        if told:
            self._week.count(kind, self._level.level > 0)
        self._told[:] = False

    def dispersion(self) -> Array:
        """float64[n]: Var = mean + dispersion * mean^2 of a quarter, drawn towards a prior while little is known."""
        dispersion: Array = np.clip(self.wobble() + self._level.observed(), 0.003, 2.0)
        return dispersion

    def wobble(self) -> Array:
        """float64[n]: the part of the dispersion by which quarters of one day differ."""
        squares, expected, quarters = self._squares.astype(np.float64)
        prior = _PRIOR_QUARTERS * np.maximum(expected / np.maximum(quarters, 1e-9), 1.0)
        within: Array = (squares + _PRIOR_DISPERSION * prior) / (expected + prior)
        return np.clip(within, 0.003, 2.0)

    def usual(self, end_s: float, window_s: int, whole: int = -1, *, day: Day) -> Usual:
        """What a window of `window_s` usually holds that ends `end_s` seconds after the local midnight of `day`.

        With `whole`, the series that the others are parts of, the day of a thin part is drawn towards the whole's: a
        quarter of an hour in which it has never had an event is still not expected to stay without one. So are its
        week, and how unlike its days are.
        """
        return self._reading().window(end_s, window_s, whole, day)

    def between(self, end_s: float, seconds: Array, rows: NDArray[np.intp], whole: int = -1, *, day: Day) -> Array:
        """What these rows usually count in their last `seconds` (float64, one a row) before `end_s` of a day."""
        return self._reading().between(end_s, seconds, rows, whole, day)

    def course(self, series: int, end_s: float, count: int, step_s: int, whole: int = -1, *, day: Day) -> Array:
        """float64[count]: expected counts of the last `count` steps of one series, oldest first."""
        return self._reading().course(series, end_s, count, step_s, whole, day)

    def rescale(self, rows: NDArray[np.intp], factors: Array) -> None:
        """From now on so many times what was usual is usual in these rows, at every hour; relative spread stays."""
        self._level.rescale(rows, factors)
        self._squares[:2, rows] *= (factors**2).astype(np.float32)
        self._hours[:, rows] = 0.0
        self._read = None

    def days(self) -> Array:
        """float64[n]: days of history, in steps of a quarter."""
        quarters: Array = self._shape.age.astype(np.float64)
        return quarters / SLOTS

    def _reading(self) -> UsualDay:
        if self._read is None:
            self._read = UsualDay(self._shape, self._level, self._week, int(self._today[0]))
        return self._read

    def to_bytes(self) -> bytes:
        """The whole state."""
        own: dict[str, NDArray[Any]] = {
            "squares": self._squares,
            "hours": self._hours,
            "now": self._today,
            "told": self._told,
        }
        return pack(self._shape.arrays() | self._level.arrays() | self._week.arrays() | own)

    @classmethod
    def from_bytes(cls, payload: bytes) -> SeasonalBaseline:
        """The baseline that `to_bytes` described. Raises ValueError for anything else."""
        baseline = cls()
        arrays: dict[str, NDArray[Any]] = unpack(payload)
        for part in (baseline._shape, baseline._level, baseline._week):
            part.restore(arrays)
        baseline._squares, baseline._hours = arrays["squares"], arrays["hours"]
        baseline._today, baseline._told = arrays["now"], arrays["told"]
        return baseline
