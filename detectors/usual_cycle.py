"""The usual day or week of series of unknown meaning, and how far the present lies from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S
_LEAST_STEP = 1 / 7  # a slot forgets half of what it knew in five cycles
_FOLLOWS = 0.02  # of each error the level of today takes in


class UsualCycle:
    """What n series usually show at this place of a cycle, shifted to the level of today.

    A cycle has slots; a slot that was never seen predicts nothing (NaN). Each series may have a time of its own. Counts
    of events, whose exposure is known, are better served by a `SeasonalBaseline`.

    Parameters:
        period_s: length of the cycle in seconds.
        slots: into so many it is divided; series that come less often use some of them.

    Examples:
        >>> cycle = UsualCycle(DAY_S, slots=24)
        >>> cycle.grow(1)
        >>> for hour in range(48):
        ...     now = np.array([3600.0 * hour])
        ...     cycle.learn(now, np.array([10.0 + hour % 24]), np.zeros(1), np.array([True]))
        >>> cycle.predict(np.array([48 * 3600.0 + 7 * 3600.0])).tolist()
        [17.0]

    """

    def __init__(self, period_s: float, slots: int) -> None:
        self.period_s = period_s
        self._values: Array = np.zeros((slots, 0))
        self._seen: Array = np.zeros((slots, 0))
        self._offset: Array = np.zeros(0)

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        self._values, self._seen = grown(self._values, size), grown(self._seen, size)
        self._offset = grown(self._offset, size)

    def predict(self, time_s: Array) -> Array:
        """float64[n]: what is usual at these times, NaN where nothing is known."""
        at = self._place(time_s)
        return np.where(self._seen[at] > 0, self._values[at] + self._offset, np.nan)

    def drawn(self, time_s: Array, prior: Array, worth: float) -> Array:
        """float64[n]: what is usual, drawn to a prior that is worth so many points."""
        at = self._place(time_s)
        seen = np.minimum(self._seen[at], 1 / _LEAST_STEP)
        drawn: Array = (seen * (self._values[at] + self._offset) + worth * prior) / (seen + worth)
        return drawn

    def learn(self, time_s: Array, value: Array, error: Array, known: NDArray[np.bool_], weight: float = 1.0) -> None:
        """Takes in values that count for `weight` of a point.

        `error` is what they differ by from the prediction, clipped, 0 where there was none; the level follows it.
        """
        at = self._place(time_s)
        self._offset = self._offset + _FOLLOWS * weight * np.where(known, error, 0.0)
        seen = self._seen[at] + weight * known
        self._seen[at] = seen
        step = weight * np.where(known, np.maximum(1 / np.maximum(seen, weight), _LEAST_STEP), 0.0)
        self._values[at] += step * (np.where(known, value, 0.0) - self._offset - self._values[at])

    def shift(self, rows: NDArray[np.intp], by: Array) -> None:
        """These series show so much more from now on, at every place of the cycle."""
        self._offset[rows] += by

    def rebase(self, rows: NDArray[np.intp], value: Array) -> None:
        """These series usually show this value from now on, at every place of the cycle."""
        self._values[:, rows] = value - self._offset[rows]
        self._seen[:, rows] = 1.0

    def arrays(self) -> dict[str, Array]:
        """What was learned, by name."""
        return {"values": self._values, "seen": self._seen, "offset": self._offset}

    def take(self, arrays: Mapping[str, Array]) -> None:
        """Takes over what `arrays` gave."""
        self._values, self._seen, self._offset = arrays["values"], arrays["seen"], arrays["offset"]

    def _place(self, time_s: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        slots = len(self._values)
        slot = (time_s % self.period_s / self.period_s * slots).astype(np.intp)
        return np.minimum(slot, slots - 1), np.arange(self._values.shape[1])
