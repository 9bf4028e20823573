"""Reading a record of pharos-anomalies or pharos-anomaly-state that may not be ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.records.anomaly_event import decode

if TYPE_CHECKING:
    from streams.records.anomaly import Transition


def read_transition(value: bytes | None) -> Transition | None:
    """None for a tombstone, and for what is no anomaly of ours: a stranger's record must not stop the board."""
    if value is None:
        return None
    try:
        return decode(value)
    except msgspec.DecodeError:
        return None
