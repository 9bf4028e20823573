"""Which series a metric has: ids in the order of the log, and the order in which the ticks get to see them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from streams.catalogue.scopes import component_sets, scope_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from streams.catalogue.metric import Metric
    from streams.merge.lean_names import LeanNames

Scope = tuple[int, tuple[str, ...]]

OTHER = "__other__"
MALFORMED = -1
LEAN = 1 << 48
LEAN_BITS = 32
"""Log ids of lean scopes begin at LEAN: a number of `LeanNames` in the low bits, the scope set above."""


class SeriesBudget:
    """The cap on series of one cells partition. Scopes beyond it are counted in the scope `__other__` of their set."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self.refused = 0

    def grant(self) -> bool:
        if self.used < self.limit:
            self.used += 1
            return True
        self.refused += 1
        return False


class SeriesTable:
    """Two numberings of the scopes of a metric.

    The log id of a scope is given when it is first met in the log: there the cap is decided. Its series id is given
    when a tick first reaches one of its cells, in the order of the scopes: so the series that a tick sees do not
    depend on how far the log has been read beyond it.

    Attributes:
        scopes: series id -> scope.
        log_scopes: log id -> scope.
        series_of: log id -> series id, -1 while no tick has reached it.
        order: series id -> log id.
        whole: the series of the whole, -1 while no tick has reached it.

    """

    def __init__(self, metric: Metric, budget: SeriesBudget, lean: Mapping[int, LeanNames] | None = None) -> None:
        """`lean`: by number of a lean scope set its names: such scopes have log ids of their own, see `LEAN`."""
        self.scopes: list[Scope] = []
        self.log_scopes: list[Scope] = []
        self.order: list[int] = []
        self.whole = -1
        self.series_of: NDArray[np.int32] = np.full(16, -1, np.int32)
        self._budget = budget
        self._log_ids: dict[Scope, int] = {}
        self._sets = scope_sets(metric)
        self._own = len(metric.scopes)
        self._lean = dict(lean or {})
        self._supply = {}
        for component in metric.components():
            supplying = component_sets(metric, component)
            if supplying != tuple(range(self._own)) or len(self._sets) > self._own:
                self._supply[int(component)] = supplying
        self._shown: dict[int, NDArray[np.int32]] = {}
        self._partners = {component: np.full(16, -1, np.int32) for component in self._supply}
        self._awaited: dict[int, dict[Scope, list[int]]] = {component: {} for component in self._supply}

    @property
    def supplied(self) -> Iterable[int]:
        """The components that some series do not count themselves."""
        return self._supply

    def log_ids(self, scopes: Sequence[Scope]) -> NDArray[np.int64]:
        """int64[len(scopes)]: log ids, new ones given in the order of `scopes`; -1 (MALFORMED) for no scope of ours."""
        if self._lean:
            return np.array([self._number(scope) for scope in scopes], np.int64)
        found = [self._log_ids.get(scope) for scope in scopes]
        if None in found:
            found = [self._log_ids[scope] if scope in self._log_ids else self._admit(scope) for scope in scopes]
        return np.array(found, np.int64)

    def reach(self, log_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Series ids of log ids that a tick has reached; those new to the ticks join in the order of their scopes."""
        series = self.series_of[log_ids]
        unseen = series < 0
        if unseen.any():
            new = np.unique(log_ids[unseen]).tolist()
            for log_id in sorted(new, key=self.log_scopes.__getitem__):
                self._join(log_id)
            series = self.series_of[log_ids]
        return series.astype(np.int64)

    def partner(self, component: int) -> NDArray[np.int32]:
        """int32[n]: the series that supplies the component for each series, -1 if no tick has reached it.

        The array never changes; later calls may give another.
        """
        shown = self._shown.get(component)
        if shown is None:
            partners = self._partners.get(component)
            count = len(self.scopes)
            shown = np.arange(count, dtype=np.int32) if partners is None else partners[:count].copy()
            shown.flags.writeable = False
            self._shown[component] = shown
        return shown

    def load(self, log_scopes: Iterable[Scope], order: Iterable[int]) -> None:
        """Takes over what a snapshot held."""
        for scope in log_scopes:
            self._budget.used += 1
            self._add(scope)
        for log_id in order:
            self._join(log_id)

    def _number(self, scope: Scope) -> int:
        names = self._lean.get(scope[0])
        if names is None:
            known = self._log_ids.get(scope)
            return self._admit(scope) if known is None else known
        number = names.number(scope[1])
        return MALFORMED if number < 0 else LEAN + (scope[0] << LEAN_BITS) + number

    def _admit(self, scope: Scope) -> int:
        number, values = scope
        if not 0 <= number < len(self._sets) or len(values) != len(self._sets[number]):
            return MALFORMED
        other = (number, (OTHER,) * len(values))
        if not values or scope == other:
            self._budget.used += 1
        elif not self._budget.grant():
            return self._log_ids[other] if other in self._log_ids else self._admit(other)
        return self._add(scope)

    def _add(self, scope: Scope) -> int:
        log_id = len(self.log_scopes)
        scope = (scope[0], tuple(sys.intern(value) for value in scope[1]))
        self._log_ids[scope] = log_id
        self.log_scopes.append(scope)
        if log_id >= self.series_of.size:
            self.series_of = _longer(self.series_of)
        return log_id

    def _join(self, log_id: int) -> None:
        self._shown.clear()
        series = len(self.scopes)
        scope = self.log_scopes[log_id]
        self.scopes.append(scope)
        self.order.append(log_id)
        if not scope[1]:
            self.whole = series
        self.series_of[log_id] = series
        for component, supplying in self._supply.items():
            partners = self._partners[component]
            if series >= partners.size:
                partners = self._partners[component] = _longer(partners)
            for waiting in self._awaited[component].pop(scope, ()):
                partners[waiting] = series
            wanted = self._supplier(scope, supplying)
            if wanted == scope:
                partners[series] = series
            elif wanted is not None:
                found = self._log_ids.get(wanted, -1)
                partners[series] = self.series_of[found] if found >= 0 else -1
                if partners[series] < 0:
                    self._awaited[component].setdefault(wanted, []).append(series)

    def _supplier(self, scope: Scope, supplying: tuple[int, ...]) -> Scope | None:
        number, values = scope
        if number >= self._own:
            return scope if number in supplying else None
        if supplying[number] == number:
            return scope
        named = dict(zip(self._sets[number], values, strict=True))
        return supplying[number], tuple(named[dimension] for dimension in self._sets[supplying[number]])


def table_width(metric: Metric) -> int:
    """Components or bins kept in the windows of a metric. A cohort's LATE_BY_DEADLINE is not: it has no window."""
    return len(metric.rows())


def _longer(numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    longer = np.full(numbers.size * 2, -1, np.int32)
    longer[: numbers.size] = numbers
    return longer
