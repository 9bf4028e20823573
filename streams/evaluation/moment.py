"""A metric at one tick: its windows, mapped to partners, in the types that detectors take."""

from __future__ import annotations

import enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from detectors.ratio_baseline import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detectors.day import Day
    from detectors.judgement import Judgement
    from streams.evaluation.earlier_entries import EarlierEntries, Expected
    from streams.evaluation.opening import LocalClock
    from streams.evaluation.sale_plan import Planned, SalePlan
    from streams.evaluation.window_limits import WindowLimits
    from streams.evaluation.window_reader import WindowReader

    Array = NDArray[np.float64]


class CourseStep(enum.IntEnum):
    """In what steps, in seconds, the past of a series is looked at, and how many of them there are."""

    SLOT = 10
    MINUTE = 60

    @property
    def count(self) -> int:
        return 90 if self is CourseStep.SLOT else 120


class Moment:
    """What the judges of all signals read at one tick. Sums are made once, also where several detectors want them.

    Attributes:
        now_ms: the tick.
        end_ms: where the judged windows end: the tick less the time a metric needs to settle.
        size: number of series.
        whole: the series of the whole, -1 if there is none.
        allowed: float64[n], false warnings a day that a series may have.
        open_since: ms since when it has been open, None where it is closed.

    """

    def __init__(
        self,
        now_ms: int,
        settle_s: int,
        reader: WindowReader,
        clock: LocalClock,
        plan: SalePlan,
        whole: int,
        limits: WindowLimits,
        earlier: EarlierEntries | None = None,
    ) -> None:
        self.now_ms = now_ms
        self.end_ms = now_ms - settle_s * 1000
        self.size = reader.series_count
        self.whole = whole
        self.open_since = clock.open_since(self.end_ms)
        self.allowed = limits.a_day
        self._limits = limits
        self._needed: dict[int, Array] = {}  # by windows that are judged by what they show, nats
        self.reader = reader
        self._clock = clock
        self._plan = plan
        self._earlier = earlier
        self._again: dict[tuple[int, int], Expected | None] = {}
        self._sums: dict[tuple[int, int], Array] = {}
        self._mapped: dict[tuple[int, int], Array] = {}

    @cached_property
    def end_s(self) -> float:
        """Where the judged windows end, in seconds after local midnight."""
        return self._clock.second_of_day(self.end_ms)

    @cached_property
    def day(self) -> Day:
        """The local day that they end in."""
        return self._clock.day(self.end_ms)

    def limit(self, window_s: int) -> Array:
        """float64[n]: the probability of what a window shows that has score 1."""
        self._needed[window_s] = self._limits.nats(window_s, self.whole)
        return np.exp(-self._needed[window_s])

    def note(self, window_s: int, judgement: Judgement) -> None:
        """Lets limits follow what a window shows, if it was judged by them."""
        if window_s in self._needed:
            self._limits.follow(self.now_ms, window_s, judgement, self._needed[window_s], self.whole)

    def planned(self, window_s: int) -> Planned:
        """What the calendar plans for the window."""
        return self._plan.within(self.end_ms - window_s * 1000, self.end_ms)

    def again(self, window_s: int, back_s: int = 0) -> Expected | None:
        """What an earlier entry of the calendar was, where the window lies in one that is like it.

        `back_s`: the window ends so long before the others.
        """
        key = window_s, back_s
        if key not in self._again:
            end_ms = self.end_ms - back_s * 1000
            earlier = self._earlier
            self._again[key] = (
                earlier.expected(end_ms - window_s * 1000, end_ms, self.size, self.whole) if earlier else None
            )
        return self._again[key]

    def planned_of_each(self, window_s: int, without: Sequence[tuple[int, int]] = ()) -> tuple[Array, float]:
        """What is planned at least, float64[n], and at most, but in the spans of `without`.

        The calendar speaks of the whole: a part of it may stay as usual.
        """
        low, high = self._plan.within(self.end_ms - window_s * 1000, self.end_ms, without)
        least = np.full(self.size, low if self.whole < 0 else min(low, 1.0))
        if 0 <= self.whole < self.size:
            least[self.whole] = low
        return least, high

    def raw(self, component: int, window_s: int) -> Array:
        """float64[n]: sums by the series that counts them."""
        if (component, window_s) not in self._sums:
            self._sums[component, window_s] = self.reader.sums(component, window_s).astype(np.float64)
        return self._sums[component, window_s]

    def sums(self, component: int, window_s: int) -> Array:
        """float64[n]: sums by the series that uses them, 0 where nothing was counted."""
        if (component, window_s) not in self._mapped:
            self._mapped[component, window_s] = at(self.raw(component, window_s), self.reader.partner(component))
        return self._mapped[component, window_s]

    def earlier(self, component: int, window_s: int, *, mapped: bool) -> Array:
        """float64[EARLIER_WINDOWS, n]: sums of the windows before this one, `mapped` by the series that uses them."""
        sums = self.reader.earlier(component, window_s).astype(np.float64)
        partner = self.reader.partner(component)
        return np.array([at(row, partner) for row in sums]) if mapped else sums

    def partner(self, component: int) -> NDArray[np.int32]:
        """int32[n]: where a component of each series is counted, -1 where nowhere."""
        return self.reader.partner(component)

    def last(self, component: int, series: int, seconds: int) -> float:
        """The sum of the component that one series uses over its last seconds, in whole steps."""
        step = CourseStep.SLOT if seconds <= CourseStep.SLOT * CourseStep.SLOT.count else CourseStep.MINUTE
        steps = self.course(component, series, step)
        return float(steps[max(len(steps) - max(seconds // step, 1), 0) :].sum())

    def course(self, component: int, series: int, step: CourseStep) -> Array:
        """float64[m]: the last steps of the component that one series uses, oldest first."""
        source = int(self.reader.partner(component)[series])
        read = self.reader.slots if step is CourseStep.SLOT else self.reader.minutes
        counts = read(component, max(source, 0), step.count).astype(np.float64)
        return counts if source >= 0 else np.zeros(len(counts))
