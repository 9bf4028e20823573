"""Cells of a metric from counts of the finest parts, without events: what a source would have flushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.scopes import component_sets, scope_sets
from streams.cells.record import MetricCells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Component, Metric


class Leaves:
    """The finest parts of a metric, and the scopes that each is counted in.

    Args:
        metric: its catalogue entry.
        values: by leaf, the value of each dimension of its scopes; a leaf that lacks one is not counted by it.

    """

    def __init__(self, metric: Metric, values: Sequence[Mapping[str, str]]) -> None:
        self._metric = metric
        self._scopes: list[tuple[int, tuple[str, ...]]] = []
        self._places: dict[int, tuple[NDArray[np.int64], int, int]] = {}
        for number, dimensions in enumerate(scope_sets(metric)):
            known: dict[tuple[str, ...], int] = {}
            place = [
                known.setdefault(tuple(leaf[name] for name in dimensions), len(known))
                if all(name in leaf for name in dimensions)
                else -1
                for leaf in values
            ]
            self._places[number] = np.array(place, np.int64), len(known), len(self._scopes)
            self._scopes += [(number, scope) for scope in known]

    def cells(self, first_slot: int, counts: Mapping[Component, NDArray[np.int64]], step: int = 1) -> MetricCells:
        """The cells of consecutive times.

        Args:
            first_slot: of the first row.
            counts: by component int64[times, leaves].
            step: slots from row to row.

        """
        columns: list[tuple[NDArray[np.int64], ...]] = []
        for component, of_leaves in counts.items():
            for number in sorted(set(component_sets(self._metric, component))):
                place, size, begin = self._places[number]
                of_scopes = _added_up(of_leaves, place, size)
                time, scope = np.nonzero(of_scopes)
                of_component = np.full(len(time), int(component))
                columns.append((scope + begin, of_component, first_slot + time * step, of_scopes[time, scope]))
        scope, numbers, slot, value = (np.concatenate(part) for part in zip(*columns, strict=True))
        late = np.zeros(len(value), np.int64)
        # The merge makes arrays of the columns, whatever they are: lists of a million numbers would take longer.
        return MetricCells(self._metric.key(), self._scopes, scope, numbers, slot, late, value)  # type: ignore[arg-type]


def _added_up(of_leaves: NDArray[np.int64], place: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    if size == len(place) and (place == np.arange(size)).all():
        return of_leaves
    sums = np.zeros((size, len(of_leaves)), np.int64)
    counted = place >= 0
    np.add.at(sums, place[counted], of_leaves.T[counted])
    return sums.T
