"""Sums of natural days: sparse, so that a shop of which few parts are active a day keeps only these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from streams.cells.sums import summed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.merge.ahead import Ints

_LOOSE: Final = 16_384  # cells of a day kept as they came before they are added up
_LARGEST: Final = np.iinfo(np.int32).max


class DayOfSeries(NamedTuple):
    """What one day has seen.

    Attributes:
        series: uint32[m], ascending: those with a cell on that day.
        sums: int32 or, where one does not fit, int64[components, m].

    """

    series: NDArray[np.uint32]
    sums: NDArray[Any]


class DaySums:
    """Sums by series and component of each of the last days. A series costs nothing on days without a cell of it.

    Args:
        components: how many are kept: numerator, denominator and, where there is one, exposure.
        days: of the longest window; two more are kept, so that yesterday's windows and those before can be told.

    Attributes:
        today: the last day that was gone on to, as `NaturalDays` numbers them; 0 before the first.
        began: the first day of which something could have been counted, which may be a part of it; 0 before the first.
        changed: days that have other sums than when `packed` was asked for them.

    Examples:
        >>> sums = DaySums(components=2, days=30)
        >>> sums.go_on(700)
        >>> sums.add(700, np.array([0, 1, 0]), np.array([5, 5, 5]), np.array([1, 4, 2]))
        >>> sums.go_on(701)
        >>> sums.add(701, np.array([1]), np.array([2]), np.array([7]))
        >>> sums.window(30, 6).tolist()
        [[0, 0, 0, 0, 0, 3], [0, 0, 7, 0, 0, 4]]
        >>> sums.window(1, 6, end=700)[1].tolist()
        [0, 0, 0, 0, 0, 4]

    """

    def __init__(self, components: int, days: int) -> None:
        self.components = components
        self.kept = days + 2
        self.today = 0
        self.began = 0
        self.changed: set[int] = set()
        self._days: dict[int, DayOfSeries] = {}
        self._loose: dict[int, list[tuple[Ints, Ints]]] = {}
        self._loose_cells: dict[int, int] = {}

    def go_on(self, today: int) -> None:
        """Goes on to a day and forgets what is too long ago. Days come in order."""
        if today <= self.today:
            return
        self.today = today
        self.began = self.began or today
        for day in [day for day in {*self._days, *self._loose} if day <= today - self.kept]:
            self._days.pop(day, None)
            self._loose.pop(day, None)
            self._loose_cells.pop(day, None)
            self.changed.discard(day)

    def add(self, day: int, component: Ints, series: Ints, value: Ints) -> None:
        """Adds cells of one day, in any order; components that are not kept, and days long over, are passed over."""
        if not value.size or not self.today - self.kept < day <= self.today:
            return
        kept = component < self.components
        if not kept.all():
            component, series, value = component[kept], series[kept], value[kept]
        if not value.size:
            return
        self._loose.setdefault(day, []).append((series * self.components + component, value))
        self._loose_cells[day] = self._loose_cells.get(day, 0) + value.size
        self.changed.add(day)
        if self._loose_cells[day] > _LOOSE:
            self._fold(day)

    def day(self, day: int) -> DayOfSeries | None:
        """What a day has seen so far; None where it saw nothing, or is not kept. The caller must not write to it."""
        if day in self._loose:
            self._fold(day)
        return self._days.get(day)

    def window(self, days: int, size: int, *, end: int | None = None) -> NDArray[np.int64]:
        """int64[components, size]: sums of so many days up to and with `end`, which is today where it is not given.

        Raises ValueError where the window begins before the days that are kept.
        """
        last = self.today if end is None else end
        if not 0 < days <= self.kept - (self.today - last):
            raise ValueError(f"{days} days up to day {last} are not kept: {self.kept} up to day {self.today} are")
        total = np.zeros((self.components, size), np.int64)
        for number in range(last - days + 1, last + 1):
            seen = self.day(number)
            if seen is not None:
                there = seen.series < size
                total[:, seen.series[there]] += seen.sums[:, there]
        return total

    def of(self, day: int, component: int, series: NDArray[Any]) -> NDArray[np.int64]:
        """int64[n]: what a day has seen of some series."""
        found = np.zeros(len(series), np.int64)
        seen = self.day(day)
        if seen is not None and seen.series.size:
            place = np.minimum(np.searchsorted(seen.series, series), seen.series.size - 1)
            there = seen.series[place] == series
            found[there] = seen.sums[component, place[there]]
        return found

    def covered(self, days: int) -> int:
        """Of a window that ends today, on how many days something could have been counted."""
        return min(days, self.today - self.began + 1) if self.began else 0

    def numbers(self) -> Iterator[int]:
        """The days that something is kept of, in order."""
        yield from sorted({*self._days, *self._loose})

    @property
    def nbytes(self) -> int:
        """Memory of what is kept."""
        folded = sum(day.series.nbytes + day.sums.nbytes for day in self._days.values())
        return folded + 16 * sum(self._loose_cells.values())

    def packed(self, day: int) -> dict[str, NDArray[Any]]:
        """One day as arrays, for a snapshot; from then on it has not changed."""
        seen = self.day(day)
        self.changed.discard(day)
        if seen is None:
            return {"series": np.zeros(0, np.uint32), "sums": np.zeros((self.components, 0), np.int32)}
        return {"series": seen.series, "sums": seen.sums}

    def restore(self, day: int, arrays: dict[str, NDArray[Any]]) -> None:
        """Takes over what `packed` gave of a day, where that has as many components."""
        if arrays["sums"].shape[0] == self.components and self.today - self.kept < day <= self.today:
            self._days[day] = DayOfSeries(arrays["series"], arrays["sums"])

    def _fold(self, day: int) -> None:
        loose = self._loose.pop(day)
        self._loose_cells.pop(day)
        codes, values = summed(np.concatenate([part[0] for part in loose]), np.concatenate([part[1] for part in loose]))
        series, component = np.divmod(codes, self.components)
        before = self._days.get(day)
        if before is None:
            before = DayOfSeries(np.zeros(0, np.uint32), np.zeros((self.components, 0), np.int32))
        both = np.union1d(before.series, series.astype(np.uint32))
        sums = np.zeros((self.components, both.size), np.int64)
        sums[:, np.searchsorted(both, before.series)] = before.sums
        sums[component, np.searchsorted(both, series.astype(np.uint32))] += values
        fits = sums.size == 0 or max(int(sums.max()), -int(sums.min())) <= _LARGEST
        self._days[day] = DayOfSeries(both, sums.astype(np.int32) if fits else sums)
