"""Limits that false alarms have raised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rows = NDArray[np.intp]

HALVED_MS: Final = 30 * 86_400_000
LEAST_STEP: Final = 1.25
MOST: Final = 3.0  # no series is ever deaf
_MARGIN = 1.05  # above what was no reason to wake anybody
_SIBLINGS = 0.25  # of what its limit was raised by, the others of its scopes take
_GONE = 1.01


class RaisedLimits:
    """By series, how much more evidence it takes than usual; what it takes more is halved in 30 days. State.

    >>> limits = RaisedLimits()
    >>> limits.raise_to(np.array([4]), 2.0, now_ms=0)
    >>> [round(float(limits.at(4, days * 86_400_000)), 3) for days in (0, 30, 60)]
    [2.0, 1.5, 1.25]
    """

    def __init__(self) -> None:
        self._series: Rows = np.zeros(0, dtype=np.intp)
        self._excess: Array = np.zeros(0)  # beyond 1
        self._since: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def at(self, series: int, now_ms: int) -> float:
        """The limit of a series in times of the usual one, at least 1."""
        found = np.flatnonzero(self._series == series)
        return 1.0 + (float(self._now(now_ms)[found[0]]) if found.size else 0.0)

    def false_alarm(self, series: int, siblings: Rows, peak: float, now_ms: int) -> None:
        """Raises the limit of a series above a score that meant nothing, and partly that of others.

        It rises at least by a quarter, and never beyond three times the usual limit.
        """
        limit = min(max(_MARGIN * peak, LEAST_STEP * self.at(series, now_ms)), MOST)
        limit = max(limit, self.at(series, now_ms))
        self.raise_to(np.array([series]), limit, now_ms)
        self.raise_to(siblings, 1 + _SIBLINGS * (limit - 1), now_ms)

    def confirm(self, rows: Rows, siblings: Rows, now_ms: int) -> None:
        """It was right to tell: half of what false alarms added goes, and an eighth of what the siblings took."""
        if self._series.size:
            excess = self._now(now_ms)
            excess[np.isin(self._series, rows)] /= 2
            excess[np.isin(self._series, siblings)] *= 1 - _SIBLINGS / 2
            self._keep(self._series, excess, now_ms)

    def raise_to(self, rows: Rows, limit: float, now_ms: int) -> None:
        """Raises limits that are lower."""
        series = np.union1d(self._series, rows)
        excess = np.zeros(series.size)
        excess[np.searchsorted(series, self._series)] = self._now(now_ms)
        places = np.searchsorted(series, rows)
        excess[places] = np.maximum(excess[places], limit - 1)
        self._keep(series, excess, now_ms)

    def soften(self, score: Array, now_ms: int) -> Array:
        """Scores measured by the raised limits; the same array where none is raised."""
        if not self._series.size:
            return score
        softened = score.copy()
        softened[self._series] /= 1 + self._now(now_ms)
        return softened

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {"limit.series": self._series, "limit.excess": self._excess, "limit.since": self._since}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        self._series, self._excess, self._since = (arrays[f"limit.{name}"] for name in ("series", "excess", "since"))

    def _now(self, now_ms: int) -> Array:
        excess: Array = self._excess * 0.5 ** ((now_ms - self._since) / HALVED_MS)
        return excess

    def _keep(self, series: Rows, excess: Array, now_ms: int) -> None:
        kept = excess >= _GONE - 1
        self._series, self._excess = series[kept], excess[kept]
        self._since = np.full(int(kept.sum()), now_ms, dtype=np.int64)
