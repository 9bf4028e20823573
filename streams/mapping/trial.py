"""A mapping tried on payloads: events as lines of an events file, counts, and the fields that nothing reads."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from streams.events.vocabulary import type_of
from streams.mapping.failure import MappingError
from streams.mapping.unread import UnreadFields

if TYPE_CHECKING:
    from streams.events.fields import Event
    from streams.events.vocabulary import Vocabulary
    from streams.mapping.mapper import RecordMapper

_encode = msgspec.json.Encoder().encode


class MappingTrial:
    """Tries payloads one after the other.

    Attributes:
        payloads, events, ignored, dead_letters: how many there were.
        unread: the fields that no expression reads.

    """

    def __init__(self, mapper: RecordMapper, vocabulary: Vocabulary) -> None:
        self._mapper = mapper
        self._topic_of = vocabulary.topic_of
        self.unread = UnreadFields(mapper.reads)
        self.payloads = self.events = self.ignored = self.dead_letters = 0

    def lines(self, body: bytes) -> list[bytes]:
        """The events of one payload, each a line of an events file. Customers are left out. Raises MappingError."""
        self.payloads += 1
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.unread.add(msgspec.json.decode(body))
        try:
            events = self._mapper.events(body)
        except MappingError:
            self.dead_letters += 1
            raise
        self.events += len(events)
        self.ignored += not events
        return [_encode({"topic": self._topic_of[type_of(type(event))], "event": _written(event)}) for event in events]

    @property
    def summary(self) -> str:
        """A sentence of counts."""
        return (
            f"{self.payloads:,} payloads: {self.events:,} events, {self.ignored:,} ignored, "
            f"{self.dead_letters:,} dead letters"
        )


def _written(event: Event) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(event, enc_hook=lambda _: None)  # only customers are no JSON
    data = {name: value for name, value in whole.pop("data").items() if value is not None and value != ""}
    return {name: value for name, value in whole.items() if value is not None} | {"data": data}


def _left_out(_: object) -> None:
    """What is no JSON is a customer."""
