"""The dead letters of one source partition, with the records as they came."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from streams.events.binary_mode import structured
from streams.events.dead_letter import DeadLetter, Rejection

if TYPE_CHECKING:
    from streams.events.binary_mode import Headers
    from streams.records.batch import RecordBatch


class RefusedRecords:
    """Collects dead letters until they are taken for a flush."""

    def __init__(self, topic: str, partition: int) -> None:
        self._topic = topic
        self._partition = partition
        self._letters: list[DeadLetter] = []
        self._binary: dict[int, tuple[bytes, Headers]] = {}

    def __len__(self) -> int:
        return len(self._letters)

    def values_of(self, batch: RecordBatch, *, mapped: bool) -> list[bytes | None]:
        """The values of a batch, events of ours as in structured mode. Mappings see values as they are."""
        values = list(batch.values)
        self._binary = {}
        for place, (headers, value) in enumerate(zip(batch.headers, batch.values, strict=True)):
            if headers and value is not None:
                self._binary[batch.offsets[place]] = value, headers
                if not mapped:
                    values[place] = structured(headers, value)
        return values

    def add(self, offset: int, value: bytes | None, rejection: Rejection) -> None:
        """One record."""
        original, headers = self._binary.get(offset, (value or b"", ()))
        self._letters.append(DeadLetter(self._topic, self._partition, offset, *rejection, original, headers))

    def since(self, first: int) -> list[DeadLetter]:
        """Those behind the first so many, which it brings into the order of their offsets."""
        letters = self._letters[first:]
        letters.sort(key=attrgetter("offset"))  # those that decode are found after those that do not
        self._letters[first:] = letters
        return letters

    def take(self) -> list[DeadLetter]:
        """All since the last time."""
        letters, self._letters = self._letters, []
        return letters
