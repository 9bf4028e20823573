"""A gauge against what it usually shows at this hour of the day and of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.judgement import LIMIT, Judgement, Reason
from detectors.state import grown, pack, unpack
from detectors.tails import normal_upper
from detectors.usual_cycle import DAY_S, WEEK_S, UsualCycle
from detectors.verdict import decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_HOUR_S = 3_600.0
_FORGET_S = 2 * 86_400.0
_LEAST_SEEN_S = 3_600.0
_LEAST_SPREAD = 0.35  # of the logarithm: a queue of three is now two, now four
_HOUR_PRIOR = 0.5  # hours that the level of all hours is worth to one of them
_WEEK_PRIOR = 2.0  # the same of the usual day to an hour of the week
_NAMES = ("day", "week")
_CLIP = 3.0  # standard deviations that an hour teaches the level of today at most


class GaugeDetector:
    """Finds gauges that are far above or below their usual level, learned hour by hour of the day and of the week.

    The hours shift to the level of today: they are a `UsualCycle`, which plain series are judged by too.

    Queues and waits are skewed: the logarithm of one more than the value is what is taken as normal. A gauge has no
    exposure, so what is judged are levels: values and levels under `least` are all the same. Counts of events have a
    `SurgeDetector`, which knows how counts vary.

    Parameters:
        minimum_effect: smallest change that matters, relative to the usual level.
        least: values below it are no news.

    Examples:
        >>> detector = GaugeDetector(minimum_effect=1.0, least=10.0)
        >>> for minute in range(24 * 60):
        ...     detector.follow(minute * 60.0, np.array([3.0 + minute % 3]), 60.0, np.array([True]))
        >>> judged = [detector.judge(3600.0, np.array([value])) for value in (6.0, 60.0, np.nan)]
        >>> [Reason(int(each.reason[0])).name for each in judged]
        ['NORMAL', 'SHIFT', 'INSUFFICIENT_EXPOSURE']

    """

    def __init__(self, minimum_effect: float, least: float) -> None:
        self.minimum_effect = minimum_effect
        self.least = least
        self._cycles = (UsualCycle(DAY_S, 24), UsualCycle(WEEK_S, 168))
        self._sums: Array = np.zeros((3, 0))  # over all hours: seconds, their sum of logarithms and of its squares

    def grow(self, size: int) -> None:
        """Makes room for new series: they know nothing yet."""
        self._sums = grown(self._sums, size)
        for cycle in self._cycles:
            cycle.grow(size)

    def follow(self, at_s: float, value: Array, elapsed_s: float, calm: NDArray[np.bool_]) -> None:
        """Learns from values that stood for `elapsed_s`; NaN and rows that are not calm are passed over."""
        self.grow(len(value))
        known = np.isfinite(value) & calm
        level = np.log1p(np.where(known, np.maximum(value, 0.0), 0.0))
        usual, spread = self.usual(at_s)
        error = np.where(np.isfinite(usual), np.clip(level - usual, -_CLIP * spread, _CLIP * spread), 0.0)
        times = np.full(len(value), at_s)
        for cycle in self._cycles:
            cycle.learn(times, level, error, known, elapsed_s / _HOUR_S)
        told = elapsed_s * np.array([np.ones(len(level)), level, level**2])
        self._sums = np.where(known, self._sums * np.exp(-elapsed_s / _FORGET_S) + told, self._sums)

    def rebase(self, at_s: float, rows: NDArray[np.intp], value: Array) -> None:
        """From now on these rows usually show `value` at this time, at others as much more; NaN changes nothing."""
        level = np.log1p(np.maximum(value, 0.0)) - self.usual(at_s)[0][rows]
        rows, by = rows[np.isfinite(level)], level[np.isfinite(level)]
        for cycle in self._cycles:
            cycle.shift(rows, by)
        seconds, first, second = self._sums[:, rows]
        self._sums[1:, rows] = first + seconds * by, second + 2 * by * first + seconds * by**2

    def usual(self, at_s: float) -> tuple[Array, Array]:
        """The mean of the logarithm, NaN where less than an hour was seen, and its standard deviation."""
        seconds, total, squares = self._sums
        mean = total / np.maximum(seconds, 1.0)
        times = np.full(len(mean), at_s)
        day, week = self._cycles
        drawn = week.drawn(times, day.drawn(times, mean, _HOUR_PRIOR), _WEEK_PRIOR)
        variance = np.maximum(squares / np.maximum(seconds, 1.0) - mean**2, 0.0)
        return np.where(seconds >= _LEAST_SEEN_S, drawn, np.nan), np.maximum(np.sqrt(variance), _LEAST_SPREAD)

    def judge(self, at_s: float, value: Array, limit: Array | float = LIMIT) -> Judgement:
        """Judgements of n series; a value of NaN is insufficient: nothing was told. `limit` has score 1."""
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
            limit=limit,
        )
        judged.reason[told & ~known] = Reason.WARMING_UP
        return judged

    def to_bytes(self) -> bytes:
        """What was learned."""
        arrays = {"sums": self._sums}
        for name, cycle in zip(_NAMES, self._cycles, strict=True):
            arrays |= {f"{name}.{key}": array for key, array in cycle.arrays().items()}
        return pack(arrays)

    def restore(self, payload: bytes) -> None:
        """Takes over what `to_bytes` described. Raises ValueError for anything else."""
        arrays = unpack(payload)
        if "week.values" not in arrays:
            raise ValueError("not the state of gauges with a usual week")
        self._sums = arrays["sums"]
        for name, cycle in zip(_NAMES, self._cycles, strict=True):
            cycle.take({key: arrays[f"{name}.{key}"] for key in cycle.arrays()})
