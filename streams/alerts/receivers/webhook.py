"""A signed POST to any system that speaks HTTP.

The body is JSON: id, time, kind, severity, title, lines, and `anomalies` as on pharos-anomalies. The headers:

- `Pharos-Timestamp`: seconds since the epoch when it was signed;
- `Pharos-Signature`: `v1=` and the hexadecimal HMAC-SHA256, under the shared secret, of timestamp, ".", body;
- `Idempotency-Key`: the id of the transition, the same in every attempt.

A receiver recomputes the signature, refuses old timestamps, and drops ids it has seen.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import aiohttp
import msgspec
import orjson

from streams.alerts.receiver import Outcome, Result
from streams.incidents.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.message import Notification

_WORTH_RETRYING = {408, 425, 429}
_LONGEST_RETRY_AFTER_S = 3_600.0


class WebhookReceiver:
    """One address. Redirects are not followed: they would carry the message to somebody else.

    Args:
        url: a credential: it is neither logged nor part of any reason.
        secret: signs each message; empty leaves the signature out.
        session: shared; closed by whoever made it.
        timeout_s: for the whole attempt.
        clock: seconds since the epoch, the wall's.

    """

    def __init__(
        self,
        name: str,
        url: str,
        secret: str,
        session: aiohttp.ClientSession,
        timeout_s: float,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self._url = url
        self._secret = secret.encode()
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._clock = clock

    def __repr__(self) -> str:
        return f"WebhookReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """2xx delivers; 408, 425, 429, 5xx, timeouts and broken connections are retried; all else is rejected."""
        body = payload(notification)
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": notification.id,
            "Pharos-Timestamp": timestamp,
        }
        if self._secret:
            headers["Pharos-Signature"] = signature(self._secret, timestamp, body)
        try:
            response = await self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            )
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError):
            return Result(Outcome.REJECTED, "invalid address")
        except asyncio.TimeoutError:  # noqa: UP041 - aiohttp's own timeouts derive from it, and so say the docs
            return Result(Outcome.RETRY, "timeout")
        except (aiohttp.ClientError, OSError) as error:
            return Result(Outcome.RETRY, f"connection: {type(error).__name__}")
        response.close()  # the body is nobody's business, and may never end
        return self._judge(response)

    def _judge(self, response: aiohttp.ClientResponse) -> Result:
        status = response.status
        if 200 <= status < 300:
            return Result(Outcome.DELIVERED)
        if status in _WORTH_RETRYING or status >= 500:
            return Result(
                Outcome.RETRY, f"status {status}", retry_after_s(response.headers.get("Retry-After"), self._clock())
            )
        return Result(Outcome.REJECTED, "redirect" if 300 <= status < 400 else f"status {status}")


def payload(notification: Notification) -> bytes:
    return orjson.dumps(
        {
            "id": notification.id,
            "time": rfc3339(notification.time),
            "kind": notification.kind,
            "severity": notification.severity.value,
            "title": notification.title,
            "lines": list(notification.lines),
            "anomalies": msgspec.to_builtins(notification.anomalies),
        }
    )


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Of timestamp, ".", body.

    >>> signature(b"secret", "1762790400", b"{}")
    'v1=03b32f3cc105401368ed6992de54c87da39e3ee95275a7d74eae5ca8fa3105e4'
    """
    return f"v1={hmac.new(secret, timestamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def retry_after_s(header: str | None, now_s: float) -> float | None:
    """Seconds to wait, from seconds or an HTTP date (RFC 9110, 10.2.3), at most an hour; None for anything else.

    >>> retry_after_s("120", 0), retry_after_s("Thu, 01 Jan 1970 00:01:00 GMT", 20), retry_after_s("soon", 0)
    (120.0, 40.0, None)
    """
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return min(float(header), _LONGEST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    wait_s = (at - datetime.fromtimestamp(now_s, UTC)).total_seconds()
    return min(max(wait_s, 0.0), _LONGEST_RETRY_AFTER_S)
