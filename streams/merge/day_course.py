"""How a day goes: the sums of the whole by the quarters of an hour of a natural day, recent days counting more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from streams.evaluation.window_reader import QUARTER_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.merge.ahead import Ints

_QUARTERS: Final = 100  # of a day of 25 hours
_KEPT: Final = 0.85  # of what was known before yesterday: a week counts two thirds


class Passed(NamedTuple):
    """Of a usual day, up to a time of it.

    Attributes:
        share: the part of its denominators that has come by then.
        later: the ratio of what comes after, in times of that of the whole day.

    """

    share: float
    later: float


class DayCourse:
    """Learns from every day that is over.

    Examples:
        >>> course = DayCourse(components=2)
        >>> for day in (7, 8):
        ...     course.go_on(day)
        ...     course.add(day, np.array([0, 43_200_000]), np.array([1, 1]), np.array([30, 10]))
        >>> course.passed(450_000), course.passed(86_400_000).share
        (Passed(share=0.375, later=1.0), 1.0)

    """

    def __init__(self, components: int) -> None:
        self._usual = np.zeros((components, _QUARTERS))
        self._today = np.zeros((components, _QUARTERS))
        self.day = 0

    def go_on(self, day: int) -> None:
        """Goes on to a day: what today had is known of a usual one from then on. Days come in order."""
        if day <= self.day:
            return
        if self._today.any():
            self._usual = self._usual * _KEPT + self._today
            self._today = np.zeros_like(self._today)
        self.day = day

    def add(self, day: int, after_ms: Ints, component: Ints, value: Ints) -> None:
        """Adds cells of the whole, so many ms after midnight. Of days before today there is nothing more to learn."""
        kept = component < len(self._today)
        if day == self.day:
            quarter = np.clip(after_ms[kept] // QUARTER_MS, 0, _QUARTERS - 1)
            np.add.at(self._today, (component[kept], quarter), value[kept])

    def passed(self, after_ms: int) -> Passed:
        """By so many ms after midnight. A day that nothing is known of goes evenly."""
        last = len(self._usual) - 1
        above, below = self._usual[0], self._usual[min(1, last)]
        done = min(max(after_ms, 0) / QUARTER_MS, float(_QUARTERS))
        if not below.sum() > 0:
            return Passed(min(done / 96, 1.0), 1.0)
        parts = np.clip(done - np.arange(_QUARTERS), 0.0, 1.0)
        rest_above, rest_below = float((above * (1 - parts)).sum()), float((below * (1 - parts)).sum())
        usual = above.sum() / below.sum()
        later = rest_above / rest_below / usual if rest_below > 0 and usual > 0 and rest_above >= 0 else 1.0
        return Passed(float((below * parts).sum() / below.sum()), later if rest_below >= 1 else 1.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state, for a snapshot."""
        return {"usual": self._usual, "today": self._today, "day": np.array([self.day])}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` gave, where that has as many components."""
        if arrays["usual"].shape == self._usual.shape:
            self._usual, self._today, self.day = arrays["usual"], arrays["today"], int(arrays["day"][0])
