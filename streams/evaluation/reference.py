"""What a ratio is compared with over windows longer than a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.earlier_windows import usual_ratio
from streams.evaluation.window_reader import LONG_S

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from detectors.ratio_baseline import UsualRatio
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]


class Reference:
    """The usual ratio by length of window. It changes only when a day is over, and is made of the windows: no state."""

    def __init__(self, prior_dispersion: float, sums: Callable[[Moment, int], tuple[Array, Array]]) -> None:
        """`sums` gives successes and trials of the earlier windows of a length, float64[windows, n] each."""
        self._prior_dispersion = prior_dispersion
        self._sums = sums
        self._made: dict[int, tuple[tuple[int, int], UsualRatio]] = {}

    def usual(self, moment: Moment, window_s: int) -> UsualRatio:
        """What to expect of a window of that length at this tick."""
        version = (moment.end_ms // (1000 * LONG_S), moment.size)
        made = self._made.get(window_s)
        if made is None or made[0] != version:
            made = self._made[window_s] = (version, usual_ratio(*self._sums(moment, window_s), self._prior_dispersion))
        return made[1]
