"""The usual histogram of a series, and the usual share of what lies in its tails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.between_parts import trials_of_whole
from detectors.histogram import shares_above
from detectors.ratio_baseline import RatioBaseline, UsualRatio
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FORGET = 0.995  # per quarter, as `RatioBaseline` forgets: two days
_ENOUGH = 100.0
_ODD_WEIGHT = 0.1  # a quarter whose tails are far too large is taken in by so much
_WIDE_CORRELATION = 0.02
_LEAST_CORRELATION = 1e-4
_STEADY = (0.4, 1.6)  # times the share that was wanted: the tails are drawn again where theirs leaves these


class TailBaseline:
    """Learns histograms by quarter, and where their tails begin.

    The upper tail is all bins from `high` on, the lower all bins below `low`. Both are drawn once there are a hundred
    values, so that a tail holds at most the share that is wanted, and again when it has drifted far from that. What
    lies in them is a success among trials, so its usual share is a `RatioBaseline`'s, by hour of the day. Until a part
    has its own tails, those of the whole are its tails too.

    Parameters:
        bins: number of bins.
        upper: share wanted in the upper tail.
        lower: share wanted in the lower tail; 0 for none.

    Examples:
        >>> baseline = TailBaseline(4, upper=0.3, lower=0.0)
        >>> for quarter in range(40):
        ...     baseline.learn(quarter // 4, np.array([[10.0], [60.0], [20.0], [10.0]]))
        >>> baseline.high.tolist(), baseline.usual(36_000, whole=0).ratio.round(2).tolist()
        ([2], [0.3])

    """

    def __init__(self, bins: int, upper: float, lower: float) -> None:
        self.upper, self.lower = upper, lower
        self.counts: NDArray[np.float32] = np.zeros((bins, 0), dtype=np.float32)
        self.low: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.high: NDArray[np.int64] = np.zeros(0, dtype=np.int64)  # 0: not drawn yet
        self.quarters: Array = np.zeros(0)  # since the first with a value
        self.whole = -1  # the series that a part without tails has its tails from
        self.tails = RatioBaseline(bounded=True, wide=_WIDE_CORRELATION, least=_LEAST_CORRELATION)

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        self.counts, self.low, self.high = grown(self.counts, size), grown(self.low, size), grown(self.high, size)
        self.quarters = grown(self.quarters, size)
        self.tails.grow(size)

    def borders(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """int64[n] each: the bin below which the lower tail lies, that from which on the upper lies; 0 for none."""
        if not 0 <= self.whole < len(self.high):
            return self.low, self.high
        drawn = self.high > 0
        return np.where(drawn, self.low, self.low[self.whole]), np.where(drawn, self.high, self.high[self.whole])

    def histograms(self) -> Array:
        """float64[bins, n]: the usual ones; of a part without tails that of the whole."""
        if not 0 <= self.whole < len(self.high):
            return self.counts.astype(np.float64)
        return np.where(self.high > 0, self.counts, self.counts[:, [self.whole]]).astype(np.float64)

    def in_tails(self, counts: Array) -> Array:
        """float64[n]: how many of the values of histograms, float64[bins, n], lie in the tails."""
        sums = np.vstack([np.zeros((1, counts.shape[1])), np.cumsum(counts, axis=0)])
        series = np.arange(counts.shape[1])
        low, high = self.borders()
        inside = np.where(high > 0, sums[high, series] - sums[low, series], sums[-1])
        found: Array = sums[-1] - inside
        return found

    def learn(self, hour: int, counts: Array) -> None:
        """Takes in a closed quarter: float64[bins, m]. A histogram without values only lets some be forgotten."""
        self.grow(counts.shape[1])
        total, tails = counts.sum(axis=0), self.in_tails(counts)
        itself = np.arange(len(total), dtype=np.int32)
        before = self.tails.usual(hour * 3600.0, itself, -1)
        usual = np.nan_to_num(before.ratio, nan=1.0)
        reach = 4 * np.sqrt(usual * (1 - usual) * total * (1 + total * before.dispersion)) + 2
        odd = tails > usual * total + reach
        drawn = self.borders()[1] > 0
        self.tails.learn(hour, np.where(drawn, tails, 0.0), np.where(drawn, total, 0.0), itself)
        self.quarters += (self.quarters > 0) | (total > 0)
        self.counts *= np.float32(_FORGET)
        self.counts += (counts * np.where(odd, _ODD_WEIGHT, 1.0)).astype(np.float32)
        self._draw()

    def begin_anew(self, rows: NDArray[np.intp], counts: Array) -> None:
        """Takes these histograms, float64[bins, k], in the place of what it knows of k series."""
        self.counts[:, rows] = counts
        self.low[rows] = self.high[rows] = 0
        self.tails.begin_anew(rows, np.zeros(len(rows)), np.zeros(len(rows)))
        self._draw()

    def _draw(self) -> None:
        counts = self.counts.astype(np.float64)
        total, above = counts.sum(axis=0), shares_above(counts)
        series = np.arange(len(total))
        shares = np.where(self.high > 0, above[self.high, series] + (1 - above[self.low, series]), 0.0)
        wanted = self.upper + self.lower
        drifted = (self.high == 0) | (shares < _STEADY[0] * wanted) | (shares > _STEADY[1] * wanted)
        rows = np.flatnonzero(drifted & (total >= _ENOUGH))
        if not rows.size:
            return
        # The first bin from which on there is no more than wanted: what is rarer than that is a tail as well.
        high = np.maximum((above[:, rows] > self.upper).sum(axis=0), 1)
        low = (1 - above[1:, rows] <= self.lower).sum(axis=0) if self.lower else np.zeros(len(rows), dtype=np.int64)
        low = np.minimum(low, high - 1)
        new = rows[(high != self.high[rows]) | (low != self.low[rows])]
        self.high[rows], self.low[rows] = high, low
        self.tails.begin_anew(new, self.in_tails(counts)[new], total[new])

    def usual(self, at_s: float, whole: int, sets: NDArray[np.int64] | None = None) -> UsualRatio:
        """The usual share in the tails at `at_s` seconds after local midnight; NaN where too little is known.

        `sets` says which parts are of a kind, int64[n]: a new one is expected to be like the whole as far as those are.
        """
        itself = np.arange(len(self.high), dtype=np.int32)
        of_whole = None if sets is None else trials_of_whole(self.tails.sums[0], self.tails.sums[1], sets, whole)
        usual = self.tails.usual(at_s, itself, whole, *([] if of_whole is None else [of_whole]))
        return usual._replace(ratio=np.where(self.borders()[1] > 0, usual.ratio, np.nan))

    def to_bytes(self) -> bytes:
        """The whole state but the parameters."""
        tails = np.frombuffer(self.tails.to_bytes(), dtype=np.uint8)
        whole = np.array([self.whole], dtype=np.int64)
        names = ("counts", "low", "high", "quarters")
        state: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in names}
        return pack(state | {"whole": whole, "tails": tails})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self.counts, self.low, self.high = arrays["counts"], arrays["low"], arrays["high"]
        self.quarters, self.whole = arrays["quarters"], int(arrays["whole"][0])
        self.tails = RatioBaseline.from_bytes(arrays["tails"].tobytes())
