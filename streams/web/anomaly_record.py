"""Reading a record of pharos-anomalies or pharos-anomaly-state back into a transition."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  msgspec resolves the annotation when it builds the decoder

import msgspec

from streams.incidents.anomaly import Anomaly, Change, Transition


class _CloudEvent(msgspec.Struct):
    id: str
    type: Change
    time: datetime
    data: Anomaly


_decoder = msgspec.json.Decoder(_CloudEvent)


def read_transition(value: bytes | None) -> Transition | None:
    """None for a tombstone, and for what is no anomaly of ours: a stranger's record must not stop the board."""
    if value is None:
        return None
    try:
        event = _decoder.decode(value)
    except msgspec.DecodeError:
        return None
    return Transition(event.id, event.type, int(event.time.timestamp() * 1000), event.data)
