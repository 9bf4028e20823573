"""A gauge against what it usually shows at this hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.state import grown, pack, unpack
from detectors.tails import normal_upper
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

HOURS = 24
_FORGET_S = 2 * 86_400.0
_LEAST_SEEN_S = 3_600.0
_LEAST_SPREAD = 0.35  # of the logarithm: a queue of three is now two, now four
_HOUR_PRIOR_S = 1_800.0


class GaugeDetector:
    """Finds gauges that are far above or below their usual level, which is learned hour by hour.

    Queues and waits are skewed: the logarithm of one more than the value is what is taken as normal. A gauge has no
    exposure, so what is judged are levels: values and levels under `least` are all the same. Counts of events have a
    `SurgeDetector`, which knows how counts vary.

    Parameters:
        minimum_effect: smallest change that matters, relative to the usual level.
        least: values below it are no news.
        limit: probability that has score 1.

    Examples:
        >>> detector = GaugeDetector(minimum_effect=1.0, least=10.0)
        >>> for minute in range(24 * 60):
        ...     detector.follow(minute * 60.0, np.array([3.0 + minute % 3]), 60.0, np.array([True]))
        >>> judged = [detector.judge(3600.0, np.array([value])) for value in (6.0, 60.0, np.nan)]
        >>> [Reason(int(each.reason[0])).name for each in judged]
        ['NORMAL', 'SHIFT', 'INSUFFICIENT_EXPOSURE']

    """

    def __init__(self, minimum_effect: float, least: float, limit: float = LIMIT) -> None:
        self.minimum_effect = minimum_effect
        self.least = least
        self.limit = limit
        # By hour, and last over all of them: seconds seen, their sum of logarithms and of its squares.
        self._sums: NDArray[np.float64] = np.zeros((3, HOURS + 1, 0))

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        self._sums = grown(self._sums, size)

    def follow(self, at_s: float, value: Array, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Learns from values that stood for `elapsed_s`; NaN and rows that are not calm are passed over."""
        self.grow(len(value))
        known = np.isfinite(value) & calm
        level = np.log1p(np.where(known, np.maximum(value, 0.0), 0.0))
        hour = int(at_s // 3600) % HOURS
        for place, keep in ((hour, np.exp(-elapsed_s / (_FORGET_S / 4))), (HOURS, np.exp(-elapsed_s / _FORGET_S))):
            told = np.array([np.full(len(level), elapsed_s), elapsed_s * level, elapsed_s * level**2])
            self._sums[:, place] = np.where(known, self._sums[:, place] * keep + told, self._sums[:, place])

    def rebase(self, rows: NDArray[np.intp], value: Array) -> None:
        """From now on these rows usually show `value`, at every hour, and vary as before; NaN changes nothing."""
        rows, value = rows[np.isfinite(value)], value[np.isfinite(value)]
        seconds, first, second = self._sums[:, :, rows]
        mean = first / np.maximum(seconds, 1.0)
        variance = np.maximum(second / np.maximum(seconds, 1.0) - mean**2, 0.0)
        level = np.log1p(np.maximum(value, 0.0))
        self._sums[1][:, rows] = seconds * level
        self._sums[2][:, rows] = seconds * (variance + level**2)

    def usual(self, at_s: float) -> tuple[Array, Array]:
        """The mean of the logarithm, NaN where less than an hour was seen, and its standard deviation."""
        whole, own = self._sums[:, HOURS], self._sums[:, int(at_s // 3600) % HOURS]
        mean = whole[1] / np.maximum(whole[0], 1.0)
        drawn = (own[1] + _HOUR_PRIOR_S * mean) / (own[0] + _HOUR_PRIOR_S)
        variance = np.maximum(whole[2] / np.maximum(whole[0], 1.0) - mean**2, 0.0)
        return np.where(whole[0] >= _LEAST_SEEN_S, drawn, np.nan), np.maximum(np.sqrt(variance), _LEAST_SPREAD)

    def judge(self, at_s: float, value: Array) -> Judgement:
        """Judgements of n series; a value of NaN is insufficient: nothing was told."""
        level, spread = self.usual(at_s)
        told, known = np.isfinite(value), np.isfinite(level)
        shown = np.where(told, value, 0.0)
        usual = np.expm1(np.where(known, level, np.log1p(shown)))
        z = (np.log1p(np.maximum(shown, self.least)) - np.log1p(np.maximum(usual, self.least))) / spread

        def tail(rows: NDArray[np.intp], above: NDArray[np.bool_]) -> Array:
            return normal_upper(np.where(above, z[rows], -z[rows]))

        judged = decide(
            value=shown,
            expected=usual,
            scale=(usual + 1) * spread,
            deviation=np.maximum(shown, self.least) - np.maximum(usual, self.least),
            exposure=told.astype(np.float64),
            excess=np.abs(shown - usual),
            enough=told & known,
            minimum=self.minimum_effect * np.maximum(usual, self.least),
            tail=tail,
            reasons=(Reason.SHIFT, Reason.SHIFT),
            limit=self.limit,
        )
        judged.reason[told & ~known] = Reason.WARMING_UP
        return judged

    def to_bytes(self) -> bytes:
        """What was learned."""
        return pack({"sums": self._sums})

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        self._sums = unpack(payload)["sums"]
