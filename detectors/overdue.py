"""A stock of things that are overdue, against its usual size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.state import pack, unpack
from detectors.tails import negative_binomial_upper
from detectors.usual_cycle import DAY_S, UsualCycle
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_DISPERSION = 0.05
_SLOTS = 48  # of a day
_SLOT_S = DAY_S / _SLOTS


class OverdueDetector:
    """Finds a growing stock of overdue cases: orders whose deadline has passed and that are still open.

    The usual stock is that of the time of day, the largest within half an hour: what falls due with the first parcels
    of a morning is worked off by noon. A time of day that was not seen before is not judged. The share closed in time
    reacts first, and is `BinomialDetector`'s; this one still speaks when the deadlines have passed and nothing is done
    about them.

    Parameters:
        minimum_effect: smallest growth that matters, relative to the usual stock.
        minimum_exposure: so many must be overdue.

    Examples:
        >>> detector = OverdueDetector(minimum_effect=0.5, minimum_exposure=20)
        >>> for half_hour in range(48):
        ...     detector.follow(half_hour * 1800.0, np.array([100.0]), 1800, np.array([True]))
        >>> [Reason(int(detector.judge(0.0, np.array([stock])).reason[0])).name for stock in (120.0, 400.0)]
        ['NORMAL', 'OVERDUE']

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float) -> None:
        if minimum_effect < 0:
            raise ValueError(f"minimum_effect is {minimum_effect}, not 0 or more")
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self._day = UsualCycle(DAY_S, _SLOTS)

    def follow(self, at_s: float, stock: Array, elapsed_s: float, rows: NDArray[np.bool_]) -> None:
        """Takes in the stock of the given rows at a second of the local day, `elapsed_s` after the last time."""
        self.grow(len(stock))
        self._day.learn(np.full(len(stock), at_s), stock, np.zeros(len(stock)), rows, elapsed_s / _SLOT_S)

    def rebase(self, rows: NDArray[np.intp], stock: Array) -> None:
        """From now on this stock is usual in these rows, whatever the time of day."""
        self._day.rebase(rows, stock)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._day.grow(size)

    def usual(self, at_s: float, size: int) -> Array:
        """float64[size]: the usual stock at a second of the local day, NaN where that was not seen yet."""
        around = [self._day.predict(np.full(size, at_s + away)) for away in (-_SLOT_S, 0.0, _SLOT_S)]
        return np.asarray(np.max(around, axis=0))

    def judge(self, at_s: float, stock: Array, limit: Array | float = LIMIT) -> Judgement:
        """Judgements of n series at a second of the local day; the unit is cases. `limit` is the probability that has
        score 1.
        """
        self.grow(len(stock))
        usual = self.usual(at_s, len(stock))
        known = np.isfinite(usual)
        usual = np.where(known, usual, stock)

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            k, m, wide = stock[rows], np.maximum(usual[rows], 1.0), np.full(len(rows), _DISPERSION)
            return np.where(above, negative_binomial_upper(k, m, wide), 0.0)  # a stock that melts is no news

        return decide(
            value=stock,
            expected=usual,
            scale=np.sqrt(usual + _DISPERSION * usual**2),
            deviation=stock - usual,
            exposure=stock,
            excess=np.abs(stock - usual),
            enough=known & (np.maximum(stock, usual) >= self.minimum_exposure),
            minimum=self.minimum_effect * usual,
            tail=tail,
            reasons=(Reason.OVERDUE, Reason.NORMAL),
            limit=limit,
        )

    def to_bytes(self) -> bytes:
        """What was learned; the parameters are the catalogue's."""
        return pack(self._day.arrays())

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described; a state of before the time of day was learned tells nothing.

        Raises ValueError for anything else.
        """
        arrays = unpack(payload)
        if "followed_s" in arrays:
            self._day.grow(len(arrays["followed_s"]))
        else:
            self._day.take(arrays)
