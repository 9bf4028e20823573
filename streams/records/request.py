"""A step of a request to a business system: `data` of the records of pharos-actions that Pharos writes by its rules.

A rule that needs an approval proposes; somebody approves or declines; then the action is requested; and in the end it
is settled. Without approval, and without a webhook, a request is one step.
"""

from __future__ import annotations

import enum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from streams.records.anomaly import Anomaly  # noqa: TC001 - the decoder needs the type
from streams.records.scope import digest

ACTOR: Final = "pharos"


class Stage(enum.StrEnum):
    """CloudEvents types of the steps."""

    PROPOSED = "pharos.action.proposed"
    REQUESTED = "pharos.action.requested"
    SETTLED = "pharos.action.settled"


class Decision(enum.StrEnum):
    """What somebody says to a proposal: the `action` of a pharos.action.taken that names the request."""

    APPROVE = "approve"
    DECLINE = "decline"


class Ending(enum.StrEnum):
    """How a request was settled."""

    DELIVERED = "delivered"  # the webhook took it
    REJECTED = "rejected"  # the webhook refused it for good
    EXPIRED = "expired"  # nobody approved, or the webhook was not reached, in time
    DECLINED = "declined"  # somebody said no
    OVER = "over"  # the anomaly ended before somebody approved


class EventsAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The single event that a request is about, or the events of a minute. Who it was about stands elsewhere."""

    owner: Annotated[str, Meta(description="Whose business it is: that of the rule's table, or its default.")]
    first: Annotated[int, Meta(description="The offset of the event on pharos-single-events, where its ids are.")]
    last: Annotated[int, Meta(description="Of several events, the offset of the last.")]
    type: Annotated[str, Meta(description="The type of the event; empty: several events.")] = ""
    scope: Annotated[dict[str, str], Meta(description="Store, queue and role of one event.")] = {}
    count: Annotated[int, Meta(description="How many events.")] = 1
    requests: Annotated[list[str], Meta(description="Of several events, the id that each has by itself.")] = []


class Request(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked for, by which rule, and about which transition."""

    request: Annotated[str, Meta(description="The same for every step and every copy: act on it once.")]
    rule: str
    action: Annotated[str, Meta(description="What is asked for, in the words of the system that does it.")]
    actor: Annotated[str, Meta(description="pharos, or who approved or declined.")] = ACTOR
    note: str = ""
    transition: Annotated[
        str, Meta(description="The id of the event on pharos-anomalies that the rule matched; or empty.")
    ]
    detected_at: Annotated[str, Meta(description="That of the anomaly: which incident is meant.")]
    severity: str
    until: Annotated[str, Meta(description="RFC 3339: what comes later is not acted on.")]
    approval: Annotated[str, Meta(description="The role that must approve, or has; empty: none.")] = ""
    webhook: Annotated[bool, Meta(description="Whether a webhook, or the owner by a message, gets it as well.")] = False
    outcome: Annotated[Ending | None, Meta(description="Of what is settled.")] = None
    reason: Annotated[str, Meta(description="Why it was settled so.")] = ""
    events: Annotated[EventsAsked | None, Meta(description="Of a rule on single events: what it is about.")] = None
    anomaly: Annotated[Anomaly | None, Meta(description="Of what is requested: the anomaly as it was then.")] = None


class RequestStep(msgspec.Struct, frozen=True):
    """A step as it was read. `time` is in ms since the epoch."""

    stage: Stage
    fingerprint: str
    time: int
    data: Request

    @property
    def id(self) -> str:
        """Of the CloudEvent: a repeat has the same."""
        return f"{self.data.request}.{self.stage.value.rpartition('.')[2]}"


def request_id(rule: str, transition: str) -> str:
    """One request for each rule and transition, however often the transition is read."""
    return digest(["linkage", rule, transition])


def thread_of(rule: str) -> str:
    """The subject of all requests of a rule on single events, in the place of a fingerprint."""
    return digest(["on", rule])
