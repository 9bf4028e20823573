"""What the cells must add up to, computed from the records one by one, without any of the ingest's code."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.cells.histogram import edges
from tests.ingest.direct_computation import amount_of, duration_of, holds
from tests.kafka.crash.crash_cases import FURTHEST, STEP_MS, Happened, case_cells, kinds_of, ms_of
from tests.kafka.crash.crash_sales import SHOP_TOPIC, events_of_sale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Term
    from tests.kafka.crash.crash_cases import Cell
    from tests.kafka.crash.crash_load import Sent

LATE_LIMIT_MS = 7_200_000
FUTURE_LIMIT_MS = 300_000
LATENESS_MS = 30_000


class DirectCount:
    """Adds up records in the order of their partitions' offsets.

    Attributes:
        cells: what every (metric, component, scope, minute) must be, as far as an event says it by itself.
        read: records by topic; `counted` those that count.

    """

    def __init__(self, catalogue: Catalogue, dedup_records: int) -> None:
        self.cells: Counter[Cell] = Counter()
        self.read: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self._dedup = dedup_records
        self._offset: Counter[tuple[str, int]] = Counter()
        self._last: dict[tuple[str, int], dict[str, int]] = {}
        self._largest: dict[tuple[str, int], int] = {}
        self._happened: list[Happened] = []
        self.use(catalogue)

    def use(self, catalogue: Catalogue) -> None:
        """From the next record on count by this one; what cases say is that of the last one."""
        self._catalogue, self._kinds = catalogue, kinds_of(catalogue)
        self._uses: dict[str, list[tuple[Metric, Component, Term]]] = {}
        for metric in catalogue.metrics:
            for component, terms in metric.components().items():
                for term in terms:
                    for event in () if term.by else term.events:
                        self._uses.setdefault(event, []).append((metric, component, term))
        self._sets = {metric.name: scope_sets(metric) for metric in catalogue.metrics}
        self._wanted = {
            (metric.name, component): tuple(dict.fromkeys(component_sets(metric, component)))
            for metric in catalogue.metrics
            for component in metric.components()
        }
        self._keys = {metric.name: metric.key() for metric in catalogue.metrics}

    def add_all(self, records: Iterable[Sent]) -> None:
        for record in records:
            self.add(record)

    def total(self) -> Counter[Cell]:
        """`cells`, and what events say of others; without those that came to nothing."""
        cells = Counter(self.cells)
        cells.update(case_cells(self._catalogue, self._happened))
        return Counter({cell: value for cell, value in cells.items() if value})

    def add(self, record: Sent) -> None:
        source = (record.topic, record.partition)
        offset = self._offset[source]
        self._offset[source] += 1
        self.read[record.topic] += 1
        self.outcomes[self._outcome(record, source, offset)] += 1

    def _outcome(self, record: Sent, source: tuple[str, int], offset: int) -> str:
        events = _events_of(record)
        if not events:
            return "dead_letter" if events is None else "ignored"
        last = self._last.setdefault(source, {})
        fresh = []
        for event in events:
            if last.get(event["id"], -1 << 60) < offset - self._dedup:
                fresh.append(event)
            last[event["id"]] = offset
        ahead = [ms for ms in (ms_of(event["time"]) for event in events) if ms > record.timestamp_ms + FUTURE_LIMIT_MS]
        for ms in ahead:
            self._count_misdated("pharos.event_ahead", record, ms - record.timestamp_ms)
        if ahead:
            return "dead_letter"
        outcomes = [self._fate(record, source, event) for event in fresh]
        return next((outcome for outcome in ("counted", "late") if outcome in outcomes), "duplicate")

    def _fate(self, record: Sent, source: tuple[str, int], event: dict[str, Any]) -> str:
        at = ms_of(event["time"])
        largest = max(self._largest.get(source, -1 << 60), at)
        self._largest[source] = largest
        if at < largest - LATE_LIMIT_MS:
            self._count_misdated("pharos.event_too_late", record, largest - at)
            return "late"
        data = {**event["data"], "topic": record.topic}
        if event["type"] in self._kinds:
            self._happened.append(Happened.of(event["type"], at, data, late=at < largest - LATENESS_MS))
        self._count_all(event["type"], at, data)
        return "counted"

    def _count_misdated(self, kind: str, record: Sent, off_ms: int) -> None:
        self._count_all(kind, record.timestamp_ms, {"source": "/crash", "seconds": off_ms / 1000})

    def _count_all(self, kind: str, at: int, data: dict[str, Any]) -> None:
        for metric, component, term in self._uses.get(kind, ()):
            self._count(metric, component, term, at, {"type": kind, "data": data})

    def _count(self, metric: Metric, component: Component, term: Term, at: int, event: dict[str, Any]) -> None:
        data = event["data"]
        if not _takes(term, data, at):
            return
        amount: int | None = 1
        counted_in = int(component)
        if metric.bins:
            duration = duration_of(term, data, at)
            if duration is None:
                return
            counted_in = sum(border <= duration for border in edges(*metric.bins))
        elif term.value or term.each:
            amount = amount_of(metric, component, term, event, at)
        counts_for = _counts_for(term, data, at)
        if counts_for is None or amount is None:
            return
        wanted = self._wanted[metric.name, component]
        late_closing = metric.signal == "cohort" and component is Component.EXPOSURE
        times = (
            [(counted_in, at), (Component.LATE_BY_DEADLINE, counts_for)] if late_closing else [(counted_in, counts_for)]
        )
        if metric.signal == "due_soon":
            ahead = min(max(counts_for // STEP_MS - at // STEP_MS, 0), FURTHEST)
            times = [(ahead * 2 + counted_in, at)]
        told = data | term.labels
        for number in wanted:
            scope = tuple(told.get(dimension) or "" for dimension in self._sets[metric.name][number])
            for place, when in times:
                cell = (self._keys[metric.name], int(place), number, scope, when // 60_000)
                self.cells[cell] += amount * term.weight


def _events_of(record: Sent) -> list[dict[str, Any]] | None:
    """The events that a record holds; None where it is a dead letter, whatever its times are."""
    if record.value is None:
        return []
    try:
        if record.topic == SHOP_TOPIC:
            return events_of_sale(record.value)
        event = json.loads(record.value)
        return [] if event["type"] == "something.else" else [event]
    except (ValueError, KeyError, TypeError):
        return None


def _counts_for(term: Term, data: dict[str, Any], at: int) -> int | None:
    base = at if term.at == "time" else data.get(term.at)
    if base is None:
        return None
    counts_for = (base if isinstance(base, int) else ms_of(base)) + term.plus_s * 1000
    too_long_ago = term.within_s is not None and at - counts_for > term.within_s * 1000
    too_late = term.no_later is not None and term.no_later != (at <= counts_for)
    return None if too_long_ago or too_late else counts_for


def _takes(term: Term, data: dict[str, Any], at: int) -> bool:
    return all(holds(condition, field, data, at) for field, condition in term.where.items())
