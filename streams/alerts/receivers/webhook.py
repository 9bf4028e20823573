"""A signed POST to any system that speaks HTTP.

The body is JSON: id, time, kind, severity, title, lines, and `anomalies` as on pharos-anomalies. The headers:

- `Pharos-Timestamp`: seconds since the epoch when it was signed;
- `Pharos-Signature`: `v1=` and the hexadecimal HMAC-SHA256, under the shared secret, of timestamp, ".", body;
- `Idempotency-Key`: the id of the transition, the same in every attempt.

A receiver recomputes the signature, refuses old timestamps, and drops ids it has seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import orjson

from streams.alerts.queue.budget import Allowance
from streams.alerts.receivers.channel import Channel, Need
from streams.delivery.answer import failure_of
from streams.delivery.result import DELIVERED, Result
from streams.delivery.signature import signature
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost


class WebhookReceiver:
    """One address.

    Args:
        url: a credential: it is neither logged nor part of any reason.
        secret: signs each message; empty leaves the signature out.

    """

    def __init__(self, name: str, url: str, secret: str, post: HttpPost) -> None:
        self.name = name
        self._url = url
        self._secret = secret.encode()
        self._post = post

    def __repr__(self) -> str:
        return f"WebhookReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """2xx delivers; 408, 425, 429, 5xx, timeouts and broken connections are retried; all else is rejected."""
        body = payload(notification)
        timestamp = str(int(self._post.clock()))
        headers = {"Idempotency-Key": notification.id, "Pharos-Timestamp": timestamp}
        if self._secret:
            headers["Pharos-Signature"] = signature(self._secret, timestamp, body)
        answer = await self._post.send(self._url, body, headers, read=False)
        return answer if isinstance(answer, Result) else failure_of(answer) or DELIVERED


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


CHANNEL = Channel(
    "webhook",
    lambda parts: WebhookReceiver(parts.name, parts.url, parts.secret, parts.post),
    url=Need.MUST,
    secret=Need.MAY,
    allowance=Allowance(apart=True),
)
