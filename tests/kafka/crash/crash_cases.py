"""What one event says of another, from all events of a case in one list: without any of what remembers cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.cells.histogram import edges
from tests.ingest.direct_computation import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.catalogue.term import After, Condition, Term

SLOT_MS, QUARTER_MS, CLOSING_MS = 10_000, 900_000, 7_200_000
STEP_MS, FURTHEST = 300_000, 16_383  # of deadlines ahead

Cell = tuple[str, int, int, tuple[str, ...], int]  # metric key, component, scope set, scope values, minute


class Happened(NamedTuple):
    """An event that counts; sorted as they are decided.

    Attributes:
        decided_ms: when all that is on time was read, or when its quarter of an hour closes.
        late: 1 where it came behind what its partition had promised.
        at: its time.

    """

    decided_ms: int
    late: int
    at: int
    kind: str
    data: dict[str, Any]

    @classmethod
    def of(cls, kind: str, at: int, data: dict[str, Any], *, late: bool) -> Happened:
        decided = (at // QUARTER_MS + 1) * QUARTER_MS + CLOSING_MS if late else (at // SLOT_MS + 1) * SLOT_MS
        return cls(decided, int(late), at, kind, data)

    @property
    def batch(self) -> tuple[int, int]:
        return self.decided_ms, self.late

    def time(self, name: str) -> int | None:
        """Its own time, or that of a field."""
        told = self.at if name == "time" else self.data.get(name)
        return told if told is None or isinstance(told, int) else ms_of(told)


def ms_of(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def kinds_of(catalogue: Catalogue) -> frozenset[str]:
    """The types of events that any case is about."""
    return frozenset(
        kind
        for _, _, term in terms_of(catalogue)
        for one in (term, *term.others, *((term.after, *term.after.others) if term.after else ()))
        for kind in one.events
    )


def terms_of(catalogue: Catalogue) -> Iterator[tuple[Metric, Component, Term]]:
    for metric in catalogue.metrics:
        for component, terms in metric.written().items():
            yield from ((metric, component, term) for term in terms if term.by)


def case_cells(catalogue: Catalogue, happened: Sequence[Happened]) -> Counter[Cell]:
    """What all terms of cases count, whatever the order in which the events are given."""
    by_kind: dict[str, list[Happened]] = defaultdict(list)
    for event in happened:
        by_kind[event.kind].append(event)
    found: Counter[Cell] = Counter()
    for metric, component, term in terms_of(catalogue):
        found.update(_Count(metric, component, term).cells(by_kind))
    return found


class _Count:
    """One term."""

    def __init__(self, metric: Metric, component: Component, term: Term) -> None:
        self._metric, self._component, self._term = metric, component, term
        sets = scope_sets(metric)
        self._sets = [(number, sets[number]) for number in dict.fromkeys(component_sets(metric, component))]
        self._dimensions = {name for _, names in self._sets for name in names} - term.labels.keys()
        self._compared = {field: one for field, one in term.where.items() if _is_of_both(field, one)}
        self._own = {field: one for field, one in term.where.items() if field not in self._compared}

    def cells(self, by_kind: dict[str, list[Happened]]) -> Counter[Cell]:
        term, after = self._term, self._term.after
        asking = self._by_case(by_kind, [(term.events, self._own), *_others(term)])
        earlier = {} if after is None else self._by_case(by_kind, [(after.events, after.where), *_others(after)])
        found: Counter[Cell] = Counter()
        for case, events in asking.items():
            fresh = list(_fresh(events, term.first_in_s)) if term.first_in_s else events
            before = earlier.get(case, [])
            if after is not None and after.first_in_s:
                before = list(_fresh(before, after.first_in_s))
            for event, hit, number in self._counted(fresh, before):
                found.update(dict(self._cells_of(event, hit, number)))
        return found

    def _by_case(
        self, by_kind: dict[str, list[Happened]], which: list[tuple[tuple[str, ...], dict[str, Condition]]]
    ) -> dict[tuple[str, str], list[Happened]]:
        cases: dict[tuple[str, str], list[Happened]] = defaultdict(list)
        for kind in dict.fromkeys(kind for kinds, _ in which for kind in kinds):
            conditions = [where for kinds, where in which if kind in kinds]
            for event in by_kind.get(kind, ()):
                name = event.data.get(self._term.by)
                if name and any(
                    all(holds(one, field, event.data, event.at) for field, one in where.items()) for where in conditions
                ):
                    also = event.data.get(self._term.also) or "" if self._term.also else ""
                    cases[name, also].append(event)
        for events in cases.values():
            events.sort(key=lambda event: (event.batch, event.at, self._names(event)))
        return cases

    def _names(self, event: Happened) -> tuple[str, ...]:
        """Decides between events of one millisecond."""
        return tuple(event.data.get(name) or "" for name in sorted(self._dimensions))

    def _counted(
        self, asking: list[Happened], earlier: list[Happened]
    ) -> Iterator[tuple[Happened, Happened | None, int]]:
        term, after = self._term, self._term.after
        left = list(earlier)
        for place, event in enumerate(asking):
            hit, number = None, 0
            if after is not None:
                near = self._near(event, left, after)
                number = len(near)
                if near:
                    hit = near[0] if after.take == "first" else near[-1]
                known = hit is not None or self._is_followed(event, left, after)
                if known == after.missing:
                    continue
                if after.once and hit is not None:
                    left = [one for one in left if one is not hit]
            if term.nth:
                reach_ms = term.reach_s * 1000
                before = [one for one in asking[:place] if event.at - reach_ms <= one.at <= event.at]
                if len(before) != term.nth - 1:
                    continue
            if all(_compares(field, one, event, hit) for field, one in self._compared.items()):
                yield event, hit, number

    def _same(self, after: After) -> bool:
        """Whether an event comes after others of its own kind, and is not to find itself."""
        own = [(self._term.events, self._own), *_others(self._term)]
        return own == [(after.events, after.where), *_others(after)]

    def _near(self, event: Happened, left: list[Happened], after: After) -> list[Happened]:
        """The earlier events within reach that are decided by then, in the order of time."""
        same = self._same(after)
        shared = not same and bool(_kinds(self._term) & _kinds(after))
        near = [
            one
            for one in (left[: _index(left, event)] if same else left)
            if one.batch <= event.batch and event.at - after.reach_s * 1000 <= one.at <= event.at - shared
        ]
        return sorted(near, key=lambda one: one.at)

    def _is_followed(self, event: Happened, left: list[Happened], after: After) -> bool:
        """A late event is a repeat too where the one that came after it was taken for the first."""
        return self._same(after) and any(
            one.batch < event.batch and event.at <= one.at <= event.at + after.reach_s * 1000 for one in left
        )

    def _cells_of(self, event: Happened, hit: Happened | None, number: int) -> Iterator[tuple[Cell, int]]:
        term, metric = self._term, self._metric
        base: int | None = event.at
        if term.at != "time":
            base = None if hit is None else hit.at if term.at == "after" else hit.time(term.at.removeprefix("after."))
        if base is None:
            return
        counts_for = base + term.plus_s * 1000
        if term.no_later is not None and (event.at <= counts_for) != term.no_later:
            return
        if term.within_s is not None and event.at - counts_for > term.within_s * 1000:
            return
        when, amounts = counts_for, [(int(self._component), term.weight)]
        if metric.signal == "due_soon":
            ahead = min(max(counts_for // STEP_MS - event.at // STEP_MS, 0), FURTHEST)
            when, amounts = event.at, [(2 * ahead + int(self._component), term.weight)]
        elif metric.bins and hit is not None:
            seconds = (event.at - hit.at) / 1000
            amounts = [(sum(border <= seconds for border in edges(*metric.bins)), 1)]
        elif term.value:
            amounts = list(_of_number(metric, number))
        for scope_set, names in self._sets:
            scope = tuple(self._value(name, event, hit) for name in names)
            for component, amount in amounts:
                yield (metric.key(), component, scope_set, scope, when // 60_000), amount

    def _value(self, name: str, event: Happened, hit: Happened | None) -> str:
        term = self._term
        if name in term.labels:
            return term.labels[name]
        taken = term.after is not None and (term.scope_of == "after" or name in term.after.scope)
        of = hit if taken and hit is not None else event
        value: str = of.data.get(name) or ""
        return value


def _fresh(events: Iterable[Happened], seconds: int) -> Iterator[Happened]:
    """The first of a case, and then none for so long, nor so long before one that was decided earlier."""
    kept: list[int] = []
    for event in events:
        if all(abs(event.at - at) >= seconds * 1000 for at in kept):
            kept.append(event.at)
            yield event


def _compares(field: str, condition: Condition, event: Happened, hit: Happened | None) -> bool:
    start, to = (_time(name, event, hit) for name in (condition.start, condition.to or field))
    if start is None or to is None:
        return condition.present is False
    seconds = (to - start) / 1000
    above = condition.above is None or seconds > condition.above
    return above and (condition.at_most is None or seconds <= condition.at_most) and condition.present is not False


def _time(name: str, event: Happened, hit: Happened | None) -> int | None:
    if not name.startswith("after."):
        return event.time(name)
    return None if hit is None else hit.time(name.removeprefix("after."))


def _of_number(metric: Metric, number: int) -> Iterator[tuple[int, int]]:
    """Its sum and that of its square, in two parts of 30 bits and more."""
    told = number * metric.scale
    kept = min(told, metric.most)
    yield int(Component.NUMERATOR), kept
    yield int(Component.SQUARES), kept**2 // 2**30
    yield int(Component.SQUARES_LOW), kept**2 % 2**30
    yield int(Component.CUT), int(kept < told)


def _others(of: Term | After) -> list[tuple[tuple[str, ...], dict[str, Condition]]]:
    return [(one.events, one.where) for one in of.others]


def _kinds(of: Term | After) -> set[str]:
    return {kind for one in (of, *of.others) for kind in one.events}


def _is_of_both(field: str, condition: Condition) -> bool:
    return bool(condition.start) and any(name.startswith("after.") for name in (condition.start, condition.to or field))


def _index(events: list[Happened], event: Happened) -> int:
    return next(place for place, one in enumerate(events) if one is event)
