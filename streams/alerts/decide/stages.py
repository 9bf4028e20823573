"""The road of a notification: one list of stages, each of which may stop it and says why."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.alerts.decide.episode import State
from streams.alerts.decide.notification_log import NOTHING, Logged
from streams.catalogue.metric import Severity
from streams.records.anomaly import Change, Why
from streams.register.handling import UNHANDLED, Handling
from streams.register.muting import MuteReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.decide.episode import Episode
    from streams.alerts.words.message import Lanes
    from streams.records.anomaly import Anomaly, Transition
    from streams.register.muting import Mute

STALE_MS: Final = 15 * 60_000
_FOR_THE_WORSE: Final = frozenset({Why.ESCALATED, Why.WORSENED})


class Ruling(enum.StrEnum):
    """What becomes of a notification, and the reason."""

    NOTIFY = "notify"
    REPEAT = "repeat"  # this worker has read the transition before
    UNANNOUNCED = "unannounced"  # the end of what nobody was notified of
    CANCELLED = "cancelled"  # over while its first notification waited in its group: both are dropped
    OVER = "over"  # over before the worker had caught up: nobody is notified
    LOGGED = "logged"  # an opening that people have, as pharos-actions says: notified before a restart
    INFO = "info"  # good or merely interesting: never sent
    SYMPTOM = "symptom"  # its cause speaks for it
    HELD = "held"  # too old to page: if it is still open when the worker has caught up, a digest lists it
    NO_WORSE = "no_worse"  # a change that wakes nobody
    OUTDATED = "outdated"  # people know of it by now, and what was new of it is too old
    SILENCED = "silenced"  # when the silence is over, people are notified of what is still open
    MAINTENANCE = "maintenance"  # planned to be broken; as with a silence
    INHIBITED = "inhibited"  # another that is open speaks for it
    UNROUTED = "unrouted"  # no receiver is meant to hear of it now
    SNOOZED = "snoozed"  # when the snooze is over, people are notified of what is still open
    ACKED = "acked"  # somebody has it already: its opening is no news


class Occasion(enum.Flag):
    """Why people might be notified: which stages are asked."""

    NEWS = enum.auto()  # a transition was read
    DIGEST = enum.auto()  # the worker has caught up: what was held for its age
    REMINDER = enum.auto()  # nothing is new, and it is still open: missed, muted until now, a repeat, an escalation
    GROUP = enum.auto()  # the wait of its group is over


class Candidate(NamedTuple):
    """What people might be notified of, and what holds at the moment.

    Attributes:
        anomaly: as it is now.
        now: ms.
        transition: what is new of it; None: it is as open as before.
        mute: what keeps it quiet now.
        lanes: whom the routes name now.
        logged: what pharos-actions says of notifications of it.

    """

    episode: Episode
    anomaly: Anomaly
    now: int
    transition: Transition | None = None
    mute: Mute | None = None
    handling: Handling = UNHANDLED
    lanes: Lanes = None
    logged: Logged = NOTHING


def repeated(candidate: Candidate) -> Ruling | None:
    news = candidate.transition
    return Ruling.REPEAT if news is not None and candidate.episode.has_read(news) else None


def resolved(candidate: Candidate) -> Ruling | None:
    episode = candidate.episode
    if _change(candidate) is not Change.RESOLVED:
        return None
    if episode.state is State.PENDING and episode.sole:
        return Ruling.CANCELLED
    if episode.informed or candidate.logged.receivers:
        return Ruling.NOTIFY
    return Ruling.UNANNOUNCED if episode.held is None else Ruling.OVER


def logged(candidate: Candidate) -> Ruling | None:
    known = candidate.logged.delivered_at is not None and _change(candidate) is Change.OPENED
    return Ruling.LOGGED if known else None


def informational(candidate: Candidate) -> Ruling | None:
    return Ruling.INFO if candidate.anomaly.severity == Severity.INFO else None


def symptom(candidate: Candidate) -> Ruling | None:
    return None if candidate.anomaly.caused_by is None else Ruling.SYMPTOM


def held(candidate: Candidate) -> Ruling | None:
    return None if candidate.episode.held is None else Ruling.HELD


def no_worse(candidate: Candidate) -> Ruling | None:
    news = candidate.transition
    if news is None or news.change is Change.OPENED or news.why in _FOR_THE_WORSE:
        return None
    return Ruling.NO_WORSE


def late(candidate: Candidate) -> Ruling | None:
    news = candidate.transition
    if news is None or candidate.now - news.time <= STALE_MS:
        return None
    return Ruling.OUTDATED if candidate.episode.covers(candidate.anomaly) else Ruling.HELD


def muted(candidate: Candidate) -> Ruling | None:
    return None if candidate.mute is None else _MUTED[candidate.mute.reason]


def unrouted(candidate: Candidate) -> Ruling | None:
    return Ruling.UNROUTED if candidate.lanes == () else None


def snoozed(candidate: Candidate) -> Ruling | None:
    return None if candidate.handling.snoozed is None else Ruling.SNOOZED


def acknowledged(candidate: Candidate) -> Ruling | None:
    worse = _change(candidate) is Change.UPDATED
    return None if candidate.handling.acked is None or worse else Ruling.ACKED


class Stage(NamedTuple):
    """One question on the road: who answers, on which occasions it is asked, and why it may stop a notification."""

    ask: Callable[[Candidate], Ruling | None]
    occasions: Occasion
    why: str


_NEWS, _OPEN = Occasion.NEWS, Occasion.NEWS | Occasion.REMINDER
_SENT = Occasion.NEWS | Occasion.DIGEST | Occasion.REMINDER
STAGES: Final = (
    Stage(repeated, _NEWS, "topics are read again after a rebalance: each transition counts once"),
    Stage(resolved, _NEWS, "the end goes to whoever was notified, muted or not, however late, and to nobody else"),
    Stage(logged, _NEWS, "after a restart openings are read again that people have"),
    Stage(informational, _OPEN, "what is good or merely interesting wakes nobody"),
    Stage(symptom, _OPEN, "the notification of its cause lists it"),
    Stage(held, _OPEN, "the digest lists it, with its newest transition"),
    Stage(no_worse, _NEWS, "only openings and changes for the worse are news"),
    Stage(late, _NEWS, "what is older than 15 minutes pages nobody: the digest lists it if it is still open"),
    Stage(muted, _SENT | Occasion.GROUP, "a silence, maintenance or a graver anomaly keeps it quiet"),
    Stage(unrouted, _SENT, "the routes name nobody at this time"),
    Stage(snoozed, _SENT, "somebody wants to hear of it later"),
    Stage(acknowledged, _OPEN, "somebody has it: only changes for the worse are news"),
)  # what passes all stages is sent: news wait in their group first


def rule(occasion: Occasion, candidate: Candidate) -> Ruling:
    """The ruling of the first stage that stops it; NOTIFY where none does."""
    asked = (stage.ask(candidate) for stage in STAGES if occasion in stage.occasions)
    return next((ruling for ruling in asked if ruling is not None), Ruling.NOTIFY)


_MUTED: Final = {
    MuteReason.SILENCE: Ruling.SILENCED,
    MuteReason.MAINTENANCE: Ruling.MAINTENANCE,
    MuteReason.INHIBITION: Ruling.INHIBITED,
}


def _change(candidate: Candidate) -> Change | None:
    return None if candidate.transition is None else candidate.transition.change
