"""What the parts of a count usually count by themselves, whatever the whole does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.evaluation.moment import CourseStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.catalogue.metric import Component
    from streams.evaluation.driving_activity import DrivingActivity
    from streams.evaluation.expected_counts import ExpectedCounts
    from streams.evaluation.moment import Moment

    Array = NDArray[np.float64]
    Rows = NDArray[np.intp]


class UsualParts:
    """By the usual day and the activity of each part; of one that has no usual day yet, by what it did lately.

    A value never seen before did nothing lately, so all that it brings is more than expected. Where it has an activity
    of its own, it may bring what that of the whole brings: a new store has refunds as others have, for its orders.
    """

    def __init__(
        self, expected: ExpectedCounts, activity: DrivingActivity, counted: Component, trailing_s: int
    ) -> None:
        self._expected = expected
        self._activity = activity
        self._counted = counted
        self._trailing_s = trailing_s

    def of_window(self, moment: Moment, whole: int, rows: Rows, known: NDArray[np.bool_], window_s: int) -> Array:
        """float64[m]: what to expect of these parts of `whole`; `known`: which of them have a usual day."""
        usual = self._expected.usual.usual(moment.end_s, window_s, moment.whole, day=moment.day).middle
        if self._activity.component is not None:
            least, most, _ = self._activity.range(moment, window_s, ahead=False)
            usual = usual * (least + most) / 2
        found = np.nan_to_num(usual[rows])
        new = np.flatnonzero(~known)
        if len(new):
            lately = [self._lately(moment, series, window_s) for series in rows[new].tolist()]
            found[new] = np.maximum(lately, self._by_activity(moment, float(usual[whole]), whole, rows[new], window_s))
        return found

    def _lately(self, moment: Moment, series: int, window_s: int) -> float:
        """What a window would hold if it went on as in the two hours before it."""
        minutes = moment.course(self._counted, series, CourseStep.MINUTE)
        before = minutes[: max(len(minutes) - -(-window_s // CourseStep.MINUTE), 0)]
        return float(before.mean()) * window_s / CourseStep.MINUTE if len(before) else 0.0

    def _by_activity(self, moment: Moment, usual: float, whole: int, rows: Rows, window_s: int) -> Array:
        if self._activity.component is None or not np.isfinite(usual):
            return np.zeros(len(rows))
        partner = moment.partner(self._activity.component)
        active = moment.sums(self._activity.component, self._trailing_s or window_s)
        share = active[rows] / max(float(active[whole]), 1.0)
        return np.where(partner[rows] == partner[whole], 0.0, usual * share)
