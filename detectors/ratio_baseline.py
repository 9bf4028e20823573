"""The usual ratio of a series, or its usual mean, by hour of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.between_hours import trials_of_day
from detectors.dispersion import Dispersion
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Partners = NDArray[np.int32]

HOURS = 24
_FORGET_HOUR = 0.96  # per quarter seen: an hour remembers about six days
_FORGET = 0.995  # per quarter: two days
_QUARTERS_A_DAY = 96
_HOURS_OF_MEANS = 0.003  # correlation of the values of an hour, of means
_SERIES_PRIOR = 40.0  # trials by which a series is drawn towards the whole, if nobody knows how much parts differ
_OWN_TRIALS = 500.0  # of the series, whatever its hour, that the prediction of an hour is taken to rest on
_LITTLE = 1.0  # trial: what is seen counts for nearly all
_ODD = 4.0
_LARGEST_ODDS, _LARGEST_CORRELATION = 4.0, 0.2


class UsualRatio(NamedTuple):
    """What is expected of n series, NaN where nothing is known, float64[n] each.

    Attributes:
        ratio: the expected one.
        weight: the trials it rests on.
        dispersion: correlation of the trials of a short window.
        seen: trials ever seen.
        lasting: correlation of the trials of a stretch of many hours.

    """

    ratio: Array
    weight: Array
    dispersion: Array
    seen: Array
    lasting: Array


class RatioBaseline:
    """Learns sums of numerator and denominator, by hour and over all, for n series.

    The ratio of an hour is drawn towards its series, and a thin series towards the whole, as if each had seen some more
    trials there. A quarter beyond four standard deviations is pulled back to that distance before it is taken in.
    A count without trials has a `SeasonalBaseline`.

    Hours and days change the odds of a ratio: what varies by a fifth is 50 % at times 45 %, and 2 % hardly 1.6 %. So it
    is learned by odds, and the correlation of trials is the variance of their logarithm times ratio (1 - ratio)
    (delta method).

    Parameters:
        bounded: numerators are successes among the denominator (a ratio); else sums of values (a mean).
        wide: what is assumed to vary from hour to hour and day to day while nothing is known: for ratios the variance
            of the logarithm of the odds, for means the variance of a mean in units of that of a single value.
        least: below this the learned variation never falls.

    Examples:
        >>> baseline = RatioBaseline(bounded=True, wide=0.2, least=1e-3)
        >>> own = np.arange(1, dtype=np.int32)
        >>> for quarter in range(96):
        ...     baseline.learn(quarter // 4, np.array([97.0]), np.array([100.0]), own)
        >>> usual = baseline.usual(12 * 3600, own, whole=0)
        >>> [float(value) for value in usual.ratio.round(3)]
        [0.97]

    """

    def __init__(self, bounded: bool, wide: float, least: float, size: int = 0) -> None:
        if not 0 < least <= wide:
            raise ValueError(f"least is {least} and wide {wide}: both are above 0, and least is not above wide")
        self.bounded = bounded
        self.dispersion = Dispersion(wide, least, _LARGEST_ODDS if bounded else 2.0, size)
        self.hours: NDArray[np.float32] = np.zeros((2, HOURS, size), dtype=np.float32)
        self.sums: Array = np.zeros((2, size))
        self.seen: Array = np.zeros(size)
        self.age: Array = np.zeros(size)  # quarters that the sums remember

    @property
    def size(self) -> int:
        """Number of series."""
        return len(self.seen)

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        if size > self.size:
            for name in _STATE:
                setattr(self, name, grown(getattr(self, name), size))
            self.dispersion.grow(size)

    def learn(
        self, hour: int, tops: Array, bottoms: Array, partner: Partners, item_variance: Array | None = None
    ) -> None:
        """Takes in a closed quarter: float64[m], m >= size. `partner` supplies each denominator (-1: none).

        `item_variance`: float64[m], of one trial where it is known; else it follows from the ratio.
        """
        if len(tops) < self.size:
            raise ValueError(f"{len(tops)} sums for {self.size} series")
        self.grow(len(tops))
        usual = self.usual(hour * 3600.0, partner, -1)
        trials = at(bottoms, partner)
        mean = np.where(np.isfinite(usual.ratio), usual.ratio * trials, tops)
        variance = self._variance(np.nan_to_num(usual.ratio)) if item_variance is None else item_variance
        # That hours are unlike is no chance: an hour that nobody had seen before counts with its surprise.
        rests = np.clip(at(self.sums[1], partner), 1.0, _OWN_TRIALS)
        chance = trials * variance * (1 + trials / rests)
        reach = _ODD * np.sqrt(chance + trials**2 * variance * usual.dispersion) + (2 if self.bounded else 0)
        known = np.isfinite(usual.ratio) & (trials > 0) & (self.dispersion.quarters >= 8)
        taken = np.where(known, np.clip(tops, mean - reach, mean + reach), tops)
        telling = np.isfinite(usual.ratio) & (trials > 1)
        by_odds = variance if self.bounded else np.sqrt(variance)
        self.dispersion.learn(hour, taken - mean, chance, trials * by_odds, telling)
        for sums, forget in ((self.hours[:, hour], _FORGET_HOUR), (self.sums, _FORGET)):
            np.multiply(sums, forget, out=sums)
            np.add(sums, (taken, bottoms), out=sums, casting="same_kind")
        self.seen += bottoms
        self.age = self.age * _FORGET + (self.seen > 0)

    def begin_anew(self, rows: NDArray[np.intp], tops: Array, bottoms: Array) -> None:
        """Forgets what it knows of some series, and takes these sums instead: they count something else now."""
        self.hours[..., rows] = 0
        self.dispersion.forget(rows)
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

    def _variance(self, ratio: Array) -> Array:
        """Of one trial."""
        if self.bounded:
            inside = np.clip(ratio, 1e-4, 1 - 1e-4)
            return np.asarray(inside * (1 - inside))
        return np.asarray(2.0 * np.maximum(ratio, 1e-6) ** 2)

    def _ratio(self, tops: Array, bottoms: Array) -> Array:
        ratio: Array = np.divide(tops, bottoms, out=np.full(len(tops), np.nan), where=bottoms > 0)
        return np.asarray(np.clip(ratio, 0.0, 1.0)) if self.bounded else ratio

    def usual(self, at_s: float, partner: Partners, whole: int, of_whole: Array | float = _SERIES_PRIOR) -> UsualRatio:
        """The expectation at `at_s` seconds after local midnight; `whole` is the series of the whole, -1 if none.

        `of_whole` says by how many trials a series is drawn towards the whole (`between_parts.trials_of_whole`): a
        part that has seen none of its own is expected to be like the whole, as far as parts are.
        """
        hour = int(at_s // 3600) % HOURS
        # Hours pass into each other: the nearer neighbour counts for half.
        near = (hour + (1 if at_s % 3600 >= 1800 else -1)) % HOURS
        tops = (self.hours[0, hour] + self.hours[0, near] / 2).astype(np.float64)
        bottoms = at((self.hours[1, hour] + self.hours[1, near] / 2).astype(np.float64), partner)
        all_bottoms = at(self.sums[1], partner)
        series_ratio, drawn = self._ratio(self.sums[0], all_bottoms), np.zeros(self.size)
        if 0 <= whole < self.size and np.isfinite(series_ratio[whole]):
            drawn = np.broadcast_to(np.asarray(of_whole, dtype=np.float64), self.size).copy()
            drawn[whole] = 0.0
            series_ratio = (self.sums[0] + drawn * series_ratio[whole]) / np.maximum(all_bottoms + drawn, 1e-9)
            # A part of whose trials nobody has heard has none.
            series_ratio = np.where((partner >= 0) & (all_bottoms + drawn > 0), series_ratio, np.nan)
        of_day = self._trials_of_day(series_ratio, partner)
        ratio = (tops + of_day * np.nan_to_num(series_ratio)) / (bottoms + of_day)
        ratio = np.where(np.isfinite(series_ratio), ratio, np.nan)
        weight = bottoms + np.minimum(all_bottoms + drawn, of_day)
        if self.bounded:
            # What never failed in n trials, its own or the whole's, may well fail once in 2 n (Jeffreys' prior).
            tried = all_bottoms + drawn
            rare = 0.5 / (np.maximum(tried, tried[whole] if 0 <= whole < self.size else 0.0) + 1)
            ratio = np.clip(ratio, rare, 1 - rare)
        passing, lasting = self.dispersion.of(0.0), self.dispersion.lasting()
        if self.bounded:
            passing, lasting = (correlation(of, ratio) for of in (passing, lasting))
        return UsualRatio(ratio, weight, passing, at(self.seen, partner), lasting)

    def _trials_of_day(self, ratio: Array, partner: Partners) -> Array:
        """float64[n]: by how many trials an hour is drawn towards its series."""
        tried = np.where(partner >= 0, self.hours[1][:, np.maximum(partner, 0)], 0.0)
        variance = self._variance(np.nan_to_num(ratio))
        prior = correlation(np.full(self.size, self.dispersion.wide), ratio) if self.bounded else _HOURS_OF_MEANS
        tops = self.hours[0].astype(np.float64)
        return trials_of_day(tops, tried, ratio, variance, np.broadcast_to(prior, self.size))

    def bottoms(self, partner: Partners) -> Array:
        """float64[n]: recent trials by the series that uses them: the usual weights of segments."""
        return at(self.sums[1], partner)

    def trials_a_day(self) -> Array:
        """float64[n]: by the series that counts them, as far as is known: 0 before a quarter has closed."""
        per_quarter: Array = self.sums[1] / np.maximum(self.age, 1.0)
        return _QUARTERS_A_DAY * per_quarter

    def to_bytes(self) -> bytes:
        """The whole state, parameters included."""
        state = {name: getattr(self, name) for name in _STATE}
        dispersion = {f"dispersion.{name}": array for name, array in self.dispersion.arrays().items()}
        return pack({"bounded": np.array([self.bounded])} | state | dispersion)

    @classmethod
    def from_bytes(cls, payload: bytes) -> RatioBaseline:
        """The baseline that `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        dispersion = Dispersion.restored(
            {
                name.removeprefix("dispersion."): array
                for name, array in arrays.items()
                if name.startswith("dispersion.")
            }
        )
        baseline = cls(bool(arrays["bounded"][0]), dispersion.wide, dispersion.least)
        baseline.dispersion = dispersion
        for name in _STATE:
            setattr(baseline, name, arrays[name])
        return baseline


_STATE = ("hours", "sums", "seen", "age")


def correlation(of_odds: Array, ratio: Array) -> Array:
    """Correlation of trials where the logarithm of the odds has a variance; of an unknown ratio (NaN) as of a half.

    >>> correlation(np.full(3, 0.2), np.array([0.5, 0.98, np.nan])).round(4).tolist()
    [0.05, 0.0039, 0.05]
    """
    half = np.nan_to_num(ratio, nan=0.5)
    found: Array = np.minimum(of_odds * half * (1 - half), _LARGEST_CORRELATION)
    return found


def at(values: Array, partner: Partners) -> Array:
    """The values of the partners; 0 where there is none.

    >>> at(np.array([3.0, 4.0]), np.array([1, -1], dtype=np.int32)).tolist()
    [4.0, 0.0]
    """
    return np.where(partner >= 0, values[np.maximum(partner, 0)], 0.0)
