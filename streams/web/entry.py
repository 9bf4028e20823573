"""One line of an anomaly's time line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from streams.records.anomaly import Transition


class Entry(msgspec.Struct, frozen=True):
    """A transition, with what was known then. `time` is event time in ms."""

    id: str
    change: str
    why: str
    time: int
    state: str
    severity: str
    value: float
    expected: float
    score: float
    reason: str
    summary: str


def entry_of(transition: Transition) -> Entry:
    """What a time line keeps of a transition."""
    anomaly = transition.anomaly
    return Entry(
        id=transition.id,
        change=transition.change.value,
        why=transition.why.value,
        time=transition.time,
        state=anomaly.state,
        severity=anomaly.severity,
        value=anomaly.value,
        expected=anomaly.expected,
        score=anomaly.score,
        reason=anomaly.reason,
        summary=anomaly.summary,
    )
