"""Approving or declining what a rule proposes: a record of pharos-actions, as every other action."""

from __future__ import annotations

import asyncio
import enum
import uuid
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from streams.events.event_time import event_time_ms
from streams.incidents.action import LONGEST_NAME, LONGEST_NOTE, Taken
from streams.incidents.action_event import SOURCE, encode
from streams.linkage.step import Decision
from streams.transport.topic_writer import Delivery
from streams.web.action_request import Fault, read_text
from streams.web.audited import ACTOR
from streams.web.guard import facts_of, json_response, needs, refused
from streams.web.security import ROLES, Role, Security

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aiohttp import web

    from streams.linkage.step import Step
    from streams.web.board import Board
    from streams.web.security import Facts
    from streams.web.sight import Sight

_BODY_LIMIT_S: Final = 10.0
_RETRY_AFTER: Final = {"Retry-After": "5"}
_EXAMPLE: Final = '{"request": "0123abcd", "actor": "li.wei", "note": ""}'


class Unfit(enum.Enum):
    """Why nothing can be decided: HTTP status, and the sentence with the remedy."""

    UNKNOWN = 404, "No anomaly with this fingerprint is open or recent: look at the list of anomalies."
    NOTHING = 409, "Nothing about this anomaly waits for an approval: it was decided, or its time is over."
    WHICH = 400, "Several requests wait: name one of them as `request`."
    OTHER = 409, "This request does not wait for an approval: it was decided, or its time is over."


class Said(NamedTuple):
    """The body of a decision; `request` is empty where it is left out."""

    request: str
    actor: str
    note: str


def add_approvals(
    app: web.Application,
    board: Board,
    security: Security,
    write: Callable[[bytes, bytes], Awaitable[Delivery]],
    clock: Callable[[], float],
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> None:
    """Adds /api/v1/anomalies/{fingerprint}/approve and /decline; arguments as of `streams.web.actions.add_actions`.

    The role that it takes is the rule's; nobody below those on call decides.
    """
    approvals = _Approvals(board, security, write, clock, new_id)
    for decision in Decision:
        path = f"/api/v1/anomalies/{{fingerprint}}/{decision.value}"
        app.router.add_post(path, needs(Role.RESPONDER, security, partial(approvals.decide, decision), in_part=True))


def read_decision(body: bytes, name: str = "") -> Said | Fault:
    """Reads the body; `name` is that of the token in use, and wins over the body's actor.

    >>> read_decision(b'{"actor": "li"}')
    Said(request='', actor='li', note='')
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        return Fault("", f"The body must be a JSON object such as {_EXAMPLE}.")
    request = read_text(said, "request", 0, LONGEST_NAME)
    actor = name or read_text(said, "actor", 1, LONGEST_NAME)
    note = read_text(said, "note", 0, LONGEST_NOTE)
    for part in (request, actor, note):
        if isinstance(part, Fault):
            return part
    return Said(str(request), str(actor), str(note))


def choose(waiting: Sequence[Step], request: str) -> Step | Unfit:
    """Which of the waiting proposals is meant."""
    if not waiting:
        return Unfit.NOTHING
    if not request:
        return waiting[0] if len(waiting) == 1 else Unfit.WHICH
    return next((step for step in waiting if step.data.request == request), Unfit.OTHER)


class _Approvals:
    def __init__(
        self,
        board: Board,
        security: Security,
        write: Callable[[bytes, bytes], Awaitable[Delivery]],
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._board = board
        self._security = security
        self._write = write
        self._clock = clock
        self._new_id = new_id

    async def decide(self, decision: Decision, request: web.Request) -> web.Response:
        """202 once the brokers have it. The first decision counts; the worker that links acts on it."""
        try:
            body = await asyncio.wait_for(request.read(), _BODY_LIMIT_S)
        except TimeoutError:
            return json_response({"error": "The body did not arrive in time: send it again."}, 408)
        facts, now = facts_of(request), int(self._clock() * 1000)
        said = read_decision(body, self._security.actor_of(facts))
        if isinstance(said, Fault):
            return json_response({"error": said.sentence, "field": said.field}, 400)
        request[ACTOR] = said.actor
        step = self._meant(request.match_info["fingerprint"], said.request, now, self._security.sight_of(facts))
        if isinstance(step, Unfit):
            return json_response({"error": step.value[1], "reason": step.name.lower()}, step.value[0])
        return await self._put(_taken(decision, step, said, self._new_id(), now), step, facts)

    def _meant(self, fingerprint: str, request: str, now: int, sight: Sight) -> Step | Unfit:
        if self._board.anomaly(fingerprint, sight) is None:
            return Unfit.UNKNOWN
        return choose(self._board.ledger.waiting(fingerprint, now), request)

    async def _put(self, taken: Taken, step: Step, facts: Facts) -> web.Response:
        refusal = self._security.refuse_role(facts, ROLES.get(step.data.approval, Role.ADMIN))
        if refusal is not None:
            return refused(refusal)
        delivery = await self._write(step.fingerprint.encode(), encode(taken))
        if delivery is not Delivery.TAKEN:
            return json_response({"error": delivery.value, "reason": delivery.name.lower()}, 503, _RETRY_AFTER)
        return json_response({"id": taken.id, "action": taken.action, "request": taken.request}, 202)


def _taken(decision: Decision, step: Step, said: Said, name: str, now: int) -> Taken:
    return Taken(
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
