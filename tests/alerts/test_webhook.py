"""The webhook against a server that behaves badly in every way we know of."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from streams.alerts.message import Titles, compose
from streams.alerts.receiver import Outcome
from streams.alerts.receivers.webhook import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.alerts.message import Notification
    from streams.alerts.receiver import Result
    from streams.incidents.anomaly import Transition

    Make = Callable[..., Notification]
    Deliver = Callable[..., Any]

NOW = 1_762_790_400
SECRET = "shared"


class BadServer:
    """Answers as the path says, and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.released = asyncio.Event()
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        behaviour = request.match_info["behaviour"]
        if behaviour.isdigit():
            return web.Response(status=int(behaviour), headers=dict(request.query))
        if behaviour == "hang":
            await self.released.wait()
        if behaviour == "cut" and request.transport:
            request.transport.close()
        if behaviour == "endless":
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while not self.released.is_set():
                    await response.write(b"x" * 65_536)
                    await asyncio.sleep(0.001)
            except ConnectionError:
                pass
            return response
        return web.Response()


@pytest.fixture
async def server() -> AsyncIterator[BadServer]:
    bad = BadServer()
    app = web.Application()
    app.router.add_post("/{behaviour}", bad.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bad.port = runner.addresses[0][1]
    yield bad
    bad.released.set()
    await runner.cleanup()


@pytest.fixture
async def deliver(server: BadServer, notification: Make) -> AsyncIterator[Deliver]:
    async with aiohttp.ClientSession() as session:

        async def attempt(path: str, url: str = "", secret: str = SECRET, told: Notification | None = None) -> Result:
            address = url or f"http://127.0.0.1:{server.port}/{path}"
            receiver = WebhookReceiver("hook", address, secret, session, 0.5, lambda: float(NOW))
            assert address not in repr(receiver)
            result = await receiver.deliver(told or notification())
            assert str(server.port) not in result.reason
            return result

        yield attempt


@pytest.mark.parametrize(
    ("path", "outcome", "reason"),
    [
        ("200", Outcome.DELIVERED, ""),
        ("202", Outcome.DELIVERED, ""),
        ("204", Outcome.DELIVERED, ""),
        ("302?Location=/200", Outcome.REJECTED, "redirect"),
        ("307?Location=/200", Outcome.REJECTED, "redirect"),
        ("400", Outcome.REJECTED, "status 400"),
        ("401", Outcome.REJECTED, "status 401"),
        ("404", Outcome.REJECTED, "status 404"),
        ("410", Outcome.REJECTED, "status 410"),
        ("413", Outcome.REJECTED, "status 413"),
        ("408", Outcome.RETRY, "status 408"),
        ("425", Outcome.RETRY, "status 425"),
        ("429", Outcome.RETRY, "status 429"),
        ("500", Outcome.RETRY, "status 500"),
        ("503", Outcome.RETRY, "status 503"),
        ("hang", Outcome.RETRY, "timeout"),
        ("cut", Outcome.RETRY, "connection: ServerDisconnectedError"),
        ("endless", Outcome.DELIVERED, ""),
    ],
)
async def test_each_answer_has_one_outcome_and_a_reason(
    deliver: Deliver, server: BadServer, path: str, outcome: Outcome, reason: str
) -> None:
    result = await deliver(path)
    assert (result.outcome, result.reason) == (outcome, reason)
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("7", 7.0),
        ("999999", 3600.0),
        ("Mon, 10 Nov 2025 16:00:30 GMT", 30.0),
        ("Mon, 10 Nov 2025 15:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_retry_after_is_honoured_where_it_makes_sense(
    deliver: Deliver, header: str, wait_s: float | None
) -> None:
    result = await deliver(f"429?Retry-After={header}")
    assert result.retry_after_s == wait_s


async def test_nobody_listening_is_retried(deliver: Deliver) -> None:
    result = await deliver("", url="http://127.0.0.1:9/hook")
    assert (result.outcome, result.reason) == (Outcome.RETRY, "connection: ClientConnectorError")


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://127.0.0.1:99999999/", "ftp://127.0.0.1/"])
async def test_an_address_that_is_none_is_rejected(deliver: Deliver, url: str) -> None:
    result = await deliver("", url=url)
    assert (result.outcome, result.reason) == (Outcome.REJECTED, "invalid address")


async def test_the_message_is_signed_and_carries_its_id(
    deliver: Deliver, server: BadServer, transition: Callable[..., Transition]
) -> None:
    told = compose(transition(), Titles({}), {}, UTC)
    await deliver("200", told=told)
    headers, body = server.got[0]
    signed = f"{headers['Pharos-Timestamp']}.".encode() + body
    assert headers["Pharos-Timestamp"] == str(NOW)
    assert headers["Pharos-Signature"] == "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == told.id
    sent = json.loads(body)
    assert sent["title"] == told.title
    assert sent["anomalies"][0]["fingerprint"] == "f1"
    assert sent["time"] == "2025-11-10T16:00:00.000Z"


async def test_without_a_secret_there_is_no_signature(deliver: Deliver, server: BadServer) -> None:
    await deliver("200", secret="")
    assert "Pharos-Signature" not in server.got[0][0]


async def test_every_attempt_has_the_same_key(deliver: Deliver, server: BadServer) -> None:
    await deliver("503")
    await deliver("200")
    assert len({headers["Idempotency-Key"] for headers, _ in server.got}) == 1
