"""Every type of event: its topic, its struct, its fields, its dimensions."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec

from streams.events import aftersales, consultations, feedback, logistics, misdated, orders, visits
from streams.events.fields import Data, Dimension, Event, Flag, Money, Score, Seconds, Time, Whole

EVENTS_OF_TOPIC: dict[str, tuple[type[Event], ...]] = {
    "orders": orders.EVENTS,
    "logistics": logistics.EVENTS,
    "consultations": consultations.EVENTS,
    "aftersales": aftersales.EVENTS,
    "visits": visits.EVENTS,
    "feedback": feedback.EVENTS,
}

# These have the type of a dimension or stand first, and are or are not one all the same.
_PLAIN_TEXT = frozenset({"order_id", "handled_by"})
_FIRST_BUT_DIMENSION = frozenset({"queue", "source"})


def type_of(event: type[Event]) -> str:
    """The CloudEvents type of an event struct.

    >>> type_of(orders.OrderPaid)
    'order.paid'
    """
    return str(event.__struct_config__.tag)


def _data_of(event: type[Event]) -> type[Data]:
    data: type[Data] = get_type_hints(event)["data"]
    return data


def _dimensions(data: type[Data]) -> frozenset[str]:
    hints = get_type_hints(data, include_extras=True)
    optional = {name for name, hint in hints.items() if hint == Dimension} - _PLAIN_TEXT
    return frozenset(optional | (_FIRST_BUT_DIMENSION & {next(iter(hints))}))


def _scale(hint: Any) -> int | None:
    scales = {Seconds: 1000, Money: 100, Score: 100, Whole: 1}
    return next((scale for kind, scale in scales.items() if hint == kind), None)


TYPES: dict[str, type[Event]] = {type_of(event): event for events in EVENTS_OF_TOPIC.values() for event in events}
"""Event struct by type; its `data` is a struct too."""

TOPIC_OF_TYPE: dict[str, str] = {type_of(event): topic for topic, events in EVENTS_OF_TOPIC.items() for event in events}

OWN_TYPES: dict[str, type[Event]] = {type_of(event): event for event in misdated.EVENTS}
"""Event struct by type, of those that ingest makes itself: a catalogue may count them, no topic brings them."""

DATA: dict[str, type[Data]] = {name: _data_of(event) for name, event in (TYPES | OWN_TYPES).items()}
"""Struct of `data` by type. This and what follows know our own types as well."""

FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(field.name for field in msgspec.structs.fields(data)) for name, data in DATA.items()
}
"""All fields of `data` by type, dimensions included."""

DIMENSIONS: dict[str, frozenset[str]] = {name: _dimensions(data) for name, data in DATA.items()}
"""The fields of `data` that scopes can be made of, by type."""

TOPIC = "topic"
"""A dimension of every event that is no field of its data: the topic it came by."""

_HINTS = [
    (name, field, hint)
    for name, data in DATA.items()
    for field, hint in get_type_hints(data, include_extras=True).items()
]

TIME_FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(field for of, field, hint in _HINTS if of == name and hint == Time) for name in DATA
}
"""The fields of `data` that are times, by type."""

FLAG_FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(field for of, field, hint in _HINTS if of == name and hint == Flag) for name in DATA
}
"""The fields of `data` that are true or false, by type."""

SCALES: dict[str, dict[str, int]] = {
    name: {field: scale for of, field, hint in _HINTS if of == name and (scale := _scale(hint))} for name in DATA
}
"""The numeric fields of `data` by type, with the factor by which sums keep them as integers: seconds 1000 (ms),
money and scores 100 (hundredths), whole numbers 1."""

TEXT_FIELDS: dict[str, frozenset[str]] = {
    name: fields - TIME_FIELDS[name] - FLAG_FIELDS[name] - SCALES[name].keys() for name, fields in FIELDS.items()
}
"""The fields of `data` that are text, by type: dimensions, and what names a case. Empty text is absent."""
