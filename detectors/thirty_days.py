"""Sums of the last thirty days, by days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detectors.seasonal import QUARTER_S
from detectors.state import grown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DAYS: Final = 30
_QUARTERS: Final = 96  # of a day


class ThirtyDays:
    """Events and exposure of n series over the last 29 to 30 days of what was learned, whatever the hour.

    A day is 96 quarters of an hour that were learned: a time of which nothing is known is no part of any.

    Examples:
        >>> month = ThirtyDays()
        >>> month.grow(1)
        >>> for _ in range(96 * 40):
        ...     month.learn(np.array([1.0]), np.array([20.0]))
        >>> month.events.tolist(), month.exposure.tolist(), month.seconds / 86_400
        ([2880.0], [57600.0], 30.0)

    """

    def __init__(self) -> None:
        self._sums: Array = np.zeros((2, DAYS, 0))
        self._learned = 0  # quarters of an hour

    def grow(self, size: int) -> None:
        """Makes room for new series, of which there was nothing so far."""
        self._sums = grown(self._sums, size)

    def learn(self, events: Array, exposure: Array) -> None:
        """Takes in float64[n] of a quarter of an hour that is over for good."""
        self.grow(len(events))
        day = self._learned // _QUARTERS % DAYS
        if self._learned % _QUARTERS == 0:
            self._sums[:, day] = 0.0
        self._sums[0, day, : len(events)] += events
        self._sums[1, day, : len(exposure)] += exposure
        self._learned += 1

    @property
    def seconds(self) -> float:
        """How long a time the sums are of."""
        today = self._learned % _QUARTERS or min(self._learned, _QUARTERS)
        return float(min(self._learned, (DAYS - 1) * _QUARTERS + today) * QUARTER_S)

    @property
    def events(self) -> Array:
        """float64[n]."""
        sums: Array = self._sums[0].sum(axis=0)
        return sums

    @property
    def exposure(self) -> Array:
        """float64[n]."""
        sums: Array = self._sums[1].sum(axis=0)
        return sums

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {"sums": self._sums, "learned": np.array([self._learned], dtype=np.int64)}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self._sums, self._learned = arrays["sums"], int(arrays["learned"][0])
