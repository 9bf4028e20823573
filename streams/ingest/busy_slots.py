"""In which spans of event time a partition counted events, between two flushes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.cells.activity import Activity
from streams.cells.record import BUSY_GAP_SLOTS, SLOT_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class BusySlots:
    """Spans of slots, apart by more than `BUSY_GAP_SLOTS`: what is closer is reported as one.

    >>> busy = BusySlots()
    >>> busy.add_some(np.array([1_000, 3_601_000, 12_000]))
    >>> busy.take(), busy.take()
    ([(0, 1), (360, 360)], [])
    """

    def __init__(self) -> None:
        self._activity = Activity()

    def add(self, times: NDArray[np.int64], oldest: int, newest: int) -> None:
        """Event times in ms, of which the least and the largest are known already."""
        first, last = oldest // SLOT_MS, newest // SLOT_MS
        if last - first <= BUSY_GAP_SLOTS:
            self._activity.add([(first, last)])
        else:
            self.add_some(times)

    def add_some(self, times: NDArray[np.int64]) -> None:
        """Event times in ms, in any order."""
        if times.size:
            slots = np.unique(times // SLOT_MS)
            gaps = np.flatnonzero(np.diff(slots) > BUSY_GAP_SLOTS)
            firsts, lasts = slots[np.concatenate(([0], gaps + 1))], slots[np.concatenate((gaps, [slots.size - 1]))]
            self._activity.add(zip(firsts.tolist(), lasts.tolist(), strict=True))

    def take(self) -> list[tuple[int, int]]:
        """All spans since the last time, in order."""
        spans, self._activity = self._activity.spans, Activity()
        return spans
