"""Dead letters over HTTP: which records could not be counted, by reason, field, topic and producer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from streams.records.dead_letter_copy import read_copy
from streams.records.dead_letter_summary import DeadLetterSummary
from streams.records.instant import rfc3339
from streams.web.guard import json_response, needs
from streams.web.security import Role, Security

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

    from streams.records.dead_letter_summary import DeadLetterRow

PATH: Final = "/api/v1/dead-letters"


class DeadLetterBoard:
    """What the page shows of pharos-dead-letters: of its end at the start of this worker, and of all since.

    Attributes:
        refused: whether the brokers do not let this worker read the topic.
        skipped: how many dead letters were passed over because more came than are looked at; about, for the topic also
            holds the ends of transactions.

    """

    def __init__(self) -> None:
        self.refused = False
        self.skipped = 0
        self._summary = DeadLetterSummary()

    def take(self, headers: Iterable[tuple[str, bytes | None]], value: bytes | None, at_ms: int) -> None:
        """One record of the topic. Never raises."""
        copy = read_copy(headers, value, at_ms)
        if copy is not None:
            self._summary.take(copy)

    def skip(self, count: int) -> None:
        """So many were passed over."""
        self.skipped += count

    def refuse(self, *, refused: bool) -> None:
        """Whether the topic may not be read."""
        self.refused = refused

    def view(self) -> dict[str, Any]:
        """The most frequent first."""
        return {
            "dead_letters": [_shown(row) for row in self._summary.rows()],
            "total": self._summary.total,
            "skipped": self.skipped,
            "refused": self.refused,
        }


def add_dead_letters(app: web.Application, board: DeadLetterBoard, security: Security) -> None:
    """Adds the route `PATH`. Who sees a part of the data only is refused: dead letters belong to no part."""

    async def listed(_request: web.Request) -> web.Response:
        return json_response(board.view())

    app.router.add_get(PATH, needs(Role.VIEWER, security, listed))


def _shown(row: DeadLetterRow) -> dict[str, Any]:
    return {
        **row.kind._asdict(),
        "count": row.count,
        "since": rfc3339(row.first_ms),
        "last": rfc3339(row.last_ms),
        "partition": row.partition,
        "offset": row.offset,
    }
