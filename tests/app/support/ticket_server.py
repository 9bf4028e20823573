"""Where the rule of a detractor posts its tickets."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.test_utils import TestServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import pytest


@contextlib.asynccontextmanager
async def ticket_server(
    monkeypatch: pytest.MonkeyPatch, take: Callable[[web.Request], Awaitable[web.StreamResponse]], secret: str
) -> AsyncIterator[None]:
    """Served by `take`; its address and secret are in the environment."""
    app = web.Application()
    app.router.add_post("/", take)
    async with TestServer(app) as server:
        monkeypatch.setenv("TICKETS_URL", str(server.make_url("/")))
        monkeypatch.setenv("TICKETS_SECRET", secret)
        yield
