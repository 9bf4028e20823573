"""The slow, obvious way to do what IngestPartition does: one record at a time, plain dicts, datetime and Decimal."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.single_values import LARGEST, Difference
from streams.cells.histogram import edges
from streams.events.vocabulary import SHIPPED
from tests.ingest.records import SERVICE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Condition, Term
    from streams.ingest.flush import Flush
    from streams.records.batch import RecordBatch

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Cell = tuple[str, tuple[int, tuple[str, ...]], int, int, int]  # metric, scope, component, slot, late


def ms_of(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


class Direct:
    """Outcomes and cells of the well-formed records of one partition."""

    def __init__(self, metrics: tuple[Metric, ...], topic: str, reach: int, lateness: int, limit: int) -> None:
        self.metrics, self.topic, self.reach, self.lateness, self.limit = metrics, topic, reach, lateness, limit
        self.outcomes: Counter[str] = Counter()
        self.cells: Counter[Cell] = Counter()
        self.without_time: Counter[tuple[str, str]] = Counter()
        self.counted: list[tuple[dict[str, Any], int, int]] = []  # event, time, late
        self.history: list[tuple[int, str, str]] = []
        self.largest: int | None = None

    def feed(self, batch: RecordBatch) -> None:
        for offset, timestamp, value in zip(batch.offsets, batch.timestamps, batch.values, strict=True):
            self.outcomes[self._outcome(offset, timestamp, value)] += 1

    def _outcome(self, offset: int, timestamp: int, value: bytes | None) -> str:  # noqa: PLR0911 - one per outcome
        if value is None:
            return "ignored"
        try:
            event = json.loads(value)
        except ValueError:
            return "dead_letter"
        if not isinstance(event, dict):
            return "dead_letter"
        time = ms_of(event["time"])
        future = time > timestamp + 300_000
        if SHIPPED.topic_of.get(event["type"]) != self.topic:
            return "dead_letter" if future else "ignored"
        identity = (event["source"], event["id"])
        copy = any(offset - o <= self.reach and (s, i) == identity for o, s, i in self.history)
        self.history.append((offset, *identity))
        if future:
            self._count_misdated("pharos.event_ahead", event, timestamp, time - timestamp)
            return "dead_letter"
        if copy:
            return "duplicate"
        if self.largest is not None and time < self.largest - self.limit:
            self._count_misdated("pharos.event_too_late", event, timestamp, self.largest - time)
            return "late"
        self.largest = time if self.largest is None else max(self.largest, time)
        late = int(time < self.largest - self.lateness)
        self.counted.append((event, time, late))
        self._count(event, time, late)
        return "counted"

    def _count_misdated(self, kind: str, event: dict[str, Any], timestamp: int, off: int) -> None:
        self._count({"type": kind, "data": {"source": event["source"], "seconds": off / 1000}}, timestamp, late=0)

    def _count(self, event: dict[str, Any], time: int, late: int) -> None:
        for metric in self.metrics:
            for component, terms in metric.components().items():
                for term in terms:
                    if event["type"] in term.events and not term.by:
                        self._add(metric, component, term, event, time, late)

    def _add(  # noqa: C901, PLR0912 - told in one go, to be compared with the contract
        self, metric: Metric, component: Component, term: Term, event: dict[str, Any], time: int, late: int
    ) -> None:
        data, kind = event["data"], event["type"]
        if not all(holds(condition, field, data, time) for field, condition in term.where.items()):
            return
        if term.at == "time":
            start = time
        elif data.get(term.at) is None:
            # What counts the event tells it: no number taken of it and no forecast of its cohort does again.
            self.without_time[kind, term.at] += not term.value and metric.signal != "due_soon"
            return
        else:
            start = ms_of(data[term.at])
        counts_for = start + term.plus_s * 1000
        if term.plus_service_s:
            counts_for = SERVICE.after(start, term.plus_service_s)
        if term.within_s is not None and time - counts_for > term.within_s * 1000:
            return
        if term.no_later is not None and term.no_later != (time <= counts_for):
            return
        amount = 1
        if metric.bins:
            self._sort_in(metric, term, event, time, late)
            return
        if term.value or term.each:
            told_amount = amount_of(metric, component, term, event, time)
            if told_amount is None:
                return
            amount = told_amount
        sets = scope_sets(metric)
        wanted = set(component_sets(metric, component))
        slots = [(int(component), counts_for // 10_000)]
        if metric.signal == "due_soon":
            ahead = max(counts_for // 300_000 - time // 300_000, 0)
            slots = [(min(ahead, 2**14 - 1) * 2 + component, time // 10_000)]
        if metric.signal == "cohort" and component is Component.EXPOSURE:
            slots = [(int(component), time // 10_000), (int(Component.LATE_BY_DEADLINE), counts_for // 10_000)]
        for index in wanted:
            told_by = data | term.labels
            scope = (index, tuple(self._dimension(name, told_by) for name in sets[index]))
            for part, slot in slots:
                cell = metric.key(), scope, part, slot, late
                if metric.signal == "last":
                    told = (time % 10_000 + 1) * 2**40 + max(amount, 0)
                    self.cells[cell] = later(self.cells[cell], told)
                else:
                    self.cells[cell] += term.weight * amount

    def _sort_in(self, metric: Metric, term: Term, event: dict[str, Any], time: int, late: int) -> None:
        duration = duration_of(term, event["data"], time)
        if duration is None:
            return
        number = sum(border <= duration for border in edges(*metric.bins))
        sets = scope_sets(metric)
        for index in set(component_sets(metric, Component.NUMERATOR)):
            scope = (index, tuple(self._dimension(name, event["data"]) for name in sets[index]))
            self.cells[metric.key(), scope, number, time // 10_000, late] += term.weight

    def _dimension(self, name: str, data: dict[str, Any]) -> str:
        return self.topic if name == "topic" else data.get(name) or ""


def cells_of(flushes: Iterable[Flush], gauges: Collection[str] = ()) -> Counter[Cell]:
    """What flushes add up to; of the metrics among `gauges` what was told last."""
    total: Counter[Cell] = Counter()
    for flush in flushes:
        for record in flush.records.values():
            for cells in record.metrics:
                columns = zip(cells.scope, cells.component, cells.slot, cells.late, cells.value, strict=True)
                for scope, component, slot, late, value in columns:
                    cell = cells.metric, cells.scopes[scope], component, slot, late
                    total[cell] = later(total[cell], value) if cells.metric in gauges else total[cell] + value
    return total


def later(one: int, other: int) -> int:
    """Of two cells of a gauge the one told later, `other` where it is the same moment."""
    return other if other // 2**40 >= one // 2**40 else one


def seconds_between(times: Difference, data: dict[str, Any], time: int) -> float | None:
    start, to = (time if name == "time" else data.get(name) for name in (times.start, times.to))
    if start is None or to is None:
        return None
    start, to = (moment if isinstance(moment, int) else ms_of(moment) for moment in (start, to))
    return (to - start) / 1000


def duration_of(term: Term, data: dict[str, Any], time: int) -> float | None:
    """The seconds that are sorted into a bin."""
    if term.since or isinstance(term.value, Difference):
        return seconds_between(Difference(term.since) if term.since else term.value, data, time)
    return data.get(term.value)


def amount_of(metric: Metric, component: Component, term: Term, event: dict[str, Any], time: int) -> int | None:
    """What a component of a metric adds of the value that a term takes; None where there is none."""
    number = number_of(metric, term, event, time)
    if number is None or not metric.moments:
        return number
    most = int(Decimal(repr(metric.largest or LARGEST)) * metric.scale)
    within = max(-most, min(number, most))
    amount = {
        Component.SQUARES: within**2 // 2**30,
        Component.SQUARES_LOW: within**2 % 2**30,
        Component.CUT: int(within != number),
    }.get(component, within)
    return None if not amount and component in {Component.SQUARES, Component.CUT} else amount


def number_of(metric: Metric, term: Term, event: dict[str, Any], time: int) -> int | None:
    """The value that a term takes of an event, as sums keep it."""
    data, kind = event["data"], event["type"]
    if isinstance(term.value, Difference):
        told, scale = seconds_between(term.value, data, time), 1000
    elif term.each:
        told, scale = term.each, metric.scale
    else:
        told, scale = data.get(term.value), metric.scale if metric.moments else SHIPPED.scales[kind][term.value]
    if told is None:
        return None
    return int((Decimal(repr(told)) * scale).quantize(Decimal(1), ROUND_HALF_EVEN))


def holds(condition: Condition, field: str, data: dict[str, Any], time: int) -> bool:
    value = data.get(field)
    if condition.start:
        value = seconds_between(Difference(condition.start, condition.to or field), data, time)
    if value == "":
        value = None
    tests = []
    if condition.equals is not None:
        tests.append(value == condition.equals)
    if condition.any_of:
        tests.append(value in condition.any_of)
    if condition.at_most is not None:
        tests.append(value is not None and value <= condition.at_most)
    if condition.above is not None:
        tests.append(value is not None and value > condition.above)
    if condition.present is not None:
        tests.append((value is not None) == condition.present)
    return all(tests)
