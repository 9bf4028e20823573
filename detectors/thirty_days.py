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
    """Events and exposure of n series over the last 29 to 30 days, whatever the hour.

    A day is 96 quarters of an hour, learned or passed over.

    Attributes:
        quarters: how many quarters of an hour there have been so far.

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
        self.quarters = 0

    def grow(self, size: int) -> None:
        """Makes room for new series, of which there was nothing so far."""
        self._sums = grown(self._sums, size)

    def learn(self, events: Array, exposure: Array) -> None:
        """Takes in float64[n] of a quarter of an hour that is over for good."""
        self.grow(len(events))
        self.pass_over(1)
        day = (self.quarters - 1) // _QUARTERS % DAYS
        self._sums[0, day, : len(events)] += events
        self._sums[1, day, : len(exposure)] += exposure

    def pass_over(self, quarters: int) -> None:
        """So many quarters of an hour in which there was nothing: rare events have most of their time in such."""
        begun = (self.quarters + _QUARTERS - 1) // _QUARTERS
        self.quarters += quarters
        for day in range(begun, (self.quarters + _QUARTERS - 1) // _QUARTERS)[-DAYS:]:
            self._sums[:, day % DAYS] = 0.0

    def rescale(self, rows: NDArray[np.intp], factors: Array) -> None:
        """So many times as many events came of these series all the time."""
        self._sums[0][:, rows] *= factors

    @property
    def seconds(self) -> float:
        """How long a time the sums are of."""
        today = self.quarters % _QUARTERS or _QUARTERS
        return float(min(self.quarters, (DAYS - 1) * _QUARTERS + today) * QUARTER_S)

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
        return {"sums": self._sums, "quarters": np.array([self.quarters], dtype=np.int64)}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self._sums, self.quarters = arrays["sums"], int(arrays["quarters"][0])
