"""How the records of a topic become events: they are events of ours, or a mapping makes events of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.events.dead_letter import Reason, RejectedError, Rejection
from streams.events.decoder import TopicDecoder, Unlisted
from streams.ingest.mapped_reader import MappedReader
from streams.ingest.reader import Reader
from streams.ingest.row_writer import WrongTimeError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from streams.events.customer import CustomerKey
    from streams.events.fields import Event
    from streams.events.record_mapper import RecordMapper
    from streams.events.vocabulary import Vocabulary
    from streams.ingest.codes import Codes
    from streams.ingest.reader import Refuse
    from streams.ingest.row_writer import RowsOf
    from streams.ingest.selection import Selection

AnyReader = Reader | MappedReader


class SourceEvents:
    """Of one topic.

    Attributes:
        structs: of the events that it can bring.
        mapped: whether a mapping makes them.

    """

    def __init__(self, topic: str, vocabulary: Vocabulary, mapper: RecordMapper | None, customers: CustomerKey) -> None:
        """Raises KeyError for a topic that is neither mapped nor of the vocabulary."""
        self.structs: tuple[type[Event], ...]
        self.mapped = mapper is not None
        self._mapper = mapper
        if mapper is None:
            self._decoder = TopicDecoder(topic, vocabulary, customers)
            self.structs = vocabulary.topics[topic]
        else:
            self.structs = tuple(vocabulary.types[kind] for kind in sorted(mapper.types))

    def new_reader(
        self,
        rows_of: RowsOf,
        refuse: Refuse,
        ignore: Callable[[int, int, bytes | None], None],
        codes: Collection[Codes] = (),
        selection: Selection | None = None,
    ) -> AnyReader:
        """A reader that hands the events to `rows_of`; see there for the arguments."""
        if self._mapper is not None:
            return MappedReader(self._mapper, rows_of, refuse, ignore, codes, selection)
        return Reader(self._decoder.decode, rows_of, refuse, codes, selection)

    def explain(self, value: bytes, error: Exception) -> Unlisted | Rejection:
        """What a record is that could not be read: an event of an unlisted type, or a dead letter."""
        if isinstance(error, RejectedError):
            return error.rejection
        if isinstance(error, WrongTimeError):
            return Rejection(Reason.WRONG_FIELD, f"{error} is not RFC 3339")
        if self._mapper is not None:
            return Rejection(Reason.MAPPING_FAILED, f"{type(error).__name__}: a fault of ours")
        return self._decoder.explain(value)
