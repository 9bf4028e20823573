"""Sequential tests of ratios at graded odds, of many series at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.alarm_budget import Looks, limit
from detectors.dispersion import QUARTER_S
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Stored = NDArray[np.float32]
    Seconds = NDArray[np.uint32]

ODDS = (0.02, 0.1, 0.25, 0.5, 1 / 1.5, 1.5, 2.0, 4.0, 10.0, 50.0)
_SURE = float(np.log(1000.0))  # nats for "as usual" after which a change is over
_BEGUN = 0.7  # of the limit: from there on the end of a change is looked for
_INSIDE = 1e-5
LOOKS = Looks(each=1.7, most=28_000.0, least=30.0)  # times the standard deviation of a trial


class Expected(NamedTuple):
    """What is expected of n series, float64[n] each. The same object at each tick as long as it holds.

    Attributes:
        ratio: of successes, NaN where it is not known.
        lasting: correlation of trials however long a run lasts: what is not known for sure, and what days differ by.
        passing: correlation beyond that of trials within a quarter of an hour, which cancels in long runs.

    """

    ratio: Array
    lasting: Array
    passing: Array


class RatioRun(NamedTuple):
    """The runs of some series that speak most for a change, float64[m] each but `rows`.

    Attributes:
        rows: which series.
        nats: log-likelihood ratio of "so many times the odds" against "as expected", as correlation weakens it.
        successes, expected, trials: since it began.
        seconds: since it began.
        spread: variance that is to be expected of its ratio.

    """

    rows: NDArray[np.intp]
    nats: Array
    successes: Array
    expected: Array
    trials: Array
    seconds: Array
    spread: Array


class Ends(NamedTuple):
    """Changes that are over: the series, and since when what came looks usual (s)."""

    rows: NDArray[np.intp]
    since: Array


class RatioBank:
    """A bank of Page's tests: each series has one for each odds ratio that is looked for.

    Where p is the expected ratio, N trials with K successes speak for odds that are c times as large with

        K ln c - N ln(1 + (c - 1) p)        nats.

    Where their sum falls to 0 a new run begins. Trials are correlated: what they say is divided by 1 + (N - 1) rho
    (quasi-likelihood; Wedderburn 1974), where rho falls with the length of the run to what lasts, which holds how
    unsure the expectation is. So a run never says more than the knowledge that it is held against allows. Odds are
    symmetric: which of two outcomes is the rarer does not matter.

    A change is over when what came since speaks for "as usual" with a thousand to one; then its runs begin again. A
    tick without trials costs next to nothing. Counts have rates and no trials: `Bank`.

    Parameters:
        odds: the odds ratios, falls (below 1) before rises.

    Examples:
        >>> bank = RatioBank()
        >>> bank.grow(1)
        >>> expected = Expected(np.array([0.9]), np.array([1e-4]), np.array([0.0]))
        >>> for minute in range(100):
        ...     ends = bank.follow(np.array([9.0]), np.array([10.0]), expected, 60.0 * minute)
        >>> len(bank.runs(expected, 6_000.0, np.array([13.8])).rows)
        0
        >>> for minute in range(100, 104):
        ...     ends = bank.follow(np.array([5.0]), np.array([10.0]), expected, 60.0 * minute)
        >>> run = bank.runs(expected, 6_240.0, np.array([13.8]))
        >>> run.successes.tolist(), run.trials.tolist(), run.seconds.tolist(), run.nats.round(1).tolist()
        ([20.0], [40.0], [240.0], [20.3])

    References:
        E. S. Page, Continuous inspection schemes, Biometrika 41 (1954). R. W. M. Wedderburn, Quasi-likelihood
        functions, generalized linear models, and the Gauss-Newton method, Biometrika 61 (1974).

    """

    def __init__(self, odds: tuple[float, ...] = ODDS) -> None:
        self._odds: Array = np.array(odds)[:, None]
        self._logs: Array = np.log(self._odds)
        self._rises = int(np.searchsorted(self._odds[:, 0], 1.0))  # the first of them
        # Seven digits of a sum: what that leaves out of ten million trials is far less than chance makes of them.
        self._raw: Stored = np.zeros((len(odds), 0), dtype=np.float32)  # nats, were trials independent
        self._sums: Stored = np.zeros((3, len(odds), 0), dtype=np.float32)  # successes, expected ones, trials
        self._start: Seconds = np.zeros((len(odds), 0), dtype=np.uint32)  # s
        # Of falls and rises: successes, trials since it looks usual.
        self._after: Stored = np.zeros((2, 2, 0), dtype=np.float32)
        self._usual_since: Seconds = np.zeros((2, 0), dtype=np.uint32)  # s
        self._whole_over: Array = np.full(2, -np.inf)  # s
        self._begun: NDArray[np.bool_] = np.zeros((2, 0), dtype=np.bool_)
        self._of: tuple[Expected, Array, Array] | None = None

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        if size > self._raw.shape[1]:
            for name in _STATE:
                setattr(self, name, grown(getattr(self, name), size))

    def begin(self) -> None:
        """All runs start again: after a time that was not followed."""
        for name in _STATE:
            getattr(self, name)[:] = 0
        self._whole_over[:] = -np.inf

    def forget(self, rows: NDArray[np.bool_]) -> None:
        """The runs of these series begin again: what they tell is over, or known."""
        for name in _STATE:
            getattr(self, name)[..., rows] = 0

    def follow(self, successes: Array, trials: Array, expected: Expected, from_s: float, whole: int = -1) -> Ends:
        """Takes in what came since `from_s` (whole s), float64[n] each; where the ratio is unknown nothing is taken in.

        A success may come later than its trial, so a step may have more of them than trials.

        Returns the changes that are over. What is over in the series of the `whole` is over in its parts, unless what
        came last in a part looks changed still.
        """
        rows = np.flatnonzero(((trials > 0) | (successes > 0)) & np.isfinite(expected.ratio))
        if not len(rows):
            return Ends(rows, np.zeros(0))
        tried, came = trials[rows], successes[rows]
        ratio, away = self._away(expected)
        if len(rows) == len(trials):
            self._take(slice(None), came, tried, ratio, away, from_s)
        else:
            self._take(rows, came, tried, ratio[rows], away[:, rows], from_s)
        if not self._begun.any():
            return Ends(rows[:0], np.zeros(0))
        return self._look_for_ends(rows, came, tried, ratio[rows], from_s, whole)

    def _away(self, expected: Expected) -> tuple[Array, Array]:
        """The expected ratio, and what a trial of each series speaks against each of the odds."""
        if self._of is None or self._of[0] is not expected:
            ratio = np.clip(np.nan_to_num(expected.ratio), _INSIDE, 1 - _INSIDE)
            self._of = (expected, ratio, np.log1p((self._odds - 1) * ratio))
        return self._of[1:]

    def _take(
        self, rows: NDArray[np.intp] | slice, came: Array, tried: Array, ratio: Array, away: Array, from_s: float
    ) -> None:
        before = self._raw[:, rows]
        self._start[:, rows] = np.where(before > 0, self._start[:, rows], from_s)
        raw = before + came * self._logs - tried * away
        on = raw > 0
        self._raw[:, rows] = np.where(on, raw, 0.0)
        self._sums[:, :, rows] = (self._sums[:, :, rows] + np.array([came, ratio * tried, tried])[:, None]) * on

    def runs(self, expected: Expected, now_s: float, limits: Array) -> RatioRun:
        """The runs that say most, of the few series in which one may reach a part of its limit (nats).

        What reaches it is from then on watched for its end.
        """
        rows = np.flatnonzero(self._raw.max(axis=0, initial=0.0) >= _BEGUN * limits)
        if not len(rows):
            return RatioRun(rows, *np.zeros((6, 0)))
        successes, usual, trials = self._sums[:, :, rows].astype(np.float64)
        seconds = np.maximum(now_s - self._start[:, rows], 1.0)
        passing = expected.passing[rows] * np.minimum(QUARTER_S / seconds, 1.0)
        correlation = np.nan_to_num(expected.lasting[rows] + passing, nan=1.0)
        nats = self._raw[:, rows] / (1 + np.maximum(trials - 1, 0.0) * correlation)
        for place, sizes in enumerate((slice(None, self._rises), slice(self._rises, None))):
            strong = nats[sizes].max(axis=0, initial=0.0) >= _BEGUN * limits[rows]
            new = rows[strong & ~self._begun[place, rows]]
            self._after[place][:, new] = 0
            self._begun[place, new] = True
        best, each = np.argmax(nats, axis=0), np.arange(len(rows))
        trials = np.maximum(trials[best, each], 1.0)
        ratio = np.clip(usual[best, each] / trials, _INSIDE, 1 - _INSIDE)
        spread = ratio * (1 - ratio) * (1 / trials + correlation[best, each])
        return RatioRun(
            rows, nats[best, each], successes[best, each], usual[best, each], trials, seconds[best, each], spread
        )

    def _look_for_ends(
        self, rows: NDArray[np.intp], came: Array, tried: Array, ratio: Array, from_s: float, whole: int
    ) -> Ends:
        """Adds the step to what came since a change looked strongest; where that is as usual, the change is over."""
        ends = []
        for place, sizes in enumerate((slice(None, self._rises), slice(self._rises, None))):
            on = self._begun[place, rows]
            if not on.any():
                continue
            series, p = rows[on], ratio[on]
            raw = self._raw[sizes][:, series]
            best = np.argmax(raw, axis=0) + (sizes.start or 0)
            successes, _, trials = self._sums[:, best, series].astype(np.float64)
            before = self._after[place][:, series].astype(np.float64)
            self._usual_since[place, series] = np.where(before[1] > 0, self._usual_since[place, series], from_s)
            after = before + np.array([came[on], tried[on]])
            # As far off as it was before, by half at most, but never so near to usual that none could tell them apart.
            well, ill = (
                np.maximum(np.array([successes, trials - successes]) - (after[0], after[1] - after[0]), 0.0) + 0.5
            )
            changed = np.clip(well / (well + ill), p / 2, 1 - (1 - p) / 2)
            times = changed / (1 - changed) * (1 - p) / p
            nearest = self._odds[self._rises if place else self._rises - 1, 0]
            times = np.maximum(times, nearest) if place else np.minimum(times, nearest)
            nats = after[1] * np.log1p((times - 1) * p) - after[0] * np.log(times)
            self._after[place][:, series] = after * (nats > 0)
            ended = (nats >= _SURE) | (raw.max(axis=0) <= 0)
            if (series[ended] == whole).any():
                self._whole_over[place] = from_s
                self._begin(place, sizes, np.flatnonzero(~self._begun[place]))
            ended |= (nats > 0) & (self._start[best, series] <= self._whole_over[place])
            ends.append((series[ended], self._usual_since[place, series[ended]].astype(np.float64)))
            self._begin(place, sizes, series[ended])
        return Ends(*(np.concatenate(of) for of in zip(*ends, strict=True))) if ends else Ends(rows[:0], np.zeros(0))

    def _begin(self, place: int, sizes: slice, series: NDArray[np.intp]) -> None:
        self._begun[place, series] = False
        self._raw[sizes, series] = 0
        self._sums[:, sizes, series] = 0

    def to_bytes(self) -> bytes:
        """The runs; odds are the constructor's."""
        return pack({name: getattr(self, name) for name in _STATE} | {"_whole_over": self._whole_over})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        for name in (*_STATE, "_whole_over"):
            setattr(self, name, arrays[name])


