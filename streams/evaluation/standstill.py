"""Counts that stop: runs of ticks with too little, and silences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.seasonal import QUARTER_S
from detectors.silence import SilenceDetector
from detectors.stall import StallDetector
from detectors.state import pack, unpack
from streams.catalogue.metric import Component
from streams.evaluation.judge import Finding
from streams.evaluation.window_reader import TICK_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.evaluation.expected_counts import ExpectedCounts, Interval
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]

_LONGEST_SILENCE_S = 26 * 3600
_LEAST_MISSED = 5.0  # events at the peak of the day: a silence in which fewer can have been missed says nothing


class Standstill:
    """Follows runs from tick to tick, and says of a silence how much was missed in it."""

    def __init__(self, metric: Metric, expected: ExpectedCounts, counted: Component = Component.NUMERATOR) -> None:
        self._counted = counted
        self._metric = metric
        self._expected = expected
        self._silence = SilenceDetector()
        self._stall = StallDetector(metric.minimum_exposure)
        self._ran_ms = 0  # up to where the runs have followed

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._stall.grow(size)

    def run(self, moment: Moment, window_s: int, interval: Interval) -> None:
        """One tick more, of what is expected of a window. What was not followed starts again."""
        if moment.end_ms - self._ran_ms != TICK_MS:
            self._stall.begin()
        self._ran_ms = moment.end_ms
        expected = interval.low * (TICK_MS / 1000 / window_s)
        counts = moment.raw(self._counted, TICK_MS // 1000)
        self._stall.follow(counts, expected, interval.dispersion, TICK_MS / 1000)

    def findings(self, moment: Moment) -> Iterator[Finding]:
        """Of the runs, and of silences where there are any."""
        yield Finding(0, self._stall.judge(), self._stall.seconds.astype(np.int32))
        silence = self._silences(moment)
        if silence is not None:
            yield silence

    def _silences(self, moment: Moment) -> Finding | None:
        last = moment.reader.last_seen()
        silent_s = np.where(last > 0, (moment.end_ms - last) / 1000.0, 0.0)
        silent_s = np.clip(silent_s, 0.0, _LONGEST_SILENCE_S)
        if self._metric.opening_hours and moment.open_since:
            silent_s = np.minimum(silent_s, (moment.end_ms - moment.open_since) / 1000.0)
        baseline = self._expected.usual
        usual = baseline.usual(moment.end_s, 60, moment.whole, day=moment.day)
        peak = baseline.profile.max(axis=0) / QUARTER_S
        # Where a run has followed every tick of it, the run says it, and says it for any number of looks.
        followed = self._stall.seconds >= silent_s
        rows = np.flatnonzero(np.isfinite(usual.low) & (silent_s * peak > _LEAST_MISSED) & ~followed)
        if len(rows) == 0:
            return None
        missed = np.full(moment.size, np.nan)
        missed[rows] = baseline.least(moment.end_s, silent_s[rows], rows, moment.whole, day=moment.day)
        missed *= self._expected.least_level(moment.whole) * min(moment.planned(60).low, 1.0)
        missed = np.fmin(missed, np.where(np.isfinite(missed), self._share_of_whole(moment, silent_s), np.nan))
        dispersion = baseline.dispersion() * (1 + 1 / np.maximum(usual.days, 1.0)) + 1 / (usual.evidence + 1)
        judged = self._silence.judge(missed, silent_s, dispersion)
        return Finding(0, judged, silent_s.astype(np.int32))

    def _share_of_whole(self, moment: Moment, silent_s: Array) -> Array:
        """Events that the usual share of what the whole has seen meanwhile comes to; infinite where it says nothing."""
        missed = np.full(moment.size, np.inf)
        if moment.whole < 0:
            return missed
        below = 0
        for window_s in self._metric.windows:
            rows = (silent_s > below) & (silent_s <= window_s if window_s != self._metric.windows[-1] else True)
            below = window_s
            usual = self._expected.usual.usual(moment.end_s, window_s, moment.whole, day=moment.day).middle
            if rows.any() and usual[moment.whole] > 0:
                whole = moment.raw(self._counted, window_s)[moment.whole]
                missed[rows] = (usual * whole / usual[moment.whole] * silent_s / window_s)[rows]
        missed[moment.whole] = np.inf
        return missed

    def parts(self) -> dict[str, bytes]:
        """The state by name."""
        return {"stall": self._stall.to_bytes(), "ran": pack({"ran": np.array([self._ran_ms], dtype=np.int64)})}

    def restore(self, parts: dict[str, bytes]) -> None:
        """Takes over what `parts` described."""
        self._stall.restore(parts["stall"])
        self._ran_ms = int(unpack(parts["ran"])["ran"][0])
