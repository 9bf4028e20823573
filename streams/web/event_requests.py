"""What business systems were asked to do about single events, over HTTP: whose, when, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from streams.records.instant import rfc3339
from streams.web.guard import facts_of, json_response, needs
from streams.web.security import Role, Security

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from streams.records.request import RequestStep
    from streams.register.register import Register
    from streams.register.requests import KnownRequest
    from streams.web.data_scope import DataScope

PATH: Final = "/api/v1/requests"
_MOST: Final = 200


def add_event_requests(
    app: web.Application, register: Register, security: Security, clock: Callable[[], float]
) -> None:
    """Adds the route `PATH`: the latest first. No answer names a person. `clock`: now for people, in seconds."""

    async def listed(request: web.Request) -> web.Response:
        seen, now = security.data_scope_of(facts_of(request)), int(clock() * 1000)
        latest = register.single_events.newest(_MOST)
        return json_response({"requests": [view(entry, now) for entry in latest if sees(seen, entry.steps[0])]})

    app.router.add_get(PATH, needs(Role.VIEWER, security, listed, in_part=True))


def sees(seen: DataScope, step: RequestStep) -> bool:
    """Whether a reader sees a request about single events; that about several belongs to no part of the data."""
    return step.data.events is not None and seen.sees(step.data.events.scope)


def view(entry: KnownRequest, now: int) -> dict[str, Any]:
    """A request and where it stands at `now` (ms)."""
    first, last = entry.steps[0], entry.steps[-1]
    data, events = first.data, first.data.events
    return {
        "request": data.request,
        "rule": data.rule,
        "action": data.action,
        "note": data.note,
        "role": data.approval,
        "time": rfc3339(first.time),
        "until": last.data.until,
        "standing": entry.standing(now).value,
        "outcome": last.data.outcome or "",
        "reason": last.data.reason,
        "actor": last.data.actor,
        "owner": events.owner if events else "",
        "type": events.type if events else "",
        "scope": events.scope if events else {},
        "events": events.count if events else 0,
    }
