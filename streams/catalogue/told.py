"""Windows that are told and not judged: which there may be, and what a metric needs for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.signals import signals_with
from streams.settings.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric

DAY_S: Final = 86_400
TOLD_DAYS: Final = (30, 60, 90)


def check_told(metric: Metric) -> Iterator[Fault]:
    """All faults: where inside the metric, and what to do about it."""
    if metric.told and not metric.traits.by_days:
        who = signals_with(lambda traits: traits.by_days)
        yield Fault(("told",), f"days of a {metric.signal} do not add up; only {who} tell them. Remove this key")
        return
    if not metric.judged:
        yield from _check_unjudged(metric)
    allowed = [days * DAY_S for days in TOLD_DAYS]
    for index, window in enumerate(metric.told):
        if window not in allowed:
            written = ", ".join(f"{seconds} ({seconds // DAY_S} days)" for seconds in allowed)
            yield Fault(("told", index), f"{window} s: windows are told of natural days, write {written}")
        elif index and window <= metric.told[index - 1]:
            yield Fault(("told", index), "list windows once each, the shortest first")


def _check_unjudged(metric: Metric) -> Iterator[Fault]:
    if not metric.told:
        yield Fault(("judged",), "a metric that is neither judged nor told says nothing; add `told: [2592000]`")
    for key in ("symptom_of", "target", "threshold", "leading", "opening_hours"):
        if getattr(metric, key):
            yield Fault((key,), "is for what is judged; remove this key, or `judged: false`")
