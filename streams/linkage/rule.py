"""Whether a rule asks for its action at a transition, and if not, why."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from streams.records.anomaly import Change, Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.records.anomaly import Transition
    from streams.settings.settings import LinkageMatch

ANY: Final = "*"
STALE_MS: Final = 15 * 60_000  # as for notifications: what was over before a worker caught up is not acted on


class Judgement(enum.Enum):
    """What a rule makes of a transition: the first reason that applies, in this order."""

    CHANGE = "another change"
    METRIC = "another metric"
    TOUCHPOINT = "another touchpoint"
    SEVERITY = "another severity"
    SCOPE = "another scope"
    SYMPTOM = "caused by another anomaly"
    STALE = "too long ago"
    ASKS = "asks"


def judge(match: LinkageMatch, transition: Transition, now: int) -> Judgement:
    """`now` is the clock of people, in ms."""
    anomaly = transition.anomaly
    obstacles = {
        Judgement.CHANGE: not _changes_of(transition).intersection(match.changes),
        Judgement.METRIC: bool(match.metrics) and anomaly.metric not in match.metrics,
        Judgement.TOUCHPOINT: bool(match.touchpoints) and anomaly.touchpoint not in match.touchpoints,
        Judgement.SEVERITY: anomaly.severity not in match.severities,
        Judgement.SCOPE: not _covers(match.scope, anomaly.scope),
        Judgement.SYMPTOM: anomaly.caused_by is not None and not match.symptoms,
        Judgement.STALE: now - transition.time > STALE_MS,
    }
    return next((reason for reason, applies in obstacles.items() if applies), Judgement.ASKS)


def _changes_of(transition: Transition) -> frozenset[str]:
    change = transition.change.value.rpartition(".")[2]
    escalated = transition.change is Change.UPDATED and transition.why is Why.ESCALATED
    return frozenset({change, "escalated"} if escalated else {change})


def _covers(wanted: Mapping[str, tuple[str, ...]], scope: Mapping[str, str]) -> bool:
    return all(
        dimension in scope and (ANY in values or scope[dimension] in values) for dimension, values in wanted.items()
    )
