"""What share of the whole its parts usually have, from their first events on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_HOLD_S = 600.0  # what is younger is not compared with yet: it may be the change itself
_MEMORY_S = np.array([[86_400.0], [3_600.0]])  # of the last day, and of the last hour
_LARGEST = 0.9  # a part that is nearly all of the whole has no rest to be compared with
_PRIOR_WOBBLE = 0.01
_PRIOR_QUARTERS = 16.0
_LEAST_WOBBLE = 0.0005
_FORGET = 0.998  # per quarter, as `SeasonalBaseline` forgets its dispersion
_YOUNG = 0.3  # relative variance of a part of which only its first hours are known: it finds its level in them
_YOUNG_EVENTS = 60.0
_LASTING = 0.002  # what shares do from day to day
_FIRST_DAY = 0.1  # of one of which no day is known, nor of the whole: at other hours it is another one
_FIRST_HOUR = 0.02  # of the share of the last hour against that of now, of a shop's first day
_LATELY = 100.0  # events of a part in the last hour that tell more than all of its day so far
_SETTLING = 0.05  # relative variance of a share of an hour of which one day is known: a young shop finds its habits


class Odds(NamedTuple):
    """Of each part against the rest of the whole, float64[n]; NaN where there is none, or nothing is known.

    `unsure`: relative variance, for how few events it rests on.
    """

    odds: Array
    unsure: Array


class Shares:
    """Learns how much the share of a part varies, and what it is in the first hours of a part.

    Given the whole, what a part counts is binomial, whatever happens everywhere. Its share is known by the usual days
    of both; before there is any, by what both counted since the part came up, less the last 10 to 20 minutes; on the
    first day of the whole, by the last hour, if that has events enough: what drifts in a day hardly moves in an hour.
    """

    def __init__(self) -> None:
        # Counted of the last day and of the last hour, waiting and arriving; of the part and of the whole.
        self._first: NDArray[np.float32] = np.zeros((4, 2, 0), dtype=np.float32)
        self._squares: NDArray[np.float32] = np.zeros((2, 0), dtype=np.float32)
        self._quarters: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._held_s = 0.0
        # What follows from all this, as long as nothing is learned.
        self._wobble: Array | None = None
        self._odds: tuple[Array, int, Odds] | None = None

    def grow(self, size: int) -> None:
        """Makes room for new parts."""
        self._first, self._squares = grown(self._first, size), grown(self._squares, size)
        self._quarters = grown(self._quarters, size)
        self._wobble = self._odds = None

    def follow(self, counts: Array, whole: int, seconds: float, calm: NDArray[np.bool_]) -> None:
        """Takes in what came in some seconds. What deviates while it waits is dropped."""
        seen = (self._first.sum(axis=0)[0] > 0) | (counts > 0)
        self._first[3] += np.where(seen & calm, (counts, np.full(len(counts), counts[whole])), 0.0)
        self._held_s += seconds
        if self._held_s < _HOLD_S:
            return
        self._first[:2] *= np.exp(-self._held_s / _MEMORY_S)[..., None].astype(np.float32)
        self._first[:2] += np.where(calm, self._first[2], 0.0)
        self._first[2], self._first[3] = self._first[3].copy(), 0.0
        self._held_s, self._odds = 0.0, None

    def odds(self, usual: Array, evidence: Array, days: Array, whole: int) -> Odds:
        """What is usual now.

        Args:
            usual: float64[n], events of the usual day at this hour; NaN where it is unknown. The same array as long as
                it holds.
            evidence: float64[n], events that this rests on.
            days: float64[n], on which they came.
            whole: the series that the others are parts of.

        """
        if self._odds is None or self._odds[0] is not usual or self._odds[1] != whole:
            self._odds = (usual, whole, self._of(usual, evidence, days, whole))
        return self._odds[2]

    def _of(self, usual: Array, evidence: Array, days: Array, whole: int) -> Odds:
        opening = not np.isfinite(usual[whole])
        lately = opening & (self._first[1, 0] >= _LATELY)
        first, of_whole = np.where(lately, self._first[1], self._first[0]).astype(np.float64)
        by_day = np.divide(usual, usual[whole], out=np.full(len(usual), np.nan), where=usual[whole] > 0)
        by_first = np.divide(first, of_whole, out=np.full(len(usual), np.nan), where=of_whole > 0)
        better = ~np.isfinite(by_day) | (np.nan_to_num(evidence) < first)
        share = np.where(better, by_first, by_day)
        events = np.where(better, first, np.nan_to_num(evidence))
        share = np.where((share > 0) & (share <= _LARGEST), share, np.nan)
        share[whole] = np.nan
        settling = _SETTLING / np.maximum(days, 1.0) ** 2
        drift = np.where(lately, _FIRST_HOUR, _FIRST_DAY * opening)
        young = np.where(better, _YOUNG * _YOUNG_EVENTS / (first + _YOUNG_EVENTS) + drift, settling)
        return Odds(share / (1 - share), 1 / (events + 1) + young + _LASTING)

    def learn(self, counts: Array, odds: Array, whole: int) -> None:
        """Takes in a closed quarter of an hour, of which these odds were usual."""
        expected = odds * np.maximum(counts[whole] - counts, 0.0)
        known = np.isfinite(expected) & (expected > 0)
        usual = np.where(known, expected, 0.0)
        chance = usual * (1 + np.where(known, odds, 0.0))
        reach = 16 * (chance + self.wobble() * usual**2)
        beyond = np.minimum((counts - usual) ** 2, reach) - chance
        self._squares *= np.float32(_FORGET)
        self._squares += np.array([np.where(known, beyond, 0.0), usual**2])
        self._quarters = self._quarters * np.float32(_FORGET) + known
        self._wobble = None

    def wobble(self) -> Array:
        """float64[n]: relative variance of a part beyond chance, from quarter to quarter, given the whole.

        That of a part is drawn towards what all parts have, by how little it says itself.
        """
        if self._wobble is None:
            self._wobble = self._found()
        return self._wobble

    def _found(self) -> Array:
        squares, scale = self._squares.astype(np.float64)
        quarters = np.maximum(self._quarters.astype(np.float64), 1e-9)
        typical = np.maximum(scale / quarters, 1e-9)
        prior = _PRIOR_QUARTERS * max(float(typical.max(initial=0.0)), 1.0)
        common = max(float(squares.sum()) + _PRIOR_WOBBLE * prior, 0.0) / (float(scale.sum()) + prior)
        common = max(common, _LEAST_WOBBLE)
        # Of a thin part the moments say little: so much they are off by chance.
        error = np.sqrt(2 / quarters) * (1 / np.sqrt(typical) + common)
        weight = common**2 / (common**2 + error**2)
        found: Array = weight * squares / np.maximum(scale, 1e-9) + (1 - weight) * common
        return np.clip(found, _LEAST_WOBBLE, 2.0)

    def to_bytes(self) -> bytes:
        """The whole state."""
        names = ("first", "squares", "quarters")
        return pack({name: getattr(self, f"_{name}") for name in names} | {"held": np.array([self._held_s])})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._first, self._squares, self._quarters = (arrays[name] for name in ("first", "squares", "quarters"))
        self._held_s = float(arrays["held"][0])
        self._wobble = self._odds = None
