"""What must hold of an entry of the calendar, in settings and in a catalogue."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from streams.catalogue.naming import unknown_metric
from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from streams.catalogue.metric import Metric
    from streams.settings.calendar import CalendarEntry

_LARGEST = 10_000.0


def check_entry(entry: CalendarEntry) -> Iterator[tuple[str, str]]:
    """Faults: the key, and what to do about it."""
    times = {key: event_time_ms(getattr(entry, key)) for key in ("begins", "ends")}
    for key, time in times.items():
        if time is None:
            yield key, "write RFC 3339 with an offset, as 2026-11-11T00:00:00+08:00"
    begins, ends = times.values()
    if begins is not None and ends is not None and ends <= begins:
        yield "ends", "must be after `begins`"
    if not entry.name.strip():
        yield "name", "must not be empty: it says to people what is planned"
    low, high = entry.activity
    if not (math.isfinite(low) and 0 <= low <= high <= _LARGEST):
        yield "activity", "write [least, most] times the usual, as [3, 40]; from 0 to 10,000"


def check_planned(entry: CalendarEntry, metrics: Mapping[str, Metric]) -> Iterator[tuple[int, str]]:
    """Faults of the metrics that an entry names: the place in the list, and what to do about it."""
    planned = {name for name, metric in metrics.items() if metric.traits.planned and not metric.exposure}
    for place, name in enumerate(entry.metrics):
        if name not in metrics:
            yield place, unknown_metric(name, {metric.name: metric.id for metric in metrics.values()}, planned)
        elif name not in planned:
            why = "is measured by its exposure" if metrics[name].exposure else f"is a {metrics[name].signal}"
            yield place, f"{name} {why}, which no calendar changes; leave it out"
