"""A type of event as data: the form of `events:` in a catalogue, and of the types that Pharos brings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, cast

import msgspec
import yaml

from streams.events.fields import OPTIONAL, Data, Event, Kind

TYPE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}(?:\.[a-z][a-z0-9_]{0,39}){1,3}")
FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
CUSTOMER: Final = "customer"
OWN_FILE: Final = Path(__file__).with_name("events.yaml")


class EventDeclaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One type of event.

    Attributes:
        type: such as order.paid.
        topic: the Kafka topic that brings it.
        fields: kind by name, as `Kind` has it; the first is mandatory, and names what the event is about.
        title: what it says, in a sentence.
        data: name of the fields in the published schemas, which several types may share; empty: one of its own.
        about: what the fields are known of, in a sentence.

    """

    type: str
    topic: str
    fields: dict[str, str]
    title: str = ""
    data: str = ""
    about: str = ""


class _File(msgspec.Struct):
    events: tuple[EventDeclaration, ...]


def own_declarations() -> tuple[EventDeclaration, ...]:
    """Those that Pharos brings."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML was built with it
    return msgspec.convert(yaml.load(OWN_FILE.read_bytes(), loader), _File).events  # noqa: S506 - a safe loader


def new_data(declaration: EventDeclaration) -> type[Data]:
    """The struct of its `data`, with the customer that every event may name."""
    first, *others = declaration.fields
    kinds = kinds_of(declaration)
    made = msgspec.defstruct(
        declaration.data or f"{class_name(declaration.type)}Data",
        [(first, str), *((name, *OPTIONAL[kinds[name]]) for name in (*others, CUSTOMER))],
        bases=(Data,),
        gc=False,
        namespace={"__doc__": declaration.about or f"What is known of {declaration.type}."},
    )
    return cast("type[Data]", made)


def kinds_of(declaration: EventDeclaration) -> dict[str, Kind]:
    """The kind of every field. Raises ValueError for a kind that is none."""
    return {name: Kind(kind) for name, kind in (declaration.fields | {CUSTOMER: Kind.CUSTOMER}).items()}


def new_event(declaration: EventDeclaration, data: type[Data]) -> type[Event]:
    """The struct of the event itself."""
    made = msgspec.defstruct(
        class_name(declaration.type),
        [("data", data)],
        bases=(Event,),
        tag=declaration.type,
        tag_field="type",
        kw_only=True,
        gc=False,
        namespace={"__doc__": declaration.title or f"An event of type {declaration.type}."},
    )
    return cast("type[Event]", made)


def class_name(kind: str) -> str:
    """What the published schemas call a type of event.

    >>> class_name("parcel.out_for_delivery")
    'ParcelOutForDelivery'
    """
    return "".join(word.capitalize() for word in re.split(r"[._]", kind))
