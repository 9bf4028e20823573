"""The reading half of the HTTP interface, and the server that holds it together."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import orjson
from aiohttp import web

from streams.web.action_desk import with_body
from streams.web.anomaly_course import course_view
from streams.web.audited import SIGNED_IN
from streams.web.guard import add_security_headers, facts_of, guard, json_response, needs, refused
from streams.web.security import COOKIE, Refusal, Role, Security

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streams.telemetry.health import Shortfall
    from streams.web.board import Board
    from streams.web.data_scope import DataScope
    from streams.web.exposition import Exposition

PROBES = frozenset({"/healthz", "/readyz"})
CLOCK_HEADER = "Pharos-Time"  # ms: ages are counted on the worker's clock, not on the reader's
_LARGEST_BODY = 64 * 1024


class HealthSource(Protocol):
    """What the probes ask (see `streams.telemetry.health.Health`)."""

    @property
    def alive(self) -> bool: ...
    def shortfalls(self) -> Sequence[Shortfall]: ...


def create_web_app(
    board: Board,
    exposition: Exposition,
    health: HealthSource,
    security: Security,
    pages: Mapping[str, tuple[str, bytes]],
    clock: Callable[[], float] = time.time,
    alerting_clock: Callable[[], float] | None = None,
) -> web.Application:
    """The whole server, ready for an `aiohttp.web.AppRunner`.

    Args:
        board: what the API and the page show.
        exposition: what /metrics writes.
        health: what the probes tell.
        security: the rules for every request.
        pages: path -> (content type, body) of the static files; they hold no data and need no token.
        clock: the worker's clock, in seconds since the epoch.
        alerting_clock: the clock by which acks and snoozes end, likewise; left out, the worker's.

    """
    app = web.Application(middlewares=[guard(security, PROBES)], client_max_size=_LARGEST_BODY)
    app.on_response_prepare.append(add_security_headers)
    api = _Api(board, exposition, health, security, clock, alerting_clock or clock)
    for path, handler in {
        "/metrics": api.metrics,
        "/api/v1/anomalies": api.anomalies,
        "/api/v1/anomalies/{fingerprint}": api.anomaly,
        "/api/v1/anomalies/{fingerprint}/course": api.course,
        "/api/v1/board": api.board,
        "/api/v1/session": api.session,
    }.items():
        app.router.add_get(path, needs(Role.VIEWER, security, handler, in_part=True))
    app.router.add_get("/healthz", api.healthz)
    app.router.add_get("/readyz", api.readyz)
    app.router.add_post("/api/v1/session", with_body(api.log_in))
    app.router.add_delete("/api/v1/session", api.log_out)
    for path, (content_type, body) in pages.items():
        app.router.add_get(path, _static(content_type, body))
    return app


class _Api:
    def __init__(
        self,
        board: Board,
        exposition: Exposition,
        health: HealthSource,
        security: Security,
        clock: Callable[[], float],
        alerting_clock: Callable[[], float],
    ) -> None:
        self._board = board
        self._exposition = exposition
        self._health = health
        self._security = security
        self._clock = clock
        self._alerting_clock = alerting_clock
        self._drawn: dict[DataScope, tuple[tuple[int, int], bytes, str]] = {}  # as many as there are tokens

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        """Written piece by piece: 100,000 series must not hold up the worker's loop."""
        content_type, pieces = self._exposition.render(request.headers.get("Accept", ""), self._sight(request))
        response = web.StreamResponse(headers={"Content-Type": content_type, "Cache-Control": "no-store"})
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        with contextlib.suppress(
            ConnectionError
        ):  # a reader who lost patience: no fault of ours, and no line in the log
            try:
                for piece in pieces:
                    if piece:
                        await response.write(piece)
                    await asyncio.sleep(0)
            except Exception:
                if request.transport is not None:
                    request.transport.abort()  # nothing else tells a reader that the page ends here
                raise
            await response.write_eof()
        return response

    async def anomalies(self, request: web.Request) -> web.Response:
        """Open ones first, gravest first; then the resolved ones of 24 h. Filters: state, severity, touchpoint."""
        wanted = {
            key: set(request.query.getall(key)) for key in ("state", "severity", "touchpoint") if key in request.query
        }
        data_scope = self._sight(request)
        found = [
            anomaly
            for anomaly in self._board.open_anomalies(data_scope) + self._board.recent_anomalies(data_scope)
            if all(getattr(anomaly, key) in values for key, values in wanted.items())
        ]
        now = self._alerting_now_ms()
        return json_response({"anomalies": [self._board.shown(anomaly, now, data_scope) for anomaly in found]})

    async def anomaly(self, request: web.Request) -> web.Response:
        data_scope = self._sight(request)
        found = self._board.anomaly(request.match_info["fingerprint"], data_scope)
        if found is None:
            return json_response({"error": "No anomaly with this fingerprint is open or recent."}, 404)
        anomaly, timeline = found
        shown = self._board.shown(anomaly, self._alerting_now_ms(), data_scope)
        return json_response({**shown, "timeline": msgspec.to_builtins(timeline)})

    async def course(self, request: web.Request) -> web.Response:
        """What the page of one anomaly draws beside the anomaly: names, cause and symptoms, the line of its series."""
        now = int(self._clock() * 1000)
        found = course_view(self._board, request.match_info["fingerprint"], self._sight(request))
        if found is None:
            return json_response({"error": "No anomaly with this fingerprint is open or recent."}, 404)
        body = orjson.dumps(found, default=msgspec.to_builtins)
        return _revalidated(request, "application/json", body, _etag(body), {CLOCK_HEADER: str(now)})

    async def board(self, request: web.Request) -> web.Response:
        """What the page draws. Its ETag is the content's, so that polling an unchanged board costs no body."""
        now = int(self._clock() * 1000)
        asked, data_scope = (self._board.version, now // 1000), self._sight(request)
        drawn = self._drawn.get(data_scope)
        if drawn is None or drawn[0] != asked:
            body = orjson.dumps(self._board.view(now, self._alerting_now_ms(), data_scope), default=msgspec.to_builtins)
            drawn = self._drawn[data_scope] = asked, body, _etag(body)
        _, body, etag = drawn
        return _revalidated(request, "application/json", body, etag, {CLOCK_HEADER: str(now)})

    def _sight(self, request: web.Request) -> DataScope:
        return self._security.data_scope_of(facts_of(request))

    def _alerting_now_ms(self) -> int:
        return int(self._alerting_clock() * 1000)

    async def healthz(self, _request: web.Request) -> web.Response:
        alive = self._health.alive
        return json_response({"alive": alive}, 200 if alive else 503)

    async def readyz(self, request: web.Request) -> web.Response:
        """Anyone learns whether; why is for who may read."""
        shortfalls = self._health.shortfalls()
        answer: dict[str, Any] = {"ready": not shortfalls}
        if self._security.refuse_role(facts_of(request), Role.VIEWER) is None and self._sight(request).whole:
            answer["reasons"] = [{"reason": reason.value, "detail": detail} for reason, detail in shortfalls]
        return json_response(answer, 503 if shortfalls else 200)

    async def session(self, request: web.Request) -> web.Response:
        """What the reader may do, and the name beside their token: a page offers no more. Without tokens it is all."""
        facts = facts_of(request)
        role = max(role for role in Role if self._security.refuse_role(facts, role) is None)
        data_scope = self._security.data_scope_of(facts)
        part = {} if data_scope.whole else {"sees": {name: sorted(values) for name, values in data_scope.values}}
        return json_response({"role": role.name.lower(), "name": self._security.actor_of(facts), **part})

    async def log_in(self, body: bytes, request: web.Request) -> web.Response:
        """Changes a token into a cookie, for browsers."""
        try:
            token = orjson.loads(body)["token"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return json_response({"error": 'The body must be {"token": "..."}.'}, 400)
        session = self._security.session_of(token) if isinstance(token, str) else None
        if session is None:
            return refused(Refusal.TOKEN_UNKNOWN)
        request[SIGNED_IN] = self._security.name_of(token)
        response = json_response({})
        response.set_cookie(COOKIE, session, httponly=True, samesite="Strict", secure=_encrypted(request), path="/")
        return response

    async def log_out(self, _request: web.Request) -> web.Response:
        response = json_response({})
        response.del_cookie(COOKIE, path="/")
        return response


def _encrypted(request: web.Request) -> bool:
    """The guard lets a forwarding header through only where a proxy is configured."""
    return request.secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def _static(content_type: str, body: bytes) -> Callable[[web.Request], Any]:
    etag = _etag(body)

    async def page(request: web.Request) -> web.Response:
        return _revalidated(request, content_type, body, etag)

    return page


def _revalidated(
    request: web.Request, content_type: str, body: bytes, etag: str, more: Mapping[str, str] = MappingProxyType({})
) -> web.Response:
    """304 without a body for a reader who has this very content."""
    headers = {"ETag": etag, "Cache-Control": "no-cache", **more}
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers={**headers, "Content-Type": content_type})
