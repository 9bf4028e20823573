"""Decides what is asked for at single events: each once, so many in a minute, and the rest of a minute together."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from streams.catalogue.single_events import owner_of
from streams.linkage.clerk import MOST_OPEN, Clerk
from streams.linkage.rule import STALE_MS
from streams.records.instant import rfc3339
from streams.records.request import EventsAsked, Request, RequestStep, Stage, thread_of
from streams.records.scope import digest
from streams.register.requests import Standing
from streams.register.single_events import MINUTE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.records.single_event import SingleEvent
    from streams.register.single_events import SingleEventLog
    from streams.settings.settings import SingleEventRule

MOST_LISTED: Final = 500  # events of a digest; a webhook gets all of them in one body


class Reception(enum.Enum):
    """What became of an event when it was read."""

    ASKED = "asked"  # by itself
    DIGEST = "digest"  # in one request for the rest of the minute
    KNOWN = "known"  # read before, or sent again
    STALE = "stale"  # too long ago
    FULL = "dropped"  # too many requests wait, or too many events for one digest
    NO_RULE = "no_rule"  # the settings have no rule of that name any more


class Kept(NamedTuple):
    """An event that somebody still needs, and the offset of its record."""

    offset: int
    event: SingleEvent


class Received(NamedTuple):
    """What became of an event, and the step to write where there is one."""

    reception: Reception
    step: RequestStep | None = None


class _Rest(msgspec.Struct):
    """The events of a rule that wait for the end of their minute, by their requests."""

    minute: int
    events: dict[str, Kept]


class SingleEventClerk:
    """Keeps to the ledger: what it has asked for is known once it has been written. Whoever reads the topic calls it.

    It may forget everything at any time, as in a crash: what `held` names has to be read again.

    Args:
        rules: in the order of the settings.
        ledger: where requests stand; filled by whoever reads pharos-actions.

    """

    def __init__(self, rules: Sequence[SingleEventRule], ledger: SingleEventLog) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._ledger = ledger
        self._followed = Clerk((), ledger)
        self._rest: dict[str, _Rest] = {}
        self._kept: dict[str, Kept] = {}

    def take(self, offset: int, event: SingleEvent, now: int) -> Received:
        """What is to be done about an event; `now` is the clock of people, in ms. Call `due_digests` first."""
        rule = self._rules.get(event.rule)
        if rule is None:
            return Received(Reception.NO_RULE)
        if self._is_known(event, rule):
            self._keep(offset, event, now)
            return Received(Reception.KNOWN)
        if now - event.time > STALE_MS:
            return Received(Reception.STALE)
        if self._ledger.made(thread_of(rule.name), now).messages >= rule.per_minute:
            return Received(self._put_by(rule, Kept(offset, event), now))
        if sum(1 for _ in self._ledger.unfinished(now)) >= MOST_OPEN:
            return Received(Reception.FULL)
        owner = owner_of(rule.owner, event.scope)
        asked = EventsAsked(owner=owner, first=offset, last=offset, type=event.event_type, scope=event.scope)
        if _is_delivered(rule):
            self._kept[event.request] = Kept(offset, event)
        return Received(Reception.ASKED, _step(rule, event.request, event.time, asked, now))

    def due_digests(self, now: int) -> Iterator[RequestStep]:
        """One request for each rule whose minute is over and that has not made another one in this minute."""
        for name, rest in list(self._rest.items()):
            rule = self._rules[name]
            if now // MINUTE_MS <= rest.minute or self._ledger.made(thread_of(name), now).digests:
                continue
            requests = list(rest.events)
            kept = list(rest.events.values())
            owners = {owner_of(rule.owner, each.event.scope) for each in kept}
            asked = EventsAsked(
                owner=owners.pop() if len(owners) == 1 else rule.owner.default,
                first=min(each.offset for each in kept),
                last=max(each.offset for each in kept),
                count=len(kept),
                requests=requests,
            )
            yield _step(rule, digest(["on-digest", *requests]), max(each.event.time for each in kept), asked, now)

    def written(self, step: RequestStep) -> None:
        """A step of `due_digests` stands on its topic."""
        rest = self._rest.pop(step.data.rule, None)
        if rest is not None and step.data.webhook:
            self._kept.update(rest.events)

    def follow_up(self, now: int) -> list[RequestStep]:
        """The steps that time and people have made due."""
        return list(self._followed.follow_up(now, lambda _: None))

    def to_deliver(self, now: int, read: int) -> tuple[list[RequestStep], list[RequestStep]]:
        """The requests that a webhook has not taken yet, and those of which no event is left to deliver.

        `read`: the offset up to which pharos-single-events has been read; what lies ahead is waited for.
        """
        ready: list[RequestStep] = []
        lost: list[RequestStep] = []
        for step in self._followed.to_deliver(now):
            events = step.data.events
            if events is not None and events.last < read:
                (ready if self.events_of(step) else lost).append(step)
        return ready, lost

    def events_of(self, step: RequestStep) -> list[Kept]:
        """The events that a request is about, with their ids; those that are kept."""
        events = step.data.events
        requests = (events.requests if events is not None else []) or [step.data.request]
        return [kept for request in requests if (kept := self._kept.get(request)) is not None]

    def owner_of(self, event: SingleEvent) -> str:
        """Whose business an event is; empty where its rule is gone."""
        rule = self._rules.get(event.rule)
        return owner_of(rule.owner, event.scope) if rule is not None else ""

    def held(self, now: int) -> int | None:
        """The first offset that must be read again after a crash; None: there is none. Lets go of what is done."""
        open_requests = {entry.steps[0].data.request for entry, _ in self._ledger.unfinished(now)}
        self._kept = {
            request: kept for request, kept in self._kept.items() if self._ledger.request_of(request) in open_requests
        }
        waiting = (kept for rest in self._rest.values() for kept in rest.events.values())
        return min((kept.offset for kept in (*self._kept.values(), *waiting)), default=None)

    def forget(self) -> None:
        """Another worker has the partition."""
        self._rest.clear()
        self._kept.clear()

    def _is_known(self, event: SingleEvent, rule: SingleEventRule) -> bool:
        rest = self._rest.get(rule.name)
        return event.request in self._ledger or (rest is not None and event.request in rest.events)

    def _put_by(self, rule: SingleEventRule, kept: Kept, now: int) -> Reception:
        rest = self._rest.setdefault(rule.name, _Rest(now // MINUTE_MS, {}))
        if len(rest.events) >= MOST_LISTED:
            return Reception.FULL
        rest.events[kept.event.request] = kept
        return Reception.DIGEST

    def _keep(self, offset: int, event: SingleEvent, now: int) -> None:
        """An event that is read again, after a crash, while its request still waits for its webhook."""
        entry = self._ledger.entry(self._ledger.request_of(event.request))
        if entry is None or not entry.steps[0].data.webhook or event.request in self._kept:
            return
        if entry.standing(now) not in {Standing.SETTLED, Standing.DECLINED, Standing.EXPIRED}:
            self._kept[event.request] = Kept(offset, event)


def _is_delivered(rule: SingleEventRule) -> bool:
    """Whether the record on pharos-actions is not all."""
    return rule.webhook is not None or rule.message


def _step(rule: SingleEventRule, request: str, time: int, asked: EventsAsked, now: int) -> RequestStep:
    data = Request(
        request=request,
        rule=rule.name,
        action=rule.action,
        note=rule.note,
        transition="",
        detected_at=rfc3339(time),
        severity="info",
        until=rfc3339(now + round(rule.valid_s * 1000)),
        approval=rule.approval,
        webhook=_is_delivered(rule),
        events=asked,
    )
    return RequestStep(Stage.PROPOSED if rule.approval else Stage.REQUESTED, thread_of(rule.name), now, data)
