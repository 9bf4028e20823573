"""The usual ratio of a series, or its usual mean, by hour of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Partners = NDArray[np.int32]

HOURS = 24
_FORGET_HOUR = 0.96  # per quarter seen: an hour remembers about six days
_FORGET = 0.995  # per quarter: two days
_HOUR_PRIOR = 300.0  # trials by which an hour is drawn towards its series
_SERIES_PRIOR = 40.0  # trials by which a series is drawn towards the whole
_LITTLE = 1.0  # trial: what is seen counts for nearly all
_ODD = 4.0
_PRIOR_QUARTERS = 16.0
_FORGET_DISPERSION = 0.998


class UsualRatio(NamedTuple):
    """The expected ratio, the trials it rests on, its dispersion, and the trials ever seen. NaN where none is known."""

    ratio: Array
    weight: Array
    dispersion: Array
    seen: Array


class RatioBaseline:
    """Learns sums of numerator and denominator, by hour and over all, for n series.

    The ratio of an hour is drawn towards its series, and a thin series towards the whole, as if each had seen some more
    trials there. A quarter beyond four standard deviations is pulled back to that distance before it is taken in.
    A count without trials has a `SeasonalBaseline`.

    Parameters:
        bounded: numerators are successes among the denominator (a ratio); else sums of values (a mean).
        prior_dispersion: what is assumed while nothing is known: for ratios the correlation of trials, for means the
            squared relative deviation from quarter to quarter.

    Examples:
        >>> baseline = RatioBaseline(bounded=True, prior_dispersion=0.001)
        >>> own = np.arange(1, dtype=np.int32)
        >>> for quarter in range(96):
        ...     baseline.learn(quarter // 4, np.array([97.0]), np.array([100.0]), own)
        >>> usual = baseline.usual(12 * 3600, own, whole=0)
        >>> [float(value) for value in usual.ratio.round(3)]
        [0.97]

    """

    def __init__(self, bounded: bool, prior_dispersion: float, size: int = 0) -> None:
        if prior_dispersion <= 0:
            raise ValueError(f"prior_dispersion is {prior_dispersion}, not above 0")
        self.bounded = bounded
        self.prior_dispersion = prior_dispersion
        self.hours: NDArray[np.float32] = np.zeros((2, HOURS, size), dtype=np.float32)
        self.sums: Array = np.zeros((2, size))
        self.squares: Array = np.zeros((2, size))
        self.quarters: Array = np.zeros(size)
        self.seen: Array = np.zeros(size)

    @property
    def size(self) -> int:
        """Number of series."""
        return len(self.seen)

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        if size > self.size:
            for name in ("hours", "sums", "squares", "quarters", "seen"):
                setattr(self, name, grown(getattr(self, name), size))

    def learn(
        self, hour: int, tops: Array, bottoms: Array, partner: Partners, item_variance: Array | None = None
    ) -> None:
        """Takes in a closed quarter: float64[m], m >= size. `partner` supplies each denominator (-1: none).

        `item_variance`: float64[m], of one trial where it is known; else it follows from the ratio.
        """
        if len(tops) < self.size:
            raise ValueError(f"{len(tops)} sums for {self.size} series")
        self.grow(len(tops))
        ratio = self._ratio(self.sums[0], at(self.sums[1], partner))
        trials = at(bottoms, partner)
        known = np.isfinite(ratio) & (trials > 0) & (self.quarters >= 8)
        mean = np.where(known, ratio * trials, tops)
        variance = self._variance(np.nan_to_num(ratio)) if item_variance is None else item_variance
        spread = self.dispersion()
        sd = np.sqrt(trials * variance * (1 + np.maximum(trials - 1, 0) * spread))
        reach = _ODD * sd + (2 if self.bounded else 0)
        taken = np.where(known, np.clip(tops, mean - reach, mean + reach), tops)
        self._learn_dispersion(taken, mean, trials, variance, np.isfinite(ratio) & (trials > 1))
        for sums, forget in ((self.hours[:, hour], _FORGET_HOUR), (self.sums, _FORGET)):
            np.multiply(sums, forget, out=sums)
            np.add(sums, (taken, bottoms), out=sums, casting="same_kind")
        self.seen += bottoms

    def begin_anew(self, rows: NDArray[np.intp], tops: Array, bottoms: Array) -> None:
        """Forgets what it knows of some series, and takes these sums instead: they count something else now."""
        self.hours[..., rows] = 0
        self.squares[:, rows] = 0
        self.quarters[rows] = 0
        self.sums[:, rows] = (tops, bottoms)
        self.seen[rows] = bottoms

    def rebase(self, rows: NDArray[np.intp], tops: Array, bottoms: Array, partner: Partners) -> None:
        """From now on these rows have the ratio of these sums, at every hour; how sure it is of it stays as it is.

        The first row is what it is about. The others are drawn, as if each had seen 40 trials more, towards their own
        ratio moved as that of the first has moved: by odds, or, of a mean, by a factor.
        """
        all_bottoms = at(self.sums[1], partner)[rows]
        before = np.nan_to_num(self._ratio(self.sums[0, rows], all_bottoms))
        seen = self._ratio(tops + before * _LITTLE, bottoms + _LITTLE)
        moved = self._moved(before, float(before[0]), float(seen[0]))
        ratio = self._ratio(tops + moved * _SERIES_PRIOR, bottoms + _SERIES_PRIOR)
        ratio[0] = seen[0]
        self.sums[0, rows] = ratio * all_bottoms
        self.hours[0][:, rows] = (ratio * self.hours[1][:, np.maximum(partner[rows], 0)]).astype(np.float32)

    def _moved(self, ratio: Array, from_: float, to: float) -> Array:
        if not self.bounded:
            return np.asarray(ratio * (to / max(from_, 1e-12)) if from_ > 0 else np.full(len(ratio), to))
        odds = [np.clip(of, 1e-4, 1 - 1e-4) / (1 - np.clip(of, 1e-4, 1 - 1e-4)) for of in (ratio, from_, to)]
        moved: Array = odds[0] * odds[2] / odds[1]
        return moved / (1 + moved)

    def _learn_dispersion(
        self, taken: Array, mean: Array, trials: Array, variance: Array, known: NDArray[np.bool_]
    ) -> None:
        base = trials * variance
        scale = trials * np.maximum(trials - 1, 0) * variance
        beyond = np.minimum((taken - mean) ** 2, 16 * (base + scale * self.dispersion())) - base
        self.squares *= _FORGET_DISPERSION
        self.squares[0] += np.where(known, beyond, 0)
        self.squares[1] += np.where(known, scale, 0)
        self.quarters = self.quarters * _FORGET_DISPERSION + known

    def _variance(self, ratio: Array) -> Array:
        """Of one trial."""
        if self.bounded:
            inside = np.clip(ratio, 1e-4, 1 - 1e-4)
            return np.asarray(inside * (1 - inside))
        return np.asarray(2.0 * np.maximum(ratio, 1e-6) ** 2)

    def _ratio(self, tops: Array, bottoms: Array) -> Array:
        ratio: Array = np.divide(tops, bottoms, out=np.full(len(tops), np.nan), where=bottoms > 0)
        return np.asarray(np.clip(ratio, 0.0, 1.0)) if self.bounded else ratio

    def dispersion(self) -> Array:
        """float64[n]: beyond what the number of trials explains, drawn towards the prior while little is known."""
        typical = self.squares[1] / np.maximum(self.quarters, 1e-9)
        prior = _PRIOR_QUARTERS * np.maximum(typical, 1e-6)
        found: Array = (self.squares[0] + self.prior_dispersion * prior) / (self.squares[1] + prior)
        return np.asarray(np.clip(found, self.prior_dispersion / 10, 0.2 if self.bounded else 2.0))

    def usual(self, at_s: float, partner: Partners, whole: int) -> UsualRatio:
        """The expectation at `at_s` seconds after local midnight; `whole` is the series of the whole, -1 if none."""
        hour = int(at_s // 3600) % HOURS
        # Hours pass into each other: the nearer neighbour counts for half.
        near = (hour + (1 if at_s % 3600 >= 1800 else -1)) % HOURS
        tops = (self.hours[0, hour] + self.hours[0, near] / 2).astype(np.float64)
        bottoms = at((self.hours[1, hour] + self.hours[1, near] / 2).astype(np.float64), partner)
        all_bottoms = at(self.sums[1], partner)
        series_ratio = self._ratio(self.sums[0], all_bottoms)
        if 0 <= whole < self.size:
            of_whole = self._ratio(self.sums[0], all_bottoms)[whole]
            if np.isfinite(of_whole):
                drawn = (self.sums[0] + _SERIES_PRIOR * of_whole) / (all_bottoms + _SERIES_PRIOR)
                series_ratio = np.where(np.isfinite(series_ratio), drawn, np.nan)
        ratio = (tops + _HOUR_PRIOR * np.nan_to_num(series_ratio)) / (bottoms + _HOUR_PRIOR)
        ratio = np.where(np.isfinite(series_ratio), ratio, np.nan)
        if self.bounded:
            ratio = np.clip(ratio, 0.0, 1.0)
        return UsualRatio(
            ratio, bottoms + np.minimum(all_bottoms, _HOUR_PRIOR), self.dispersion(), at(self.seen, partner)
        )

    def bottoms(self, partner: Partners) -> Array:
        """float64[n]: recent trials by the series that uses them: the usual weights of segments."""
        return at(self.sums[1], partner)

    def to_bytes(self) -> bytes:
        """The whole state, parameters included."""
        names = ("hours", "sums", "squares", "quarters", "seen")
        parameters = np.array([float(self.bounded), self.prior_dispersion])
        return pack({"parameters": parameters} | {name: getattr(self, name) for name in names})

    @classmethod
    def from_bytes(cls, payload: bytes) -> RatioBaseline:
        """The baseline that `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        bounded, prior = arrays.pop("parameters").tolist()
        baseline = cls(bool(bounded), prior)
        for name, array in arrays.items():
            setattr(baseline, name, array)
        return baseline


def at(values: Array, partner: Partners) -> Array:
    """The values of the partners; 0 where there is none.

    >>> at(np.array([3.0, 4.0]), np.array([1, -1], dtype=np.int32)).tolist()
    [4.0, 0.0]
    """
    return np.where(partner >= 0, values[np.maximum(partner, 0)], 0.0)
