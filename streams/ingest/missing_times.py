"""Contributions that are not made because the event lacks the time that they count for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.single_values import OWN_TIME
from streams.ingest.reading import Opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from streams.ingest.routes import Gate, Measure
    from streams.ingest.row_shape import RowShape
    from streams.ingest.rows import Rows

Counts = dict[tuple[str, str], int]


class MissingTimes:
    """Counts them by (event type, field), when a flush is made. What counts for the same time is counted once.

    Attributes:
        total: all that were counted.

    """

    def __init__(self, shapes: Iterable[RowShape]) -> None:
        self.total: Counts = {}
        self._openings = {number: [*_openings(shape)] for number, shape in enumerate(shapes)}

    def count(self, planes: Iterable[Mapping[int, Rows]]) -> Counts:
        """Those in planes that were not counted before."""
        found: Counts = {}
        for plane in planes:
            for number, rows in plane.items():
                for field, openings in self._openings.get(number, ()):
                    name = (rows.shape.event_type, field)
                    masks = [opening.lacking_time(rows) for opening in openings]
                    if lacking := int(np.count_nonzero(np.logical_or.reduce(masks))):
                        found[name] = found.get(name, 0) + lacking
        for name, amount in found.items():
            self.total[name] = self.total.get(name, 0) + amount
        return found


def _openings(shape: RowShape) -> Iterator[tuple[str, list[Opening]]]:
    """The time fields that are counted for, and the gates of each."""
    found: dict[tuple[str, int, int, Measure], dict[Gate, None]] = {}
    for route in shape.routes:
        gate, measure = route.gate, route.measure
        # A forecast lacks what its cohort lacks, which says so.
        if gate.at != OWN_TIME and measure.lead is None and not (measure.added or measure.cut):
            found.setdefault((gate.at, gate.plus_s, gate.plus_service_s, measure), {})[gate] = None
    for (field, *_), gates in found.items():
        yield field, [Opening(shape, gate) for gate in gates]
