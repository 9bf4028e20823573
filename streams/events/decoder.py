"""From the bytes of a record to a typed event, or to the reason why there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, Union

import msgspec

from streams.events.customer import NOBODY, CustomerKey
from streams.events.dead_letter import Reason, Rejection
from streams.events.event_time import event_time_ms
from streams.events.fields import Name  # noqa: TC001 - msgspec reads it at run time
from streams.events.vocabulary import SHIPPED, type_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary

_place = re.compile(r"`(\$[^`]*)`$")
_missing = re.compile(r"missing required field `(\w+)`")
_syntax = msgspec.json.Decoder(msgspec.Raw)


class _Attributes(msgspec.Struct):
    """What every CloudEvent has or may have, whatever its type."""

    id: Name
    source: Name
    type: Name
    specversion: Literal["1.0"]
    time: str | None = None
    subject: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None


_attributes = msgspec.json.Decoder(_Attributes)


class Unlisted(msgspec.Struct):
    """A CloudEvent of a type that its topic does not list. `time` is ms since the epoch, None where it has none."""

    time: int | None


class TopicDecoder:
    """Decodes the records of one topic.

    `decode` is the fast way: it returns an event or raises, and leaves times as texts. `explain` says what a record is
    for which `decode` raised; it never raises.
    """

    def __init__(self, topic: str, vocabulary: Vocabulary = SHIPPED, customers: CustomerKey = NOBODY) -> None:
        """Raises KeyError for an unknown topic. `customers` hashes those that events name."""
        events = vocabulary.topics[topic]
        self._types = frozenset(type_of(event) for event in events)
        decoder = msgspec.json.Decoder(_union(events), dec_hook=customers.decode)
        self.decode: Callable[[bytes], Event] = decoder.decode

    def explain(self, value: bytes) -> Unlisted | Rejection:
        """What a record is that `decode` refused: an event of an unlisted type or a dead letter."""
        try:
            return self._explain(value)
        except RecursionError:
            return Rejection(Reason.NOT_JSON, "nested too deeply")
        except UnicodeDecodeError:
            return Rejection(Reason.NOT_JSON, "not UTF-8")
        except msgspec.ValidationError as error:
            return _rejection(str(error))
        except msgspec.DecodeError:
            return Rejection(Reason.NOT_JSON, "not JSON")

    def _explain(self, value: bytes) -> Unlisted | Rejection:
        value.decode()
        _syntax.decode(value)
        attributes = _attributes.decode(value)
        if attributes.type in self._types:
            self.decode(value)
            return Rejection(Reason.WRONG_FIELD, "$ decodes but was refused: a fault of ours")
        if attributes.time is None:
            return Unlisted(None)
        time = event_time_ms(attributes.time)
        return Rejection(Reason.NOT_CLOUDEVENT, "$.time is not RFC 3339") if time is None else Unlisted(time)


def _rejection(message: str) -> Rejection:
    found = _place.search(message)
    place = found.group(1) if found else "$"
    missing = _missing.search(message)
    if missing:
        absent = f"{place}.{missing.group(1)}"
        listed = absent == "$.time" or absent.startswith("$.data")
        return Rejection(Reason.MISSING_ATTRIBUTE if listed else Reason.NOT_CLOUDEVENT, f"{absent} is missing")
    inside = place == "$.time" or place.startswith("$.data")
    return Rejection(Reason.WRONG_FIELD if inside else Reason.NOT_CLOUDEVENT, f"{place} has the wrong type or range")


def _union(events: tuple[type[Event], ...]) -> Any:
    return Union[events]  # noqa: UP007 - built from a tuple at run time
