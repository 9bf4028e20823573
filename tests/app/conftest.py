"""A ticket system for single events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.app.support.single_event_world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    """Makes a world whose rule has a webhook."""
    servers: list[TestServer] = []

    async def serve(**fields: Any) -> World:
        world, app = World("TICKETS_URL", **fields), web.Application()
        app.router.add_post("/", world.take)
        servers.append(TestServer(app))
        await servers[-1].start_server()
        monkeypatch.setenv("TICKETS_URL", str(servers[-1].make_url("/")))
        monkeypatch.setenv("TICKETS_SECRET", "secret")
        return world

    yield serve
    for server in servers:
        await server.close()
