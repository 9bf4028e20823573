"""A ticket system for single events."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.support.single_event_world import World
from tests.app.support.ticket_server import ticket_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    """Makes a world whose rule has a webhook."""
    async with contextlib.AsyncExitStack() as servers:

        async def serve(**fields: Any) -> World:
            world = World("TICKETS_URL", **fields)
            await servers.enter_async_context(ticket_server(monkeypatch, world.take, "secret"))
            return world

        yield serve
