"""What a server answered to a POST, and what its status says."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import orjson

from streams.delivery.result import CREDENTIALS_REST_S, Cause, Outcome, Result

LONGEST_RETRY_AFTER_S = 3_600.0


_WORTH_RETRYING = {408, 425, 429}


_OF_CREDENTIALS = {401, 403, 404, 410}


class Answer(NamedTuple):
    """What came back. `body` is empty where nobody asked for it."""

    status: int
    body: bytes
    retry_after_s: float | None

    @property
    def fields(self) -> dict[str, object] | None:
        """The JSON object of the body; None where the body is something else."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None
        return found if isinstance(found, dict) else None

    def code(self, *keys: str) -> int | None:
        """The first of these fields that is there, if it is a whole number."""
        fields = self.fields or {}
        found = next((fields[key] for key in keys if key in fields), None)
        return found if isinstance(found, int) and not isinstance(found, bool) else None


def failure_of(answer: Answer) -> Result | None:
    """What the status alone says where it is not 2xx; None where it is."""
    status, reason = answer.status, f"status {answer.status}"
    if 200 <= status < 300:
        return None
    if status == 429:
        return Result(Outcome.RETRY, reason, answer.retry_after_s, Cause.THROTTLED)
    if status in _WORTH_RETRYING or status >= 500:
        return Result(Outcome.RETRY, reason, answer.retry_after_s, Cause.OUT_OF_ORDER)
    if 300 <= status < 400:
        return Result(Outcome.REJECTED, "redirect", CREDENTIALS_REST_S, Cause.CREDENTIALS)
    if status in _OF_CREDENTIALS:
        return Result(Outcome.REJECTED, reason, CREDENTIALS_REST_S, Cause.CREDENTIALS)
    return Result(Outcome.REJECTED, reason, cause=Cause.TOO_LONG if status == 413 else Cause.REFUSED)


def garbage(answer: Answer) -> Result:
    """Of an answer that is not what this channel answers: whether the message arrived is unknown, so it goes again."""
    return failure_of(answer) or Result(Outcome.RETRY, "an unreadable answer", cause=Cause.GARBAGE)


def retry_after_s(header: str | None, now_s: float) -> float | None:
    """Seconds to wait, from seconds or an HTTP date (RFC 9110, 10.2.3), at most an hour; None for anything else.

    >>> retry_after_s("120", 0), retry_after_s("Thu, 01 Jan 1970 00:01:00 GMT", 20), retry_after_s("soon", 0)
    (120.0, 40.0, None)
    """
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return min(float(header), LONGEST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    wait_s = (at - datetime.fromtimestamp(now_s, UTC)).total_seconds()
    return min(max(wait_s, 0.0), LONGEST_RETRY_AFTER_S)
