"""What events that count add to the cells of their metric."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.case_roles import AFTER
from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.signals import CellKind
from streams.cells.histogram import edges
from streams.cells.record import SLOT_MS, MetricCells
from streams.cells.squares import Part, packed_moments, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from streams.cases.look_up import Answer
    from streams.cases.marks import Marks
    from streams.cases.scope_names import ScopeNames
    from streams.catalogue.case_roles import CaseLink, Role
    from streams.catalogue.metric import Metric

    Ints = NDArray[np.int64]

Scope = tuple[int, tuple[str, ...]]
_AMOUNTS = {Component.NUMERATOR: Part.VALUE, Component.SQUARES: Part.SQUARE, Component.SQUARES_LOW: Part.SQUARE_LOW}


class Cells:
    """The cells of one metric that wait for the next flush."""

    def __init__(self) -> None:
        self._amounts: dict[tuple[Scope, int, int, int], int] = {}  # scope, component, slot, late

    def add(self, scope: Scope, component: int, slot: int, late: int, amount: int) -> None:
        """Adds up."""
        cell = (scope, component, slot, late)
        self._amounts[cell] = self._amounts.get(cell, 0) + amount

    def take(self, key: str) -> MetricCells:
        """All of them; begins anew. `key` is the metric's."""
        cells, self._amounts = self._amounts, {}
        numbers: dict[Scope, int] = {}
        scope = [numbers.setdefault(of, len(numbers)) for of, _, _, _ in cells]
        component = [component for _, component, _, _ in cells]
        slot = [slot for _, _, slot, _ in cells]
        late = [late for _, _, _, late in cells]
        return MetricCells(key, list(numbers), scope, component, slot, late, list(cells.values()))


class LinkCells:
    """Adds what a link's events count.

    Args:
        link: the term.
        metric: of the link.
        cells: of the metric.

    """

    def __init__(self, link: CaseLink, metric: Metric, cells: Cells) -> None:
        self._cells = cells
        self._term = term = link.term
        self._component = link.component
        self._of_earlier = term.scope_of == AFTER
        role = link.earlier if self._of_earlier and link.earlier is not None else link.later
        sets = scope_sets(metric)
        self._projections = [
            (number, tuple(_place(name, role, term.labels) for name in sets[number]))
            for number in dict.fromkeys(component_sets(metric, link.component))
        ]
        self._borders = edges(*metric.bins) if metric.traits.cells is CellKind.BINS else ()
        self._metric = metric

    def add(self, marks: Marks, answer: Answer, names: ScopeNames, *, late: bool) -> None:
        """Marks of the later role; `names` are those of the role whose scope counts."""
        rows = np.flatnonzero(answer.counts)
        if not rows.size:
            return
        base = answer.time[rows] if self._term.at == AFTER else marks.time[rows]
        slot = (base + self._term.plus_s * 1000) // SLOT_MS
        scope = (answer.scope if self._of_earlier else marks.scope)[rows]
        what = self._what(marks.time[rows] - answer.time[rows], answer.number[rows])
        distinct, counts = np.unique(np.stack((scope, slot, what)), axis=1, return_counts=True)
        for (number, at, of), count in zip(distinct.T.tolist(), counts.tolist(), strict=True):
            for component, amount in self._amounts(of):
                for place in self._scopes(names.names[number]):
                    self._cells.add(place, component, at, int(late), amount * count)

    def _what(self, waited_ms: Ints, number: Ints) -> Ints:
        """What tells the amounts of events apart: a bin, a number of events, or nothing."""
        if self._borders:
            return np.array([bisect_right(self._borders, ms / 1000) for ms in waited_ms.tolist()], np.int64)
        return number if self._term.value else np.zeros(waited_ms.size, np.int64)

    def _amounts(self, of: int) -> list[tuple[int, int]]:
        """Components and what is added to each."""
        if self._borders:
            return [(of, 1)]
        if not self._term.value:
            return [(int(self._component), self._term.weight)]
        value = of * self._metric.scale
        kept = min(value, self._metric.most)
        moments = packed_moments(kept)
        found = [(int(component), unpacked(moments, part)) for component, part in _AMOUNTS.items()]
        return [(component, amount) for component, amount in found if amount] + (
            [(int(Component.CUT), 1)] if kept < value else []
        )

    def _scopes(self, values: tuple[str, ...]) -> list[Scope]:
        return [
            (number, tuple(label if at < 0 else values[at] for at, label in kept)) for number, kept in self._projections
        ]


def _place(name: str, role: Role, labels: Mapping[str, str]) -> tuple[int, str]:
    """Where a dimension stands in the role's scopes, or -1 and the value that the term gives it."""
    return (-1, labels[name]) if name in labels else (role.dimensions.index(name), "")
