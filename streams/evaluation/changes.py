"""What the whole of a metric was before changes of one's own, and what it is since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detectors.before_after import Days, of_rates, of_ratios
from streams.catalogue.change_rules import LONGEST_DAYS, is_compared
from streams.catalogue.metric import Component
from streams.events.event_time import event_time_ms
from streams.records.compared import Compared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.settings.calendar import ChangeSettings

_HOUR_MS: Final = 3_600_000
_DAY_H: Final = 24
_KEPT_H: Final = (2 * LONGEST_DAYS + 1) * _DAY_H


class Changes:
    """Keeps the sums of the last 29 days by the hour, and compares with them. Part of the state.

    The hours after a change are held against the same hours of the days before it, as many days as there were; the hour
    of the change itself is neither. Closed quarters tell, so that what came late is in; hours of which nobody knows are
    left out on both sides. Pure: it says the same whenever it is asked.

    Args:
        metric: its catalogue entry; of one that is not compared nothing is kept.
        changes: those of the settings.

    """

    def __init__(self, metric: Metric, changes: Sequence[ChangeSettings]) -> None:
        self._kept = is_compared(metric)
        self._rate = Component.DENOMINATOR not in metric.components()
        self._used = sorted(metric.components())
        self._changes = [change for change in changes if metric.name in change.metrics]
        self._hours: dict[int, NDArray[np.int64]] = {}  # hour since the epoch: counted, cases, quarters
        self._until = 0  # the quarter up to which it is told, ms
        self.compared: list[Compared] = []

    def close_quarter(self, start_ms: int, counts: NDArray[np.int64], whole: int) -> None:
        """Takes in a closed quarter of an hour; counts as `MetricEvaluator.close_quarter`."""
        if not self._kept or not 0 <= whole < counts.shape[1]:
            return
        row = self._row(counts, Component.NUMERATOR, whole), self._row(counts, Component.DENOMINATOR, whole), 1
        hour = start_ms // _HOUR_MS
        if hour not in self._hours:
            self._hours = {known: sums for known, sums in self._hours.items() if known > hour - _KEPT_H}
            self._hours[hour] = np.zeros(3, np.int64)
        self._hours[hour] += np.array(row, np.int64)
        self._compare()

    def _row(self, counts: NDArray[np.int64], component: Component, whole: int) -> int:
        if component not in self._used:
            return 0
        place = component if len(counts) > self._used[-1] else self._used.index(component)
        return int(counts[place, whole])

    def _compare(self) -> None:
        self.compared = [self._of(change) for change in self._changes]

    def _of(self, change: ChangeSettings) -> Compared:
        at_ms = event_time_ms(change.at) or 0
        first = -(-at_ms // _HOUR_MS)
        after = [hour for hour in range(first, first + change.days * _DAY_H) if self._is_told(hour)]
        days = -(-(after[-1] + 1 - first) // _DAY_H) if after else 0
        pairs = [(hour - days * _DAY_H, hour) for hour in after]
        pairs = [pair for pair in pairs if self._is_told(pair[0]) and (pair[0] + 1) * _HOUR_MS <= at_ms]
        if not pairs:
            return Compared(change.name, at_ms, len(after))
        before = self._days([pair[0] for pair in pairs], first - days * _DAY_H)
        since = self._days([pair[1] for pair in pairs], first)
        found = of_rates(before, since) if self._rate else of_ratios(before, since)
        figures = {name: None if np.isnan(figure) else figure for name, figure in found._asdict().items()}
        return Compared(change.name, at_ms, len(pairs), times=self._rate, **figures)

    def _is_told(self, hour: int) -> bool:
        return hour in self._hours and int(self._hours[hour][2]) == 4

    def _days(self, hours: list[int], first: int) -> Days:
        """Sums by days that begin with the hour `first`."""
        sums = np.zeros((2, (hours[-1] - first) // _DAY_H + 1))
        for hour in hours:
            counted, cases, _ = self._hours[hour].tolist()
            sums[:, (hour - first) // _DAY_H] += counted, _HOUR_MS // 1000 if self._rate else cases
        return Days(sums[0], sums[1])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The state as named arrays."""
        hours = sorted(self._hours)
        sums = [self._hours[hour] for hour in hours]
        return {"changes.hours": np.array(hours, np.int64), "changes.sums": np.array(sums, np.int64).reshape(-1, 3)}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Takes over what `arrays` described; older states know of no hour."""
        if "changes.hours" in arrays:
            self._hours = dict(zip(arrays["changes.hours"].tolist(), arrays["changes.sums"], strict=True))
            self._compare()
