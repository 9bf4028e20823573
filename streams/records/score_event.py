"""A score as a CloudEvent: the value of a record of pharos-scores."""

from __future__ import annotations

from typing import Final

import msgspec
import orjson

from streams.records.decoding import decoder_of
from streams.records.scope import digest
from streams.records.score import Score  # noqa: TC001 - msgspec reads the annotation at run time

TYPE: Final = "pharos.score.updated"
SOURCE: Final = "/pharos/scorecards"


class _Event(msgspec.Struct, frozen=True):
    type: str
    data: Score


_decode = decoder_of(_Event)


def encode(score: Score) -> bytes:
    """The record's value; its key is `Score.key`. The id is the same however often it is written."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": digest([score.key, score.time]),
            "source": SOURCE,
            "type": TYPE,
            "time": score.time,
            "subject": score.key,
            "datacontenttype": "application/json",
            "data": msgspec.to_builtins(score),
        }
    )


def decode(payload: bytes) -> Score:
    """What `encode` wrote. Raises msgspec.DecodeError (or its subclass ValidationError) for anything else."""
    event = _decode(payload)
    if event.type != TYPE:
        raise msgspec.ValidationError(f"`type` is {event.type!r}, not {TYPE}")
    return event.data
