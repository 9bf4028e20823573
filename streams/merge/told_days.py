"""The natural days of one metric, and the figures of the windows that are told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from detectors.projected_day import Fraction, project
from streams.catalogue.metric import Component
from streams.catalogue.signals import CellKind
from streams.catalogue.told import DAY_S
from streams.cells.record import SLOT_MS
from streams.merge.day_course import DayCourse
from streams.merge.day_sums import DaySums
from streams.records.day_figures import DayFigures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.window_reader import WindowReader
    from streams.merge.ahead import Ints
    from streams.register.natural_days import NaturalDays

    Array = NDArray[np.float64]

FIGURES_MS: Final = 300_000  # figures of months are told every five minutes
MOST_PARTS: Final = 2_000
_LEARNED_DAYS: Final = 28
_MINUTES: Final = 1_440


class Figure(NamedTuple):
    """float64[n]: the value in the unit of the metric, NaN where there is no case, and of how many cases it is."""

    value: Array
    cases: Array


class ToldDays:
    """Takes in what the ticks reach, and tells the figures of whole windows.

    Args:
        metric: with `told` windows.
        natural: the days of the shop.
        dimensions: whose single values are told, too.

    Attributes:
        sums: by day and series.
        course: how a day of the whole goes.

    """

    def __init__(self, metric: Metric, natural: NaturalDays, dimensions: Iterable[str] = ()) -> None:
        rows = min(max(metric.rows(), default=0), Component.EXPOSURE) + 1
        if metric.traits.cells is CellKind.DEADLINES:
            rows = Component.DENOMINATOR + 1  # what closed late has been due before
        self.metric = metric
        self.sums = DaySums(rows, max(metric.told) // DAY_S)
        self.course = DayCourse(rows)
        self._natural = natural
        self._sets = [
            (dimension, metric.scopes.index((dimension,) if dimension else ())) for dimension in ("", *dimensions)
        ]

    def go_on(self, frontier: int) -> None:
        """Goes on to the day of a frontier: the first slot that is not there yet."""
        day = self._natural.day(frontier * SLOT_MS - 1)
        self.sums.go_on(day)
        self.course.go_on(day)

    def add(self, slot: Ints, component: Ints, series: Ints, value: Ints, whole: int) -> None:
        """Adds cells to the days of their slots, which ascend. `whole`: the series of the whole, or -1."""
        times = slot * SLOT_MS
        of = self._natural.of(times)
        for day in np.unique(of).tolist():
            low, high = np.searchsorted(of, (day, day + 1))
            self.sums.add(day, component[low:high], series[low:high], value[low:high])
            if day == self.course.day:
                mine = np.flatnonzero(series[low:high] == whole) + low
                self.course.add(day, times[mine] - self._natural.begins_ms(day), component[mine], value[mine])

    def figure(self, window_s: int, reader: WindowReader, *, end: int | None = None) -> Figure:
        """Of every series over a window that ends with a day, which is today where it is not given."""
        days = window_s // DAY_S
        sums = self.sums.window(days, reader.series_count, end=end)
        covered = self.sums.covered(days) if end is None else days
        return self._figure(self._fraction(sums, reader), covered)

    def told(self, tick_ms: int, reader: WindowReader) -> Iterator[DayFigures]:
        """The figures of the whole, and of the values of the dimensions, at every fifth minute."""
        if tick_ms % FIGURES_MS or not self.sums.began:
            return
        for dimension, place in self._sets:
            series = np.array([at for at, scope in enumerate(reader.scopes) if scope[0] == place], np.intp)
            for window_s in self.metric.told:
                if series.size:
                    yield self._told(tick_ms, reader, dimension, series, window_s)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All but the sums of days, for a snapshot."""
        return {"told": np.array([self.sums.today, self.sums.began])} | self.course.arrays()

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` gave; the days come after it."""
        self.sums.today, self.sums.began = arrays["told"].tolist()
        self.course.restore(arrays)

    def _told(
        self, tick_ms: int, reader: WindowReader, dimension: str, series: NDArray[np.intp], window_s: int
    ) -> DayFigures:
        today, days = self.sums.today, window_s // DAY_S
        now = self.figure(window_s, reader)
        known = series[np.isfinite(now.value[series])]
        order = np.lexsort((known, -now.cases[known]))
        told = np.sort(known[order[:MOST_PARTS]])
        yesterday, before = (self.figure(window_s, reader, end=today - back).value[told] for back in (1, 2))
        tonight, spread = self._tonight(tick_ms, reader, told, window_s)
        return DayFigures(
            metric=self.metric.name,
            window_s=window_s,
            day=today,
            days=self.sums.covered(days),
            dimension=dimension,
            parts=[reader.scopes[at][1][0] if dimension else "" for at in told.tolist()],
            cases=now.cases[told].tolist(),
            value=_known(now.value[told]),
            yesterday=_known(yesterday),
            before=_known(before),
            tonight=_known(tonight),
            spread=_known(spread),
            left_out=known.size - told.size,
        )

    def _tonight(
        self, tick_ms: int, reader: WindowReader, told: NDArray[np.intp], window_s: int
    ) -> tuple[Array, Array]:
        """What the figures will be at the end of today, and the standard deviation of that."""
        today, days = self.sums.today, window_s // DAY_S
        past = min(_LEARNED_DAYS, today - self.sums.began - 1)  # the first day may be a part of one
        if past <= 0 or not told.size or self.metric.traits.volume:
            unknown = np.full(told.size, np.nan)
            return unknown, unknown
        now = tick_ms - self.metric.settle_s * 1000
        passed = self.course.passed(now - self._natural.begins_ms(today))
        window = self._fraction(self.sums.window(days - 1, reader.series_count, end=today - 1), reader)[:, told]
        so_far = self._fraction(self.sums.window(1, reader.series_count), reader)[:, told]
        found = project(
            Fraction(*window),
            Fraction(*so_far),
            Fraction(*self._history(reader, told, range(today - past, today))),
            passed.share,
            passed.later,
            of_trials=self.metric.unit == "ratio",
        )
        factor = self._factor(self.sums.covered(days))
        return self._bounded(found.figure * factor), found.spread * factor

    def _history(self, reader: WindowReader, told: NDArray[np.intp], days: range) -> NDArray[np.float64]:
        """float64[2, days, k] of some series."""
        counted = []
        for component in range(self.sums.components):
            partner = reader.partner(component)[told]
            found = np.stack([self.sums.of(day, component, np.maximum(partner, 0)) for day in days])
            counted.append(np.where(partner >= 0, found, 0))
        return self._parted(np.stack(counted).astype(np.float64))

    def _fraction(self, sums: NDArray[np.int64], reader: WindowReader) -> NDArray[np.float64]:
        """float64[2, n]: numerators and denominators, by the series that use them."""
        mapped = np.zeros(sums.shape)
        for component, counted in enumerate(sums):
            partner = reader.partner(component)
            mapped[component] = np.where(partner >= 0, counted[partner], 0)
        return self._parted(mapped)

    def _parted(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is above and what is below the line; an event that is only counted is its own case."""
        above = sums[0] - sums[Component.EXPOSURE] if self.metric.unit == "points" else sums[0]
        return np.stack([above, sums[Component.DENOMINATOR] if len(sums) > 1 else above])

    def _figure(self, fraction: NDArray[np.float64], days: int) -> Figure:
        above, cases = fraction
        if self.metric.traits.volume:
            return Figure(np.where(cases > 0, above * self._factor(days), np.nan), cases)
        share = np.divide(above, cases, out=np.full(cases.shape, np.nan), where=cases > 0)
        return Figure(self._bounded(share * self._factor(days)), cases)

    def _factor(self, days: int) -> float:
        """From what is added up to the unit of the metric."""
        traits, unit = self.metric.traits, self.metric.unit
        scale = 1.0 / self.metric.scale if traits.adds_values else 1.0
        if traits.volume:
            return scale / (max(days, 1) * _MINUTES)
        return scale * {"per_thousand": 1000.0, "points": 100.0}.get(unit, 1.0)

    def _bounded(self, figures: Array) -> Array:
        """A log that begins in the middle of things closes what nobody opened in it."""
        return np.clip(figures, *self.metric.bounds()) if self.metric.unit == "ratio" else figures


def _known(numbers: Array) -> list[float | None]:
    return [number if np.isfinite(number) else None for number in numbers.tolist()]
