"""The part of the composition root that tells people: dispatch, outbox and notifier of one worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
import uuid
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from streams.alerts.announcer import Announcer
from streams.alerts.decide.announcements import Announcements
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.escalation import Escalations
from streams.alerts.decide.grouping import Grouping, Waits
from streams.alerts.decide.repeats import RepeatIntervals, Repeats
from streams.alerts.decide.routes import Routes
from streams.alerts.decide.silence_care import SilenceCare
from streams.alerts.queue.outbox import Outbox
from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import member
from streams.alerts.words.message import Titles
from streams.register.maintenance import windows_of
from streams.settings.settings import DEFAULT_APP
from streams.transport.clients.action_recorder import ActionRecorder
from streams.transport.clients.newest_timestamps import NewestTimestamps
from streams.transport.clients.notifier import Notifier

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import aiohttp

    from streams.alerts.words.message import Notification
    from streams.app.owner_messages import OwnerMessages
    from streams.broker.connection import Connection
    from streams.catalogue.load import Catalogue
    from streams.delivery.written import Delivery
    from streams.records.anomaly import Anomaly
    from streams.register.register import Register
    from streams.settings.settings import ReceiverSettings, Settings
    from streams.telemetry.health import Health
    from streams.telemetry.metrics import PipelineMetrics
    from streams.transport.clients.topic_reader import TopicReader
    from streams.transport.life.clock import WorkerClock
    from streams.transport.life.watch import Watch

_CATCH_UP_LIMIT_S = 15.0


class NotifyContext(NamedTuple):
    """What the worker shares with the agent.

    Attributes:
        sources: partitions by source topic.
        newest: hears how far the source logs reach.
        alerting_now_ms: now for messages and silences; None before the first record.
        handled_ms: up to where anomalies have been handled; -1 before the first.
        write: takes one line for people at the terminal.
        on_notified: called with each notification that goes out.
        owner_messages: what the owners of single events are told, by the same receivers.

    """

    settings: Settings
    connection: Connection
    catalogue: Catalogue
    register: Register
    metrics: PipelineMetrics
    health: Health
    watch: Watch
    sources: Mapping[str, int]
    newest: WorkerClock
    alerting_now_ms: Callable[[], int | None]
    handled_ms: Callable[[], int]
    write: Callable[[str], object]
    on_notified: Callable[[Notification], None]
    owner_messages: OwnerMessages


class NotifyAgent:
    """Reads pharos-anomalies in a group of its own, decides, and delivers."""

    def __init__(self, context: NotifyContext) -> None:
        self._context = context
        self._zone = ZoneInfo(context.settings.timezone)
        register, settings = context.register, context.settings
        self._routes = Routes.of(settings.routes, self._zone)
        self._titles = Titles.of(context.catalogue.spoken_of, settings)
        intervals = RepeatIntervals(settings.repeat_critical_s * 1000, settings.repeat_s * 1000)
        self._dispatch = Dispatch(
            self._titles,
            self._zone,
            actions=register.actions,
            muting=register.muting,
            routes=self._routes,
            repeats=Repeats(Escalations.of(settings.escalations), intervals, register.actions),
            open_anomalies=register.open_anomalies,
        )
        self._announcer: Announcer | None = None
        self._recorder: ActionRecorder | None = None

    async def start(
        self,
        stack: contextlib.AsyncExitStack,
        session: aiohttp.ClientSession,
        write: Callable[[bytes, bytes], Awaitable[Delivery]],
    ) -> None:
        """Starts the outbox; `stack` ends it. `write`: puts key and value on pharos-actions.

        Raises ReceiverError for a receiver that cannot be used.
        """
        context, settings = self._context, self._context.settings
        members = [member(receiver, self._receiver_context(receiver, session)) for receiver in settings.receivers]
        outbox = Outbox(
            members,
            context.metrics,
            random.SystemRandom().random,
            time.monotonic,
            wall=time.time,
            on_end=context.owner_messages.ended,
        )
        context.owner_messages.open(outbox.put)
        for name, outcome in outbox.outcomes():
            context.metrics.receiver(name, (outcome,))
        outbox.start()
        stack.push_async_callback(outbox.stop, 0.3)
        recorder = self._recorder = ActionRecorder(write)
        self._announcer = Announcer(
            self._dispatch,
            outbox,
            context.alerting_now_ms,
            context.handled_ms,
            context.health.receiver,
            context.register.open_anomalies,
            context.on_notified,
            grouping=Grouping(
                Waits(
                    settings.group_wait_critical_s * 1000,
                    settings.group_wait_s * 1000,
                    settings.group_interval_s * 1000,
                )
            ),
            care=SilenceCare(context.register.silences, context.register.ended_anomalies, lambda: str(uuid.uuid4())),
            announcements=Announcements(
                windows_of(settings.maintenance, self._zone), context.register.actions, self._titles, self._zone
            ),
            recorder=recorder,
        )

    async def run(self, reader: TopicReader) -> None:
        """Who was notified already stands on pharos-actions, so that is read first. Call `start` before."""
        context, announcer, recorder = self._context, self._announcer, self._recorder
        if announcer is None or recorder is None:
            raise RuntimeError("the outbox has not been started")
        context.watch.start("that writes what Pharos did", recorder.run())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader.caught_up.wait(), _CATCH_UP_LIMIT_S)
        if context.settings.transactions and context.settings.time == "events":
            newest = NewestTimestamps(context.connection, context.sources, context.newest.observe)
            context.watch.start("that asks how far the logs reach", newest.run())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(newest.asked.wait(), _CATCH_UP_LIMIT_S)
        self._dispatch.reminders.take_over(context.register.open_anomalies(), self._now_ms())
        await Notifier(context.settings, context.connection, announcer).run()

    def _receiver_context(self, receiver: ReceiverSettings, session: aiohttp.ClientSession) -> ReceiverContext:
        context = self._context
        standing = partial(self._standing, receiver.group or receiver.name)
        settings = context.settings
        named = "" if settings.app == DEFAULT_APP else settings.app
        return ReceiverContext(
            os.environ, session, context.write, time.time, self._zone, settings.board_url, standing, named
        )

    def _standing(self, lane: str) -> list[Anomaly]:
        """What is open, nothing keeps quiet, and that receiver is meant to hear of now."""
        now = self._now_ms()
        muting = self._context.register.muting
        heard = ((anomaly, self._routes.lanes(anomaly, now)) for anomaly in self._context.register.open_anomalies())
        return [a for a, lanes in heard if (lanes is None or lane in lanes) and muting.of(a, now) is None]

    def _now_ms(self) -> int:
        now = self._context.alerting_now_ms()
        return round(time.time() * 1000) if now is None else now
