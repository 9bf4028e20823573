"""truth.json: what went wrong in a simulated shop, to score a backtest by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from streams.offline.damage import UNREADABLE, damage
from streams.records.decoding import decoder_of
from streams.settings.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_REMEDY = "make it again with pharos simulate --truth"


class TruthError(InputError):
    """A mistake in truth.json: `file: what; what to do`."""


class _Symptom(msgspec.Struct):
    touchpoint: str
    scope: dict[str, Any]


class _Entry(msgspec.Struct):
    """What scoring reads of an entry; there may be more."""

    id: str
    kind: str
    touchpoint: str
    scope: dict[str, Any]
    start: str
    end: str
    symptoms: list[_Symptom]


_decode = decoder_of(list[_Entry])


def read_truth(file: Path) -> list[dict[str, Any]]:
    """All entries. Raises TruthError."""
    try:
        raw = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except UNREADABLE as error:
        raise TruthError(f"{file}: {damage(error)}") from None
    try:
        entries = _decode(raw)
        for number, entry in enumerate(entries):
            for key in ("start", "end"):
                if not _is_time(getattr(entry, key)):
                    raise TruthError(f"{file}: [{number}].{key} is not an RFC 3339 time; {_REMEDY}")
        found: list[dict[str, Any]] = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise TruthError(f"{file}: {error}; {_REMEDY}") from None
    return found


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
