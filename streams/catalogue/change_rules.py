"""What must hold of changes of one's own whose figures before and after are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.naming import unknown_metric
from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from streams.catalogue.metric import Metric
    from streams.settings.calendar import ChangeSettings

LONGEST_DAYS: Final = 14


def is_compared(metric: Metric) -> bool:
    """Whether figures of it before and after a change can be compared: of its whole, where it has one."""
    traits = metric.traits
    of_cases = traits.interval and metric.unit == "ratio"
    return (of_cases or (traits.volume and not traits.adds_values)) and () in metric.scopes


def check_changes(changes: Sequence[ChangeSettings]) -> Iterator[tuple[int, str, str]]:
    """Faults: the place in the list, the key, and what to do about it."""
    names: set[str] = set()
    for place, change in enumerate(changes):
        if not change.name.strip():
            yield place, "name", "must not be empty: it says to people what was changed"
        elif change.name in names:
            yield place, "name", f'another change is named "{change.name}"; give each a name of its own'
        names.add(change.name)
        if event_time_ms(change.at) is None:
            yield place, "at", "write RFC 3339 with an offset, as 2026-11-11T00:00:00+08:00"
        if not 1 <= change.days <= LONGEST_DAYS:
            yield place, "days", f"so many days before and after are compared: from 1 to {LONGEST_DAYS}"
        if not change.metrics:
            yield place, "metrics", "name the metrics that should be better for it"


def check_compared(change: ChangeSettings, metrics: Mapping[str, Metric]) -> Iterator[tuple[int, str]]:
    """Faults of the metrics that a change names: the place in the list, and what to do about it."""
    known = {name for name, metric in metrics.items() if is_compared(metric)}
    for place, name in enumerate(change.metrics):
        if name not in metrics:
            yield place, unknown_metric(name, {metric.name: metric.id for metric in metrics.values()}, known)
        elif name not in known:
            kind = f"is a {metrics[name].signal}" if () in metrics[name].scopes else "has no whole"
            yield place, f"{name} {kind}; only ratios, cohorts and counts of the whole are compared: name one of them"
