"""The agent of single events between topics that are played here: a log, a ticket system, workers that come and go."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
from aiohttp import web
from prometheus_client import CollectorRegistry

from streams.app.linkage_agent import LinkageContext
from streams.app.owner_messages import OwnerMessages
from streams.app.single_event_agent import SingleEventAgent
from streams.delivery.written import Delivery
from streams.records.request import RequestStep
from streams.records.request_event import read_step
from streams.records.single_event import SingleEvent
from streams.register.register import Register
from streams.settings.settings import LinkageWebhook, OwnerTable, Settings, SingleEventRule
from streams.telemetry.metrics import PipelineMetrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification

NOW = 1_794_327_150_000


def event(name: str, rule: str = "r") -> SingleEvent:
    return SingleEvent(
        rule=rule, event_type="survey.answered", event_source="/s", event_id=name, time=NOW - 1_000,
        scope={"store": "s1"}, ids={"order_id": f"TB{name}"},
    )  # fmt: skip


def numbered(*names: str, first: int = 0) -> list[tuple[int, SingleEvent]]:
    return [(offset, event(name)) for offset, name in enumerate(names, first)]


class World:
    """A topic that keeps what it takes, a ticket system, and workers that come and go."""

    def __init__(self, url_env: str = "", **fields: Any) -> None:
        hook = LinkageWebhook(url_env=url_env, secret_env="TICKETS_SECRET") if url_env else None
        rule = SingleEventRule("r", ("survey.answered",), "act", OwnerTable("care"), webhook=hook, **fields)
        self.settings = Settings(on=(rule,))
        self.log: list[bytes] = []
        self.deliveries: list[Delivery] = []
        self.now = NOW
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

    async def write(self, _key: bytes, value: bytes) -> Delivery:
        delivery = self.deliveries.pop(0) if self.deliveries else Delivery.TAKEN
        if delivery in {Delivery.TAKEN, Delivery.LATE}:  # late may have arrived all the same
            self.log.append(value)
        return delivery

    @contextlib.asynccontextmanager
    async def worker(self) -> Any:
        """One that has read the topic to its end."""
        register, registry = Register(()), CollectorRegistry()
        for value in self.log:
            step = read_step(value)
            assert isinstance(step, RequestStep)
            register.step(step)
        around = LinkageContext(
            self.settings,
            None,  # type: ignore[arg-type]
            register,
            PipelineMetrics(registry, lambda: 0.0),
            self.write,
            lambda: self.now,
        )
        agent = SingleEventAgent(around, self.messages)
        async with contextlib.AsyncExitStack() as stack:
            agent.start(stack, await stack.enter_async_context(aiohttp.ClientSession()))
            yield SimpleNamespace(agent=agent, register=register, count=counter(registry))

    def kinds(self) -> list[str]:
        steps: list[Any] = [read_step(value) for value in self.log]
        return [step.id.partition(".")[2] for step in steps]


def counter(registry: CollectorRegistry) -> Callable[[str], float | None]:
    return lambda outcome: registry.get_sample_value("pharos_single_events_total", {"rule": "r", "outcome": outcome})
