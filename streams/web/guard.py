"""Puts the security rules, the security headers and JSON errors around every handler."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from streams.web.security import COOKIE, SECURITY_HEADERS, Facts, Refusal, Role, Security

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.typedefs import Middleware

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

INTAKE_PATH: Final = "/intake/{mapping}"

log = logging.getLogger(__name__)


class _WithoutRequest(logging.Filter):
    """aiohttp writes the bytes of what it cannot read, and a token may be among them."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.msg, record.args = "a request that is not HTTP was refused with %d", (error.code,)
            record.exc_info, record.levelno, record.levelname = None, logging.WARNING, "WARNING"
        return True


logging.getLogger("aiohttp.server").addFilter(_WithoutRequest())


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON that no cache keeps."""
    return web.Response(
        body=orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def refused(refusal: Refusal) -> web.Response:
    challenge = {"WWW-Authenticate": 'Bearer realm="pharos"'} if refusal.status == 401 else {}
    return json_response({"error": refusal.sentence, "reason": refusal.name.lower()}, refusal.status, challenge)


def facts_of(request: web.Request) -> Facts:
    return Facts(request.method, request.headers.get("Host", ""), request.headers, request.cookies.get(COOKIE, ""))


def is_webhook(request: web.Request) -> bool:
    """Whether it goes to the intake, by the route that was found and not by how the path is written.

    It comes from a program, in any content type, and proves itself by a signature or a token, never by a cookie. So the
    rules against pages of others do not apply, and it is nothing that a person did.
    """
    resource = request.match_info.route.resource
    return resource is not None and resource.canonical == INTAKE_PATH


def needs(role: Role, security: Security, handler: Handler, *, in_part: bool = False) -> Handler:
    """The handler, for who holds the role. `in_part`: it knows how to answer who sees only a part of the data."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        facts = facts_of(request)
        refusal = security.refuse_role(facts, role)
        if refusal is None and not in_part and not security.data_scope_of(facts).whole:
            refusal = Refusal.SIGHT
        return refused(refusal) if refusal else await handler(request)

    return guarded


def guard(security: Security, probes: frozenset[str]) -> Middleware:
    """The middleware. Probes come by address, so their paths are exempt from the rule on Host."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        refuse = security.refuse_route if is_webhook(request) else security.refuse_transport
        refusal = None if request.path in probes else refuse(facts_of(request))
        if refusal is not None:
            return refused(refusal)
        try:
            return await handler(request)
        except web.HTTPException as error:
            allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return json_response({"error": error.reason}, error.status, allowed)
        except web.RequestPayloadError:
            return json_response({"error": "The body cannot be decompressed: send it uncompressed."}, 400)
        except ConnectionError:
            raise  # the reader has gone: nobody is left to answer
        except Exception:
            log.exception("request to %s failed", request.path)
            return json_response({"error": "Something failed here: see the worker's log."}, 500)

    return middleware


async def add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Runs just before the headers leave, so that streams and errors have them too."""
    response.headers.update(SECURITY_HEADERS)
    response.headers.popall("Server", None)
