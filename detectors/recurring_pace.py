"""How much faster or slower things go in a part of the day, or of the week, than on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_NOTHING = 5.0  # closings that stand for a part of which nothing has been seen


class RecurringPace:
    """Factors by part of a period that recurs. A part counts when it is over: what goes on is not yet usual.

    Parts are those of UTC: what recurs by the clocks of a zone recurs there too, but for two shifts a year.

    Parameters:
        parts: into how many the period is cut.
        steps: in a part; steps are numbered since the epoch.
        memory: in steps.

    """

    def __init__(self, parts: int, steps: int, memory: float) -> None:
        self._parts, self._steps, self._memory = parts, steps, memory
        self.sums: Array = np.zeros((2, parts))  # seen, and usual on average
        self.present: Array = np.array([-1.0, 0.0, 0.0])  # the part that goes on, and its sums

    def of(self, step: int) -> float:
        """The factor of a step.

        >>> pace = RecurringPace(parts=2, steps=1, memory=1e9)
        >>> for step in range(2000):
        ...     pace.learn(step, seen=[30.0, 10.0][step % 2], usual=20.0, passed=1)
        >>> round(pace.of(2000), 1), round(pace.of(2001), 1)
        (1.5, 0.5)
        """
        seen, usual = self.sums[:, step // self._steps % self._parts]
        return float((seen + _NOTHING) / (usual + _NOTHING))

    def learn(self, step: int, seen: float, usual: float, passed: int) -> None:
        """Takes in a step, `passed` steps after the last: what was seen, and what is usual without this factor."""
        self.sums *= np.exp(-passed / self._memory)
        part = step // self._steps % self._parts
        if part != self.present[0]:
            self.sums[:, int(self.present[0])] += self.present[1:]
            self.present = np.array([part, 0.0, 0.0])
        self.present[1:] += seen, usual
