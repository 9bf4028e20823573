"""A topic of steps that is played here, and workers that come and go: each reads it to its end first."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
from prometheus_client import CollectorRegistry

from streams.app.linkage_agent import LinkageContext
from streams.delivery.written import Delivery
from streams.records.request import RequestStep
from streams.records.request_event import read_step
from streams.telemetry.metrics import PipelineMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.register.register import Register
    from streams.settings.settings import Settings

NOW = 1_794_327_150_000


class StepTopic:
    """What the workers write and read.

    Args:
        settings: of the workers.
        counted: the counter of outcomes of rule "r".

    Attributes:
        log: what it took.
        deliveries: what becomes of the next ones; all are taken where nothing is said.
        now: what the workers think it is, in ms.

    """

    def __init__(self, settings: Settings, counted: str) -> None:
        self.settings = settings
        self._counted = counted
        self.log: list[bytes] = []
        self.deliveries: list[Delivery] = []
        self.now = NOW

    async def write(self, _key: bytes, value: bytes) -> Delivery:
        delivery = self.deliveries.pop(0) if self.deliveries else Delivery.TAKEN
        if delivery in {Delivery.TAKEN, Delivery.LATE}:  # late may have arrived all the same
            self.log.append(value)
        return delivery

    @contextlib.asynccontextmanager
    async def worker_of(self, agent_of: Callable[[LinkageContext], Any], register: Register) -> AsyncIterator[Any]:
        """One whose agent is made from its surroundings."""
        registry = CollectorRegistry()
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
        agent = agent_of(around)

        def count(outcome: str) -> float | None:
            return registry.get_sample_value(self._counted, {"rule": "r", "outcome": outcome})

        async with contextlib.AsyncExitStack() as stack:
            agent.start(stack, await stack.enter_async_context(aiohttp.ClientSession()))
            yield SimpleNamespace(agent=agent, register=register, count=count)

    def kinds(self) -> list[str]:
        steps: list[Any] = [read_step(value) for value in self.log]
        return [step.id.partition(".")[2] for step in steps]
