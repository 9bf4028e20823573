"""What series counted over a stretch of time, kept so that a later stretch can be expected to be like it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MINUTE_S = 60
MINUTES_OF_STEP = 15
_STEPS = 192  # of parts: quarters of an hour over two days; of what lasts longer, longer ones
_PRIOR = 10.0  # events by which a short step is drawn towards the longer one, and a step of a part towards the whole's
_STEEP = 3.0  # times its mean: the most of a quarter of an hour in which a wave begins
_AROUND_S = 300.0  # over which events are counted that an expectation rests on


class Again(NamedTuple):
    """What a stretch holds if it is as it was, float64[n] each; NaN where that is not known.

    Attributes:
        counts: events.
        evidence: events around it that this rests on.
        least, most: so many times the counts it may have been, where minutes are not known.

    """

    counts: Array
    evidence: Array
    least: float = 1.0
    most: float = 1.0


class RememberedCourse:
    """Counts of n series from an offset of 0 s to `length_s`.

    The whole is kept by the minute, as the first minutes of a sale rise tenfold, and every series by the quarter of an
    hour, within which it goes as the whole goes. Beyond two days steps are longer: a series has 192 numbers at most.
    What has few events is drawn towards what has more: a minute towards its quarter, a part towards the whole.

    Attributes:
        level: float32[n], events of a usual day as it was when the stretch began.

    Examples:
        >>> course = RememberedCourse(1800)
        >>> for minute in range(30):  # a shop of two parts, 300 a minute at first and then 100
        ...     count = 300.0 if minute < 15 else 100.0
        ...     course.add(60 * minute, 60 * minute + 60, np.array([count, 0.2 * count, 0.8 * count]), whole=0)
        >>> course.between(870, 930, whole=0).counts.round().tolist()
        [200.0, 40.0, 160.0]
        >>> course.between(1790, 1850, whole=0).counts.tolist()  # it was not there so long
        [nan, nan, nan]

    """

    def __init__(self, length_s: int) -> None:
        """Fresh. Raises ValueError for a stretch without a length."""
        if length_s <= 0:
            raise ValueError(f"a course of {length_s} s")
        times = -(-length_s // (_STEPS * MINUTES_OF_STEP * MINUTE_S))
        self._fine_s = MINUTE_S * times
        self._step_s = self._fine_s * MINUTES_OF_STEP
        steps = -(-length_s // self._step_s)
        self._told: NDArray[np.float32] = np.zeros(steps * MINUTES_OF_STEP, np.float32)  # seconds of each
        self._fine: NDArray[np.float32] = np.zeros(steps * MINUTES_OF_STEP, np.float32)  # of the whole
        self._spread: NDArray[np.bool_] = np.zeros(steps, np.bool_)  # whose minutes are not known
        self._steps: NDArray[np.float32] = np.zeros((steps, 0), np.float32)
        self.level: NDArray[np.float32] = np.zeros(0, np.float32)

    def grow(self, size: int) -> None:
        """Makes room for new series: before it they counted nothing."""
        self._steps, self.level = grown(self._steps, size), grown(self.level, size)

    def told(self, start_s: float, end_s: float) -> bool:
        """Whether anything was told of [start, end)."""
        shares = self._overlap(start_s, end_s)
        return bool((self._told[shares > 0] > 0).any())

    def add(self, start_s: float, end_s: float, counts: Array, whole: int) -> None:
        """Takes in what was counted in [start, end), float64[m] with m >= n; within it is spread evenly.

        `whole`: the series that the others are parts of; -1: the sum of all series goes as they go.
        """
        self.grow(len(counts))
        seconds = self._overlap(start_s, end_s)
        shares = seconds / (end_s - start_s)
        of_steps = shares.reshape(-1, MINUTES_OF_STEP).sum(axis=1)
        self._told += seconds.astype(np.float32)
        self._fine += (shares * (counts[whole] if whole >= 0 else counts.sum())).astype(np.float32)
        touched = np.flatnonzero(of_steps)
        if end_s - start_s > self._fine_s:
            self._spread[touched] = True
        self._steps[touched] += (of_steps[touched, None] * counts).astype(np.float32)

    def between(self, start_s: float, end_s: float, whole: int) -> Again:
        """What [start, end) held, and the events of five minutes around it or of itself if that is longer."""
        counts = self._sums(start_s, end_s, whole)
        around = max((_AROUND_S - (end_s - start_s)) / 2, 0.0)
        length_s = len(self._fine) * self._fine_s
        evidence = self._sums(max(start_s - around, 0.0), min(end_s + around, length_s), whole)
        return Again(counts, np.where(np.isfinite(evidence), evidence, counts), *self._within_steps(start_s, end_s))

    def _within_steps(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Of steps whose minutes are not known: what their neighbours were, since it went from the one to the other.

        At its beginning and its end nobody knows how steep it was.
        """
        within = self._overlap(start_s, end_s).reshape(-1, MINUTES_OF_STEP).sum(axis=1) > 0
        means = self._fine.reshape(-1, MINUTES_OF_STEP).sum(axis=1, dtype=np.float64)
        least, most = 1.0, 1.0
        for step in np.flatnonzero(within & self._spread).tolist():
            around = [means[at] if 0 <= at < len(means) else np.nan for at in (step - 1, step + 1)]
            ratios = (np.nan_to_num(around, nan=0.0) + _PRIOR) / (means[step] + _PRIOR)
            ends = bool(np.isnan(around).any())
            least, most = min(least, *ratios), max(most, *ratios, _STEEP if ends else 1.0)
        return float(least), float(most)

    def _sums(self, start_s: float, end_s: float, whole: int) -> Array:
        size = self._steps.shape[1]
        seconds = self._overlap(start_s, end_s)
        places = np.unique(np.flatnonzero(seconds) // MINUTES_OF_STEP)
        told = self._told.reshape(-1, MINUTES_OF_STEP)[places].astype(np.float64)
        of_steps = told.sum(axis=1, keepdims=True)
        if not len(places) or (of_steps <= 0).any() or not self._covers(start_s, end_s):
            return np.full(size, np.nan)
        fine = self._fine.reshape(-1, MINUTES_OF_STEP)[places].astype(np.float64)
        of_whole = fine.sum(axis=1, keepdims=True)
        # A minute of which nobody told goes as its quarter does.
        mean = np.broadcast_to(of_whole / of_steps, fine.shape)
        rates = np.where(told > 0, _drawn(fine, mean * told) / np.maximum(told, 1.0), mean)
        expected = rates * seconds.reshape(-1, MINUTES_OF_STEP)[places]
        shape = expected.sum(axis=1) / np.maximum((rates * told).sum(axis=1), 1e-9)
        # A part without an event has none to expect, however many the whole has.
        steps = self._steps[places].astype(np.float64)
        totals = self._steps.sum(axis=0, dtype=np.float64)
        towards = of_whole / max(float(self._fine.sum()), 1e-9) * totals
        parts: Array = (_drawn(steps, towards) * shape[:, None]).sum(axis=0)
        parts[totals <= 0] = np.nan
        if 0 <= whole < size:
            parts[whole] = expected.sum()
        return parts

    def _covers(self, start_s: float, end_s: float) -> bool:
        return start_s >= 0 and end_s <= len(self._fine) * self._fine_s

    def _overlap(self, start_s: float, end_s: float) -> Array:
        """float64[minutes]: how many seconds of each lie within."""
        borders = np.arange(len(self._fine) + 1) * float(self._fine_s)
        overlap: Array = np.minimum(borders[1:], end_s) - np.maximum(borders[:-1], start_s)
        return np.maximum(overlap, 0.0)

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        state: dict[str, NDArray[Any]] = {"told": self._told, "fine": self._fine, "spread": self._spread}
        state |= {"steps": self._steps, "level": self.level}
        return {f"{prefix}{name}": array for name, array in state.items()}

    def restore(self, prefix: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described."""
        self._told, self._fine = arrays[f"{prefix}told"], arrays[f"{prefix}fine"]
        self._spread = arrays[f"{prefix}spread"]
        self._steps, self.level = arrays[f"{prefix}steps"], arrays[f"{prefix}level"]


def _drawn(counts: Array, towards: Array) -> Array:
    """Counts drawn towards what is expected of them: the mean of a Gamma of so many events, and what was seen."""
    drawn: Array = towards * (counts + _PRIOR) / (towards + _PRIOR)
    return drawn
