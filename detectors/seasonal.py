"""The usual day of a count, learned quarter of an hour by quarter of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day

    Array = NDArray[np.float64]

SLOTS = 96
QUARTER_S = 900
_MEMORY_DAYS = 7  # later days weigh 1/7: a week to learn a new habit
_PRIOR_DISPERSION = 0.03
_PRIOR_QUARTERS = 16.0
_FORGET = 0.998  # of the dispersion, per quarter: half of it in 3.6 days
_ODD = 4.0  # standard deviations beyond which a day is odd and only nudges the profile
_SHAPE_PRIOR = 2.0  # events by which a quarter of a part is drawn towards its share of the whole's day
_POOLED_S = 10_800  # longer windows have events of their own


class Usual(NamedTuple):
    """Expected counts of a window: the edges of the day make an interval of them. NaN where the hour is not known.

    `evidence` is how many events the expectation rests on, `days` how many days.
    """

    low: Array
    middle: Array
    high: Array
    evidence: Array
    days: Array


class SeasonalBaseline:
    """Learns, for each of n series, the count of each of the day's 96 quarters of an hour, and its dispersion.

    A quarter that lies beyond four standard deviations of what its series knows of that quarter, or beyond twice that
    (from the third day on), is pulled back to there, so that one odd day, or an incident, does not become normal. For
    ratios use `RatioBaseline`: their day is flatter and their expectation rests on the number of trials.

    Examples:
        >>> from detectors.day import Day
        >>> baseline = SeasonalBaseline()
        >>> for day in range(3):
        ...     for slot in range(96):
        ...         baseline.learn(slot, np.array([30.0 if slot < 48 else 600.0]), Day(1 + day))
        >>> [float(x.round(3)) for x in baseline.usual(13 * 3600, 60, day=Day(4)).middle]
        [40.0]
        >>> at_the_edge = baseline.usual(12 * 3600 + 60, 60, day=Day(4))  # from less than 40 on
        >>> [float(x) for x in at_the_edge.high.round()]
        [40.0]
        >>> same = SeasonalBaseline.from_bytes(baseline.to_bytes())
        >>> bool((same.profile == baseline.profile).all())
        True

    References:
        C. Bliss, R. Fisher, Fitting the negative binomial distribution to biological data, Biometrics 9 (1953): the
        moment estimate of the dispersion.

    """

    def __init__(self, size: int = 0) -> None:
        self.profile: NDArray[np.float32] = np.zeros((SLOTS, size), dtype=np.float32)  # events per quarter
        self.seen: NDArray[np.uint8] = np.zeros((SLOTS, size), dtype=np.uint8)  # days behind each quarter
        self.squares: Array = np.zeros((2, size))  # of the deviations beyond Poisson; of the expectations
        self.quarters: Array = np.zeros(size)  # behind `squares`
        self._totals: Array | None = None  # events of a day, as long as the profile stays as it is

    @property
    def size(self) -> int:
        """Number of series."""
        return len(self.quarters)

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        if size > self.size:
            self.profile = grown(self.profile, size)
            self.seen = grown(self.seen, size)
            self.squares = grown(self.squares, size)
            self.quarters = grown(self.quarters, size)
            self._totals = None

    def learn(self, slot: int, counts: Array, day: Day) -> None:
        """Takes in a closed quarter: float64[m] with m >= size (new series at the end); ValueError if shorter.

        NaN teaches nothing: of that quarter it is not known what is usual.
        """
        del day
        if len(counts) < self.size:
            raise ValueError(f"{len(counts)} counts for {self.size} series")
        self.grow(len(counts))
        mean = self.profile[slot].astype(np.float64)
        gap = np.isnan(counts)
        counts = np.where(gap, mean, counts)
        days = self.seen[slot].astype(np.float64)
        spread = self.dispersion()
        # The profile itself is known from so many days only.
        sd = np.sqrt((mean + spread * mean**2) * (1 + 1 / np.maximum(days, 1)))
        reach = np.minimum(_ODD * sd + 2, np.maximum(mean, 10.0))
        taken = np.where(days >= 2, np.clip(counts, mean - reach, mean + reach), counts)
        # A series that has never been seen starts with its first event, not with the zeros before it.
        alive = ((counts > 0) | (self.seen.max(axis=0) > 0)) & ~gap
        self._learn_dispersion(taken, mean, days, alive & (days >= 1))
        self._totals = None
        step = 1 / np.minimum(days + 1, _MEMORY_DAYS)
        self.profile[slot] = np.where(alive, mean + step * (np.maximum(taken, 0) - mean), mean)
        self.seen[slot] = np.where(alive, np.minimum(days + 1, 200), days)

    def _learn_dispersion(self, taken: Array, mean: Array, days: Array, known: NDArray[np.bool_]) -> None:
        reach = 16 * (mean + self.dispersion() * mean**2)
        beyond = np.minimum((taken - mean) ** 2, reach) / (1 + 1 / np.maximum(days, 1)) - mean
        self.squares *= _FORGET
        self.squares[0] += np.where(known, beyond, 0)
        self.squares[1] += np.where(known, mean**2, 0)
        self.quarters = self.quarters * _FORGET + (known & (mean > 0))

    def dispersion(self) -> Array:
        """float64[n]: Var = mean + dispersion * mean^2 of a quarter, drawn towards a prior while little is known."""
        typical = self.squares[1] / np.maximum(self.quarters, 1e-9)
        prior = _PRIOR_QUARTERS * np.maximum(typical, 1.0)
        found: Array = (self.squares[0] + _PRIOR_DISPERSION * prior) / (self.squares[1] + prior)
        return np.clip(found, 0.003, 2.0)

    def usual(self, end_s: float, window_s: int, whole: int = -1, *, day: Day) -> Usual:
        """What a window of `window_s` usually holds that ends `end_s` seconds after local midnight.

        With `whole`, the series that the others are parts of, the day of a thin part is drawn towards the whole's: a
        quarter of an hour in which it has never had an event is still not expected to stay without one.
        """
        del day
        if window_s >= QUARTER_S:
            return self._usual_long(end_s, window_s, whole)
        at = ((end_s - window_s / 2) / QUARTER_S) % SLOTS
        slot = int(at)
        other = (slot + (1 if at - slot >= 0.5 else -1)) % SLOTS
        away = abs(at - slot - 0.5)
        share = window_s / QUARTER_S
        own = self.profile[[slot, other]].astype(np.float64)
        here, there = pooled = self._pooled([slot, other], whole)
        middle = (here * (1 - away) + there * away) * share
        days = self.seen[slot].astype(np.float64)
        middle = np.where(days > 0, middle, np.nan)
        return Usual(
            low=np.minimum(middle, np.minimum(here, own[0]) * share),
            middle=middle,
            high=np.maximum(middle, np.maximum(here, own[0]) * share),
            # Neighbouring quarters resemble each other, so the expectation rests on more than one of them.
            evidence=3 * pooled[0] * days,
            days=days,
        )

    def _pooled(self, slots: list[int], whole: int) -> Array:
        """float64[slots, n]: events per quarter, those of parts drawn towards their share of the whole's day."""
        own: Array = self.profile[slots].astype(np.float64)
        if not 0 <= whole < self.size:
            return own
        if self._totals is None:
            self._totals = self.profile.sum(axis=0, dtype=np.float64)
        share = self._totals / max(self._totals[whole], 1e-9)
        prior = np.maximum(own[:, [whole]] * share, 1e-9)
        days = self.seen[slots].astype(np.float64)
        pooled: Array = (days * own + _SHAPE_PRIOR) / (days + _SHAPE_PRIOR / prior)
        return np.where(self._totals > 0, pooled, own)

    def _usual_long(self, end_s: float, window_s: int, whole: int) -> Usual:
        whole_days, rest = divmod(window_s, 86_400)
        weights = np.full(SLOTS, float(whole_days))
        start = (end_s - rest) / QUARTER_S
        end = end_s / QUARTER_S
        for quarter in range(int(np.floor(start)), int(np.ceil(end))):
            weights[quarter % SLOTS] += min(end, quarter + 1) - max(start, quarter)
        used = np.flatnonzero(weights > 0)
        middle = weights[used] @ self._pooled(used.tolist(), whole if window_s <= _POOLED_S else -1)
        seen = self.seen[used]
        days = seen.mean(axis=0).astype(np.float64)
        # A day has hours that are never learned, as it is closed then; a shorter window must be known throughout.
        known = weights[used] @ (seen > 0) / weights[used].sum()
        middle = np.where(known >= (0.5 if window_s >= SLOTS * QUARTER_S else 0.9), middle, np.nan)
        return Usual(middle, middle, middle, middle * np.maximum(days, 1), days)

    def between(self, end_s: float, seconds: Array, rows: NDArray[np.intp], *, day: Day) -> Array:
        """What these rows usually count in their last `seconds` (float64, one a row) before `end_s` after midnight."""
        del day
        quarters = int(np.ceil(seconds.max(initial=0.0) / QUARTER_S)) + 1
        last = int(end_s // QUARTER_S)
        total = np.zeros(len(rows))
        for back in range(quarters):
            start = (last - back) * QUARTER_S
            inside = min(end_s - start, QUARTER_S) - np.maximum(end_s - seconds - start, 0.0)
            share = np.maximum(inside, 0.0) / QUARTER_S
            total += self.profile[(last - back) % SLOTS, rows] * share
        return total

    def course(self, series: int, end_s: float, count: int, step_s: int, *, day: Day) -> Array:
        """float64[count]: expected counts of the last `count` steps of one series, oldest first."""
        del day
        middles = (end_s - step_s * np.arange(count, 0, -1) + step_s / 2) / QUARTER_S
        usual: Array = self.profile[middles.astype(np.int64) % SLOTS, series].astype(np.float64)
        return usual * (step_s / QUARTER_S)

    def rescale(self, rows: NDArray[np.intp], factors: Array) -> None:
        """From now on so many times what was usual is usual in these rows, at every hour; relative spread stays."""
        self.profile[:, rows] *= factors.astype(np.float32)
        self.squares[:, rows] *= factors**2
        self._totals = None

    def days(self) -> Array:
        """float64[n]: days of history, in steps of a quarter."""
        quarters: Array = self.seen.sum(axis=0, dtype=np.float64)
        return quarters / SLOTS

    def to_bytes(self) -> bytes:
        """The whole state."""
        return pack({name: getattr(self, name) for name in ("profile", "seen", "squares", "quarters")})

    @classmethod
    def from_bytes(cls, payload: bytes) -> SeasonalBaseline:
        """The baseline that `to_bytes` described. Raises ValueError for anything else."""
        baseline = cls()
        arrays: dict[str, NDArray[Any]] = unpack(payload)
        baseline.profile, baseline.seen = arrays["profile"], arrays["seen"]
        baseline.squares, baseline.quarters = arrays["squares"], arrays["quarters"]
        return baseline
