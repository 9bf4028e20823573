"""A record of pharos-single-events: an event that a rule of the setting `on` is about, and what names its case.

It is a CloudEvent. What leads to a person (orders, customers) stands in `ids` and nowhere else.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import orjson
from msgspec import Meta

from streams.events.event_time import event_time_ms
from streams.records.decoding import decoder_of
from streams.records.instant import rfc3339
from streams.records.scope import digest

TYPE: Final = "pharos.event.matched"
SOURCE: Final = "/pharos/ingest"
_LARGEST: Final = 256 * 1024


class SingleEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event and one rule.

    Attributes:
        event_source, event_id: the identity of the event.
        time: of the event, ms since the epoch.
        scope: store, queue and role, those that it has.
        ids: fields of `data` that name a case, and the hash of the customer.

    """

    rule: str
    event_type: str
    event_source: str
    event_id: str
    time: int
    scope: dict[str, str] = {}
    ids: dict[str, str] = {}

    @property
    def request(self) -> str:
        """The id of what is asked for: the same however often the event is sent and read."""
        return digest(["on", self.rule, self.event_source, self.event_id])


class SingleEventData(msgspec.Struct, frozen=True):
    """`data` of the record, as `SingleEvent` has it."""

    rule: str
    event_type: Annotated[str, Meta(min_length=1)]
    event_source: str
    event_id: str
    scope: dict[str, str] = {}
    ids: dict[str, str] = {}


class _Event(msgspec.Struct, frozen=True):
    type: str
    time: str
    data: SingleEventData


_decode = decoder_of(_Event)


def encode(event: SingleEvent) -> bytes:
    """The value of the record."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": event.request,
            "source": SOURCE,
            "type": TYPE,
            "time": rfc3339(event.time),
            "subject": event.rule,
            "datacontenttype": "application/json",
            "data": {
                "rule": event.rule,
                "event_type": event.event_type,
                "event_source": event.event_source,
                "event_id": event.event_id,
                "scope": event.scope,
                "ids": event.ids,
            },
        }
    )


def read_single_event(value: bytes | None) -> SingleEvent | None:
    """What `encode` wrote; None for anything else."""
    if not value or len(value) > _LARGEST:
        return None
    try:
        event = _decode(value)
    except msgspec.DecodeError:
        return None
    time = event_time_ms(event.time)
    if event.type != TYPE or time is None:
        return None
    data = event.data
    return SingleEvent(
        rule=data.rule,
        event_type=data.event_type,
        event_source=data.event_source,
        event_id=data.event_id,
        time=time,
        scope=data.scope,
        ids=data.ids,
    )
