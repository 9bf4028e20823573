"""What the calendar of the sale says about how busy it is meant to be."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from streams.evaluation.likes import likes
from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.catalogue.metric import Metric
    from streams.settings.calendar import CalendarEntry


class Planned(NamedTuple):
    """A window is planned to hold from `low` to `high` times what it usually holds."""

    low: float
    high: float


AS_USUAL = Planned(1.0, 1.0)


class SalePlan:
    """The calendar's entries that speak of one metric.

    They speak of counts that have no exposure: orders, payments, collections. What is measured against an activity
    (inquiries against orders), and every ratio, is expected to be as usual however busy the shop is.

    Raises ValueError for a text that is not a time.

    Attributes:
        likes: those of them that are like an earlier entry.

    Examples:
        >>> from streams.catalogue.load import load
        >>> from streams.settings.calendar import CalendarEntry
        >>> peak = CalendarEntry("midnight", "2026-11-11T00:00:00+08:00", "2026-11-11T00:30:00+08:00", (4.0, 40.0))
        >>> plan = SalePlan(load().by_name["orders_created"], [peak])
        >>> midnight = 1_794_326_400_000
        >>> plan.within(midnight, midnight + 60_000)
        Planned(low=4.0, high=40.0)
        >>> plan.within(midnight - 30_000, midnight + 30_000)  # half of the minute before it begins
        Planned(low=2.5, high=20.5)

    """

    def __init__(self, metric: Metric, calendar: Iterable[CalendarEntry]) -> None:
        everything = list(calendar)
        spoken = [
            entry
            for entry in everything
            if (metric.name in entry.metrics if entry.metrics else metric.traits.volume) and not metric.exposure
        ]
        self._entries = [(_ms(entry.begins), _ms(entry.ends), Planned(*entry.activity)) for entry in spoken]
        names = {entry.name for entry in spoken}
        self.likes = tuple(like for like in likes(everything) if like.name in names)

    def within(self, start_ms: int, end_ms: int, without: Sequence[tuple[int, int]] = ()) -> Planned:
        """What is planned for [start, end), by time. Where entries overlap, the widest of them holds.

        In the spans of `without` it counts as nothing.
        """
        touching = [entry for entry in self._entries if entry[0] < end_ms and start_ms < entry[1]]
        if not touching:
            return AS_USUAL
        times = {t for entry in touching for t in entry[:2]} | {t for span in without for t in span}
        edges = sorted({start_ms, end_ms, *(t for t in times if start_ms < t < end_ms)})
        low = high = 0.0
        for left, right in itertools.pairwise(edges):
            if any(begins <= left and right <= ends for begins, ends in without):
                continue
            valid = [planned for begins, ends, planned in touching if begins <= left and right <= ends] or [AS_USUAL]
            low += min(planned.low for planned in valid) * (right - left)
            high += max(planned.high for planned in valid) * (right - left)
        return Planned(low / (end_ms - start_ms), high / (end_ms - start_ms))

    def touches(self, start_ms: int, end_ms: int) -> bool:
        """Whether anything is planned in [start, end): such a time says nothing about the usual day."""
        return any(begins < end_ms and start_ms < ends for begins, ends, _ in self._entries)


def _ms(text: str) -> int:
    time_ms = event_time_ms(text)
    if time_ms is None:
        raise ValueError(f"{text!r} is not a time such as 2026-11-11T00:00:00+08:00")
    return time_ms
