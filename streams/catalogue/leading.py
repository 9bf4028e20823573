"""Which signals lead a touchpoint: they are on its tile on the wall, the others on the touchpoint's page only."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from streams.catalogue.shape_rules import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.catalogue.metric import Metric

MOST_LEADING: Final = 2


def leading_signals(metrics: Iterable[Metric]) -> frozenset[str]:
    """Names of the leading metrics, one or two a touchpoint, in the order of the catalogue.

    Those with `leading: true`; where none has it, the first two with a target, else the first. Metrics of faults lead
    only where there is nothing else, and metrics without the whole, which have no line to show, never.
    """
    ordered = sorted(metrics, key=lambda metric: metric.touchpoint)
    chosen = (_leading(list(group)) for _, group in groupby(ordered, key=lambda metric: metric.touchpoint))
    return frozenset(metric.name for group in chosen for metric in group)


def check_leading(metrics: Sequence[Metric]) -> Iterator[tuple[int, Fault]]:
    """Faults with the metric's number: a third one that leads a touchpoint, and one without a line to show."""
    leaders: dict[str, list[str]] = {}
    for number, metric in enumerate(metrics):
        if not metric.leading:
            continue
        if () not in metric.scopes:
            what = "is for metrics with the whole, [], among their scopes; remove this key"
            yield number, Fault(("leading",), what)
        names = leaders.setdefault(metric.touchpoint, [])
        if len(names) == MOST_LEADING:
            what = f"{' and '.join(names)} lead {metric.touchpoint} already: two at most; remove one of the three"
            yield number, Fault(("leading",), what)
            continue
        names.append(metric.name)


def _leading(metrics: list[Metric]) -> list[Metric]:
    """Of one touchpoint."""
    drawn = [metric for metric in metrics if () in metric.scopes]
    usual = [metric for metric in drawn if not metric.of_faults()] or drawn
    marked = [metric for metric in usual if metric.leading]
    promised = [metric for metric in usual if metric.target is not None]
    return (marked or promised or usual[:1])[:MOST_LEADING]
