"""From what the merge partitions hold to what Prometheus reads of windows of 30, 60 and 90 natural days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.catalogue.told import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.merge.readings import Reading


class RollingReading(NamedTuple):
    """One metric over so many natural days, today so far among them: arrays along `scopes`, NaN without a case."""

    metric: Metric
    scopes: Sequence[tuple[int, tuple[str, ...]]]
    days: int
    value: NDArray[np.float64]
    cases: NDArray[np.float64]


def rolling(readings: Iterable[Reading]) -> Iterator[RollingReading]:
    """Of the metrics that tell such windows."""
    for reading in readings:
        if reading.told is None or reading.shown is None or not reading.told.sums.began:
            continue
        for window_s in reading.metric.told:
            figure = reading.told.figure(window_s, reading.shown)
            yield RollingReading(reading.metric, reading.shown.scopes, window_s // DAY_S, *figure)
