"""How large the single values of a sum usually are, and what one that is far too large may add at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FORGET = 0.995  # per quarter, as `RatioBaseline` forgets: two days
_ENOUGH = 100.0  # values from which on it is known how large they are
_PRIOR = 40.0  # values by which a thin series is drawn towards the whole
_REACH = 20.0  # times the root of the mean square: of lognormal orders one in 10,000 is larger


class Moments(NamedTuple):
    """Of the values in a window, float64[n] each: how many, their sum, and the sum of their squares."""

    number: Array
    total: Array
    squares: Array

    def taken(self, rows: NDArray[np.intp]) -> Moments:
        """Of these series only."""
        return Moments(*(column[rows] for column in self))


class SingleValues:
    """Learns the mean square of the single values of n series, quarter by quarter.

    It is what the variance of a sum comes from, however many values there are. One value that is far beyond the usual
    ones would make of a sum whatever it likes; the sum of squares betrays it, and it is cut before the sum is judged
    or learned from. `RatioBaseline` knows their mean.

    Examples:
        >>> values = SingleValues()
        >>> for quarter in range(20):
        ...     values.learn(Moments(np.array([10.0]), np.array([2_500.0]), np.array([700_000.0])))
        >>> values.usual_square().round().tolist()
        [70000.0]
        >>> whole_order = Moments(np.array([11.0]), np.array([1e9 + 2_500]), np.array([1e18 + 7e5]))
        >>> values.within_reach(whole_order, values.usual_square()).total.round().tolist()
        [7792.0]

    """

    def __init__(self) -> None:
        self._sums: Array = np.zeros((2, 0))  # of recent values: how many, and their squares

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        self._sums = grown(self._sums, size)

    def learn(self, moments: Moments) -> None:
        """Takes in a closed quarter of n series."""
        self.grow(len(moments.number))
        within = self.within_reach(moments, self.usual_square())
        self._sums = self._sums * _FORGET + np.array([within.number, within.squares])

    def usual_square(self, whole: int = -1) -> Array:
        """float64[n]: the mean square of a value; NaN where too few were seen. With `whole` drawn towards that."""
        count, squares = self._sums
        mean: Array = np.where(count >= _ENOUGH, squares / np.maximum(count, 1.0), np.nan)
        if 0 <= whole < len(mean) and np.isfinite(mean[whole]):
            drawn = (squares + _PRIOR * mean[whole]) / (count + _PRIOR)
            mean = np.where(count > 0, drawn, mean)
        return mean

    def within_reach(self, moments: Moments, square: Array) -> Moments:
        """The moments, what a single value is proven to be beyond reach cut off: none where nothing is known (NaN).

        That much more squares than usual are those of one value, if they are of few: it is cut to the reach. Were they
        of several, the sum would be larger still, and the rest is judged with squares that hold them.
        """
        reach = _REACH * np.sqrt(np.nan_to_num(square))
        usual = moments.number * np.nan_to_num(square)
        largest = np.sqrt(np.maximum(moments.squares - usual, 0.0))
        far = np.isfinite(square) & (largest > reach)
        total = moments.total - np.where(far, np.sign(moments.total) * (largest - reach), 0.0)
        return Moments(moments.number, total, np.where(far, usual + reach**2, moments.squares))

    def to_bytes(self) -> bytes:
        """What was learned."""
        return pack({"sums": self._sums})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        self._sums = unpack(payload)["sums"]
