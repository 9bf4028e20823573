"""What a tick may see of one metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.cells.gauge import values_of
from streams.cells.record import SLOT_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.merge.cohort import Cohort
    from streams.merge.series_table import Scope, SeriesTable
    from streams.merge.windows import Windows


class ShownWindows:
    """The `WindowReader` of one metric.

    Args:
        table: of its series.
        windows: their sums.
        cohort: of a metric with deadlines, else None.
        gauge: whether cells are packed as in `streams.cells.gauge`.

    """

    def __init__(self, table: SeriesTable, windows: Windows, cohort: Cohort | None, *, gauge: bool) -> None:
        self._table = table
        self._windows = windows
        self._cohort = cohort
        self._gauge = gauge

    @property
    def scopes(self) -> Sequence[Scope]:
        return self._table.scopes

    @property
    def series_count(self) -> int:
        return len(self._table.scopes)

    def partner(self, component: int) -> NDArray[np.int32]:
        return self._table.partner(component)

    def sums(self, component: int, window_s: int) -> NDArray[np.int64]:
        return self._windows.sums(window_s)[component, : self.series_count]

    def recent(self, component: int, slots: int) -> NDArray[np.int64]:
        return self._windows.recent(component, slots)[: self.series_count]

    def earlier(self, component: int, window_s: int) -> NDArray[np.int64]:
        return self._windows.earlier(component, window_s)[:, : self.series_count]

    def latest(self, component: int, window_s: int) -> NDArray[np.int64]:
        cells = np.zeros(self.series_count, np.int64)
        frontier = self._windows.frontier
        for slot in range(frontier - window_s * 1000 // SLOT_MS, frontier):
            shown = self._windows.rings[1].row(slot)
            if shown is not None:
                cells = np.where(shown[component, : self.series_count], shown[component, : self.series_count], cells)
        return values_of(cells)

    def minutes(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        return self._windows.minutes(component, series, count)

    def slots(self, component: int, series: int, count: int) -> NDArray[np.int64]:
        slots = self._windows.slots(component, series, count)
        return values_of(slots) if self._gauge else slots

    def overdue(self) -> NDArray[np.int64]:
        if self._cohort is None:
            return np.zeros(self.series_count, np.int64)
        return np.maximum(self._cohort.overdue[: self.series_count], 0)

    def overdue_known(self) -> bool:
        return self._cohort is None or self._cohort.known(self._windows.frontier)

    def last_seen(self) -> NDArray[np.int64]:
        return self._windows.last_seen[: self.series_count]
