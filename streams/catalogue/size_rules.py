"""The most that numbers of a metric may be: beyond it nothing would ever be judged, and sums would run over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.settings.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.catalogue.metric import Metric

_LONGEST_S: Final = 90 * 86_400  # what a case may be open for
_MOST_EVENTS: Final = 1_000_000_000
_SHORTEST_BIN_S, _LONGEST_BIN_S = 0.001, float(_LONGEST_S)


def check_size(metric: Metric) -> Iterator[Fault]:
    """All faults: where inside the metric, and what to do about it."""
    if metric.settle_s > _LONGEST_S:
        yield Fault(("settle_s",), f"must not be above {_LONGEST_S:,}, which is 90 days")
    if metric.minimum_exposure > _MOST_EVENTS:
        yield Fault(("minimum_exposure",), f"must not be above {_MOST_EVENTS:,}: it would never be judged")
    if metric.minimum_effect > _MOST_EVENTS:
        yield Fault(("minimum_effect",), f"must not be above {_MOST_EVENTS:,}: nothing would ever matter")
    if metric.bins and not _SHORTEST_BIN_S <= min(metric.bins) <= max(metric.bins) <= _LONGEST_BIN_S:
        yield Fault(("bins",), f"write durations between {_SHORTEST_BIN_S:g} and {_LONGEST_S:,} s")
    for component, terms in metric.written().items():
        for index, term in enumerate(terms):
            for key in ("plus_s", "plus_service_s", "within_s"):
                if (getattr(term, key) or 0) > _LONGEST_S:
                    place = (component.name.lower(), index, key)
                    yield Fault(place, f"must not be above {_LONGEST_S:,}, which is 90 days")
