"""The part of the composition root that links: rules, requests, webhooks, and the time to the first action."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.app.step_writer import StepWriter
from streams.delivery.backoff import Backoff
from streams.linkage.clerk import Clerk, Ruling
from streams.linkage.courier import Courier
from streams.linkage.first_action import FirstActions
from streams.linkage.webhooks import webhooks_of
from streams.records.action import ActionRecord
from streams.records.action_event import read_action
from streams.records.request import Ending, Stage
from streams.transport.clients.linkage_reader import LinkageReader, UnwrittenError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import aiohttp

    from streams.broker.connection import Connection
    from streams.delivery.written import Delivery
    from streams.records.anomaly import Anomaly, Transition
    from streams.records.request import RequestStep
    from streams.register.register import Register
    from streams.settings.settings import Settings
    from streams.telemetry.metrics import PipelineMetrics
    from streams.transport.clients.topic_reader import TopicReader

_CATCH_UP_LIMIT_S: Final = 15.0
_MOST_UNTIMED: Final = 1_000
_UNTIMED_S: Final = 15.0
_COUNTED: Final = (Ruling.PROPOSE, Ruling.REQUEST, Ruling.STALE, Ruling.FULL)


class LinkageContext(NamedTuple):
    """What the worker shares with the agent.

    Attributes:
        write: puts key and value on pharos-actions, in limited time.
        alerting_now_ms: now for messages and silences; None before the first record.

    """

    settings: Settings
    connection: Connection
    register: Register
    metrics: PipelineMetrics
    write: Callable[[bytes, bytes], Awaitable[Delivery]]
    alerting_now_ms: Callable[[], int | None]


class LinkageAgent:
    """Asks business systems to act, by the rules of the settings, and takes the time until somebody does."""

    def __init__(self, context: LinkageContext) -> None:
        self._context = context
        self._rules = context.settings.linkage
        self._clerk = Clerk(self._rules, context.register.requests)
        self._writer = StepWriter(context.write, context.register.step, self._count)
        self._first = FirstActions()
        self._untimed: deque[tuple[float, ActionRecord]] = deque(maxlen=_MOST_UNTIMED)
        self._written: dict[str, float] = {}  # follow-ups on their way back to the ledger
        self._courier: Courier | None = None

    def start(self, stack: contextlib.AsyncExitStack, session: aiohttp.ClientSession) -> None:
        """Finds the webhooks; `stack` ends what is under way. Raises ConfigurationError where a secret is missing."""
        webhooks = webhooks_of(self._rules, os.environ, session, time.time)
        self._courier = Courier(webhooks, self._writer.write, Backoff(), random.SystemRandom().random, self._now)
        stack.push_async_callback(self._courier.stop)
        for rule in self._rules:
            for outcome in (*(ruling.value for ruling in _COUNTED), *Ending):
                self._context.metrics.linked(rule.name, outcome, 0)

    async def run(self, reader: TopicReader) -> None:
        """Never returns. What was asked for and done before is known once `reader` has caught up."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.caught_up.wait(), _CATCH_UP_LIMIT_S)
        await LinkageReader(self._context.settings, self._context.connection, self).run()

    async def link(self, transition: Transition) -> None:
        """Writes what the rules ask for at a transition. Raises UnwrittenError."""
        for rule, ruling, step in self._clerk.rule(transition, self._now()):
            if step is not None and not await self._writer.write_surely(step):
                raise UnwrittenError
            if step is None and ruling in _COUNTED:
                self._context.metrics.linked(rule.name, ruling.value)

    def time(self, value: bytes | None) -> None:
        """Takes the time to an action, or waits a little for the board to hear of the anomaly."""
        taken = read_action(value)
        if isinstance(taken, ActionRecord):
            self._untimed.append((time.monotonic(), taken))

    async def look_after(self, *, leads: bool) -> None:
        """Follows up what is due, where this worker is the one that does."""
        self._take_times()
        if self._courier is None:
            return
        if not leads or not self._rules:
            await self._courier.stop()
            return
        now = self._now()
        recently = time.monotonic() - _UNTIMED_S
        self._written = {name: at for name, at in self._written.items() if at > recently}
        for step in self._clerk.follow_up(now, self._anomaly):
            if step.id not in self._written and await self._writer.write(step):
                self._written[step.id] = time.monotonic()
        self._courier.deliver(self._clerk.to_deliver(now))

    def _take_times(self) -> None:
        waiting, limit = list(self._untimed), time.monotonic() - _UNTIMED_S
        self._untimed.clear()
        for at, taken in waiting:
            anomaly = self._anomaly(taken.fingerprint)
            if anomaly is None:
                if at > limit:
                    self._untimed.append((at, taken))
                continue
            took_ms = self._first.took_ms(taken, anomaly, self._context.register.actions.of(taken.fingerprint))
            if took_ms is not None:
                self._context.metrics.first_action(took_ms / 1000)

    def _count(self, step: RequestStep) -> None:
        data = step.data
        outcome = data.outcome or (Ruling.PROPOSE if step.stage is Stage.PROPOSED else Ruling.REQUEST).value
        self._context.metrics.linked(data.rule, outcome)

    def _anomaly(self, fingerprint: str) -> Anomaly | None:
        return self._context.register.anomaly(fingerprint)

    def _now(self) -> int:
        now = self._context.alerting_now_ms()
        return round(time.time() * 1000) if now is None else now
