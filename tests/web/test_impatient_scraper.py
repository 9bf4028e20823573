"""Prometheus has a time limit: it hangs up in the middle of /metrics when a worker is busy."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from aiohttp import web

from streams.web.api import create_web_app
from streams.web.security import Security

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class LongPage:
    """Of half a gigabyte, if anybody had the patience."""

    def __init__(self) -> None:
        self.written = 0
        self.left = asyncio.Event()

    def render(self, _accept: str) -> tuple[str, Iterator[bytes]]:
        return "text/plain", self._pieces()

    def _pieces(self) -> Iterator[bytes]:
        try:
            for _ in range(8_000):
                self.written += 1
                yield b"x" * 65_536
        finally:
            self.left.set()


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
