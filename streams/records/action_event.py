"""An action as a CloudEvent: the value of a record of pharos-actions, whoever wrote it."""

from __future__ import annotations

import enum

import msgspec
import orjson

from streams.events.event_time import event_time_ms
from streams.records.action import LONGEST_NAME, LONGEST_NOTE, TYPE, Action, ActionRecord, SilenceDeed
from streams.records.decoding import decoder_of
from streams.records.instant import rfc3339

SOURCE = "/pharos/api"
LARGEST = 64 * 1024
_LONGEST_ID = 200
_MOST_RECEIVERS = 100  # that one record names: its length is no bound for what 20,000 of them hold


class Unread(enum.StrEnum):
    """Why a record is passed over, with what its sender has to correct."""

    EMPTY = "a record needs a value"
    TOO_LARGE = f"a record may have {LARGEST} bytes, and source, id and subject {_LONGEST_ID} characters each"
    NO_CLOUDEVENT = "a record is a CloudEvent in JSON with id, source, type, time and data"
    OTHER_TYPE = f"the type must be {TYPE}"
    NO_SUBJECT = "the subject must be the fingerprint of an anomaly, or silence/ID"
    NO_TIME = "the time must be RFC 3339"
    NO_ACTION = "data needs an `action` that is a text, and its other fields must be texts"


class _Event(msgspec.Struct, frozen=True):
    id: str
    source: str
    type: str
    time: str
    data: msgspec.Raw = msgspec.Raw()
    subject: str = ""


_decode = decoder_of(_Event)
_decode_data = decoder_of(Action)


def encode(taken: ActionRecord) -> bytes:
    """The record's value; its key is the fingerprint, so that the actions of an anomaly keep their order."""
    times = {
        "until": taken.until,
        "detected_at": taken.detected_at,
        "started_at": taken.started_at,
        "ended_at": taken.ended_at,
        "begins": taken.begins,
    }
    texts = {
        "verdict": taken.verdict,
        "severity": taken.severity,
        "request": taken.request,
        "assignee": taken.assignee,
    }
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": taken.id,
            "source": taken.source,
            "type": TYPE,
            "time": rfc3339(taken.time),
            "subject": taken.fingerprint,
            "datacontenttype": "application/json",
            "data": {
                "action": taken.action,
                "actor": taken.actor,
                "note": taken.note,
                **{name: rfc3339(time) for name, time in times.items() if time is not None},
                **{name: text for name, text in texts.items() if text is not None},
                **({"receivers": taken.receivers} if taken.receivers else {}),
                **({"matchers": taken.matchers} if taken.matchers else {}),
                **({"end_on_resolve": True} if taken.end_on_resolve else {}),
            },
        }
    )


def read_action(value: bytes | None) -> ActionRecord | Unread:
    """What `encode` or a business system wrote; texts that are too long for a time line are cut off."""
    if not value:
        return Unread.EMPTY
    if len(value) > LARGEST:
        return Unread.TOO_LARGE
    try:
        event = _decode(value)
    except msgspec.DecodeError:
        return Unread.NO_CLOUDEVENT
    if event.type != TYPE:
        return Unread.OTHER_TYPE
    return _taken(event)


def _taken(event: _Event) -> ActionRecord | Unread:
    if not event.subject:
        return Unread.NO_SUBJECT
    if max(len(event.source), len(event.id), len(event.subject)) > _LONGEST_ID:
        return Unread.TOO_LARGE
    time = event_time_ms(event.time)
    if time is None:
        return Unread.NO_TIME
    try:
        data = _decode_data(event.data)
    except msgspec.DecodeError:
        return Unread.NO_ACTION
    return ActionRecord(
        source=event.source,
        id=event.id,
        fingerprint=event.subject,
        time=time,
        action=data.action[:LONGEST_NAME],
        actor=data.actor[:LONGEST_NAME],
        note=data.note[:LONGEST_NOTE],
        until=_time_of(data.until),
        verdict=_short(data.verdict),
        detected_at=_time_of(data.detected_at),
        started_at=_time_of(data.started_at),
        ended_at=_time_of(data.ended_at),
        severity=_short(data.severity),
        request=_short(data.request),
        assignee=_short(data.assignee),
        receivers=tuple(name[:LONGEST_NAME] for name in (data.receivers or ())[:_MOST_RECEIVERS]),
        matchers=tuple(data.matchers or ()) if data.action == SilenceDeed.SILENCE else (),
        begins=_time_of(data.begins),
        end_on_resolve=data.end_on_resolve,
    )


def _time_of(text: str | None) -> int | None:
    return None if text is None else event_time_ms(text)


def _short(text: str | None) -> str | None:
    return None if text is None else text[:LONGEST_NAME]
