"""Every type of event that can be read: our own, and those that a catalogue declares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from streams.events.declaration import EventDeclaration, kinds_of, new_data, new_event, own_declarations
from streams.events.fields import SCALE, TEXTS, Kind
from streams.events.misdated import MISDATED_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.events.fields import Data, Event

TOPIC: Final = "topic"
"""A dimension of every event that is no field of its data: the topic it came by."""


def type_of(event: type[Event]) -> str:
    """The CloudEvents type of an event struct."""
    return str(event.__struct_config__.tag)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What is known of each type of event.

    Attributes:
        types: the struct of an event, by type: those that topics bring.
        topic_of: the topic, by type.
        own: the structs of what ingest says itself, by type: a catalogue may count them, no topic brings them.
        kinds: the kind of each field of `data`, by type; of `own` as well, as all that follows.

    """

    types: Mapping[str, type[Event]]
    topic_of: Mapping[str, str]
    own: Mapping[str, type[Event]]
    kinds: Mapping[str, Mapping[str, Kind]]

    @classmethod
    def of(cls, declared: Iterable[EventDeclaration] = ()) -> Vocabulary:
        """Our own types and those declared, of which it must be known that they are right."""
        structs: dict[str, type[Data]] = {}
        types: dict[str, type[Event]] = {}
        topics: dict[str, str] = {}
        kinds: dict[str, Mapping[str, Kind]] = {type_of(event): fields for event, fields in MISDATED_KINDS.items()}
        own = {type_of(event): event for event in MISDATED_KINDS}
        for declaration in (*own_declarations(), *declared):
            name = declaration.type
            data = structs.get(declaration.data) or new_data(declaration)
            if declaration.data:
                structs[declaration.data] = data
            types[name] = new_event(declaration, data)
            topics[name] = declaration.topic
            kinds[name] = kinds_of(declaration)
        return cls(types, topics, own, kinds)

    @cached_property
    def topics(self) -> dict[str, tuple[type[Event], ...]]:
        """The structs of the events that a topic brings."""
        found: dict[str, tuple[type[Event], ...]] = {}
        for name, topic in self.topic_of.items():
            found[topic] = (*found.get(topic, ()), self.types[name])
        return found

    @cached_property
    def data(self) -> dict[str, type[Data]]:
        """The struct of `data`, by type."""
        return {name: _data_of(event) for name, event in {**self.types, **self.own}.items()}

    @cached_property
    def fields(self) -> dict[str, frozenset[str]]:
        """All fields of `data`, by type."""
        return {name: frozenset(kinds) for name, kinds in self.kinds.items()}

    @cached_property
    def dimensions(self) -> dict[str, frozenset[str]]:
        """The fields that scopes can be made of, by type."""
        return self._of(Kind.DIMENSION)

    @cached_property
    def time_fields(self) -> dict[str, frozenset[str]]:
        """The fields that are times, by type."""
        return self._of(Kind.TIME)

    @cached_property
    def flag_fields(self) -> dict[str, frozenset[str]]:
        """The fields that are true or false, by type."""
        return self._of(Kind.FLAG)

    @cached_property
    def text_fields(self) -> dict[str, frozenset[str]]:
        """The fields that are text, by type: dimensions, and what names a case. Empty text is absent."""
        return self._of(*TEXTS)

    @cached_property
    def scales(self) -> dict[str, dict[str, int]]:
        """The fields that are numbers, by type, with the factor by which sums keep them as integers."""
        return {
            name: {field: SCALE[kind] for field, kind in kinds.items() if kind in SCALE}
            for name, kinds in self.kinds.items()
        }

    @cached_property
    def all_dimensions(self) -> frozenset[str]:
        """Those of any type, and the topic."""
        return frozenset({TOPIC}).union(*self.dimensions.values())

    def _of(self, *wanted: Kind) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(field for field, kind in kinds.items() if kind in wanted)
            for name, kinds in self.kinds.items()
        }


def _data_of(event: type[Event]) -> type[Data]:
    (data,) = (field.type for field in msgspec.structs.fields(event) if field.name == "data")
    return data  # type: ignore[no-any-return]


SHIPPED: Final = Vocabulary.of()
"""Our own types alone."""
