"""What the cells must add up to, computed from the records one by one, without any of the ingest's code."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from streams.catalogue.metric import Component
from streams.catalogue.scopes import component_sets, scope_sets
from streams.catalogue.single_values import LARGEST, Difference
from streams.cells.histogram import edges

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.load import Catalogue
    from streams.catalogue.metric import Condition, Metric, Term
    from tests.kafka.crash.crash_load import Sent

LATE_LIMIT_MS = 7_200_000
MONEY = {"amount"}

# (metric key, component, scope set, scope values, minute)
Cell = tuple[str, int, int, tuple[str, ...], int]


class DirectCount:
    """Adds up records in the order of their partitions' offsets.

    Attributes:
        cells: what every (metric, component, scope, minute) must be.
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
        self.use(catalogue)

    def use(self, catalogue: Catalogue) -> None:
        """From the next record on count by this one."""
        self._uses: dict[str, list[tuple[Metric, Component, Term]]] = {}
        for metric in catalogue.metrics:
            for component, terms in metric.components().items():
                for term in terms:
                    for event in term.events:
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

    def add(self, record: Sent) -> None:
        source = (record.topic, record.partition)
        offset = self._offset[source]
        self._offset[source] += 1
        self.read[record.topic] += 1
        try:
            event = json.loads(record.value or b"")
            kind, data, event_id = event["type"], {**event["data"], "topic": record.topic}, event["id"]
        except (ValueError, KeyError, TypeError):
            self.outcomes["dead_letter" if record.value is not None else "ignored"] += 1
            return
        if kind == "something.else":
            self.outcomes["ignored"] += 1
            return
        last = self._last.setdefault(source, {})
        before = last.get(event_id, -1 << 60)
        last[event_id] = offset
        if before >= offset - self._dedup:
            self.outcomes["duplicate"] += 1
            return
        at = _ms(event["time"])
        largest = max(self._largest.get(source, -1 << 60), at)
        self._largest[source] = largest
        if at < largest - LATE_LIMIT_MS:
            self.outcomes["late"] += 1
            off = {"source": event["source"], "seconds": (largest - at) / 1000}
            for metric, component, term in self._uses.get("pharos.event_too_late", ()):
                self._count(metric, component, term, record.timestamp_ms, off)
            return
        self.outcomes["counted"] += 1
        for metric, component, term in self._uses.get(kind, ()):
            self._count(metric, component, term, at, data)

    def _count(  # noqa: C901, PLR0912 - told in one go, to be compared with the contract
        self, metric: Metric, component: Component, term: Term, at: int, data: dict[str, Any]
    ) -> None:
        if not _takes(term, data, at):
            return
        value = _value(term, data, at)
        amount, counted_in = 1, int(component)
        if metric.bins:
            counted_in = sum(border <= value for border in edges(*metric.bins))
        elif value is not None:
            amount = round(value * (100 if term.value in MONEY else 1000))
            if metric.moments:
                amount = _part(component, amount, round((metric.largest or LARGEST) * metric.scale))
        base = at if term.at == "time" else data.get(term.at)
        if base is None:
            return
        counts_for = (base if isinstance(base, int) else _ms(base)) + term.plus_s * 1000
        if term.within_s is not None and at - counts_for > term.within_s * 1000:
            return
        if term.no_later is not None and term.no_later != (at <= counts_for):
            return
        wanted = self._wanted[metric.name, component]
        if term.again:
            wanted = (max(wanted, key=lambda number: len(self._sets[metric.name][number])),)
            counted_in = 2**62 + int(hashlib.blake2b(data[term.again].encode(), digest_size=8).hexdigest(), 16) // 4
        late_closing = metric.signal == "cohort" and component is Component.EXPOSURE
        times = (
            [(counted_in, at), (Component.LATE_BY_DEADLINE, counts_for)] if late_closing else [(counted_in, counts_for)]
        )
        for number in wanted:
            scope = tuple(data.get(dimension, "") for dimension in self._sets[metric.name][number])
            for place, when in times:
                cell = (self._keys[metric.name], int(place), number, scope, when // 60_000)
                self.cells[cell] += amount * term.weight


def _part(component: Component, amount: int, most: int) -> int:
    """What of a single value its component adds up."""
    within = max(-most, min(amount, most))
    parts = {
        Component.SQUARES: within**2 // 2**30,
        Component.SQUARES_LOW: within**2 % 2**30,
        Component.CUT: int(within != amount),
    }
    return parts.get(component, within)


def _value(term: Term, data: dict[str, Any], at: int) -> Any:
    """The number that a term takes of an event, durations in seconds; None where it takes none or it is absent."""
    if term.since:
        return _between(term.since, "time", data, at)
    if isinstance(term.value, Difference):
        return _between(term.value.start, term.value.to, data, at)
    return data.get(term.value) if term.value else None


def _between(start: str, to: str, data: dict[str, Any], at: int) -> float | None:
    first, last = (at if name == "time" else data.get(name) for name in (start, to))
    if first is None or last is None:
        return None
    first, last = (time if isinstance(time, int) else _ms(time) for time in (first, last))
    return (last - first) / 1000


def _takes(term: Term, data: dict[str, Any], at: int) -> bool:
    if (term.since or term.value) and _value(term, data, at) is None:
        return False
    if term.again and not data.get(term.again):
        return False
    return all(
        _holds(
            condition,
            _between(condition.start, condition.to or field, data, at) if condition.start else data.get(field),
        )
        for field, condition in term.where.items()
    )


def _holds(condition: Condition, value: Any) -> bool:
    return all(
        (
            condition.equals is None or value == condition.equals,
            not condition.any_of or value in condition.any_of,
            condition.at_most is None or (value is not None and value <= condition.at_most),
            condition.above is None or (value is not None and value > condition.above),
            condition.present is None or condition.present == (value not in (None, "")),
        )
    )


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
