"""A record of Kafka as a line of an events file, such that a backtest decides about it as a worker did."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import orjson

from streams.events.binary_mode import PREFIX, is_binary
from streams.offline.events_file import EventsFileError, record
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Collection

    from streams.events.binary_mode import Headers

_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")  # JSON has them between its parts only
_syntax = msgspec.json.Decoder(msgspec.Raw).decode


class KafkaRecord(NamedTuple):
    """What the brokers have of it. `at_ms` is its time stamp; -1 where it has none."""

    topic: str
    partition: int
    offset: int
    at_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    @property
    def is_binary(self) -> bool:
        """Whether it is a CloudEvent in binary mode: then the attributes are its headers, and the value is the data."""
        return is_binary(self.headers)


class LineMaker:
    """Writes lines. What a line says of the partition depends on how many the topics have.

    Args:
        event_topics: those whose records are CloudEvents; of others the records stand as they are.
        partitions: by topic.

    """

    def __init__(self, event_topics: Collection[str], partitions: dict[str, int]) -> None:
        self._event_topics = frozenset(event_topics)
        self._partitions = partitions

    def line(self, found: KafkaRecord, at_ms: int) -> bytes:
        """One line, its end included.

        Args:
            found: the record.
            at_ms: its time of ingest.

        """
        text = _without_partition(found, at_ms, "event" if found.topic in self._event_topics else "record")
        placed = _placed(text, found, self._partitions)
        if placed is None:  # nobody could read it so: nested too deeply, or a text that is none
            text = _without_partition(found, at_ms, "record_base64")
            placed = _placed(text, found, self._partitions)
        if placed != found.partition:
            text = text[:-1] + b',"partition":%d}' % found.partition
        return text + b"\n"


def _without_partition(found: KafkaRecord, at_ms: int, form: str) -> bytes:
    value = None if form == "record_base64" else _json(found.value)
    if value is None:
        form = "record_base64"
        value = b"null" if found.value is None else orjson.dumps(base64.b64encode(found.value).decode())
    parts = [b'{"topic":', orjson.dumps(found.topic), b',"', form.encode(), b'":', value]
    parts += [b',"at":', orjson.dumps(rfc3339(at_ms))]
    if found.key:
        name, key = _text_of(found.key)
        parts += [b',"', name, b'":', orjson.dumps(key)]
    if found.is_binary:
        headers = {name: _text(text or b"") or "" for name, text in found.headers if name.startswith(PREFIX)}
        parts += [b',"headers":', orjson.dumps(headers)]
    return b"".join((*parts, b"}"))


def _json(value: bytes | None) -> bytes | None:
    """The value on one line; None where it is no JSON."""
    if not value or _text(value) is None:
        return None
    try:
        return bytes(_syntax(value)).strip().translate(_ONE_LINE) or None
    except (msgspec.DecodeError, RecursionError):
        return None


def _placed(text: bytes, found: KafkaRecord, partitions: dict[str, int]) -> int | None:
    """Where a backtest would put a line; None where it could not read it."""
    try:
        return record(text, 1, "", topics=(found.topic,)).partition(partitions[found.topic])
    except EventsFileError:
        return None


def _text_of(key: bytes) -> tuple[bytes, str]:
    text = _text(key)
    return (b"key", text) if text is not None else (b"key_base64", base64.b64encode(key).decode())


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
