"""A transition as a CloudEvent: the value of a record of pharos-anomalies and pharos-anomaly-state."""

from __future__ import annotations

import msgspec
import orjson

from streams.events.event_time import event_time_ms
from streams.records.anomaly import Anomaly, Change, Transition, Why
from streams.records.decoding import decoder_of
from streams.records.instant import rfc3339

SOURCE = "/pharos/incidents"


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: Change
    time: str
    data: Anomaly
    why: Why = Why.WORSENED
    affected: int = 0


_decode = decoder_of(_Event)


def encode(transition: Transition, source: str = SOURCE) -> bytes:
    """The record's value; its key is `key(transition)`.

    `time` is the tick: event time, not the wall clock. `why` and `affected` are extension attributes of CloudEvents:
    the fields of `data` stand in docs/asyncapi.yaml.
    """
    data = msgspec.to_builtins(transition.anomaly)
    affected = data.pop("affected")
    if data["level"] is None:
        del data["level"]
    if data["staffing"] is None:
        del data["staffing"]
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": transition.id,
            "source": source,
            "type": transition.change.value,
            "time": rfc3339(transition.time),
            "subject": transition.anomaly.fingerprint,
            "datacontenttype": "application/json",
            "why": transition.why.value,
            "affected": affected,
            "data": data,
        }
    )


def key(transition: Transition) -> bytes:
    """All transitions of an anomaly lie in one partition, in order, and compact to the last."""
    return transition.anomaly.fingerprint.encode()


def decode(payload: bytes) -> Transition:
    """What `encode` wrote. Raises msgspec.DecodeError (or its subclass ValidationError) for anything else."""
    event = _decode(payload)
    time = event_time_ms(event.time)
    if time is None:
        raise msgspec.ValidationError(f"`time` is not RFC 3339: {event.time!r}")
    anomaly = msgspec.structs.replace(event.data, affected=event.affected)
    return Transition(event.id, event.type, time, anomaly, event.why)
