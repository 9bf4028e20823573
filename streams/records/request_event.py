"""A step as a CloudEvent: the value of a record of pharos-actions, and the body of a webhook."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec
import orjson

from streams.events.event_time import event_time_ms
from streams.records.decoding import decoder_of
from streams.records.instant import rfc3339
from streams.records.request import Request, RequestStep, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE: Final = "/pharos/linkage"
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_LARGEST: Final = 256 * 1024
_LONGEST_ID: Final = 200
_PREFIXES: Final = tuple(f'"{stage.value}"'.encode() for stage in Stage)


_STAGES: Final = frozenset(stage.value for stage in Stage)


class Passed(enum.Enum):
    """Why a record is no step."""

    OTHER = enum.auto()  # something else, such as an action taken
    MALFORMED = enum.auto()  # claims to be one


class _Event(msgspec.Struct, frozen=True):
    type: Stage
    source: str
    time: str
    subject: str
    data: Request


class _Claim(msgspec.Struct, frozen=True):
    type: str


_decode = decoder_of(_Event)
_decode_claim = decoder_of(_Claim)


def encode(step: RequestStep, further: Mapping[str, Any] = NOTHING) -> bytes:
    """The record's value; its key is the fingerprint, so that a step and what people say of it keep their order.

    `further`: what a webhook gets in `data` beside it, as JSON knows it.
    """
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": step.id,
            "source": SOURCE,
            "type": step.stage.value,
            "time": rfc3339(step.time),
            "subject": step.fingerprint,
            "datacontenttype": "application/json",
            "data": {**msgspec.to_builtins(step.data), **further},
        }
    )


def read_step(value: bytes | None) -> RequestStep | Passed:
    """What `encode` wrote."""
    if not value or len(value) > _LARGEST or not any(prefix in value for prefix in _PREFIXES):
        return Passed.OTHER
    try:
        event = _decode(value)
    except msgspec.DecodeError:
        return Passed.MALFORMED if _claims(value) else Passed.OTHER
    time = event_time_ms(event.time)
    if time is None or not event.subject or max(len(event.subject), len(event.data.request)) > _LONGEST_ID:
        return Passed.MALFORMED
    step = RequestStep(event.type, event.subject, time, event.data)
    return step if _can_be_written(step) else Passed.MALFORMED


def _can_be_written(step: RequestStep) -> bool:
    """Numbers that only Python knows, and halves of characters, would stop whoever passes the step on."""
    try:
        encode(step)
    except orjson.JSONEncodeError:
        return False
    return True


def _claims(value: bytes) -> bool:
    try:
        return _decode_claim(value).type in _STAGES
    except msgspec.DecodeError:
        return False
