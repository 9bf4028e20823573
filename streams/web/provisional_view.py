"""What the page shows of values that are not final yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.catalogue.provisional import final_after_s, opened_within_s

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.records.verdicts import SoFar, TickVerdicts


class ProvisionalView:
    """The last one of each metric, of the whole.

    Args:
        metrics: of the catalogue.

    """

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._spans = {of.name: (opened_within_s(of), final_after_s(of)) for of in metrics if opened_within_s(of)}
        self._told: dict[str, tuple[int, SoFar]] = {}

    def tick(self, tick: TickVerdicts) -> None:
        """Takes what a tick says; an older one changes nothing."""
        for told in tick.so_far:
            before = self._told.get(told.metric)
            if before is None or before[0] <= tick.time:
                self._told[told.metric] = tick.time, told

    def of(self, metric: str) -> dict[str, Any] | None:
        """At what time, what share of how many cases; how long ago they were opened at most, and when it is final.

        None where no case was opened just now, or where all that is shown is final.
        """
        if metric not in self._told or metric not in self._spans:
            return None
        (time, told), (opened_within, final_after) = self._told[metric], self._spans[metric]
        if told.share is None:
            return None
        share = float(f"{told.share:.6g}")
        return {
            "time": time,
            "share": share,
            "cases": told.cases,
            "opened_within_s": opened_within,
            "final_after_s": final_after,
        }