def evidence(successes: Array, trials: Array, ratio: Array, correlation: Array) -> Array:
    """Nats for the most likely ratio against the expected one: float64[n], as `RatioBank` counts those of its odds.

    >>> evidence(np.array([20.0]), np.array([40.0]), np.array([0.9]), np.array([0.0])).round(1).tolist()
    [20.4]
    """
    tried = np.maximum(trials, 1.0)
    own = np.clip(successes / tried, _INSIDE, 1 - _INSIDE)
    usual = np.clip(np.nan_to_num(ratio, nan=0.5), _INSIDE, 1 - _INSIDE)
    raw = successes * np.log(own / usual) + (tried - successes) * np.log((1 - own) / (1 - usual))
    nats: Array = np.maximum(raw, 0.0) / (1 + np.maximum(tried - 1, 0.0) * np.nan_to_num(correlation, nan=1.0))
    return nats


def limit_of_trials(allowed: Array, trials_a_day: Array, ratio: Array) -> Array:
    """The nats that a bank of tests of ratios needs, by false warnings and trials a day, and by the ratio: float64[n].

    By chance runs of `RatioBank` reach h nats about 1.7 sd exp(-h) times a trial, and at most 28,000 sd exp(-h) times a
    day, where sd^2 = p (1 - p): measured on ratios of 0.02 to 0.97, with and without correlation.

    >>> limit_of_trials(np.array([0.01, 0.01]), np.array([300.0, 1e6]), np.array([0.9, 0.9])).round(1).tolist()
    [9.6, 13.6]
    """
    p = np.clip(np.nan_to_num(ratio, nan=0.5), _INSIDE, 1 - _INSIDE)
    return limit(allowed, LOOKS.a_day(trials_a_day) * np.sqrt(p * (1 - p)))


_STATE = ("_raw", "_sums", "_start", "_after", "_usual_since", "_begun")
