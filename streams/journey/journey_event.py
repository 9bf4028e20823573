"""An event on a journey: what it says in fields that may be shown, and nothing that could be free text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from streams.events.event_time import event_time_ms
from streams.events.fields import Kind
from streams.events.long_text import shortened
from streams.events.vocabulary import type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary

ORDER: Final = "order_id"
_HIDDEN: Final = frozenset({Kind.TEXT, Kind.CUSTOMER})  # a text may hold anything; a customer is never written out
_SAFE_TEXTS: Final = frozenset({"handled_by"})  # bot or human


class JourneyEvent(NamedTuple):
    """An event with what it says.

    Attributes:
        time: ms since the epoch.
        case: the field that names what the event is about, such as parcel_id.
        fields: what is said, by field; times in ms, durations in seconds, money in the shop's currency.
        kinds: what each field of the type holds.
        tie: the order of events of the same time: the usual order of types, then source and id.

    """

    type: str
    topic: str
    time: int
    case: str
    fields: Mapping[str, Any]
    kinds: Mapping[str, Kind]
    tie: tuple[int, str, str]

    def ids(self) -> dict[str, str]:
        """The ids that it names, by field."""
        return {field: value for field, value in self.fields.items() if self.kinds[field] is Kind.ID}

    def dimensions(self) -> dict[str, str]:
        """The dimensions that it bears."""
        return {field: value for field, value in self.fields.items() if self.kinds[field] is Kind.DIMENSION}


def journey_event(event: Event, topic: str, vocabulary: Vocabulary) -> JourneyEvent | None:
    """The event as a journey has it; None where its time is none. Times that are none are left out."""
    time = event_time_ms(event.time)
    if time is None:
        return None
    name = type_of(type(event))
    kinds = vocabulary.kinds[name]
    fields = {
        field: value
        for field, kind in kinds.items()
        if kind not in _HIDDEN or field in _SAFE_TEXTS
        if (value := _said(kind, getattr(event.data, field, None))) not in (None, "")
    }
    tie = list(vocabulary.kinds).index(name), event.source, event.id
    return JourneyEvent(name, topic, time, next(iter(kinds)), fields, kinds, tie)


def _said(kind: Kind, value: Any) -> Any:
    if isinstance(value, str):
        return event_time_ms(value) if kind is Kind.TIME else shortened(value)
    return value
