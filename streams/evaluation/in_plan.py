"""What a calendar makes of what a window is expected to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]


class InPlan(NamedTuple):
    """float64[n] each, but `most`.

    Attributes:
        low, high: events, between which the window is expected.
        least, most: in times of what it usually holds, as the activity of entries has it.
        unsure: relative variance of what an earlier entry lets expect; NaN where none does.

    """

    low: Array
    high: Array
    least: Array
    most: float
    unsure: Array

    @property
    def remembered(self) -> NDArray[np.bool_]:
        """bool[n]: an earlier entry says it."""
        return np.isfinite(self.unsure)


def in_plan(moment: Moment, window_s: int, low: Array, high: Array) -> InPlan:
    """`low` and `high` are what the window holds as long as nothing is planned.

    What an earlier entry was holds where one is known, and the usual day where the window lies beside it; where none
    is, the usual day times the activity of the entries.
    """
    least, most = moment.planned_of_each(window_s)
    again = moment.again(window_s)
    if again is None:
        return InPlan(low * least, high * most, least, most, np.full(moment.size, np.nan))
    beside = moment.planned_of_each(window_s, again.within)
    known = np.isfinite(again.low)
    return InPlan(
        np.where(known, again.low + np.nan_to_num(low) * beside[0], low * least),
        np.where(known, again.high + np.nan_to_num(high) * beside[1], high * most),
        least,
        most,
        np.where(known, again.unsure, np.nan),
    )
