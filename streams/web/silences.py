"""Silences over HTTP: the list, a preview of what one would match, and what makes and ends one."""

from __future__ import annotations

import enum
import uuid
from typing import TYPE_CHECKING, Any, Final

from streams.records.action import MINUTE_MS, ActionRecord, SilenceDeed
from streams.records.action_event import SOURCE
from streams.records.instant import rfc3339
from streams.register.matcher import all_match, labels_of
from streams.register.silence import SUBJECT, Silence
from streams.register.silences import MOST_SILENCES
from streams.web.action_desk import ActionDesk, faulty, with_body
from streams.web.action_request import BodyFault
from streams.web.audited import ACTOR
from streams.web.guard import json_response, needs
from streams.web.security import Role, Security
from streams.web.silence_request import read_actor, read_preview, read_silence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from streams.delivery.written import Delivery
    from streams.records.anomaly import Anomaly
    from streams.register.register import Register

PATH: Final = "/api/v1/silences"
_MOST_SHOWN: Final = 100


class Refused(enum.Enum):
    """Why a silence is not made or ended: HTTP status, and the sentence with the remedy."""

    UNKNOWN = 404, "No silence has this id: look at the list of silences."
    OVER = 409, "This silence is over already."
    TOO_MANY = (
        409,
        f"{MOST_SILENCES} silences are in force or to come, which are the most: end one, or match more by one.",
    )


def add_silences(
    app: web.Application,
    register: Register,
    timezone: str,
    security: Security,
    write: Callable[[bytes, bytes], Awaitable[Delivery]],
    clock: Callable[[], float],
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> None:
    """Adds the routes below `PATH`. Arguments as of `add_actions`; `timezone`: IANA name, the shop's."""
    silences = _Silences(timezone, ActionDesk(register, security, write, clock, new_id))
    app.router.add_get(PATH, needs(Role.VIEWER, security, silences.listed))
    app.router.add_post(PATH, needs(Role.RESPONDER, security, with_body(silences.make)))
    app.router.add_post(f"{PATH}/preview", needs(Role.VIEWER, security, with_body(silences.preview)))
    app.router.add_delete(f"{PATH}/{{id}}", needs(Role.RESPONDER, security, with_body(silences.end)))


class _Silences:
    def __init__(self, timezone: str, desk: ActionDesk) -> None:
        self._timezone = timezone
        self._desk = desk

    async def listed(self, _request: web.Request) -> web.Response:
        """In force, to come, and ended within a day, each with what it keeps quiet now."""
        now = self._desk.now_ms()
        return json_response(
            {"silences": [self._shown(silence, now) for silence in self._desk.register.silences.all()]}
        )

    async def preview(self, body: bytes, _request: web.Request) -> web.Response:
        """What is open now and would be kept quiet. Changes nothing."""
        matchers = read_preview(body, self._desk.register.labels())
        if isinstance(matchers, BodyFault):
            return faulty(matchers)
        matched = [a for a in self._desk.register.open_anomalies() if all_match(matchers, labels_of(a))]
        shown = [_brief(anomaly) for anomaly in matched[:_MOST_SHOWN]]
        return json_response({"matchers": [str(m) for m in matchers], "matched": len(matched), "anomalies": shown})

    async def make(self, body: bytes, request: web.Request) -> web.Response:
        """202 once the brokers have it: every worker obeys it when it has read the topic that far."""
        now, register = self._desk.now_ms(), self._desk.register
        asked = read_silence(body, now, self._timezone, register.labels(), self._desk.name_of(request))
        if isinstance(asked, BodyFault):
            return faulty(asked)
        request[ACTOR] = asked.actor
        if len(self._desk.register.silences.to_last(now)) >= MOST_SILENCES:
            return _refused(Refused.TOO_MANY)
        name = self._desk.new_id()
        until = (asked.begins or now) + asked.minutes * MINUTE_MS
        taken = ActionRecord(
            source=SOURCE,
            id=name,
            fingerprint=SUBJECT + name,
            time=now,
            action=SilenceDeed.SILENCE.value,
            actor=asked.actor,
            note=asked.reason,
            begins=asked.begins,
            until=until,
            matchers=tuple(str(matcher) for matcher in asked.matchers),
            end_on_resolve=asked.end_on_resolve,
        )
        answer = {"id": name, "begins": rfc3339(asked.begins or now), "until": rfc3339(until)}
        return await self._desk.put(taken, answer)

    async def end(self, body: bytes, request: web.Request) -> web.Response:
        """Ends a silence now, or calls off one that is to come; 202 as above."""
        actor = read_actor(body, self._desk.name_of(request))
        if isinstance(actor, BodyFault):
            return faulty(actor)
        request[ACTOR] = actor
        silence = self._desk.register.silences.get(request.match_info["id"])
        now = self._desk.now_ms()
        if silence is None or silence.ends <= now:
            return _refused(Refused.UNKNOWN if silence is None else Refused.OVER)
        taken = ActionRecord(
            source=SOURCE,
            id=self._desk.new_id(),
            fingerprint=SUBJECT + silence.id,
            time=now,
            action=SilenceDeed.EXPIRE.value,
            actor=actor,
        )
        return await self._desk.put(taken, {"id": silence.id, "until": rfc3339(now)})

    def _shown(self, silence: Silence, now: int) -> dict[str, Any]:
        in_force = silence.in_force(now)
        matched = [a for a in self._desk.register.open_anomalies() if silence.matches(a)] if in_force else []
        return {
            "id": silence.id,
            "matchers": [str(matcher) for matcher in silence.matchers],
            "author": silence.author,
            "reason": silence.reason,
            "begins": rfc3339(silence.begins),
            "until": rfc3339(silence.ends),
            "end_on_resolve": silence.end_on_resolve,
            "state": "in_force" if in_force else "over" if silence.ends <= now else "to_come",
            "ended_by": silence.ended_by,
            "matched": len(matched),
            "anomalies": [_brief(anomaly) for anomaly in matched[:_MOST_SHOWN]],
        }


def _brief(anomaly: Anomaly) -> dict[str, Any]:
    fields = ("fingerprint", "metric", "touchpoint", "scope", "severity", "state", "started_at")
    return {field: getattr(anomaly, field) for field in fields}


def _refused(refused: Refused) -> web.Response:
    status, sentence = refused.value
    return json_response({"error": sentence, "reason": refused.name.lower()}, status)
