"""The part of the composition root that asks about single events: rules, quotas, webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from streams.app.event_way import EventWay
from streams.app.step_writer import StepWriter
from streams.delivery.backoff import Backoff
from streams.linkage.clerk import settled
from streams.linkage.courier import Courier
from streams.linkage.single_event_clerk import Reception, SingleEventClerk
from streams.linkage.webhooks import webhooks_of
from streams.records.instant import rfc3339
from streams.records.request import Ending, RequestStep, Stage
from streams.records.request_event import encode
from streams.transport.clients.linkage_reader import UnwrittenError
from streams.transport.clients.single_event_reader import SingleEventReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import aiohttp

    from streams.app.linkage_agent import LinkageContext
    from streams.app.owner_messages import OwnerMessages
    from streams.linkage.single_event_clerk import Kept
    from streams.records.single_event import SingleEvent
    from streams.transport.clients.topic_reader import TopicReader

_LOOK_S: Final = 15.0
_REACHED: Final = "reached"
_FAILED: Final = "failed"
_DECLINED: Final = "declined"
_ENDS: Final = {
    Ending.DELIVERED: _REACHED,
    Ending.REJECTED: _FAILED,
    Ending.EXPIRED: _FAILED,
    Ending.DECLINED: _DECLINED,
    Ending.OVER: _DECLINED,
}
_COUNTED: Final = tuple(each.value for each in Reception if each is not Reception.NO_RULE)


class SingleEventAgent:
    """Asks about each event once, by the rules of the setting `on`.

    Args:
        context: what the worker shares.
        messages: to receivers.

    """

    def __init__(self, context: LinkageContext, messages: OwnerMessages) -> None:
        self._context = context
        self._rules = context.settings.on
        self._clerk = SingleEventClerk(self._rules, context.register.single_events)
        self._writer = StepWriter(context.write, context.register.step, self._count_step)
        self._messages = messages
        self._couriers: dict[str, Courier] = {}  # one a rule: a system that is out of order holds up no other

    def start(self, stack: contextlib.AsyncExitStack, session: aiohttp.ClientSession) -> None:
        """Finds the webhooks; `stack` ends what is under way. Raises ConfigurationError where a secret is missing."""
        webhooks = webhooks_of(self._rules, os.environ, session, time.time)
        zone = ZoneInfo(self._context.settings.timezone)
        for rule in self._rules:
            way = EventWay(webhooks.get(rule.name), self._body, self._messages if rule.message else None, zone)
            courier = Courier({rule.name: way}, self._writer.write, Backoff(), random.SystemRandom().random, self._now)
            self._couriers[rule.name] = courier
            stack.push_async_callback(courier.stop)
        for rule in self._rules:
            for outcome in (*_COUNTED, _REACHED, _FAILED, _DECLINED):
                self._context.metrics.single_events(rule.name, outcome, 0)

    async def run(self, reader: TopicReader) -> None:
        """Never returns. `reader` fills the ledger: without it nothing is asked for, since it might be asked twice."""
        while not reader.caught_up.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.caught_up.wait(), _LOOK_S)
        context = self._context
        await SingleEventReader(context.settings, context.connection, reader.read_to_end, self).run()

    async def take(self, events: Sequence[tuple[int, SingleEvent]]) -> None:
        now = self._now()
        for step in self._clerk.due_digests(now):
            await self._write(step)
            self._clerk.written(step)
        for offset, event in events:
            reception, asked = self._clerk.take(offset, event, now)
            if asked is not None:
                await self._write(asked)
            outcome = Reception.FULL if reception is Reception.NO_RULE else reception
            self._context.metrics.single_events(event.rule, outcome.value)

    async def look_after(self, read: int) -> int:
        now = self._now()
        for step in self._clerk.follow_up(now):
            await self._writer.write(step)
        ready, lost = self._clerk.to_deliver(now, read)
        for step in lost:
            await self._reject(step, "its events are no longer on pharos-single-events")
        for step in ready:
            if step.data.rule not in self._couriers:
                await self._reject(step, "no rule has this name any more")
        for rule, courier in self._couriers.items():
            courier.deliver([step for step in ready if step.data.rule == rule])
        held = self._clerk.held(now)
        return read if held is None else min(held, read)

    async def forget(self) -> None:
        self._clerk.forget()
        for courier in self._couriers.values():
            await courier.stop()

    async def _reject(self, step: RequestStep, reason: str) -> None:
        await self._writer.write(settled(step, Ending.REJECTED, self._now(), reason=reason))

    async def _write(self, step: RequestStep) -> None:
        if not await self._writer.write_surely(step):
            raise UnwrittenError

    def _body(self, step: RequestStep) -> bytes:
        return encode(step, {"records": [*self._records(self._clerk.events_of(step))]})

    def _records(self, kept: Iterable[Kept]) -> Iterable[dict[str, Any]]:
        for _, event in kept:
            yield {
                "request": event.request,
                "type": event.event_type,
                "source": event.event_source,
                "id": event.event_id,
                "time": rfc3339(event.time),
                "owner": self._clerk.owner_of(event),
                "scope": event.scope,
                "ids": event.ids,
            }

    def _count_step(self, step: RequestStep) -> None:
        data = step.data
        events = 1 if data.events is None else data.events.count
        if data.outcome is not None:
            self._context.metrics.single_events(data.rule, _ENDS[data.outcome], events)
        elif step.stage is Stage.REQUESTED and not data.webhook:
            self._context.metrics.single_events(data.rule, _REACHED, events)

    def _now(self) -> int:
        now = self._context.alerting_now_ms()
        return round(time.time() * 1000) if now is None else now
