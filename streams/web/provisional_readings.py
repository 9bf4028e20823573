"""From what the merge partitions hold to what Prometheus reads of values that are not final yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.merge.readings import Reading


class ProvisionalReading(NamedTuple):
    """One metric at the last whole minute: arrays along the first of `scopes`, NaN where no case was opened."""

    metric: Metric
    scopes: Sequence[tuple[int, tuple[str, ...]]]
    share: NDArray[np.float64]
    cases: NDArray[np.float64]


def provisional(readings: Iterable[Reading]) -> Iterator[ProvisionalReading]:
    """Of the metrics that have provisional values."""
    for reading in readings:
        if reading.provisional is not None:
            yield ProvisionalReading(reading.metric, *reading.provisional)
