"""The record of topic pharos-cases: the marks that one source partition makes for one partition of cases."""

from __future__ import annotations

import msgspec

from streams.records.decoding import decoder_of


class RoleMarks(msgspec.Struct, array_like=True, frozen=True):
    """Marks of one role, by columns of the same length.

    Attributes:
        role: `Role.key()`.
        scopes: distinct scopes used here: values of the role's dimensions.
        scope: per mark, an index into `scopes`.
        case: per mark, the keyed hash of what names its case; below 2**63.
        time: per mark, the event's own time, ms since the epoch.
        late: per mark, 1 where the event came behind its partition's watermark, else 0.
        value: per mark, the time in ms that it carries, `NO_VALUE` where the event lacks it; empty where the role has
            none.

    """

    role: str
    scopes: list[tuple[str, ...]]
    scope: list[int]
    case: list[int]
    time: list[int]
    late: list[int]
    value: list[int]


class CasesRecord(msgspec.Struct, array_like=True, frozen=True):
    """One flush of one source partition for one partition of cases. See `CellsRecord` for what the header says."""

    topic: str
    partition: int
    watermark: int
    catalogue: str
    marks: list[RoleMarks]


NO_VALUE = -(1 << 62)

_encoder = msgspec.msgpack.Encoder()
_decode = decoder_of(CasesRecord, msgspec.msgpack)


def encode(record: CasesRecord) -> bytes:
    """MessagePack, arrays instead of maps."""
    return _encoder.encode(record)


def decode(payload: bytes) -> CasesRecord:
    """Raises msgspec.DecodeError (or its subclass ValidationError) for anything `encode` did not write."""
    return _decode(payload)
