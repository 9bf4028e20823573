"""What events that count add to the cells of their metric."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.case_roles import taken_of_earlier
from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.signals import CellKind
from streams.cells.histogram import edges
from streams.cells.lead import places_of
from streams.cells.record import SLOT_MS, MetricCells
from streams.cells.squares import square_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from streams.cases.look_up import Answer
    from streams.cases.marks import Marks
    from streams.cases.scope_names import ScopeNames
    from streams.catalogue.case_roles import CaseLink
    from streams.catalogue.metric import Metric

    Ints = NDArray[np.int64]

Scope = tuple[int, tuple[str, ...]]


class Cells:
    """The cells of one metric that wait for the next flush."""

    def __init__(self) -> None:
        self._amounts: dict[tuple[Scope, int, int, int], int] = {}  # scope, component, slot, late

    def add(self, scopes: Iterable[Scope], component: int, slot: int, late: int, amount: int) -> None:
        """Adds up, in each of the scopes."""
        amounts = self._amounts
        for scope in scopes:
            cell = (scope, component, slot, late)
            amounts[cell] = amounts.get(cell, 0) + amount

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
        self._term = link.term
        self._component = link.component
        self._dimensions = (link.later.dimensions, () if link.earlier is None else link.earlier.dimensions)
        if link.earlier is not None and link.earlier.same_events(link.later):
            of_earlier = bool(taken_of_earlier(link.term, set(link.later.dimensions)))
            self._dimensions = ((), link.earlier.dimensions) if of_earlier else (link.later.dimensions, ())
        sets = scope_sets(metric)
        self._projections = [
            (number, tuple(self._place(name) for name in sets[number]))
            for number in dict.fromkeys(component_sets(metric, link.component))
        ]
        self._borders = edges(*metric.bins) if metric.traits.cells is CellKind.BINS else None
        self._leads = metric.traits.cells is CellKind.LEADS
        self._metric = metric

    def add(self, marks: Marks, answer: Answer, names: tuple[ScopeNames, ScopeNames], *, late: bool) -> None:
        """Marks of the later role; `names` are those of its scopes, and of the earlier events' scopes."""
        rows = np.flatnonzero(answer.counts)
        if not rows.size:
            return
        counts_for = answer.base(self._term.at, marks.time)[rows] + self._term.plus_s * 1000
        if self._leads:
            slot, what = marks.time[rows] // SLOT_MS, places_of(counts_for, marks.time[rows], self._component)
        else:
            slot = counts_for // SLOT_MS
            what = self._what(marks.time[rows] - answer.time[rows], answer.number[rows])
        own, earlier = self._dimensions
        nowhere = np.zeros(rows.size, np.int64)
        first = marks.scope[rows] if own else nowhere
        second = answer.scope[rows] if earlier else nowhere
        of_scopes: dict[tuple[int, int], list[Scope]] = {}
        for (one, other, at, of), count in Counter(
            zip(first.tolist(), second.tolist(), slot.tolist(), what.tolist(), strict=True)
        ).items():
            scopes = of_scopes.get((one, other))
            if scopes is None:
                values = (names[0].names[one] if own else (), names[1].names[other] if earlier else ())
                scopes = of_scopes[one, other] = self._scopes(values)
            for component, amount in self._amounts(of):
                self._cells.add(scopes, component, at, int(late), amount * count)

    def _scopes(self, values: tuple[tuple[str, ...], tuple[str, ...]]) -> list[Scope]:
        """Of the later and the earlier event: what they count for, by scope set."""
        return [
            (number, tuple([values[role][place] if role >= 0 else label for role, place, label in places]))
            for number, places in self._projections
        ]

    def _place(self, name: str) -> tuple[int, int, str]:
        """Where the value of a dimension comes from: the role and its place there, or -1 and what the term says."""
        if name in self._term.labels:
            return -1, 0, self._term.labels[name]
        role = 1 if name in self._dimensions[1] else 0
        return role, self._dimensions[role].index(name), ""

    def _what(self, waited_ms: Ints, number: Ints) -> Ints:
        """What tells the amounts of events apart: a bin, a number of events, or nothing."""
        if self._borders is not None:
            return np.searchsorted(self._borders, waited_ms / 1000, "right")
        return number if self._term.value else np.zeros(waited_ms.size, np.int64)

    def _amounts(self, of: int) -> list[tuple[int, int]]:
        """Components and what is added to each."""
        if self._borders is not None:
            return [(of, 1)]
        if self._leads:
            return [(of, self._term.weight)]
        if not self._term.value:
            return [(int(self._component), self._term.weight)]
        value = of * self._metric.scale
        kept = min(value, self._metric.most)
        high, low = square_parts(kept)
        found = {Component.NUMERATOR: kept, Component.SQUARES: high, Component.SQUARES_LOW: low}
        found[Component.CUT] = int(kept < value)
        return [(int(component), amount) for component, amount in found.items() if amount]
