"""Which series there are, which of them are judged, and which lie within which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.state import grown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric

    Scope = tuple[int, tuple[str, ...]]


class SeriesIndex:
    """Follows the list of scopes as it grows. It is derived from the reader, never saved."""

    def __init__(self, metric: Metric) -> None:
        self._sets = metric.scopes
        self._known = 0
        self._members: list[list[int]] = [[] for _ in metric.scopes]
        self._values: list[list[tuple[str, ...]]] = [[] for _ in metric.scopes]
        self._within: dict[tuple[int, int], tuple[int, dict[tuple[str, ...], list[int]]]] = {}
        self._ids: dict[int, dict[tuple[str, ...], int]] = {}
        self.judged: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self.whole = -1

    def follow(self, scopes: Sequence[Scope], count: int) -> None:
        """Takes in the series that are new. Projected scope sets and empty dimension values are not judged."""
        self.judged = grown(self.judged, count)
        for series in range(self._known, count):
            place, values = scopes[series]
            if place >= len(self._sets):
                continue
            self.judged[series] = all(values)
            self._members[place].append(series)
            self._values[place].append(values)
            if not values:
                self.whole = series
        self._known = max(self._known, count)

    def scope(self, scopes: Sequence[Scope], series: int) -> dict[str, str]:
        """The scope of a series by dimension."""
        place, values = scopes[series]
        return dict(zip(self._sets[place], values, strict=True))

    def finer(self, scopes: Sequence[Scope], series: int) -> list[tuple[int, list[int]]]:
        """The series within a series by scope set that refines its own, with how many dimensions; fewest first."""
        place, values = scopes[series]
        own = self._sets[place]
        lists = []
        for other, dimensions in enumerate(self._sets):
            if len(dimensions) > len(own) and set(own) <= set(dimensions):
                found = self._children(place, other).get(values)
                if found:
                    lists.append((len(dimensions), found))
        return sorted(lists, key=lambda of: of[0])

    def wider(self, scopes: Sequence[Scope], series: int) -> list[int]:
        """The series that a series lies within, the whole among them."""
        place, values = scopes[series]
        own = self._sets[place]
        found = []
        for other, dimensions in enumerate(self._sets):
            if len(dimensions) < len(own) and set(dimensions) <= set(own):
                key = tuple(values[own.index(dimension)] for dimension in dimensions)
                parent = self._by_values(other).get(key)
                if parent is not None:
                    found.append(parent)
        return found

    def siblings(self, scopes: Sequence[Scope], series: int) -> list[int]:
        """The others of its scope set: other regions of a region."""
        return [other for other in self._members[scopes[series][0]] if other != series]

    def _by_values(self, place: int) -> dict[tuple[str, ...], int]:
        known = self._ids.setdefault(place, {})
        members, values = self._members[place], self._values[place]
        known.update(zip(values[len(known) :], members[len(known) :], strict=True))
        return known

    def _children(self, place: int, other: int) -> dict[tuple[str, ...], list[int]]:
        done, children = self._within.get((place, other), (0, {}))
        positions = [self._sets[other].index(dimension) for dimension in self._sets[place]]
        for member in range(done, len(self._members[other])):
            key = tuple(self._values[other][member][position] for position in positions)
            children.setdefault(key, []).append(self._members[other][member])
        self._within[place, other] = (len(self._members[other]), children)
        return children
