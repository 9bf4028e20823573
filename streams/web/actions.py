"""The writing half of the HTTP interface: what people do about one anomaly becomes records of pharos-actions."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from streams.events.event_time import event_time_ms
from streams.records.action import MINUTE_MS, ActionRecord, Kind
from streams.records.action_event import SOURCE
from streams.records.instant import rfc3339
from streams.register.handling import Refused, refuse
from streams.web.action_desk import ActionDesk, faulty, with_body
from streams.web.action_request import ActionRequest, BodyFault, read_request
from streams.web.audited import ACTOR
from streams.web.guard import json_response, needs
from streams.web.security import Role, Security

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from streams.delivery.written import Delivery
    from streams.records.anomaly import Anomaly
    from streams.register.register import Register

_STATUS: Final = {Refused.UNKNOWN: 404, Refused.RESOLVED: 409}


def add_actions(
    app: web.Application,
    register: Register,
    security: Security,
    write: Callable[[bytes, bytes], Awaitable[Delivery]],
    clock: Callable[[], float],
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> None:
    """Adds a route for each `Kind`; each needs the role of those on call.

    Args:
        app: as `create_web_app` made it, so that its guard stands before these routes too.
        register: the anomalies that can be acted on.
        security: names actors by their tokens.
        write: puts key and value on pharos-actions, in limited time.
        clock: now for people, in seconds since the epoch.
        new_id: a new id for each event.

    """
    actions = _Actions(ActionDesk(register, security, write, clock, new_id))
    for kind in Kind:
        path = f"/api/v1/anomalies/{{fingerprint}}/{kind.value}"
        app.router.add_post(path, needs(Role.RESPONDER, security, with_body(partial(actions.take, kind)), in_part=True))


class _Actions:
    def __init__(self, desk: ActionDesk) -> None:
        self._desk = desk

    async def take(self, kind: Kind, body: bytes, request: web.Request) -> web.Response:
        """202 once the brokers have it: every worker shows it when it has read the topic that far."""
        desk = self._desk
        anomaly = desk.anomaly(request)
        refused = refuse(kind, anomaly)
        if anomaly is None or refused is not None:
            refused = refused or Refused.UNKNOWN
            return json_response({"error": refused.value, "reason": refused.name.lower()}, _STATUS[refused])
        asked = read_request(kind, body, desk.name_of(request))
        if isinstance(asked, BodyFault):
            return faulty(asked)
        request[ACTOR] = asked.actor
        taken = _taken(asked, anomaly, desk.new_id(), desk.now_ms())
        return await desk.put(taken, _answer(taken))


def _taken(asked: ActionRequest, anomaly: Anomaly, name: str, now: int) -> ActionRecord:
    return ActionRecord(
        source=SOURCE,
        id=name,
        fingerprint=anomaly.fingerprint,
        time=now,
        action=asked.kind.value,
        actor=asked.actor,
        note=asked.note,
        until=now + asked.minutes * MINUTE_MS if asked.minutes else None,
        verdict=asked.verdict,
        assignee=asked.assignee,
        detected_at=event_time_ms(anomaly.detected_at),
        started_at=_time_of(anomaly.started_at) if asked.kind is Kind.FEEDBACK else None,
        ended_at=_time_of(anomaly.ended_at) if asked.kind is Kind.FEEDBACK else None,
        severity=anomaly.severity,
    )


def _time_of(text: str | None) -> int | None:
    return None if text is None else event_time_ms(text)


def _answer(taken: ActionRecord) -> dict[str, Any]:
    until = {} if taken.until is None else {"until": rfc3339(taken.until)}
    return {"id": taken.id, "action": taken.action, **until}
