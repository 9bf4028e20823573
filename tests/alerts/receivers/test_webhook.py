"""The signed webhook: what it sends, and what the status of the answer means."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest

from streams.alerts.receivers.webhook import WebhookReceiver
from streams.delivery.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost

    Told = Callable[..., Notification]
    Tried = Callable[..., Any]

SECRET = "s3cret"


def hook(channel: Any, post: HttpPost, secret: str = SECRET) -> WebhookReceiver:
    return WebhookReceiver("hook", f"{channel.url}/t0ken", secret, post)


@pytest.mark.parametrize(
    ("status", "outcome_is", "reason"),
    [
        (200, Outcome.DELIVERED, ""),
        (202, Outcome.DELIVERED, ""),
        (204, Outcome.DELIVERED, ""),
        (302, Outcome.REJECTED, "redirect"),
        (307, Outcome.REJECTED, "redirect"),
        (400, Outcome.REJECTED, "status 400"),
        (401, Outcome.REJECTED, "status 401"),
        (404, Outcome.REJECTED, "status 404"),
        (410, Outcome.REJECTED, "status 410"),
        (413, Outcome.REJECTED, "status 413"),
        (408, Outcome.RETRY, "status 408"),
        (425, Outcome.RETRY, "status 425"),
        (429, Outcome.RETRY, "status 429"),
        (500, Outcome.RETRY, "status 500"),
        (503, Outcome.RETRY, "status 503"),
    ],
)
async def test_each_status_has_one_outcome_and_a_reason(
    channel: Any, post: HttpPost, told: Told, outcome: Tried, status: int, outcome_is: Outcome, reason: str
) -> None:
    channel.answers((status, b"", {"Location": "/200"}))
    result = await outcome(hook(channel, post), channel, told())

    assert (result.outcome, result.reason) == (outcome_is, reason)
    assert len(channel.got) == 1


async def test_the_body_of_an_answer_is_nobodys_business(
    channel: Any, post: HttpPost, told: Told, outcome: Tried
) -> None:
    channel.answers("endless")

    assert (await outcome(hook(channel, post), channel, told())).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("7", 7.0),
        ("999999", 3600.0),
        ("Mon, 10 Nov 2025 16:00:30 GMT", 29.75),
        ("Mon, 10 Nov 2025 15:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_retry_after_is_honoured_where_it_makes_sense(
    channel: Any, post: HttpPost, told: Told, outcome: Tried, header: str, wait_s: float | None
) -> None:
    channel.answers((429, b"", {"Retry-After": header}))

    assert (await outcome(hook(channel, post), channel, told())).retry_after_s == wait_s


async def test_the_message_is_signed_and_carries_its_id(channel: Any, post: HttpPost, told: Told, now: float) -> None:
    channel.answers((200, b""))
    notification = told()
    await hook(channel, post).deliver(notification)
    _, _, headers, body = channel.got[0]
    signed = f"{headers['Pharos-Timestamp']}.".encode() + body

    assert headers["Pharos-Timestamp"] == str(int(now))
    assert headers["Pharos-Signature"] == "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == notification.id
    sent = channel.got[0].json
    assert sent["title"] == notification.title
    assert sent["anomalies"][0]["fingerprint"] == "f1"
    assert sent["time"] == "2025-11-10T16:00:00.000Z"


async def test_without_a_secret_there_is_no_signature(channel: Any, post: HttpPost, told: Told) -> None:
    channel.answers((200, b""))
    await hook(channel, post, "").deliver(told())

    assert "Pharos-Signature" not in channel.got[0].headers


async def test_every_attempt_has_the_same_key(channel: Any, post: HttpPost, told: Told) -> None:
    channel.answers((503, b""), (200, b""))
    for _ in range(2):
        await hook(channel, post).deliver(told(name="t1"))

    assert [request.headers["Idempotency-Key"] for request in channel.got] == ["t1", "t1"]
