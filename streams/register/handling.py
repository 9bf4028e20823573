"""How an anomaly is being handled: what of the actions taken still holds for it. A function of both and of now.

An action belongs to one incident: the one whose `detected_at` it names, else the one that was open at its time. So it
makes no difference in which order actions and transitions are read, and a restart changes nothing.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import msgspec

from streams.catalogue.metric import GRAVITY, Severity
from streams.events.event_time import event_time_ms
from streams.records.action import ACK_MS, LONGEST_MS, MINUTE_MS, ActionRecord, Kind, Opinion
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.records.anomaly import Anomaly

SKEW_MS: Final = 15 * MINUTE_MS  # so far may the clocks of two workers, or of a system beside them, lie apart
_RESOLVED: Final = "resolved"
_OPINIONS: Final = frozenset(opinion.value for opinion in Opinion)


class Hold(msgspec.Struct, frozen=True):
    """An ack or a snooze in force: by whom, until when (RFC 3339), and why."""

    by: str
    until: str
    note: str


class Feedback(msgspec.Struct, frozen=True):
    """What somebody thinks of the anomaly: an `Opinion`."""

    by: str
    verdict: str


class Assignment(msgspec.Struct, frozen=True):
    """Who is to see to the anomaly, a person or a role, and who said so."""

    by: str
    to: str


class Handling(msgspec.Struct, frozen=True):
    """The flags of an anomaly; None where nobody acted, or it no longer holds."""

    acked: Hold | None = None
    snoozed: Hold | None = None
    feedback: Feedback | None = None
    assigned: Assignment | None = None


UNHANDLED: Final = Handling()


class Refused(enum.StrEnum):
    """Why an action cannot be taken."""

    UNKNOWN = "No anomaly with this fingerprint is open or recent: look at the list of anomalies."
    RESOLVED = "This anomaly is resolved, so there is nothing to hold back: send feedback instead."


def refuse(kind: Kind, anomaly: Anomaly | None) -> Refused | None:
    """Whether somebody may act so on an anomaly; None is one that nobody knows. Feedback has time until it is gone."""
    if anomaly is None:
        return Refused.UNKNOWN
    return Refused.RESOLVED if anomaly.state == _RESOLVED and kind is not Kind.FEEDBACK else None


def handling_of(actions: Sequence[ActionRecord], anomaly: Anomaly, now: int) -> Handling:
    """What holds at `now` (ms, the clock of people).

    Of several actions of a kind the last read counts. An ack holds until its time or the end of the incident; a snooze
    also ends when the anomaly becomes graver than it was when it was snoozed; an assignment holds until the end of the
    incident; feedback stays.

    Args:
        actions: those of this fingerprint, in the order in which they were read.
        anomaly: as it is now.
        now: the time of the question.

    """
    if not actions:
        return UNHANDLED
    mine = list(_concerning(actions, anomaly))
    feedback = next(
        (taken for taken in reversed(mine) if taken.verdict in _OPINIONS and _is(taken, Kind.FEEDBACK)), None
    )
    ack = None if anomaly.state == _RESOLVED else _last(mine, Kind.ACK)
    snooze = _standing_snooze(mine, anomaly)
    assign = None if anomaly.state == _RESOLVED else _last(mine, Kind.ASSIGN)
    return Handling(
        acked=_hold(ack, now),
        snoozed=_hold(snooze, now),
        feedback=None if feedback is None else Feedback(feedback.actor, feedback.verdict or ""),
        assigned=Assignment(assign.actor, assign.assignee) if assign is not None and assign.assignee else None,
    )


def snooze_over(actions: Sequence[ActionRecord], anomaly: Anomaly, now: int) -> ActionRecord | None:
    """The snooze that ran out by its time although the anomaly is as open as before; None where there is none."""
    snooze = _standing_snooze(list(_concerning(actions, anomaly)), anomaly) if actions else None
    return snooze if snooze is not None and snooze.time < ends_at(snooze) <= now else None


def ends_at(taken: ActionRecord) -> int:
    """When an ack or a snooze ends, ms. Without a time an ack takes half an hour, and a snooze none."""
    default = ACK_MS if _is(taken, Kind.ACK) else 0
    until = taken.time + default if taken.until is None else taken.until
    return min(until, taken.time + LONGEST_MS)


def is_about(taken: ActionRecord, anomaly: Anomaly) -> bool:
    """Whether the action was meant for this incident, and not for an earlier or later one of the fingerprint."""
    detected = event_time_ms(anomaly.detected_at) or 0
    return taken.time >= detected if taken.detected_at is None else taken.detected_at == detected


def _concerning(actions: Iterable[ActionRecord], anomaly: Anomaly) -> Iterable[ActionRecord]:
    return (taken for taken in actions if is_about(taken, anomaly))


def _standing_snooze(mine: Sequence[ActionRecord], anomaly: Anomaly) -> ActionRecord | None:
    """The last one, unless the incident is over or has become graver."""
    snooze = None if anomaly.state == _RESOLVED else _last(mine, Kind.SNOOZE)
    # What does not say how grave it was holds back no more than warnings.
    known = GRAVITY.get((snooze and snooze.severity) or "", GRAVITY[Severity.WARNING])
    return snooze if GRAVITY.get(anomaly.severity, 0) <= known else None


def _last(mine: Sequence[ActionRecord], kind: Kind) -> ActionRecord | None:
    return next((taken for taken in reversed(mine) if _is(taken, kind)), None)


def _is(taken: ActionRecord, kind: Kind) -> bool:
    return taken.action == kind.value


def _hold(taken: ActionRecord | None, now: int) -> Hold | None:
    """In force from its time on, give or take the clocks, until its end."""
    if taken is None or not taken.time - SKEW_MS <= now < ends_at(taken):
        return None
    return Hold(taken.actor, rfc3339(ends_at(taken)), taken.note)
