"""A stock of things that are overdue, against its usual size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.state import grown, pack, unpack
from detectors.tails import negative_binomial_upper
from detectors.usual_cycle import DAY_S, UsualCycle
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_SETTLED_S = 3_600.0  # so long it must have been followed before it is judged
_DISPERSION = 0.05
_DAILY = 0.5  # dispersion of a stock of which nobody knows yet how it goes up and down with the hour
_SLOTS = 48  # of a day
_SLOT_S = DAY_S / _SLOTS


class OverdueDetector:
    """Finds a growing stock of overdue cases: orders whose deadline has passed and that are still open.

    The usual stock is that of the time of day, the largest within half an hour: what falls due with the first parcels
    of a morning is worked off by noon. Until a day was seen, it is followed with a memory of a day, and little is made
    of it. The share closed in time, which reacts first, is `BinomialDetector`'s; this one still speaks when the
    deadlines have passed and nothing is done about them.

    Parameters:
        minimum_effect: smallest growth that matters, relative to the usual stock.
        minimum_exposure: so many must be overdue.

    Examples:
        >>> detector = OverdueDetector(minimum_effect=0.5, minimum_exposure=20)
        >>> for hour in range(24):
        ...     detector.follow(hour * 3600.0, np.array([100.0]), 3600, np.array([True]))
        >>> [Reason(int(detector.judge(0.0, np.array([stock])).reason[0])).name for stock in (120.0, 400.0)]
        ['NORMAL', 'OVERDUE']

    """

    def __init__(self, minimum_effect: float, minimum_exposure: float) -> None:
        if minimum_effect < 0:
            raise ValueError(f"minimum_effect is {minimum_effect}, not 0 or more")
        self.minimum_effect = minimum_effect
        self.minimum_exposure = max(minimum_exposure, 1.0)
        self.usual: Array = np.zeros(0)
        self.followed_s: Array = np.zeros(0)
        self._day = UsualCycle(DAY_S, _SLOTS)

    def follow(self, at_s: float, stock: Array, elapsed_s: float, rows: NDArray[np.bool_]) -> None:
        """Takes in the stock of the given rows at a second of the local day, `elapsed_s` after the last time."""
        self.grow(len(stock))
        keep = np.exp(-elapsed_s / np.minimum(np.maximum(self.followed_s, elapsed_s), DAY_S))
        self._day.learn(np.full(len(stock), at_s), stock, np.zeros(len(stock)), rows, elapsed_s / _SLOT_S)
        self.usual = np.where(
            rows, np.where(self.followed_s > 0, stock + keep * (self.usual - stock), stock), self.usual
        )
        self.followed_s = self.followed_s + np.where(rows, elapsed_s, 0.0)

    def rebase(self, rows: NDArray[np.intp], stock: Array) -> None:
        """From now on this stock is usual in these rows, whatever the time of day."""
        self.usual[rows] = stock
        self._day.forget(rows)

    def at(self, at_s: float) -> Array:
        """float64[n]: the usual stock at a second of the local day."""
        around = [self._day.predict(np.full(len(self.usual), at_s + away)) for away in (-_SLOT_S, 0.0, _SLOT_S)]
        return np.where(np.isnan(around).any(axis=0), self.usual, np.max(around, axis=0))

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self.usual, self.followed_s = grown(self.usual, size), grown(self.followed_s, size)
        self._day.grow(size)

    def judge(self, at_s: float, stock: Array, limit: Array | float = LIMIT) -> Judgement:
        """Judgements of n series at a second of the local day; the unit is cases. `limit` is the probability that has
        score 1.
        """
        self.grow(len(stock))
        usual = self.at(at_s)
        dispersion = _DISPERSION + _DAILY * np.maximum(1 - self.followed_s / DAY_S, 0.0)

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            k, m, wide = stock[rows], np.maximum(usual[rows], 1.0), dispersion[rows]
            return np.where(above, negative_binomial_upper(k, m, wide), 0.0)  # a stock that melts is no news

        return decide(
            value=stock,
            expected=usual,
            scale=np.sqrt(usual + dispersion * usual**2),
            deviation=stock - usual,
            exposure=stock,
            excess=np.abs(stock - usual),
            enough=(np.maximum(stock, usual) >= self.minimum_exposure) & (self.followed_s >= _SETTLED_S),
            minimum=self.minimum_effect * usual,
            tail=tail,
            reasons=(Reason.OVERDUE, Reason.NORMAL),
            limit=limit,
        )

    def to_bytes(self) -> bytes:
        """What was learned; the parameters are the catalogue's."""
        day = {f"day.{name}": array for name, array in self._day.arrays().items()}
        return pack({"usual": self.usual, "followed_s": self.followed_s, **day})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self.usual, self.followed_s = arrays["usual"], arrays["followed_s"]
        self._day = UsualCycle(DAY_S, _SLOTS)
        self._day.grow(len(self.usual))
        if "day.values" in arrays:  # a state of before the time of day was learned has none
            self._day.take({name: arrays[f"day.{name}"] for name in self._day.arrays()})
