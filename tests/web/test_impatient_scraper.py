"""A page of metrics that ends early: a scraper hangs up on a busy worker, or a fault of ours breaks it off."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientPayloadError, ClientSession, web
from aiohttp.test_utils import TestServer

from streams.web.api import create_web_app
from streams.web.security import Security

if TYPE_CHECKING:
    from collections.abc import Iterator


class LongPage:
    """Of half a gigabyte, if anybody had the patience."""

    def __init__(self) -> None:
        self.written = 0
        self.left = asyncio.Event()

    def render(self, _accept: str, _sight: object) -> tuple[str, Iterator[bytes]]:
        return "text/plain", self._pieces()

    def _pieces(self) -> Iterator[bytes]:
        try:
            for _ in range(8_000):
                self.written += 1
                yield b"x" * 65_536
        finally:
            self.left.set()


class BrokenPage:
    """Begins, and then something fails."""

    def render(self, _accept: str, _sight: object) -> tuple[str, Iterator[bytes]]:
        return "text/plain", self._pieces()

    def _pieces(self) -> Iterator[bytes]:
        yield b"up 1\n"
        raise AttributeError("a fault of ours")


async def test_a_page_that_breaks_off_hangs_up_instead_of_keeping_its_reader(caplog: pytest.LogCaptureFixture) -> None:
    nothing: Any = None
    server = TestServer(create_web_app(nothing, BrokenPage(), nothing, Security(), {}))
    await server.start_server()
    async with ClientSession() as client, asyncio.timeout(10.0):
        answer = await client.get(server.make_url("/metrics"))
        with pytest.raises(ClientPayloadError):
            await answer.read()
    await server.close()

    assert "request to /metrics failed" in caplog.text


async def test_a_scraper_that_hangs_up_ends_the_page_and_is_no_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = LongPage()
    nothing: Any = None
    app = create_web_app(nothing, page, nothing, Security(), {})
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with caplog.at_level(logging.WARNING):
        reader, writer = await asyncio.open_connection(*runner.addresses[0])
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.transport.abort()
        await asyncio.wait_for(page.left.wait(), 10.0)
        await asyncio.sleep(0.05)
    await runner.cleanup()

    assert page.written < 8_000
    assert caplog.records == []
