"""events.jsonl: one record a line as `{"topic","event","at"?,"key"?}`, after an optional `{"scenario":{...}}`.

Instead of "event" a line may hold "record" (of a mapped topic: any JSON) or "record_base64" (what is no JSON; null for
a record without a value). "partition", "headers" and "key_base64" stand where a recording needs them (docs/connect.md).
"""

from __future__ import annotations

import codecs
import gzip
from contextlib import closing
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self, cast

import msgspec
import orjson

from streams.events.event_time import event_time_ms
from streams.offline.damage import UNREADABLE, damage
from streams.settings.errors import FAILED, InputError
from streams.settings.located_yaml import suggestion
from streams.settings.settings import SOURCE_TOPICS
from streams.topics.placement import partition_of_key

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator
    from pathlib import Path

    from streams.events.binary_mode import Headers


class EventsFileError(InputError):
    """A mistake in an events file: `file:line: what; what to do`."""

    def __init__(self, file: str, line: int, what: str) -> None:
        self.file, self.line, self.what = file, line, what
        super().__init__(f"{file}:{line}: {what}" if line else f"{file}: {what}")


class UnwritableError(EventsFileError):
    """An events file that cannot be written."""

    exit_code = FAILED


class Line(NamedTuple):
    """One record.

    Attributes:
        topic: one of the topics that are known.
        event: the record's value, the very bytes of the file; None for a tombstone.
        at_ms: time of ingest in ms since the epoch, the record's Kafka timestamp.
        key: the Kafka key: the one given, else the event's subject; None where both are empty.
        name: what decides the partition: the key, else the subject, else the id.
        headers: of a CloudEvent in binary mode.
        placed: the partition that the line asks for, whatever `name` is.
        number: of the line in its file; 0 for what comes from no file.

    """

    topic: str
    event: bytes | None
    at_ms: int
    key: bytes | None
    name: bytes
    headers: Headers = ()
    placed: int | None = None
    number: int = 0

    def partition(self, partitions: int) -> int:
        """The one it asks for where the topic has that, else by murmur2 of `name` (docs/semantics.md)."""
        if self.placed is not None and self.placed < partitions:
            return self.placed
        return partition_of_key(self.name, partitions)


class _RawLine(msgspec.Struct, gc=False):
    topic: str | None = None
    event: msgspec.Raw = msgspec.Raw()
    record: msgspec.Raw = msgspec.Raw()
    record_base64: bytes | msgspec.UnsetType | None = msgspec.UNSET
    at: str | None = None
    key: str | None = None
    key_base64: bytes | None = None
    headers: dict[str, str] = {}
    partition: Annotated[int, msgspec.Meta(ge=0)] | None = None
    scenario: dict[str, Any] | None = None


class _Head(msgspec.Struct, gc=False):
    """What is read of an event here; of any type, because malformed events are records too."""

    id: Any = None
    subject: Any = None
    time: Any = None


_decode_line = msgspec.json.Decoder(_RawLine).decode
_decode_head = msgspec.json.Decoder(_Head).decode
_NO_HEAD = _Head()
_NEVER = -(2**62)
_LONGEST_LINE = 16 * 1024 * 1024  # Kafka takes a megabyte, unless it is configured to take more
_LONGEST_SHOWN = 60


def read(path: Path, topics: Collection[str] = SOURCE_TOPICS) -> tuple[dict[str, Any], Iterator[Line]]:
    """The scenario of the first line ({} where there is none) and the records, in the order of the file.

    `.gz` is unpacked. A record without `at` and without a readable time has the time of the record before it. Raises
    EventsFileError at once when the file cannot be opened or its first line is wrong, later from the iterator.

    Args:
        path: of the file.
        topics: those that a line may name.

    """
    with closing(_numbered(path)) as lines:
        number, raw = next(lines, (0, b"{}"))
    scenario = _parse(raw, number, str(path)).scenario
    return scenario or {}, _records(path, 0 if scenario is None else number, topics)


