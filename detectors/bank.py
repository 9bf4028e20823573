"""Sequential tests of counts at graded sizes, of many series at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.alarm_budget import Looks
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Stored = NDArray[np.float32]

FALLS = (0.05, 0.3, 0.6)
RISES = (1.5, 2.0, 4.0, 10.0)
_SURE = float(np.log(1000.0))  # nats for "as usual" after which a change is over
_STEADY_S = 1_800.0  # over longer runs what the level does from quarter to quarter evens out
_LEAST = 1e-6
_BEGUN = 0.7  # of the limit: from there on the end of a change is looked for


LOOKS = (Looks(each=1.1, most=4_500.0, least=1.0), Looks(each=3.7, most=2_800.0, least=1.0))
"""Of the falls and of the rises of a `Bank`, by events: measured on Poisson counts of 0.01 to 100 a minute."""


class Sudden(NamedTuple):
    """What the level of the last hours lets expect of a step, float64[n] each; NaN where there is none.

    Attributes:
        low, high: the level and the usual, whichever is less, and whichever is more.
        unsure: relative variance of that level.

    """

    low: Array
    high: Array
    unsure: Array


class Step(NamedTuple):
    """What came in a step, and what was expected of it. float64[n] each, but `seconds`.

    Attributes:
        counts: events.
        low, high: the edges of what a series expects by itself; NaN where that is not known.
        shared: what its usual share of the rest of the whole comes to; NaN where there is no rest to compare with.
        wobble: relative variance of the level from one quarter of an hour to the next; of a part, of its share.
        unsure: relative variance of the expectation itself, however long a run lasts.
        clumped: variance over mean of the counts of a minute; 1 where events come by themselves.
        odds: of a part against the rest, which varies as well: of both the part is binomial. 0 where there is no rest.
        seconds: length of the step.
        sudden: what the last hours let expect, where they say more.
        alone: relative variance of what a series expects by itself, however much its share moves.

    """

    counts: Array
    low: Array
    high: Array
    shared: Array
    wobble: Array
    unsure: Array
    clumped: Array
    odds: Array
    seconds: float
    sudden: Sudden | None = None
    alone: Array | None = None


class Run(NamedTuple):
    """The run of each series that speaks most for a change, float64[n] each; all 0 where none does.

    Attributes:
        nats: log-likelihood ratio of "the size's multiple of the rate" against "as expected".
        seen, expected: events.
        seconds: since it began.
        size: the multiple of the rate.
        limit: nats at which such a run is found.
        spread: relative variance of what was expected, for the band that is shown.

    """

    nats: Array
    seen: Array
    expected: Array
    seconds: Array
    size: Array
    limit: Array
    spread: Array


class Bank:
    """A bank of Page's tests: each series has one for each size, a multiple of the rate that is looked for.

    A run keeps the events seen (N) and expected (M) since it began. The level of a run is uncertain with relative
    variance d, so N is negative binomial, and the log-likelihood ratio of c times the rate against the rate is

        N ln c - (N + 1/d) ln((1 + d c M) / (1 + d M)),       for d = 0: N ln c - (c - 1) M.

    Where it falls to 0 a new run begins. Of two expectations the nearer to what is seen holds: a part that rises has to
    rise against its share of the rest AND against its own usual rate, so what moves everywhere cancels out, and a large
    part that falls does not make the others rise. Clumps of events count as fewer, by their variance over mean.

    A change is over when what came since is as usual with a thousand to one. Ratios have odds and trials: `RatioBank`.

    Parameters:
        sizes: multiples of the rate, falls (below 1) before rises.

    Examples:
        >>> bank = Bank()
        >>> bank.grow(1)
        >>> def minute(count):
        ...     ten, none = np.full(1, 10.0), np.zeros(1)
        ...     return Step(np.full(1, count), ten, ten, np.full(1, np.nan), none, none, np.ones(1), none, 60.0)
        >>> for _ in range(600):
        ...     bank.follow(minute(10.0))
        >>> bank.run(np.full((2, 1), 14.0)).nats.tolist()
        [0.0]
        >>> for _ in range(4):
        ...     bank.follow(minute(3.0))
        >>> run = bank.run(np.full((2, 1), 14.0))
        >>> float(run.size[0]), float(run.seconds[0]), round(float(run.nats[0]), 1)
        (0.3, 240.0, 13.6)

    References:
        E. S. Page, Continuous inspection schemes, Biometrika 41 (1954). G. Lorden, Procedures for reacting to a change
        in distribution, Ann. Math. Stat. 42 (1971): no test is faster on average than limit / KL.

    """

    def __init__(self, sizes: tuple[float, ...] = FALLS + RISES) -> None:
        self._sizes: Array = np.array(sizes)[:, None]
        self._logs: Array = np.log(self._sizes)
        self._rises = int(np.searchsorted(self._sizes[:, 0], 1.0))  # the first of them
        self._places = slice(None, self._rises), slice(self._rises, None)
        self._rising = self._sizes[:, 0] > 1
        # Seen, expected by share, by itself and by the last hours, seconds: [5, sizes, n].
        self._runs: Stored = np.zeros((5, len(sizes), 0), dtype=np.float32)
        self._by_level: NDArray[np.bool_] = np.zeros((len(sizes), 0), dtype=np.bool_)
        self._nats, self._frailty, self._clumped = (np.zeros((len(sizes), 0)) for _ in range(3))
        # Of changes that have begun, since when what came looks usual: [falls or rises, seen or expected, n].
        self._after: Stored = np.zeros((2, 2, 0), dtype=np.float32)
        self._begun: NDArray[np.bool_] = np.zeros((2, 0), dtype=np.bool_)

    @property
    def size(self) -> int:
        """Number of series."""
        return int(self._nats.shape[1])

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        if size > self.size:
            self._runs, self._after = grown(self._runs, size), grown(self._after, size)
            self._nats, self._frailty = grown(self._nats, size), grown(self._frailty, size)
            self._begun, self._clumped = grown(self._begun, size), grown(self._clumped, size, fill=1)
            self._by_level = grown(self._by_level, size)

    def begin(self) -> None:
        """All runs start again: after a time that was not followed."""
        self._runs[:] = 0
        self._nats[:] = 0
        self._begun[:] = False

    def follow(self, step: Step) -> None:
        """Takes in one step more. Where nothing is known of what to expect, runs begin again."""
        own = np.where(self._rising[:, None], step.high, step.low)
        shared = np.where(np.isfinite(step.shared), step.shared, own)
        own = np.where(np.isfinite(own), own, shared)
        unknown = ~np.isfinite(own)
        level = self._of_level(step, own)
        self._runs += np.array(
            [np.broadcast_to(step.counts, own.shape), shared, own, level, np.full_like(own, step.seconds)]
        )
        self._runs[:, unknown] = 0
        seen, expected, seconds, by_share = self._totals(self._runs, self._rising[:, None])
        steady = np.minimum(_STEADY_S / np.maximum(seconds, 1.0), 1.0)
        self._frailty = np.maximum(step.wobble * steady + step.unsure, _LEAST)
        # Of so many events of the rest, a part is negative binomial: that is the binomial of both.
        expected = np.where(by_share, np.maximum(expected, _LEAST * step.odds), expected)
        of_rest = np.where(by_share, step.odds / np.maximum(expected, _LEAST**2), 0.0)
        self._frailty = self._frailty + of_rest * np.maximum(step.clumped, 1.0)
        if step.alone is not None:  # a fall to below what it is by itself does not hang on how shares move
            alone = np.where(by_share | self._rising[:, None], np.inf, step.alone)
            self._frailty = np.minimum(self._frailty, alone)
        self._clumped = np.broadcast_to(np.maximum(step.clumped, 1.0), own.shape)
        self._nats = self._ratio(seen / self._clumped, expected / self._clumped, self._frailty)
        if step.sudden is not None:
            self._take_sudden(step.sudden, seen)
        ended = self._nats <= 0
        self._runs[:, ended] = 0
        self._nats[ended] = 0
        if self._begun.any():
            self._look_for_ends(step, *np.where(unknown, 0.0, [shared, own, level]))

    def _of_level(self, step: Step, own: Array) -> Array:
        if step.sudden is None:
            return own
        level = np.where(self._rising[:, None], step.sudden.high, step.sudden.low)
        return np.where(np.isfinite(level), level, own)

    def _take_sudden(self, sudden: Sudden, seen: Array) -> None:
        """Where the level of the last hours says more of a run than the usual day does, that holds."""
        frailty = np.maximum(sudden.unsure, _LEAST)
        nats = self._ratio(seen / self._clumped, self._runs[3].astype(np.float64) / self._clumped, frailty)
        self._by_level = np.isfinite(frailty) & (nats > self._nats)
        self._nats = np.where(self._by_level, nats, self._nats)
        self._frailty = np.where(self._by_level, frailty, self._frailty)

    def nats(self) -> Array:
        """float64[2, n]: of the fall and of the rise of each series that says most."""
        return np.array([self._nats[rows].max(axis=0, initial=0.0) for rows in self._places])

    def run(self, limits: Array) -> Run:
        """The runs that say most, against the nats that are the limits of falls and of rises: float64[2, n].

        Series that reach a part of it are from then on watched for their end.
        """
        of_size = np.where(self._rising[:, None], limits[1], limits[0])
        best, series = np.argmax(self._nats / of_size, axis=0), np.arange(self.size)
        seen, expected, seconds, _ = self._totals(
            self._runs[:, best, series], best >= self._rises, self._by_level[best, series]
        )
        nats = self._nats[best, series]
        for place, rows in enumerate(self._places):
            strong = self._nats[rows].max(axis=0, initial=0.0) >= _BEGUN * limits[place]
            new = strong & ~self._begun[place]
            if new.any():
                self._after[place][:, new] = 0
            self._begun[place] |= strong
        spread = self._frailty[best, series] + self._clumped[best, series] / np.maximum(expected, _LEAST)
        return Run(nats, seen, expected, seconds, self._sizes[best, 0], of_size[best, series], spread)

    def forget(self, rows: NDArray[np.bool_]) -> None:
        """The runs of these series begin again: what they tell is over, or known."""
        self._runs[..., rows] = 0
        self._nats[:, rows] = 0
        self._begun[:, rows] = False

    def _totals(
        self, runs: Stored, rises: NDArray[np.bool_], by_level: NDArray[np.bool_] | None = None
    ) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """Events seen and expected at the nearer edge, seconds, and whether that edge is the share."""
        seen, shared, own, level, seconds = runs.astype(np.float64)
        by_share = np.where(rises, shared >= own, shared <= own)
        expected = np.where(by_share, shared, own)
        return seen, expected if by_level is None else np.where(by_level, level, expected), seconds, by_share

    def _ratio(self, seen: Array, expected: Array, frailty: Array) -> Array:
        grown_by = frailty * expected
        away = np.log1p(grown_by * (self._sizes - 1) / (1 + grown_by))
        nats: Array = seen * self._logs - (seen + 1 / frailty) * away
        return nats

    def _look_for_ends(self, step: Step, shared: Array, own: Array, level: Array) -> None:
        """Adds the step to what came since a change looked strongest; where that is as usual, the change is over."""
        for place, rows in enumerate(self._places):
            series = np.flatnonzero(self._begun[place])
            if not len(series) or rows.start == rows.stop:
                continue
            sizes = self._nats[rows][:, series]
            best = np.argmax(sizes, axis=0) + (rows.start or 0)
            gone, by_level = sizes.max(axis=0) <= 0, self._by_level[best, series]
            nearer = np.maximum if place else np.minimum
            seen, expected, _, _ = self._totals(
                self._runs[:, best, series], np.full(len(series), bool(place)), by_level
            )
            more = np.where(by_level, level[best, series], nearer(shared[best, series], own[best, series]))
            after = self._after[place][:, series] + np.array([step.counts[series], more])
            # As large as it has been, but never so near to usual that nothing could tell the two apart.
            times = np.clip(seen / np.maximum(expected, _LEAST), 0.02, 50.0)
            least, most = self._sizes[self._rises - 1, 0], self._sizes[min(self._rises, len(self._sizes) - 1), 0]
            times = np.maximum(times, most) if place else np.minimum(times, least)
            nats = (after[1] * (times - 1) - after[0] * np.log(times)) / self._clumped[best, series]
            after[:, nats <= 0] = 0
            self._after[place][:, series] = after
            over = series[(nats >= _SURE) | gone]
            self._begun[place][over] = False
            self._runs[:, rows][..., over] = 0
            self._nats[rows][:, over] = 0

    def to_bytes(self) -> bytes:
        """The runs; sizes are the constructor's, and what they say follows from the next step."""
        return pack({name: getattr(self, f"_{name}") for name in _STATE})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        for name in _STATE:
            setattr(self, f"_{name}", arrays[name])
        self._nats, self._frailty = np.zeros((2, *self._runs.shape[1:]))
        self._clumped = np.ones(self._runs.shape[1:])
        self._by_level = np.zeros(self._runs.shape[1:], dtype=np.bool_)


_STATE = ("runs", "after", "begun")
