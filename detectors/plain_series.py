"""One number after another, of which nothing is known: how surprising is the next?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.forecasts import RECENT, WEEK, Forecasts
from detectors.novelty import Novelty
from detectors.state import grown, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_MEMORY = 10_000.0  # points that say how rare an error of one forecast is
_LATELY = 3_000.0  # points that say how rare the rarest of them is
_BEFORE = 200.0  # quiet points that are taken to have come before the first
_PER_DECADE = 24.0  # puts decades of rarity into the bins of a Novelty
_REST = 300  # points in which only what is rarer than all of them is said again
_PLACES = np.arange(_REST)[:, None]
_SHARE = 0.2  # but no more than this share of the points so far
_SHORT_REST = 10  # the same for what lies beyond everything so far
_BEYOND = 3.6  # -log10 of the probability from which on an error lies beyond everything so far
_DECADES = 8.0  # of rarity that would make a score of 1


class PlainSeriesDetector:
    """Scores the points of n series of unknown spacing, unit and season, one by one and without looking ahead.

    Four forecasts run side by side (`Forecasts`), and each keeps how large its errors usually are (`Novelty`). Scores
    up to 0.5 say how rare the rarest of the four errors is in this very series, by rank, so that a nervous series has
    no more high scores than a calm one; in the 300 points after such a score only what is rarer still is said. Scores
    above 0.5 are for errors that lie beyond everything the tail of the series explains. Series with known meaning
    (counts, ratios, exposure) are better served by the other detectors. Memory is bounded: 4,000 numbers a series.

    Parameters:
        warm_up: points that get the score 0.

    Examples:
        >>> detector = PlainSeriesDetector()
        >>> values = 10.0 + np.arange(2000) * 7919 % 13 / 13
        >>> quiet = [detector.update(np.array([60.0 * i]), values[i : i + 1])[0] for i in range(2000)]
        >>> bool(max(quiet[500:]) < 0.5)
        True
        >>> bool(detector.update(np.array([60.0 * 2000]), np.array([30.0]))[0] > 0.5)
        True

    References:
        A. Lavin, S. Ahmad, Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark (2015).
        V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005): p-values from ranks.

    """

    def __init__(self, warm_up: int = 60) -> None:
        if warm_up < 1:
            raise ValueError(f"warm_up {warm_up} is a number of points, at least 1")
        self.warm_up = warm_up
        self._forecasts = Forecasts(warm_up)
        self._errors = Novelty(rows=4, memory=_MEMORY)
        self._rarest = Novelty(rows=1, memory=_LATELY, before=_BEFORE)
        self._points: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._said: Array = np.zeros((2, _REST, 0))  # rarities and tails of the last points

    def update(self, time_s: Array, value: Array) -> Array:
        """The scores of the next points of n series, 0 to 1. A missing value (NaN) has 0 and teaches nothing."""
        self._grow(len(value))
        surprise = self._forecasts.update(time_s, value)
        told = np.isfinite(value)
        rarity, beyond = self._errors.add(surprise, np.broadcast_to(told, surprise.shape))
        rarest = rarity.max(axis=0)
        again, _ = self._rarest.add(np.exp2(rarest[None] * _PER_DECADE / 6) - 1, told[None])
        warm = told & (self._points >= self.warm_up)
        rare = np.where(warm, again[0], 0.0)
        far = np.where(warm, np.maximum(beyond[RECENT], beyond[WEEK]), 0.0)
        news = self._news(rare, far)
        here, columns = self._points % _REST, np.arange(len(value))
        self._said[:, here, columns] = np.where(told, (rare, far), self._said[:, here, columns])
        self._points = self._points + told
        extreme = np.where(news[1] > _BEYOND, 1 - 0.5 * _BEYOND / np.maximum(news[1], _BEYOND), 0.0)
        return np.maximum(np.minimum(news[0] / _DECADES, 0.5), extreme)

    def _news(self, rare: Array, far: Array) -> list[Array]:
        """What is larger than all of its kind in the rest."""
        age = (self._points - 1 - _PLACES) % _REST
        rests = age < np.minimum(_SHARE * self._points, _REST - 1), age < _SHORT_REST
        return [
            np.where(now > np.where(rest, before, 0.0).max(axis=0), now, 0.0)
            for now, before, rest in zip((rare, far), self._said, rests, strict=True)
        ]

    def to_bytes(self) -> bytes:
        """What was learned."""
        arrays: dict[str, NDArray[Any]] = {"points": self._points, "said": self._said}
        for name, part in self._parts():
            arrays |= {f"{name}/{key}": array for key, array in part.arrays().items()}
        return pack(arrays)

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        self._points, self._said = arrays["points"], arrays["said"]
        for name, part in self._parts():
            part.take({key: arrays[f"{name}/{key}"] for key in part.arrays()})

    def _parts(self) -> tuple[tuple[str, Forecasts | Novelty], ...]:
        return ("forecasts", self._forecasts), ("errors", self._errors), ("rarest", self._rarest)

    def _grow(self, size: int) -> None:
        if size > len(self._points):
            for _, part in self._parts():
                part.grow(size)
            self._points, self._said = grown(self._points, size), grown(self._said, size)
