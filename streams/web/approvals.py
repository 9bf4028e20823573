"""Approving or declining what a rule proposes: a record of pharos-actions, as every other action."""

from __future__ import annotations

import enum
import uuid
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.events.event_time import event_time_ms
from streams.records.action import LONGEST_NAME, LONGEST_NOTE, ActionRecord
from streams.records.action_event import SOURCE
from streams.records.request import Decision
from streams.register.requests import Standing
from streams.web.action_desk import ActionDesk, faulty, with_body
from streams.web.action_request import BodyFault, first_fault, read_object, read_text
from streams.web.audited import ACTOR
from streams.web.event_requests import sees
from streams.web.guard import facts_of, json_response, needs, refused
from streams.web.security import ROLES, Role, Security

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aiohttp import web

    from streams.delivery.written import Delivery
    from streams.records.request import RequestStep
    from streams.register.register import Register

_EXAMPLE: Final = '{"request": "0123abcd", "actor": "li.wei", "note": ""}'


class Unfit(enum.Enum):
    """Why nothing can be decided: HTTP status, and the sentence with the remedy."""

    UNKNOWN = 404, "No anomaly with this fingerprint is open or recent: look at the list of anomalies."
    NOTHING = 409, "Nothing about this anomaly waits for an approval: it was decided, or its time is over."
    WHICH = 400, "Several requests wait: name one of them as `request`."
    NO_REQUEST = 404, "No request about single events has this id: look at /api/v1/requests."
    OTHER = 409, "This request does not wait for an approval: it was decided, or its time is over."


class Said(NamedTuple):
    """The body of a decision; `request` is empty where it is left out."""

    request: str
    actor: str
    note: str


def add_approvals(
    app: web.Application,
    register: Register,
    security: Security,
    write: Callable[[bytes, bytes], Awaitable[Delivery]],
    clock: Callable[[], float],
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> None:
    """Adds /approve and /decline to each anomaly and, of single events, to each of `streams.web.event_requests.PATH`.

    Arguments as of `streams.web.actions.add_actions`. The role that it takes is the rule's; nobody below those on call
    decides.
    """
    approvals = _Approvals(ActionDesk(register, security, write, clock, new_id))
    for decision in Decision:
        ways = {"anomalies/{fingerprint}": approvals.about_anomaly, "requests/{request}": approvals.about_event}
        for place, meant in ways.items():
            decide = with_body(partial(approvals.decide, decision, meant))
            path = f"/api/v1/{place}/{decision.value}"
            app.router.add_post(path, needs(Role.RESPONDER, security, decide, in_part=True))


def read_decision(body: bytes, name: str = "") -> Said | BodyFault:
    """Reads the body; `name` is that of the token in use, and wins over the body's actor.

    >>> read_decision(b'{"actor": "li"}')
    Said(request='', actor='li', note='')
    """
    said = read_object(body, _EXAMPLE)
    if isinstance(said, BodyFault):
        return said
    parts = (
        read_text(said, "request", 0, LONGEST_NAME),
        name or read_text(said, "actor", 1, LONGEST_NAME),
        read_text(said, "note", 0, LONGEST_NOTE),
    )
    return first_fault(parts) or Said(*parts)  # type: ignore[arg-type]


def choose(waiting: Sequence[RequestStep], request: str) -> RequestStep | Unfit:
    """Which of the waiting proposals is meant."""
    if not waiting:
        return Unfit.NOTHING
    if not request:
        return waiting[0] if len(waiting) == 1 else Unfit.WHICH
    return next((step for step in waiting if step.data.request == request), Unfit.OTHER)


class _Approvals:
    def __init__(self, desk: ActionDesk) -> None:
        self._desk = desk

    async def decide(
        self, decision: Decision, find: Callable[..., RequestStep | Unfit], body: bytes, request: web.Request
    ) -> web.Response:
        """202 once the brokers have it. The first decision counts; the worker that links acts on it."""
        desk, facts = self._desk, facts_of(request)
        now = desk.now_ms()
        said = read_decision(body, desk.name_of(request))
        if isinstance(said, BodyFault):
            return faulty(said)
        request[ACTOR] = said.actor
        step = find(request, said.request, now)
        if isinstance(step, Unfit):
            return json_response({"error": step.value[1], "reason": step.name.lower()}, step.value[0])
        refusal = desk.security.refuse_role(facts, ROLES.get(step.data.approval, Role.ADMIN))
        if refusal is not None:
            return refused(refusal)
        taken = _taken(decision, step, said, desk.new_id(), now)
        return await desk.put(taken, {"id": taken.id, "action": taken.action, "request": taken.request})

    def about_anomaly(self, request: web.Request, named: str, now: int) -> RequestStep | Unfit:
        """The proposal that is meant, of the anomaly that the path names."""
        anomaly = self._desk.anomaly(request)
        if anomaly is None:
            return Unfit.UNKNOWN
        return choose(self._desk.register.requests.waiting(anomaly.fingerprint, now), named)

    def about_event(self, request: web.Request, _named: str, now: int) -> RequestStep | Unfit:
        """The proposal that the path names."""
        desk = self._desk
        entry = desk.register.single_events.entry(request.match_info["request"])
        if entry is None or not sees(desk.security.data_scope_of(facts_of(request)), entry.steps[0]):
            return Unfit.NO_REQUEST
        return entry.steps[0] if entry.standing(now) is Standing.WAITING else Unfit.OTHER


def _taken(decision: Decision, step: RequestStep, said: Said, name: str, now: int) -> ActionRecord:
    return ActionRecord(
        source=SOURCE,
        id=name,
        fingerprint=step.fingerprint,
        time=now,
        action=decision.value,
        actor=said.actor,
        note=said.note,
        detected_at=event_time_ms(step.data.detected_at),
        severity=step.data.severity,
        request=step.data.request,
    )
