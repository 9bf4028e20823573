"""Slow, lasting changes of ratios: whole days against a reference that does not follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.alarm_budget import limit
from detectors.day import HOLIDAY, WEEKDAYS
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.day import Day

    Array = NDArray[np.float64]
    Stored = NDArray[np.float32]

ODDS = (1 / 3, 0.5, 1 / 1.5, 1.5, 2.0, 3.0)
LAG_DAYS = 14  # the reference knows nothing younger
FIRST_DAYS = 10  # of a series teach the reference at once, and are not judged
_KEEP = float(np.exp(-1 / 112))  # per day: it remembers sixteen weeks
_WEEKDAY_PRIOR = 100.0  # trials by which a weekday is drawn towards all of them
_PRIOR_CORRELATION = 0.002  # of the trials of a day
_PRIOR_DAYS = 7.0
_LARGEST_CORRELATION = 0.2
_FARTHEST = 16.0
_GROWING = 3.0  # nats: the reference waits
_OVER = float(np.log(20.0))  # nats of the last two weeks for "as usual" after which a change is over
_NEW_LEVEL_DAYS = 28  # evidence that has stood for so long tells of a new level
_INSIDE = 1e-4
_LOOKS_A_DAY = 0.2  # false runs that reach h nats, times exp(h): measured 0.1 to 0.5
_LEAST_NATS = 5.0


class DriftRun(NamedTuple):
    """The runs that speak most for a change, float64[n] each; 0 where none does.

    Attributes:
        nats: log-likelihood ratio, as correlation weakens it.
        days: since it began.
        trials, expected: of the run, and the ratio that was expected of them.
        ratio: of the run.
        newest: of the last week.
        spread: variance that is to be expected of the ratio of the last week.
        known: where there is a reference.

    """

    nats: Array
    days: Array
    trials: Array
    expected: Array
    ratio: Array
    newest: Array
    spread: Array
    known: NDArray[np.bool_]


class Drift:
    """Page's tests of n series, one for each odds ratio, with a look a day.

    Closed quarters add up to days. A day is compared with the days of its weekday in a reference with a memory of
    sixteen weeks, drawn towards all of them, so that weekends are no news. The reference lags two weeks behind and does
    not move while evidence grows: a climb cannot teach it. Where evidence has stood for four weeks, or `rebase` is
    called, the last two weeks are the new reference. Holidays are left out.

    Log-likelihood ratios of `RatioBank` are divided by (1 + (m - 1) rho) (1 + N / W): m trials a day are correlated
    with rho, learned from how much each day differs from the one before, and N trials of the run are compared with W of
    the reference. `RatioBank` finds what changes within hours.

    Examples:
        >>> from detectors.day import Day
        >>> rng = np.random.default_rng(1)
        >>> drift = Drift()
        >>> for number in range(1, 84):
        ...     late = rng.binomial(25, 0.05 if number < 70 else 0.2)
        ...     drift.learn(Day(number), np.array([float(late)]), np.array([25.0]))
        >>> run = drift.run()
        >>> bool(run.nats[0] > 5.0), run.days.tolist(), bool(0.04 < run.expected[0] < 0.06)
        (True, [11.0], True)

    References:
        E. S. Page, Continuous inspection schemes, Biometrika 41 (1954).

    """

    def __init__(self) -> None:
        self._odds: Array = np.array(ODDS)[:, None]
        self._today = 0  # the number of the day that goes on
        self._kind = 0
        self._kinds = np.full(LAG_DAYS, -1, dtype=np.int64)  # weekdays of the days that wait, oldest first
        self._open: Array = np.zeros((2, 0))
        self._waiting = np.zeros((2, LAG_DAYS, 0), dtype=np.float32)
        self._reference = np.zeros((2, WEEKDAYS, 0), dtype=np.float32)
        self._days: Stored = np.zeros(0, dtype=np.float32)
        self._squares: Stored = np.zeros((2, 0), dtype=np.float32)
        # How far the last day was from its ratio, and of how many trials.
        self._before: Stored = np.zeros((2, 0), dtype=np.float32)
        self._raw: Stored = np.zeros((len(ODDS), 0), dtype=np.float32)
        # Successes, expected ones, trials, days.
        self._sums: Stored = np.zeros((4, len(ODDS), 0), dtype=np.float32)
        self._stood: Stored = np.zeros(0, dtype=np.float32)
        self._made: DriftRun | None = None

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        if size > len(self._days):
            for name in _STATE:
                setattr(self, name, grown(getattr(self, name), size))
            self._made = None

    def forget(self, rows: NDArray[np.intp]) -> None:
        """These series begin anew: runs, reference and the days that wait for it."""
        for name in _STATE:
            getattr(self, name)[..., rows] = 0
        self._made = None

    def learn(self, day: Day, successes: Array, trials: Array) -> None:
        """Takes in a closed quarter of an hour of the day, float64[m], m >= n."""
        self.grow(len(trials))
        if day.number != self._today:
            self._close()
            self._today, self._kind = day.number, day.kind
        self._open += (successes, trials)

    def _close(self) -> None:
        """The day is over: it is compared, and waits to become a part of the reference."""
        tops, bottoms = self._open
        if self._kind != HOLIDAY and bottoms.any():
            ratio, weight = self._expected(self._kind)
            on = (bottoms > 0) & (self._days >= FIRST_DAYS)
            self._compare(tops, bottoms, ratio, on)
            nats = self._nats(weight).max(axis=0)
            self._learn_correlation(tops, bottoms, ratio)
            self._move(tops, bottoms, nats < _GROWING)
            self._made = None
            self._end_runs(ratio)
        self._open = np.zeros_like(self._open)

    def _expected(self, kind: int) -> tuple[Array, Array]:
        """The ratio of a weekday, and the trials of the whole reference."""
        tops, bottoms = self._reference.astype(np.float64)
        weight = bottoms.sum(axis=0)
        of_all = tops.sum(axis=0) / np.maximum(weight, 1.0)
        ratio = (tops[kind] + _WEEKDAY_PRIOR * of_all) / (bottoms[kind] + _WEEKDAY_PRIOR)
        unseen = np.maximum(0.5 / (weight + 1), _INSIDE)
        return np.clip(ratio, unseen, 1 - unseen), np.maximum(weight, 1.0)

    def _compare(self, tops: Array, bottoms: Array, ratio: Array, on: NDArray[np.bool_]) -> None:
        more = tops * np.log(self._odds) - bottoms * np.log1p((self._odds - 1) * ratio)
        self._raw += np.where(on, more, 0.0).astype(np.float32)
        told = np.where(on, np.array([tops, ratio * bottoms, bottoms, np.ones(len(tops))]), 0.0)
        self._sums += told[:, None].astype(np.float32)
        self._forget(self._raw <= 0)

    def _forget(self, runs: NDArray[np.bool_]) -> None:
        self._raw[runs] = 0
        self._sums[:, runs] = 0

    def _nats(self, weight: Array) -> Array:
        _, _, trials, days = self._sums.astype(np.float64)
        a_day = trials / np.maximum(days, 1.0)
        of_day = 1 + np.maximum(a_day - 1, 0.0) * self._correlation()
        found: Array = self._raw / (of_day * (1 + trials / weight))
        return found

    def _correlation(self) -> Array:
        """float64[n]: of the trials of one day."""
        squares = self._squares.astype(np.float64)
        found = (squares[0] + _PRIOR_CORRELATION * _PRIOR_DAYS) / (squares[1] + _PRIOR_DAYS)
        return np.asarray(np.clip(found, 0.0, _LARGEST_CORRELATION), dtype=np.float64)

    def _learn_correlation(self, tops: Array, bottoms: Array, ratio: Array) -> None:
        """From how much a day differs from the one before beyond chance, which a slow change hardly moves."""
        variance = ratio * (1 - ratio)
        error = tops / np.maximum(bottoms, 1.0) - ratio
        before, trials = self._before.astype(np.float64)
        on = (bottoms > 1) & (trials > 1) & (self._days > 1)
        chance = variance * (1 / np.maximum(bottoms, 1.0) + 1 / np.maximum(trials, 1.0))
        limit = _FARTHEST * (chance + 2 * variance * self._correlation())
        found = (np.minimum((error - before) ** 2, limit) - chance) / (2 * variance)
        least = np.minimum(bottoms, trials)
        telling = np.where(on, least / (least + 1 / _PRIOR_CORRELATION), 0.0)
        squares = self._squares * np.where(on, _KEEP, 1.0) + telling * np.array([found, np.ones(len(tops))])
        self._squares = squares.astype(np.float32)
        self._before = np.where(bottoms > 1, (error, bottoms), self._before).astype(np.float32)

    def _move(self, tops: Array, bottoms: Array, calm: NDArray[np.bool_]) -> None:
        """The day waits; the oldest that waits becomes a part of the reference, or is left out while evidence grows."""
        oldest, kind = self._waiting[:, 0].copy(), int(self._kinds[0])
        self._waiting = np.roll(self._waiting, -1, axis=1)
        self._kinds = np.roll(self._kinds, -1)
        first = self._days < FIRST_DAYS
        self._waiting[:, -1] = np.where(first, 0.0, (tops, bottoms))
        self._kinds[-1] = self._kind
        new = np.where(calm & (oldest[1] > 0), oldest, 0.0)
        self._reference *= np.where(new[1] > 0, _KEEP, 1.0).astype(np.float32)
        if kind >= 0:
            self._reference[:, kind] += new
        self._reference[:, self._kind] += np.where(first, (tops, bottoms), 0.0)
        self._days += bottoms > 0

    def _end_runs(self, ratio: Array) -> None:
        """What the last two weeks contradict is over, and what has stood for four weeks is the new level."""
        run = self.run()
        self._stood = np.where(run.nats >= _LEAST_NATS, self._stood + 1, 0.0).astype(np.float32)
        tops, bottoms = self._waiting.astype(np.float64).sum(axis=1)
        against = bottoms * np.log1p((self._odds - 1) * ratio) - tops * np.log(self._odds)
        self._forget((against >= _OVER) & (self._raw > 0))
        self.rebase(np.flatnonzero(self._stood >= _NEW_LEVEL_DAYS))
        self._made = None

    def rebase(self, series: NDArray[np.intp]) -> None:
        """What these series have been for the last two weeks is usual from now on."""
        if not len(series):
            return
        self._reference[:, :, series] = 0
        for place, kind in enumerate(self._kinds.tolist()):
            if kind >= 0:
                self._reference[:, kind, series] += self._waiting[:, place, series]
        self._waiting[:, :, series] = 0
        self._raw[:, series] = 0
        self._sums[:, :, series] = 0
        self._stood[series] = 0
        self._made = None

    def run(self) -> DriftRun:
        """What the runs say, since the last day that is over."""
        if self._made is None:
            _, weight = self._expected(0)
            nats = self._nats(weight)
            best, each = np.argmax(nats, axis=0), np.arange(nats.shape[1])
            successes, expected, trials, days = self._sums[:, best, each].astype(np.float64)
            week = self._waiting[:, -WEEKDAYS:].astype(np.float64).sum(axis=1)
            count = np.maximum(trials, 1.0)
            usual, newest = expected / count, np.maximum(week[1], 1.0)
            spread = usual * (1 - usual) * (1 / newest + 1 / weight + self._correlation() / WEEKDAYS)
            self._made = DriftRun(
                nats[best, each], days, trials, usual, successes / count, week[0] / newest, spread,
                self._days >= FIRST_DAYS,
            )  # fmt: skip
        return self._made

    def to_bytes(self) -> bytes:
        """The whole state."""
        at = np.array([self._today, self._kind], dtype=np.int64)
        return pack({name: getattr(self, name) for name in _STATE} | {"at": at, "kinds": self._kinds})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        for name in _STATE:
            setattr(self, name, arrays[name])
        self._today, self._kind = arrays["at"].tolist()
        self._kinds, self._made = arrays["kinds"], None


def limit_of_days(allowed: Array) -> Array:
    """The nats that a drift needs, by the false warnings a day that each series may have: float64[n]. It looks once.

    >>> limit_of_days(np.array([0.1, 1e-5])).round(1).tolist()
    [5.0, 9.9]
    """
    return limit(allowed, _LOOKS_A_DAY, _LEAST_NATS)


_STATE = ("_open", "_waiting", "_reference", "_days", "_squares", "_before", "_raw", "_sums", "_stood")
