"""A file of payloads: JSON lines, one JSON document over many lines, or a JSON array of payloads."""

from __future__ import annotations

import codecs
import gzip
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams.offline.damage import UNREADABLE, damage
from streams.offline.events_file import EventsFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST = 256 * 1024 * 1024
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_any = msgspec.json.Decoder(msgspec.Raw).decode


class Payload(NamedTuple):
    """One payload, and where it stands: `line 3`, or `payload 3` of an array."""

    where: str
    body: bytes


def read_payloads(path: Path) -> Iterator[Payload]:
    """All payloads of a file; `.gz` is unpacked. Raises EventsFileError where it cannot be read."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except UNREADABLE as error:
        raise EventsFileError(str(path), 0, damage(error)) from None
    if len(raw) > _LARGEST:
        raise EventsFileError(str(path), 0, f"is larger than {_LARGEST:,} bytes; split it")
    text = raw.removeprefix(codecs.BOM_UTF8).strip()
    if text.startswith(b"["):
        try:
            for number, element in enumerate(_elements(text), 1):
                yield Payload(f"payload {number}", bytes(element))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # lines
        else:
            return
    elif _is_one(text):
        yield Payload("line 1", text)
        return
    for number, line in enumerate(raw.removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        if line and not line.isspace():
            yield Payload(f"line {number}", line)


def _is_one(text: bytes) -> bool:
    try:
        _any(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
