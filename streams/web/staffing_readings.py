"""From what the merge partitions hold to what Prometheus reads of the agents that queues need."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.judgement import insufficient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.merge.readings import Reading

_MINUTE_S = 60.0


class StaffingReading(NamedTuple):
    """One metric at the last tick that judged it: arrays along the first of `scopes`, NaN where it is not known.

    Agents are those of all queues that reported them. What is needed is known where handle times are, and where enough
    is offered to say it.
    """

    metric: Metric
    scopes: Sequence[tuple[int, tuple[str, ...]]]
    staffed: NDArray[np.float64]
    needed: NDArray[np.float64]
    needed_in_15_min: NDArray[np.float64]
    needed_in_30_min: NDArray[np.float64]
    offered: NDArray[np.float64]
    offered_in_15_min: NDArray[np.float64]
    offered_in_30_min: NDArray[np.float64]
    level: NDArray[np.float64]
    level_in_15_min: NDArray[np.float64]
    handle_s: NDArray[np.float64]
    patience_s: NDArray[np.float64]


def staffing(readings: Iterable[Reading]) -> Iterator[StaffingReading]:
    """Of the metrics that are of staffing."""
    for reading in readings:
        needs = reading.latest.staffing
        if needs is None:
            continue
        known = ~insufficient(needs.unknown)
        offered, offered_ahead, offered_later = needs.offered * _MINUTE_S
        needed_ahead, needed_later = np.where(known, needs.needed_ahead, np.nan)
        yield StaffingReading(
            reading.metric,
            reading.latest.scopes,
            needs.staffed,
            needs.needed,
            needed_ahead,
            needed_later,
            offered,
            offered_ahead,
            offered_later,
            needs.level,
            needs.level_ahead,
            needs.handle_s,
            needs.patience_s,
        )
