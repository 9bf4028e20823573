"""The types of events that a catalogue declares beside our own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from streams.events.declaration import CUSTOMER, FIELD_NAME, TYPE_NAME, EventDeclaration
from streams.events.fields import DECLARED_KINDS, FIRST_KINDS, Kind
from streams.events.vocabulary import SHIPPED, TOPIC
from streams.settings.fault import Fault
from streams.settings.located_yaml import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.catalogue.metric import Metric
    from streams.catalogue.term import Term
    from streams.events.vocabulary import Vocabulary
    from streams.settings.located_yaml import Document

_TOPIC_NAME: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_MOST_TYPES: Final = 200
_COMPONENTS: Final = ("numerator", "denominator", "exposure")
ALL_TYPES: Final = "*"
_MOST_FIELDS: Final = 60


def declared_events(document: Document) -> tuple[EventDeclaration, ...]:
    """Those under `events`. Raises LocatedError."""
    entries = document.value.get("events", [])
    if not isinstance(entries, list):
        raise document.error(("events",), "a list of types, each with type, topic and fields")
    if len(entries) > _MOST_TYPES:
        raise document.error(("events",), f"declares {len(entries)} types; {_MOST_TYPES} at most")
    declared: list[EventDeclaration] = []
    for index in range(len(entries)):
        declaration = document.convert(("events", index), EventDeclaration, (EventDeclaration,))
        for fault in check_declaration(declaration, declared):
            raise document.error(("events", index, *fault.path), fault.what)
        declared.append(declaration)
    return tuple(declared)


def check_declaration(declaration: EventDeclaration, before: Sequence[EventDeclaration]) -> Iterator[Fault]:
    """All faults of one type; `before`: those declared above it."""
    if not TYPE_NAME.fullmatch(declaration.type) or declaration.type.startswith("pharos."):
        yield Fault(("type",), "write lower-case words joined by a dot, as warehouse.picked; not pharos.*")
    if declaration.type in SHIPPED.types:
        yield Fault(("type",), f"is a type of Pharos; choose another name, as shop.{declaration.type}")
    if any(declaration.type == other.type for other in before):
        yield Fault(("type",), f"{declaration.type} is declared twice; remove one of them")
    if not _TOPIC_NAME.fullmatch(declaration.topic) or declaration.topic.startswith("pharos-"):
        yield Fault(("topic",), "a topic of Kafka that brings these events; not one of Pharos's own, pharos-*")
    if declaration.data:
        yield Fault(("data",), "is for the types of Pharos; remove this key")
    if not declaration.fields:
        yield Fault(("fields",), "give at least the field that names what the event is about, as order_id: id")
        return
    if len(declaration.fields) > _MOST_FIELDS:
        yield Fault(("fields",), f"has {len(declaration.fields)} fields; {_MOST_FIELDS} at most")
    for place, (name, kind) in enumerate(declaration.fields.items()):
        yield from _check_field(name, kind, first=place == 0)


def _check_field(name: str, kind: str, *, first: bool) -> Iterator[Fault]:
    place = ("fields", name)
    if not FIELD_NAME.fullmatch(name):
        yield Fault(place, "write lower-case letters, digits and _, beginning with a letter")
    if name == CUSTOMER:
        yield Fault(place, "every event may name its customer, which is hashed where it is read; remove this field")
    elif name == TOPIC:
        yield Fault(place, "every event has its topic as a dimension; choose another name")
    elif kind not in DECLARED_KINDS:
        yield Fault(place, f'no field is of the kind "{kind}"{suggestion(kind, DECLARED_KINDS)}')
    elif first and kind not in FIRST_KINDS:
        yield Fault(place, "the first field names what the event is about, and is mandatory: make it an id")


def with_declared(metric: Metric, declared: Sequence[EventDeclaration], vocabulary: Vocabulary) -> Metric:
    """The metric, in which `*` is all types of the vocabulary, and the dimensions of declared ones are known."""
    groups = {name: tuple(_spelt_out(term, vocabulary) for term in getattr(metric, name)) for name in _COMPONENTS}
    metric = msgspec.structs.replace(metric, **groups)
    used = {event for terms in metric.written().values() for term in terms for event in term.events}
    found = {
        declaration.type: tuple(name for name, kind in declaration.fields.items() if kind == Kind.DIMENSION)
        for declaration in declared
        if declaration.type in used
    }
    return msgspec.structs.replace(metric, declared=found) if found else metric


def _spelt_out(term: Term, vocabulary: Vocabulary) -> Term:
    return msgspec.structs.replace(term, events=tuple(vocabulary.types)) if term.events == (ALL_TYPES,) else term
