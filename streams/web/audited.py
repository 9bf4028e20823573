"""Puts every write before the audit log, whatever came of it, and lets an admin read the log."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson
from aiohttp import web

from streams.records.instant import rfc3339
from streams.settings.secrets import ConfigurationError
from streams.web.audit import Audited, AuditLog, address_class
from streams.web.guard import facts_of, is_webhook, json_response, needs
from streams.web.security import Role, Security

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Middleware

    from streams.settings.settings import Settings
    from streams.web.guard import Handler

ACTOR: Final = web.RequestKey("actor", str)  # the name that the request itself gave, once a handler has read it
ABOUT: Final = web.RequestKey("about", str)  # what a look was about, where the path does not name it
LOOKS: Final = frozenset({"/api/v1/journey"})
"""What is written down although it only reads: it shows what leads to people."""
SIGNED_IN: Final = web.RequestKey("signed_in", str)  # the name beside the token of who signs in
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSALS: Final = frozenset({401, 403, 404, 405, 413, 415})
_LISTED_A_MINUTE: Final = 60  # of what was refused: a flood must not push out what was done
_MOST_ASKED: Final = 1_000
_COUNT: Final = re.compile("[1-9][0-9]{0,3}")
_NOT_NOTED: Final = {
    "error": "The audit log cannot be written, and without it this is not shown: see the worker's log.",
    "reason": "not_noted",
}
_LARGEST_ANSWER: Final = 4_096

logger = logging.getLogger(__name__)


class Auditor:
    """Writes entries, and says on the log where it cannot: who has to act must be able to, also with a full disk.

    Args:
        log: where entries go.
        security: tells who asks.
        clock: seconds since the epoch, the wall's.
        on_failure: called for an entry that was lost.

    """

    def __init__(
        self, log: AuditLog, security: Security, clock: Callable[[], float], on_failure: Callable[[], None]
    ) -> None:
        self.log = log
        self._security = security
        self._clock = clock
        self._on_failure = on_failure
        self._minute, self._refused, self._unlisted = 0, 0, 0

    async def note(self, request: web.Request, response: web.StreamResponse) -> bool:
        """Whether it is written down. Never raises for a log that cannot be written."""
        now = self._clock()
        refused = response.status in _REFUSALS and ABOUT not in request
        if refused and not self._lists_refusal(int(now // 60)):
            return True
        entry = self._entry(request, response, now)
        self._unlisted = 0
        try:
            await asyncio.to_thread(self.log.append, entry)
        except OSError as error:
            self._on_failure()
            logger.error("a line is missing in the audit log: %s; check the disk", error.strerror)  # noqa: TRY400
            return False
        return True

    def _lists_refusal(self, minute: int) -> bool:
        if minute != self._minute:
            self._minute, self._refused = minute, 0
        self._refused += 1
        if self._refused > _LISTED_A_MINUTE:
            self._unlisted += 1
            return False
        return True

    def _entry(self, request: web.Request, response: web.StreamResponse, now: float) -> Audited:
        facts = facts_of(request)
        role = self._security.token_role(facts)
        resource = request.match_info.route.resource
        answer = _answer(response)
        return Audited(
            time=rfc3339(int(now * 1000)),
            who=request.get(SIGNED_IN) or self._security.actor_of(facts),
            role="" if role is None else role.name.lower(),
            actor=request.get(ACTOR, ""),
            from_=address_class(request.remote, behind_proxy=self._security.behind_proxy),
            method=request.method[:10],
            what="" if resource is None else resource.canonical,
            about=(request.get(ABOUT) or " ".join(request.match_info.values()))[:200],
            status=response.status,
            reason=str(answer.get("reason", ""))[:80],
            id=str(answer.get("id", ""))[:80],
            unlisted=self._unlisted,
        )


def open_audit(settings: Settings) -> AuditLog:
    """Where the settings put it. Raises ConfigurationError where it cannot be written."""
    path = Path(settings.audit_file or Path(settings.state_dir) / "audit.jsonl")
    try:
        return AuditLog(path)
    except OSError as error:
        what = (error.strerror or "unknown reason").lower()
        raise ConfigurationError(
            f"the audit log {path} cannot be written ({what}); set audit_file to a file that the worker may append to"
        ) from None


def audited(auditor: Auditor) -> Middleware:
    """The middleware; it stands outside the guard, so that it sees what that refuses.

    An action succeeds also where it cannot be written down; a look at what leads to people does not.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        resource = request.match_info.route.resource
        if resource is not None and resource.canonical in LOOKS:
            noted = await auditor.note(request, response)
            return response if noted else json_response(_NOT_NOTED, 503)
        if request.method not in _SAFE and not is_webhook(request):
            await auditor.note(request, response)
        return response

    return middleware


def add_audit(app: web.Application, auditor: Auditor, security: Security) -> None:
    """Adds GET /api/v1/audit?limit=N for admins: this worker's entries, newest first."""

    async def last(request: web.Request) -> web.Response:
        asked = request.query.get("limit", "100")
        if not (_COUNT.fullmatch(asked) and int(asked) <= _MOST_ASKED):
            return json_response({"error": f"limit must be a whole number from 1 to {_MOST_ASKED}."}, 400)
        return json_response({"entries": await asyncio.to_thread(auditor.log.last, int(asked))})

    app.middlewares.insert(0, audited(auditor))
    app.router.add_get("/api/v1/audit", needs(Role.ADMIN, security, last))


def _answer(response: web.StreamResponse) -> dict[str, object]:
    body = response.body if isinstance(response, web.Response) else None
    if not isinstance(body, bytes) or len(body) > _LARGEST_ANSWER:
        return {}
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
