"""The journey of an order or a customer over HTTP: read from the topics on demand, for those on call and admins."""

from __future__ import annotations

import asyncio
import enum
import logging
from typing import TYPE_CHECKING, Final, Protocol

from streams.journey.journey import journey_of
from streams.journey.subject import Subject, SubjectFault, SubjectKind, read_subject
from streams.journey.view import journey_view
from streams.settings.errors import OutageError
from streams.web.audited import ABOUT
from streams.web.guard import facts_of, json_response, needs
from streams.web.security import Role, Security

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web
    from multidict import MultiMapping

    from streams.journey.reading import JourneyReading

PATH: Final = "/api/v1/journey"
MOST_DAYS: Final = 45

logger = logging.getLogger(__name__)


class JourneyReader(Protocol):
    """Reads the source topics for one journey."""

    def read(self, subject: Subject, days: int, now: int, sees: Callable[[Mapping[str, str]], bool]) -> JourneyReading:
        """Blocks, in limited time. `now`: ms since the epoch. Raises OutageError."""


class JourneyRefusal(enum.Enum):
    """Why no journey is shown: HTTP status, and the sentence with the remedy."""

    OFF = (
        403,
        "Journeys lead to people, and are not shown here: set tokens_file, or journey_page: always.",
    )
    WHICH = 400, "Ask for one: ?order=ID or ?customer=HASH."
    ORDER = 400, SubjectFault.ORDER.value
    CUSTOMER = 400, SubjectFault.CUSTOMER.value
    DAYS = 400, f"days must be a whole number from 1 to {MOST_DAYS}."
    READING = 429, "Another journey is being read here, and one is read at a time: try again in a few seconds."
    NOTHING = 404, "No event of it that you may see was found: check the id, or ask for more days."
    BROKERS = 503, "The brokers did not let it be read: see the worker's log."


def add_journey(
    app: web.Application,
    reader: JourneyReader,
    security: Security,
    clock: Callable[[], float],
    mark: Callable[[Subject], str],
    *,
    shown: bool,
) -> None:
    """Adds the route `PATH`.

    Args:
        app: the server.
        reader: used by one request at a time.
        security: tells who asks; a data scope leaves events out.
        clock: the worker's, in seconds since the epoch.
        mark: what the audit log has instead of an id; "" where there is nothing.
        shown: whether any journey is; else all are refused.

    """
    desk = _JourneyDesk(reader, security, clock, mark, shown=shown)
    app.router.add_get(PATH, needs(Role.RESPONDER, security, desk.answer, in_part=True))


class _JourneyDesk:
    def __init__(
        self,
        reader: JourneyReader,
        security: Security,
        clock: Callable[[], float],
        mark: Callable[[Subject], str],
        *,
        shown: bool,
    ) -> None:
        self._reader = reader
        self._security = security
        self._clock = clock
        self._mark = mark
        self._shown = shown
        self._reading = False

    async def answer(self, request: web.Request) -> web.Response:
        if not self._shown:
            return _refused(JourneyRefusal.OFF)
        asked = _asked(request.query)
        if isinstance(asked, JourneyRefusal):
            return _refused(asked)
        subject, days = asked
        request[ABOUT] = f"{subject.kind.value} {self._mark(subject)}".rstrip()
        if self._reading:
            return _refused(JourneyRefusal.READING, {"Retry-After": "5"})
        now = int(self._clock() * 1000)
        data_scope = self._security.data_scope_of(facts_of(request))
        self._reading = True
        try:
            reading = await asyncio.shield(self._read(subject, days, now, data_scope.sees))
        except OutageError as error:
            logger.warning("a journey could not be read: %s", error)
            return _refused(JourneyRefusal.BROKERS)
        if not reading.events and not reading.stopped.cut_short:
            return _refused(JourneyRefusal.NOTHING)  # and not whether others may see some
        if not reading.events:
            reading = reading._replace(left_out=False)
        view = await asyncio.to_thread(lambda: journey_view(subject, journey_of(reading.events, now), reading))
        return json_response(view)

    async def _read(
        self, subject: Subject, days: int, now: int, sees: Callable[[Mapping[str, str]], bool]
    ) -> JourneyReading:
        try:
            return await asyncio.to_thread(self._reader.read, subject, days, now, sees)
        finally:
            self._reading = False


def _asked(query: MultiMapping[str]) -> tuple[Subject, int] | JourneyRefusal:
    named = [(kind, text) for kind in SubjectKind for text in query.getall(kind.value, [])]
    if len(named) != 1:
        return JourneyRefusal.WHICH
    subject = read_subject(*named[0])
    if isinstance(subject, SubjectFault):
        return JourneyRefusal[subject.name]
    days = query.get("days", str(MOST_DAYS))
    if not (days.isascii() and days.isdecimal() and len(days) <= 2 and 1 <= int(days) <= MOST_DAYS):
        return JourneyRefusal.DAYS
    return subject, int(days)


def _refused(refusal: JourneyRefusal, headers: dict[str, str] | None = None) -> web.Response:
    status, sentence = refusal.value
    return json_response({"error": sentence, "reason": refusal.name.lower()}, status, headers)
