"""When the last events of each series came: rare ones are kept one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DEPTH: Final = 32
"""So many events of a series are kept: what takes more of them to show is not rare."""

_NEVER: Final = -1
_SURE: Final = float(np.log(1000.0))
_SHORTEST_GAP_S: Final = 300.0  # three in a minute were told at once
_FEWEST: Final = 3


class LastEvents:
    """Times in ms, by series, the last event first.

    Examples:
        >>> events = LastEvents()
        >>> events.grow(2)
        >>> events.add(np.array([2.0, 0.0]), at_ms=60_000)
        >>> events.add(np.array([1.0, 0.0]), at_ms=90_000)
        >>> events.ago_s(100_000)[:4].tolist()
        [[10.0, inf], [40.0, inf], [40.0, inf], [inf, inf]]
        >>> events.within(np.array([0, 1]), since_ms=60_000).tolist()
        [3.0, 0.0]

    """

    def __init__(self) -> None:
        self._times: NDArray[np.int64] = np.zeros((DEPTH, 0), dtype=np.int64)

    def grow(self, size: int) -> None:
        """Makes room for new series."""
        self._times = grown(self._times, size, _NEVER)

    def add(self, counts: NDArray[np.float64], at_ms: int) -> None:
        """Takes in float64[n] events that came at one time, not before those that are kept."""
        for series in np.flatnonzero(counts > 0).tolist():
            many = min(int(counts[series]), DEPTH)
            self._times[many:, series] = self._times[: DEPTH - many, series].copy()
            self._times[:many, series] = at_ms

    def many(self, least: int) -> NDArray[np.intp]:
        """The series with at least so many events that are kept."""
        return np.flatnonzero(self._times[least - 1] != _NEVER)

    def ago_s(self, now_ms: int, rows: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.float64]:
        """float64[DEPTH, rows]: seconds since the last event, the one before it, and so on; infinite where none was."""
        times = self._times[:, rows]
        return np.where(times == _NEVER, np.inf, (now_ms - times) / 1000.0)

    def within(self, rows: NDArray[np.intp], since_ms: int) -> NDArray[np.float64]:
        """float64[rows]: how many of the events that are kept came at that time or later."""
        times = self._times[:, rows]
        counts: NDArray[np.float64] = ((times != _NEVER) & (times >= since_ms)).sum(axis=0).astype(np.float64)
        return counts

    def arrays(self) -> dict[str, NDArray[np.int64]]:
        """The state as named arrays."""
        return {"times": self._times}

    def restore(self, arrays: dict[str, NDArray[np.int64]]) -> None:
        """Takes over what `arrays` described."""
        self._times = arrays["times"]


def over(ago_s: Array, events: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool[n]: whether so many last events have ended: at their own rate one would have come since, surely.

    Args:
        ago_s: float64[DEPTH, n], seconds since the last event, the one before it, and so on.
        events: int64[n], how many of them are asked about, two at least.

    >>> hours = np.array([[7.0, 8], [8, 9], [10, 11], *[[np.inf, np.inf]] * 29])
    >>> over(hours * 3600, np.array([2, 3])).tolist()
    [True, False]

    """
    first = np.take_along_axis(ago_s, events[None, :] - 1, axis=0)[0]
    gap = np.maximum((first - ago_s[0]) / (events - 1), _SHORTEST_GAP_S)
    ended: NDArray[np.bool_] = ago_s[0] > _SURE * gap
    return ended


def together(ago_s: Array) -> NDArray[np.int64]:
    """int64[n]: how many of the last events of each series do not reach back into something that had ended before them.

    Three or more had ended if, at their own rate, the event after them would have come sooner, surely.

    >>> hours = np.array([0.0, 1, 20, 21, 22, 23, *[np.inf] * 26])
    >>> together(3600 * hours[:, None]).tolist(), together(3600 * hours[2:8, None]).tolist()
    ([2], [6])

    """
    size = len(ago_s)
    belong = np.full(ago_s.shape[1], size, dtype=np.int64)
    for newer in range(size - _FEWEST, 0, -1):  # the event that came after what may have ended
        older = ago_s[newer:]
        known = np.where(np.isfinite(older), older, np.nan)
        gaps = (known - known[0])[_FEWEST - 1 :] / np.arange(_FEWEST - 1, len(older))[:, None]
        ended = known[0] - ago_s[newer - 1] > _SURE * np.maximum(gaps, _SHORTEST_GAP_S)
        belong[ended.any(axis=0)] = newer
    return belong
