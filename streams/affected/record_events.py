"""The events of a record, as the ingest reads them: one of ours, or what a mapping makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.events.binary_mode import Headers, is_binary, structured
from streams.events.customer import NOBODY
from streams.events.dead_letter import RejectedError
from streams.events.decoder import TopicDecoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.affected.question import Question
    from streams.events.customer import CustomerKey
    from streams.events.fields import Event
    from streams.events.record_mapper import RecordMapper
    from streams.events.vocabulary import Vocabulary


class RecordEvents:
    """Of one topic. A dead letter has no events. `customers` hashes those that events name."""

    def __init__(
        self, topic: str, vocabulary: Vocabulary, mapper: RecordMapper | None, customers: CustomerKey = NOBODY
    ) -> None:
        self._mapper = mapper
        self._decoder = None if mapper is not None else TopicDecoder(topic, vocabulary, customers)

    @property
    def mapped(self) -> bool:
        """Whether a mapping makes the events, so that a record need not hold their words."""
        return self._mapper is not None

    def of(self, value: bytes, headers: Headers = ()) -> Sequence[Event]:
        """Never raises for what a record holds."""
        try:
            if self._decoder is None:
                return [] if self._mapper is None else self._mapper.events(value)
            return [self._decoder.decode(structured(headers, value) if is_binary(headers) else value)]
        except (RejectedError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return []


def topics_asked(question: Question, mappers: Mapping[str, RecordMapper]) -> dict[str, RecordEvents]:
    """Those whose events may be in the question, each with its way of reading."""
    mapped = [topic for topic, mapper in mappers.items() if question.may_come_by(topic, mapper.types)]
    topics = dict.fromkeys((*question.topics, *mapped))
    return {topic: RecordEvents(topic, question.vocabulary, mappers.get(topic)) for topic in topics}
