"""The anomaly as pharos-anomalies carries it (docs/asyncapi.yaml)."""

from __future__ import annotations

import enum

import msgspec

from streams.records.staffing import StaffingNeed  # noqa: TC001 - msgspec reads the annotation at run time
from streams.records.verdicts import Contributor

__all__ = ["Anomaly", "Change", "Contributor", "EpisodeKey", "Transition", "Why"]


class Change(enum.StrEnum):
    """CloudEvents types of pharos-anomalies."""

    OPENED = "pharos.anomaly.opened"
    UPDATED = "pharos.anomaly.updated"
    RESOLVED = "pharos.anomaly.resolved"


class Why(enum.StrEnum):
    """Why a transition was made; the first that applies, in this order."""

    OPENED = "opened"
    RECOVERED = "recovered"
    STALE = "stale"  # resolved because nothing could be judged for too long
    RETIRED = "retired"  # resolved because the metric left the catalogue
    ESCALATED = "escalated"
    WORSENED = "worsened"
    LINKED = "linked"
    RECOVERING = "recovering"
    REFIRED = "refired"


EpisodeKey = tuple[str, str]  # fingerprint and `detected_at`


class Anomaly(msgspec.Struct, frozen=True, kw_only=True):
    """`data` of pharos-anomalies; times are RFC 3339.

    `affected`: about how many events since it began were beyond what is normal, 0 where the unit does not tell. It
    travels beside `data`, and records of versions before it lack it. `level`: the level of a scorecard that was lost or
    will be; absent of all else. `staffing`: of missing
    agents, what the queue needs and has; absent of all else.
    """

    fingerprint: str
    metric: str
    touchpoint: str
    scope: dict[str, str]
    severity: str
    state: str
    started_at: str
    detected_at: str
    ended_at: str | None
    window_s: int
    value: float
    expected: float
    lower: float
    upper: float
    unit: str
    direction: str
    score: float
    exposure: float
    peak: float
    reason: str
    summary: str
    contributors: list[Contributor]
    incident: str
    cause_of: list[str]
    caused_by: str | None
    runbook_url: str
    board_url: str
    affected: int = 0
    level: int | None = None
    staffing: StaffingNeed | None = None

    @property
    def episode(self) -> EpisodeKey:
        """This time that it is open: it may be over, and come again under the same fingerprint."""
        return self.fingerprint, self.detected_at


class Transition(msgspec.Struct, frozen=True):
    """A change of an anomaly. `id` is the same however often the same tick is handled: subscribers drop repeats.

    Attributes:
        time: the tick, event time in ms.
        why: what decides whether an update is worth a notification; not part of the published data.

    """

    id: str
    change: Change
    time: int
    anomaly: Anomaly
    why: Why = Why.OPENED
