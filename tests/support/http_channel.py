"""A server that behaves as a channel's documents say, or as badly as a test wants."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import orjson
import pytest
import trustme
from aiohttp import web

from streams.delivery.http_post import HttpPost

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOW = 1_762_790_400.25


class Request(NamedTuple):
    """What the channel got."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Channel:
    """Gives the scripted answers in turn, then the last again: status, body, headers; or `hang`, `cut`, `endless`."""

    def __init__(self) -> None:
        self.got: list[Request] = []
        self.url = ""
        self._script: deque[Any] = deque()
        self._released = asyncio.Event()

    def answers(self, *script: Any) -> None:
        self._script = deque(script)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append(Request(request.path, dict(request.query), dict(request.headers), await request.read()))
        given = self._script.popleft() if len(self._script) > 1 else self._script[0]
        if given == "hang":
            await self._released.wait()
        if given == "cut" and request.transport:
            request.transport.close()
        if given == "endless":
            return await self._endless(request)
        if isinstance(given, str):
            return web.Response()
        status, body, *headers = given
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return web.Response(status=status, body=content, headers=headers[0] if headers else {})

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while not self._released.is_set():
                await response.write(b"x" * 65_536)
                await asyncio.sleep(0.001)
        except ConnectionError:
            pass
        return response

    def release(self) -> None:
        self._released.set()


async def _serve(channel: Channel, context: ssl.SSLContext | None) -> web.AppRunner:
    app = web.Application()
    app.router.add_post("/{path:.*}", channel.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    scheme = "https" if context else "http"
    channel.url = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
    return runner


@pytest.fixture
async def channel() -> AsyncIterator[Channel]:
    served = Channel()
    runner = await _serve(served, None)
    yield served
    served.release()
    await runner.cleanup()


@pytest.fixture
async def untrusted(authority: trustme.CA) -> AsyncIterator[Channel]:
    """A channel whose certificate nobody has signed that we trust."""
    served = Channel()
    runner = await _serve(served, server_context(authority))
    yield served
    await runner.cleanup()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
async def post() -> AsyncIterator[HttpPost]:
    async with aiohttp.ClientSession() as session:
        yield HttpPost(session, 0.5, lambda: NOW)
