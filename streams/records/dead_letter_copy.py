"""A record of pharos-dead-letters: what its headers say of the record that it is a copy of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from streams.events.binary_mode import PREFIX
from streams.records.decoding import decoder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

REASON: Final = "pharos-reason"
TOPIC: Final = "pharos-topic"
PARTITION: Final = "pharos-partition"
OFFSET: Final = "pharos-offset"
DETAIL: Final = "pharos-detail"
_LONGEST_SOURCE: Final = 80


class DeadLetterCopy(NamedTuple):
    """One copy. `topic`, `partition` and `offset` are those of the record that was refused, and unique together.

    Attributes:
        detail: the field and what is wrong with it; empty in copies of earlier versions.
        source: of the event, where that can be read: which producer it was. Else empty.
        at_ms: when it was copied.

    """

    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    source: str
    at_ms: int
    value: bytes


class _Producer(msgspec.Struct):
    source: Any = None


_decode = decoder_of(_Producer)


def read_copy(headers: Iterable[tuple[str, bytes | None]], value: bytes | None, at_ms: int) -> DeadLetterCopy | None:
    """The copy that a record of the topic is; None for a record that is none, such as one that somebody else wrote."""
    texts = {name: (text or b"").decode("utf-8", "replace") for name, text in headers or ()}
    partition, offset = texts.get(PARTITION, ""), texts.get(OFFSET, "")
    if not texts.get(REASON) or not texts.get(TOPIC) or not partition.isdecimal() or not offset.isdecimal():
        return None
    source = texts.get(f"{PREFIX}source") or _source_in(value or b"")
    if len(source) > _LONGEST_SOURCE:
        source = f"{source[: _LONGEST_SOURCE - 1]}…"
    place = texts[TOPIC], int(partition), int(offset)
    return DeadLetterCopy(*place, texts[REASON], texts.get(DETAIL, ""), source, at_ms, value or b"")


def _source_in(value: bytes) -> str:
    try:
        source = _decode(value).source
    except msgspec.DecodeError:
        return ""
    return source if isinstance(source, str) else ""
