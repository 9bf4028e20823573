"""What somebody did about an anomaly, or a silence: `data` of a record of pharos-actions.

The subject is the fingerprint, or names the silence.
"""

from __future__ import annotations

import enum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

TYPE = "pharos.action.taken"
NOTIFY_SOURCE: Final = "/pharos/notify"  # of what the worker that tells people does of itself
PHAROS: Final = "pharos"  # who does it
NOTIFYING: Final = "telling"  # a notification goes out
NOTIFIED: Final = "told"  # receivers have it
ESCALATED: Final = "escalated"
LONGEST_NAME: Final = 80  # of an actor or an action, in characters
LONGEST_NOTE: Final = 500
MINUTE_MS: Final = 60_000
ACK_MS: Final = 30 * MINUTE_MS
LONGEST_MS: Final = 24 * 60 * MINUTE_MS  # an ack or a snooze that lasts longer is forgotten by those who gave it


class Kind(enum.StrEnum):
    """The actions that Pharos itself obeys. Other systems name theirs as they like."""

    ACK = "ack"
    SNOOZE = "snooze"
    FEEDBACK = "feedback"
    ASSIGN = "assign"


class SilenceDeed(enum.StrEnum):
    """Actions on a silence."""

    SILENCE = "silence"
    EXPIRE = "silence.expired"


class Opinion(enum.StrEnum):
    """What feedback says of an anomaly."""

    CONFIRMED = "confirmed"
    EXPECTED = "expected"
    FALSE_ALARM = "false_alarm"
    NEW_TREND = "new_trend"


class Action(msgspec.Struct, frozen=True):
    """An action, who took it, and a remark."""

    action: Annotated[
        str,
        Meta(
            description="ack, snooze, feedback, assign, silence, silence.expired, what Pharos did of itself, or what a "
            "business system calls what it did."
        ),
    ]
    actor: str = ""
    note: str = ""
    until: Annotated[
        str | None,
        Meta(
            description="RFC 3339: the end of an ack (half an hour if left out) or a snooze, at most 24 h after `time`."
        ),
    ] = None
    verdict: Annotated[str | None, Meta(description="Of feedback: confirmed, expected, false_alarm or new_trend.")] = (
        None
    )
    detected_at: Annotated[
        str | None,
        Meta(description="That of the anomaly: which incident is meant; if left out, the one that was open at `time`."),
    ] = None
    started_at: Annotated[
        str | None, Meta(description="Of feedback, that of the anomaly: since when what is said of it holds.")
    ] = None
    ended_at: Annotated[
        str | None, Meta(description="Of feedback, that of the anomaly, where it had ended: until when it holds.")
    ] = None
    severity: Annotated[
        str | None,
        Meta(description="That of the anomaly then: a snooze ends when it rises. If left out, warning."),
    ] = None
    request: Annotated[
        str | None, Meta(description="Of approve and decline, and of who did what was requested: which request.")
    ] = None
    assignee: Annotated[str | None, Meta(description="Of assign: a person or a role, as duty-lead.")] = None
    receivers: Annotated[
        list[str] | None, Meta(description="Of telling, told and escalated: whom Pharos tells, or told.")
    ] = None
    matchers: Annotated[
        list[str] | None,
        Meta(
            description="Of a silence, whose subject is silence/ID: region=zhejiang, severity=~warning|info, and so on."
        ),
    ] = None
    begins: Annotated[
        str | None, Meta(description="Of a silence: RFC 3339, its beginning, where that is later than `time`.")
    ] = None
    end_on_resolve: Annotated[
        bool, Meta(description="Of a silence: it ends, too, when nothing is open any more of what it kept quiet.")
    ] = False


class ActionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An action as it was read: which anomaly, and when. Times are in ms since the epoch.

    Attributes:
        source, id: unique together, as of every CloudEvent.

    """

    source: str
    id: str
    fingerprint: str
    time: int
    action: str
    actor: str = ""
    note: str = ""
    until: int | None = None
    verdict: str | None = None
    detected_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    severity: str | None = None
    request: str | None = None
    assignee: str | None = None
    receivers: tuple[str, ...] = ()
    matchers: tuple[str, ...] = ()
    begins: int | None = None
    end_on_resolve: bool = False
