"""The agent of single events between topics that are played here: a log, a ticket system, workers that come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from streams.app.owner_messages import OwnerMessages
from streams.app.single_event_agent import SingleEventAgent
from streams.records.single_event import SingleEvent
from streams.register.register import Register
from streams.settings.settings import LinkageWebhook, OwnerTable, Settings, SingleEventRule
from tests.app.support.step_topic import NOW, StepTopic

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification


def event(name: str, rule: str = "r") -> SingleEvent:
    return SingleEvent(
        rule=rule, event_type="survey.answered", event_source="/s", event_id=name, time=NOW - 1_000,
        scope={"store": "s1"}, ids={"order_id": f"TB{name}"},
    )  # fmt: skip


def numbered(*names: str, first: int = 0) -> list[tuple[int, SingleEvent]]:
    return [(offset, event(name)) for offset, name in enumerate(names, first)]


class World(StepTopic):
    """A topic that keeps what it takes, a ticket system, and workers that come and go."""

    def __init__(self, url_env: str = "", **fields: Any) -> None:
        hook = LinkageWebhook(url_env=url_env, secret_env="TICKETS_SECRET") if url_env else None
        rule = SingleEventRule("r", ("survey.answered",), "act", OwnerTable("care"), webhook=hook, **fields)
        super().__init__(Settings(on=(rule,)), "pharos_single_events_total")
        self.status = 201
        self.bodies: list[Any] = []
        self.messages = OwnerMessages()
        self.told: list[Notification] = []
        self.hears = True

    def tell(self, message: Notification) -> None:
        """The receivers' queues: they say what became of a message."""
        self.told.append(message)
        if self.hears:
            self.messages.ended(message.id, True)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(orjson.loads(await request.read()))
        return web.Response(status=self.status)

    def worker(self) -> Any:
        """One that has read the topic to its end."""
        return self.worker_of(lambda around: SingleEventAgent(around, self.messages), Register(()))
