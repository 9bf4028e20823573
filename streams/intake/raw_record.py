"""The record that a body becomes: unchanged, on the raw topic of its mapping."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from streams.topics.sources import raw_topic

if TYPE_CHECKING:
    from collections.abc import Iterable

_ATTRIBUTE: Final = re.compile(r"ce-([a-z0-9]{1,64})", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"(.*)"', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_IDENTITY: Final = ("ce_source", "ce_id")


class RawRecord(NamedTuple):
    """One record for Kafka. `time_ms`: when the body was received, since the epoch."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    time_ms: int


def raw_record(
    mapping: str, body: bytes, attributes: tuple[tuple[str, bytes], ...], now_ms: int, subject: str = ""
) -> RawRecord:
    """A webhook that is sent again has the same key, so it lands in the same partition, where copies are recognised.

    The key is the subject of its events: what is said of one order in several webhooks may be one and the same event.
    Where that is not known it is a hash of the body, or of `source` and `id` where the headers hold a CloudEvent in
    binary mode.
    """
    if subject:
        return RawRecord(raw_topic(mapping), subject.encode("utf-8", "surrogatepass"), body, attributes, now_ms)
    by_name = dict(attributes)
    parts = [by_name[name] for name in _IDENTITY] if all(name in by_name for name in _IDENTITY) else [body]
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8) + part)
    return RawRecord(raw_topic(mapping), digest.hexdigest().encode(), body, attributes, now_ms)


def cloud_event_attributes(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, bytes], ...]:
    """`ce-*` of a request as the `ce_*` of a record, and the content type; nothing where there is no `ce-*`.

    Values are unquoted and percent-decoded (CloudEvents 1.0 HTTP binding, 3.1.3.2); of a repeated one the first counts.
    """
    found: dict[str, bytes] = {}
    content_type = b""
    for name, value in headers:
        if match := _ATTRIBUTE.fullmatch(name):
            found.setdefault(f"ce_{match[1].lower()}", _decoded(value))
        elif name.lower() == "content-type" and not content_type:
            content_type = value.encode("utf-8", "surrogateescape")
    if found and content_type:
        found["content-type"] = content_type
    return tuple(found.items())


def _decoded(value: str) -> bytes:
    if match := _QUOTED.fullmatch(value.strip()):
        value = _ESCAPED.sub(r"\1", match[1])
    return unquote_to_bytes(value.encode("utf-8", "surrogateescape"))
