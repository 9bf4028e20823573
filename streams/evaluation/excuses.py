"""Deviations that somebody expected: nothing is said of them while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detectors.judgement import Reason
from detectors.law import Law
from streams.evaluation.episodes import sizes
from streams.evaluation.window_reader import TICK_MS
from streams.records.verdicts import CLEAR_SCORE, REPORTED_FOR_MS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detectors.judgement import Judgement
    from streams.catalogue.metric import Metric

    Array = NDArray[np.float64]
    Rows = NDArray[np.intp]

LONGEST_MS: Final = 7 * 86_400_000
_GROWN = 1.5  # so much larger a deviation is another one
_NAMES = ("series", "host", "direction", "size", "last", "until")


class Excuses:
    """By series, in which direction and up to which size a deviation is expected, until it is over. Part of the state.

    It is over when it has been clear for 20 minutes, in the series that was spoken of and in all that belong to it, or
    for two looks at the longest window, if that takes longer; and after a week at the latest.
    """

    def __init__(self, metric: Metric) -> None:
        self._law = metric.traits.law
        self._patience_ms = max(REPORTED_FOR_MS, 2 * max(1, -(-metric.windows[-1] // 600)) * TICK_MS)
        self.series: Rows = np.zeros(0, dtype=np.intp)
        self.host: Rows = np.zeros(0, dtype=np.intp)  # the series that was spoken of
        self.direction: NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self.size: Array = np.zeros(0)
        self.last: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.until: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def add(self, host: int, rows: Rows, direction: int, size: Array, now_ms: int) -> int:
        """Expects deviations of these rows as large as `size`, and half as much again; until when at the latest, ms."""
        kept = ~((self.host == host) & (self.direction == direction))
        until = now_ms + LONGEST_MS
        added: tuple[Any, ...] = (rows, host, direction, _bounds(size, direction, self._law), now_ms, until)
        for name, values in zip(_NAMES, added, strict=True):
            known: NDArray[Any] = getattr(self, name)
            fresh = np.broadcast_to(np.asarray(values, dtype=known.dtype), rows.shape)
            setattr(self, name, np.concatenate([known[kept], fresh]))
        return until

    def excuse(self, now_ms: int, judgement: Judgement) -> Judgement:
        """What is left to say: scores of what is expected become clear ones. Notes that it still lasts."""
        if not self.series.size:
            return judgement
        rows = self.series
        score = judgement.score[rows]
        seen = sizes(judgement.value[rows], judgement.expected[rows], self._law)
        seen *= 1 - 1 / np.sqrt(np.maximum(score, 1.0))  # less what could be chance: scores go by squares
        unclear = (score >= CLEAR_SCORE) & (judgement.direction[rows] == self.direction)
        expected = unclear & (seen <= self.size)
        self.last[expected] = now_ms
        if not expected.any():
            return judgement
        left = judgement.taken(np.arange(len(judgement)))
        left.score[rows[expected]] = CLEAR_SCORE / 2
        left.reason[rows[expected]] = Reason.NORMAL
        return left

    def settle(self, now_ms: int) -> None:
        """Forgets what is over."""
        if not self.series.size:
            return
        hosts, places = np.unique(self.host, return_inverse=True)
        last = np.zeros(len(hosts), dtype=np.int64)
        np.maximum.at(last, places, self.last)
        kept = (now_ms - last[places] <= self._patience_ms) & (now_ms < self.until)
        if not kept.all():
            for name in _NAMES:
                setattr(self, name, getattr(self, name)[kept])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        return {f"excuse.{name}": getattr(self, name) for name in _NAMES}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; other names are skipped."""
        for name in _NAMES:
            setattr(self, name, arrays[f"excuse.{name}"])


def _bounds(size: Array, direction: int, law: Law) -> Array:
    """Half as much again; of a fall of what cannot fall below nothing, half of what is left at the most."""
    more = size * (_GROWN - 1)
    if law is not Law.RATIO and direction < 0:
        more = np.minimum(more, np.maximum(1 - size, 0.0) / 2)
    bounds: Array = size + more + 1e-9
    return bounds
