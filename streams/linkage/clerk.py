"""Decides which steps are to be written: at a transition, and as time and people go on. Writing is the caller's."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.linkage.rule import Judgement, judge
from streams.records.instant import rfc3339
from streams.records.request import ACTOR, Ending, Request, RequestStep, Stage, request_id
from streams.register.requests import Standing, ends_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from streams.records.anomaly import Anomaly, Transition
    from streams.register.requests import KnownRequest, RequestLog
    from streams.settings.settings import LinkageRule

MOST_OPEN: Final = 1_000
GRACE_MS: Final = 10_000  # an approval in time may still be on its way when the time is over


class Ruling(enum.Enum):
    """What became of a rule at a transition."""

    PROPOSE = "proposed"
    REQUEST = "requested"
    KNOWN = "known"  # read before: the request is there
    STALE = "stale"  # matches, but too long ago
    FULL = "dropped"  # too many requests wait
    NO_MATCH = "no_match"


class Ruled(NamedTuple):
    """A rule's ruling, and the step to write where there is one."""

    rule: LinkageRule
    ruling: Ruling
    step: RequestStep | None = None


class Clerk:
    """Keeps to the ledger: what it has written is known once it has been read.

    Args:
        rules: in the order of the settings.
        ledger: where requests stand; filled by whoever reads pharos-actions.

    """

    def __init__(self, rules: Sequence[LinkageRule], ledger: RequestLog) -> None:
        self._rules = rules
        self._ledger = ledger

    def rule(self, transition: Transition, now: int) -> Iterator[Ruled]:
        """What each rule makes of a transition; `now` is the clock of people, in ms."""
        for rule in self._rules:
            judgement = judge(rule.match, transition, now)
            if judgement not in {Judgement.ASKS, Judgement.STALE}:
                yield Ruled(rule, Ruling.NO_MATCH)
            elif request_id(rule.name, transition.id) in self._ledger:
                yield Ruled(rule, Ruling.KNOWN)
            elif judgement is Judgement.STALE:
                yield Ruled(rule, Ruling.STALE)
            elif sum(1 for _ in self._ledger.unfinished(now)) >= MOST_OPEN:
                yield Ruled(rule, Ruling.FULL)
            else:
                ruling = Ruling.PROPOSE if rule.approval else Ruling.REQUEST
                yield Ruled(rule, ruling, _first_step(rule, transition, now))

    def follow_up(self, now: int, anomaly_of: Callable[[str], Anomaly | None]) -> Iterable[RequestStep]:
        """The steps that time, people, or the end of an anomaly have made due."""
        due = []
        for entry, standing in list(self._ledger.unfinished(now)):
            step = _next_step(entry, standing, now, anomaly_of(entry.fingerprint))
            if step is not None:
                due.append(step)
        return due

    def to_deliver(self, now: int) -> list[RequestStep]:
        """The requests that a webhook has not taken yet."""
        steps = (
            entry.step(Stage.REQUESTED)
            for entry, standing in self._ledger.unfinished(now)
            if standing is Standing.REQUESTED
        )
        return [step for step in steps if step is not None]


def settled(step: RequestStep, ending: Ending, now: int, actor: str = ACTOR, reason: str = "") -> RequestStep:
    """The last step of a request."""
    events = step.data.events
    if events is not None:
        events = msgspec.structs.replace(events, requests=[])
    data = msgspec.structs.replace(step.data, outcome=ending, actor=actor, reason=reason, anomaly=None, events=events)
    return RequestStep(Stage.SETTLED, step.fingerprint, now, data)


def _first_step(rule: LinkageRule, transition: Transition, now: int) -> RequestStep:
    anomaly = transition.anomaly
    stage = Stage.PROPOSED if rule.approval else Stage.REQUESTED
    data = Request(
        request=request_id(rule.name, transition.id),
        rule=rule.name,
        action=rule.action,
        note=rule.note,
        transition=transition.id,
        detected_at=anomaly.detected_at,
        severity=anomaly.severity,
        until=rfc3339(now + round(rule.valid_s * 1000)),
        approval=rule.approval,
        webhook=rule.webhook is not None,
        anomaly=anomaly,
    )
    return RequestStep(stage, anomaly.fingerprint, now, data)


def _next_step(entry: KnownRequest, standing: Standing, now: int, anomaly: Anomaly | None) -> RequestStep | None:
    first, decision = entry.steps[0], entry.decision
    if standing is Standing.EXPIRED and now > ends_at(first) + GRACE_MS:
        return settled(first, Ending.EXPIRED, now, reason="nobody approved in time")
    if standing is Standing.WAITING and _is_over(first, anomaly):
        return settled(first, Ending.OVER, now, reason="the anomaly has ended")
    if decision is None:
        return None
    if standing is Standing.DECLINED:
        return settled(first, Ending.DECLINED, now, decision.actor, decision.note)
    if standing is Standing.APPROVED:
        valid_ms = ends_at(first) - first.time
        data = msgspec.structs.replace(
            first.data, actor=decision.actor, until=rfc3339(now + valid_ms), anomaly=anomaly or first.data.anomaly
        )
        return RequestStep(Stage.REQUESTED, first.fingerprint, now, data)
    return None


def _is_over(first: RequestStep, anomaly: Anomaly | None) -> bool:
    """What was proposed at the end of an anomaly is meant for after it."""
    proposed_at_end = first.data.anomaly is not None and first.data.anomaly.state == "resolved"
    return anomaly is not None and anomaly.state == "resolved" and not proposed_at_end