def record(
    raw: bytes, number: int, file: str, before_ms: int = _NEVER, topics: Collection[str] = SOURCE_TOPICS
) -> Line:
    """The record of one line of text. `before_ms` stands in for a time that is missing. Raises EventsFileError."""
    parsed = _parse(raw, number, file)
    topic = parsed.topic
    if topic is None or topic not in topics:
        if parsed.scenario is not None:
            raise EventsFileError(file, number, "a scenario belongs into the first line; move it there")
        named = (topic or "")[:_LONGEST_SHOWN]
        raise EventsFileError(file, number, f'"topic" is {named!r}{suggestion(named, topics)}')
    event, head = bytes(parsed.event), _NO_HEAD
    value: bytes | None = event
    if parsed.record_base64 is not msgspec.UNSET:
        value = parsed.record_base64
    elif not event and not (value := bytes(parsed.record)):
        raise EventsFileError(file, number, '"event" is missing; a line is {"topic":"orders","event":{...}}')
    if parsed.headers:
        head = _Head(*(parsed.headers.get(f"ce_{name}") for name in ("id", "subject", "time")))
    elif event:
        head = _head_of(event)
    at = head.time if parsed.at is None else parsed.at
    at_ms = event_time_ms(at) if isinstance(at, str) else None
    if at_ms is None:
        if parsed.at is not None:
            shown = parsed.at[:_LONGEST_SHOWN]
            raise EventsFileError(file, number, f'"at" is {shown!r}: write RFC 3339, as 2026-11-11T00:00:00+08:00')
        if before_ms == _NEVER:
            raise EventsFileError(file, number, 'the first record has no readable time; give it "at"')
        at_ms = before_ms
    subject = head.subject if isinstance(head.subject, str) else ""
    key = parsed.key_base64 or _bytes(parsed.key or subject)
    name = key or _bytes(head.id if isinstance(head.id, str) else "")
    headers = tuple((header, text.encode()) for header, text in parsed.headers.items()) if parsed.headers else ()
    return Line(topic, value, at_ms, key or None, name, headers, parsed.partition, number)


def _head_of(event: bytes) -> _Head:
    try:
        return _decode_head(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _NO_HEAD


class EventsWriter:
    """Writes an events file; `.gz` is packed. Use it in a `with` statement."""

    def __init__(self, path: Path, scenario: dict[str, Any] | None = None) -> None:
        """Begin the file. Raises EventsFileError where it cannot be written."""
        try:
            self._file = _opened(path, "wb")
        except OSError as error:
            raise UnwritableError(str(path), 0, f"cannot be written ({error.strerror}); choose another --out") from None
        if scenario is not None:
            self._file.write(orjson.dumps({"scenario": scenario}) + b"\n")

    def write(self, topic: str, event: dict[str, Any] | bytes, at: str | None = None, key: str | None = None) -> None:
        """One record; bytes are JSON already."""
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        tail = (b',"at":' + orjson.dumps(at) if at else b"") + (b',"key":' + orjson.dumps(key) if key else b"")
        self.write_line(b'{"topic":"' + topic.encode() + b'","event":' + body + tail + b"}\n")

    def write_line(self, line: bytes) -> None:
        """A line as it is, its end included."""
        self._file.write(line)

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(path: Path, mode: Literal["rb", "wb"]) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, mode, 5))
    return path.open(mode, 1 << 20)


def _numbered(path: Path) -> Generator[tuple[int, bytes], None, None]:
    """The lines that are not blank, with their numbers; ends the file when closed."""
    try:
        with _opened(path, "rb") as file:
            for number, raw in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1):
                if len(raw) >= _LONGEST_LINE:
                    raise EventsFileError(str(path), number, f"is longer than {_LONGEST_LINE:,} bytes; remove it")
                line = _marked(raw, str(path)) if number == 1 else raw
                if line and not line.isspace():
                    yield number, line
    except UNREADABLE as error:
        raise EventsFileError(str(path), 0, damage(error)) from None


def _marked(raw: bytes, file: str) -> bytes:
    """The first line without the mark that some editors put before UTF-8. Raises EventsFileError for UTF-16."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise EventsFileError(file, 0, "is UTF-16 text; save it as UTF-8")
    return raw.removeprefix(codecs.BOM_UTF8)


def _records(path: Path, scenario_line: int, topics: Collection[str]) -> Iterator[Line]:
    name = str(path)
    before = _NEVER
    with closing(_numbered(path)) as lines:
        for number, raw in lines:
            if number != scenario_line:
                line = record(raw, number, name, before, topics)
                before = line.at_ms
                yield line


def _parse(raw: bytes, number: int, file: str) -> _RawLine:
    try:
        return _decode_line(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = 'a line is {"topic":"orders","event":{...}}'
        raise EventsFileError(file, number, f"cannot be understood: {error}; {hint}") from None
    except RecursionError:
        raise EventsFileError(file, number, "cannot be understood: it is nested too deeply; remove it") from None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
