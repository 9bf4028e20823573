"""The intake: bodies of webhooks from outside, checked and handed to Kafka unchanged (docs/intake.md)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from aiohttp import HttpVersion11, web

from streams.delivery.written import Delivery
from streams.intake.outcome import Outcome
from streams.intake.raw_record import RawRecord, cloud_event_attributes, raw_record
from streams.intake.room import Place, Room
from streams.topics.wanted import LARGEST_BODY
from streams.web.guard import INTAKE_PATH, facts_of, json_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from streams.intake.signature import Claim, Signature
    from streams.web.security import Security

BODY_LIMIT_S: Final = 10.0
_OF_DELIVERY: Final = {
    Delivery.TAKEN: Outcome.TAKEN,
    Delivery.LATE: Outcome.LATE,
    Delivery.REFUSED: Outcome.REFUSED,
    Delivery.TOO_LARGE: Outcome.TOO_LARGE,
    Delivery.BUSY: Outcome.FULL,
    Delivery.CLOSED: Outcome.NOT_READY,
}
_RETRY_AFTER: Final = {"Retry-After": "5"}
_HEADERS: Final = {
    Outcome.UNSIGNED: {"WWW-Authenticate": 'Signature realm="pharos"'},
    Outcome.TOKEN: {"WWW-Authenticate": 'Bearer realm="pharos"'},
    Outcome.METHOD: {"Allow": "POST"},
    Outcome.FULL: _RETRY_AFTER,
    Outcome.LATE: _RETRY_AFTER,
    Outcome.REFUSED: _RETRY_AFTER,
    Outcome.NOT_READY: _RETRY_AFTER,
}

logger = logging.getLogger(__name__)


def _unknown(_mapping: str, _body: bytes) -> str:
    return ""


class IntakeParts(NamedTuple):
    """What the intake works with.

    Attributes:
        signatures: by mapping; None where a token with the role intake is asked for.
        write: puts a record on Kafka, in limited time.
        now_ms: the wall clock, since the epoch.
        counted: counts bodies by mapping and outcome.
        body_limit_s: how long a body may take to arrive.
        subject_of: what the events are about that a mapping makes of a body; "" where that is not known.

    """

    signatures: Mapping[str, Signature | None]
    write: Callable[[RawRecord], Awaitable[Delivery]]
    now_ms: Callable[[], int]
    counted: Callable[[str, str, int], None]
    body_limit_s: float = BODY_LIMIT_S
    subject_of: Callable[[str, bytes], str] = _unknown


def add_intake(app: web.Application, security: Security, parts: IntakeParts) -> None:
    """Adds POST /intake/{mapping}, and says on the log who may post where.

    Args:
        app: as `create_web_app` made it, so that its guard stands before this route too.
        security: knows the tokens.
        parts: what the intake works with.

    """
    for mapping, signature in parts.signatures.items():
        for outcome in Outcome:
            parts.counted(mapping, outcome.label, 0)  # to Prometheus a rise from nothing is no increase
        if signature is not None:
            logger.info("/intake/%s takes bodies that are signed in %s", mapping, signature.header)
        elif security.knows_intake:
            logger.info("/intake/%s takes bodies from tokens with the role intake", mapping)
        else:
            logger.warning(
                "/intake/%s refuses every request, for nobody could prove who they are: name the secret of "
                "mappings.%s.signature, put a token with the role intake into tokens_file, or set mappings.%s.intake "
                "to false",
                *(mapping,) * 3,
            )
    app.router.add_route("*", INTAKE_PATH, _Intake(security, parts).answer, expect_handler=_expected)


class _Intake:
    def __init__(self, security: Security, parts: IntakeParts) -> None:
        self._security = security
        self._parts = parts
        self._room = Room()

    async def answer(self, request: web.Request) -> web.Response:
        mapping = request.match_info["mapping"]
        if mapping not in self._parts.signatures:
            return json_response({"error": "There is no intake of this name."}, 404)
        try:
            outcome = await self._take(mapping, request)
        except ConnectionError:
            self._parts.counted(mapping, Outcome.CUT_SHORT.label, 1)
            raise
        self._parts.counted(mapping, outcome.label, 1)
        if outcome is Outcome.TAKEN:
            return json_response({"taken": True})
        answer = {"error": outcome.sentence, "reason": outcome.label}
        return json_response(answer, outcome.status, _HEADERS.get(outcome))

    async def _take(self, mapping: str, request: web.Request) -> Outcome:
        refused = _refuse_form(request)
        if refused is not None:
            return refused
        signature = self._parts.signatures[mapping]
        claim = self._claim(signature, request)
        if isinstance(claim, Outcome):
            return claim
        place = self._room.place()
        if place is None:
            return Outcome.FULL
        try:
            body = await self._body(request, place)
            if isinstance(body, Outcome):
                return body
            if signature is not None and claim is not None and not signature.fits(claim, body):
                return Outcome.WRONG_SIGNATURE
            # A signature covers the body only: with a body of somebody else, headers would make another event of it.
            attributes = cloud_event_attributes(request.headers.items()) if signature is None else ()
            subject = self._parts.subject_of(mapping, body)
            record = raw_record(mapping, body, attributes, self._parts.now_ms(), subject)
            return _OF_DELIVERY[await self._parts.write(record)]
        finally:
            place.leave()

    def _claim(self, signature: Signature | None, request: web.Request) -> Claim | Outcome | None:
        """What is to be proved by the body; None where a token has proved it already."""
        if signature is not None:
            return signature.claim(request.headers, self._parts.now_ms())
        if not self._security.knows_intake:
            return Outcome.CLOSED
        return None if self._security.opens_intake(facts_of(request)) else Outcome.TOKEN

    async def _body(self, request: web.Request, place: Place) -> bytes | Outcome:
        """All of it, or why not. What is too large, too slow or too much is not read on."""
        await _continue(request)
        body = bytearray()
        try:
            async with asyncio.timeout(self._parts.body_limit_s):
                async for chunk in request.content.iter_any():
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        return Outcome.TOO_LARGE
                    if not place.add(len(chunk)):
                        return Outcome.FULL
        except TimeoutError:
            return Outcome.TOO_SLOW
        except web.RequestPayloadError:
            return Outcome.CUT_SHORT
        return bytes(body) if body else Outcome.EMPTY


def _refuse_form(request: web.Request) -> Outcome | None:
    """What the first lines of a request tell."""
    if request.method != "POST":
        return Outcome.METHOD
    if (request.content_length or 0) > LARGEST_BODY:
        return Outcome.TOO_LARGE
    encodings = ",".join(request.headers.getall("Content-Encoding", ())).split(",")
    if any(encoding.strip().lower() not in ("", "identity") for encoding in encodings):
        return Outcome.ENCODED
    return None


async def _expected(request: web.Request) -> None:
    """A sender that waits for 100 Continue gets it once the rest of its request is accepted, see `_continue`."""
    if not _waits(request):
        raise web.HTTPExpectationFailed


async def _continue(request: web.Request) -> None:
    if _waits(request) and request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


def _waits(request: web.Request) -> bool:
    return request.headers.get("Expect", "").lower() == "100-continue"
