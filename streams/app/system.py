"""The composition root: the only place that wires. Pure parts, transport, receivers and the page become one worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import aiohttp
from prometheus_client import CollectorRegistry

from streams.app.action_intake import ActionIntake
from streams.app.clocks import Clocks
from streams.app.exposition import exposition_of
from streams.app.flush_counts import FlushCounts
from streams.app.journeys import Journeys
from streams.app.linkage_agent import LinkageAgent, LinkageContext
from streams.app.new_partitions import NewPartitions
from streams.app.notify_agent import NotifyAgent, NotifyContext
from streams.app.owner_messages import OwnerMessages
from streams.app.single_event_agent import SingleEventAgent
from streams.app.topic_intake import TopicIntake
from streams.app.vitals import Vitals
from streams.app.web import WebParts, serve
from streams.app.webhook_intake import WebhookIntake
from streams.broker.connection import Connection
from streams.cases.readings import reading
from streams.events.customer import CustomerKey
from streams.mapping.book import Mappings
from streams.merge.snapshot import read_manifest
from streams.records.anomaly_event import encode, key
from streams.records.decoding import decoder_of
from streams.records.verdicts import TickVerdicts
from streams.register.maintenance import windows_of
from streams.register.register import Register
from streams.telemetry.blindness import Blindness
from streams.telemetry.health import Health
from streams.telemetry.metrics import PipelineMetrics
from streams.topics.names import ACTIONS_TOPIC, ANOMALY_STATE_TOPIC, DEAD_LETTERS_TOPIC, SCORES_TOPIC, VERDICTS_TOPIC
from streams.transport.clients.tail_reader import TailReader
from streams.transport.clients.topic_reader import TopicReader
from streams.transport.clients.topic_writer import TopicWriter
from streams.transport.life.clock import WorkerClock
from streams.transport.life.watch import Watch, WorkerFailedError
from streams.transport.life.watchdog_thread import WatchdogThread
from streams.transport.parts import Cases, Incidents, Ingests, Merges
from streams.transport.worker import Worker
from streams.web.board import Board
from streams.web.budget_use import BudgetCollector
from streams.web.case_readings import CaseCollector
from streams.web.dead_letters import DeadLetterBoard
from streams.web.merge_readings import MergeCollector
from streams.web.scores import ScoreBook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

    from streams.alerts.words.message import Notification
    from streams.cases.readings import CasesReading
    from streams.catalogue.load import Catalogue
    from streams.delivery.written import Delivery
    from streams.merge.readings import Reading
    from streams.records.anomaly import Transition
    from streams.settings.settings import Settings
    from streams.telemetry.blindness import BlindSpot

_VERDICTS_TAIL = 4_000  # records of pharos-verdicts a new worker reads again, for the sparklines
_ACTIONS_TAIL = 20_000  # as many as `ActionBook` keeps; older acks and snoozes are over, but for a flood of others
_EMBEDDED_DEDUP_RECORDS = 2_000  # the embedded broker keeps little to read again

logger = logging.getLogger(__name__)
_decode_tick = decoder_of(TickVerdicts)


class System:
    """One worker with everything around it. Made inside a running event loop; `run` starts, serves and ends it.

    Attributes:
        register: anomalies, and what was done about them.
        board: what the page shows beside it.
        metrics: the pipeline's own metrics.
        transitions: those that this worker published, in order; kept only where `keep` is true.
        clocks: what time it is.
        counts: how many records had which outcome.
        notifications: those that it handed to its receivers; kept only where `keep` is true.

    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        sources: Mapping[str, int],
        *,
        connection: Connection | None = None,
        customers: CustomerKey | None = None,
        keep: bool = False,
        pace: float = 1.0,
        write: Callable[[str], object] = print,
    ) -> None:
        self.settings = settings
        self._connection = connection or Connection.of(settings, os.environ)
        self.catalogue = catalogue
        self.transitions: list[Transition] = []
        self.notifications: list[Notification] = []
        self._live = settings.time == "live"
        self._customers = customers or CustomerKey()
        self._mappings = Mappings.of(settings.mappings, catalogue.vocabulary, self._customers, settings.timezone)
        self._keep = keep
        self._write = write
        self._sources = dict(sources)  # the worker enters partitions that are added
        self._registry = CollectorRegistry()
        self.metrics = PipelineMetrics(self._registry, lambda: self.clocks.data_now_s())  # noqa: PLW0108 - the clocks come later
        self.health = Health()
        self._owner_messages = OwnerMessages()
        windows = windows_of(settings.maintenance, ZoneInfo(settings.timezone))
        self.register = Register(catalogue.spoken_of, windows)
        events = tuple(topic for topic in sources if topic != ACTIONS_TOPIC)
        self.board = Board(
            self.register, catalogue.metrics, events, settings.timezone, pace, live=self._live, levels=catalogue.levels
        )
        self._scores = ScoreBook()
        self._dead_letters = DeadLetterBoard()
        self._blindness = Blindness(live=self._live)
        self.counts = FlushCounts(self.metrics, self._blindness, lambda: self.worker.wall.now_ms())  # noqa: PLW0108 - the worker comes later
        self._newest = WorkerClock(time.monotonic)  # of all source logs: ahead of the worker's while it catches up
        self._watch = Watch()
        new = NewPartitions(
            settings,
            catalogue,
            self._sources,
            self._mappings,
            self._customers,
            lambda: self.worker.wall.now_ms(),  # noqa: PLW0108 - the worker comes later
        )
        self.worker = Worker(
            settings,
            self._connection,
            ingests=Ingests(
                self._sources,
                new.ingest,
                self.counts.flushed,
                on_flush_ended=self.counts.ended,
                customer_key=self._customers.fingerprint,
            ),
            cases=Cases(new.cases, _chunks),
            merges=Merges(new.merge, _chunks, on_judged=self.metrics.judged),
            incidents=Incidents(
                new.desk,
                lambda transition: (key(transition), encode(transition)),
                on_transitions=self._on_transitions,
                on_tick=lambda tick: self._intake.handled(tick),  # noqa: PLW0108 - it comes later
            ),
        )
        self._intake = TopicIntake(
            self.board, ActionIntake(self.register, self.metrics), self.worker.congestions, self._scores
        )
        self.clocks = Clocks(settings, self.worker, self._newest)
        self._registry.register(MergeCollector(self._readings))
        self._registry.register(CaseCollector(self._cases, lambda: self.counts.without_case, self.clocks.data_now_s))
        self._registry.register(BudgetCollector(settings.false_warnings_a_day, self._readings, self.register))

    @property
    def handled_ms(self) -> int:
        """The last tick whose anomalies were handled, by any worker; -1 before the first."""
        return self._intake.handled_ms

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Everything started; yields the page's address.

        Raises OSError where the port is taken, KafkaError, OSError or TimeoutError where the broker is gone, ValueError
        for a receiver or a file of tokens that cannot be used.
        """
        async with contextlib.AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            notify_agent = self._notify_agent()
            writer = TopicWriter(self._connection, ACTIONS_TOPIC)
            await notify_agent.start(stack, session, writer.write)
            stack.push_async_callback(writer.stop)
            await writer.start()
            linkage_context = LinkageContext(
                self.settings, self._connection, self.register, self.metrics, writer.write, self.clocks.alerting_now_ms
            )
            linkage = LinkageAgent(linkage_context)
            linkage.start(stack, session)
            single_events = SingleEventAgent(linkage_context, self._owner_messages)
            single_events.start(stack, session)
            intake = WebhookIntake(self._connection, self._mappings, self.metrics, self.worker.wall.now_ms)
            address = await serve(stack, self._web_parts(writer.write), await intake.start(stack, os.environ))
            stack.push_async_callback(self._stop)
            await self.worker.start()
            tails = {
                ANOMALY_STATE_TOPIC: None,
                SCORES_TOPIC: None,
                VERDICTS_TOPIC: _VERDICTS_TAIL,
                ACTIONS_TOPIC: _ACTIONS_TAIL,
            }
            reader = TopicReader(self._connection, tails, self._intake.take)
            self._watch.start("that feeds the board", reader.run())
            tail = TailReader(self._connection, DEAD_LETTERS_TOPIC, self._dead_letters)
            self._watch.start("that looks at dead letters", tail.run())
            self._watch.start("that notifies", notify_agent.run(reader))
            self._watch.start("that links", linkage.run(reader))
            if self.settings.on:
                self._watch.start("that asks about single events", single_events.run(reader))
            vitals = Vitals(
                self.worker, self.metrics, self.health, self.board, self.clocks.data_now_ms, self._blind_spots
            )
            self._watch.start("that takes the vitals", vitals.run())
            watchdog = WatchdogThread(self.worker.watchdog, time.monotonic, os._exit)
            watchdog.start()
            stack.callback(watchdog.stop)
            yield address

    async def failure(self) -> WorkerFailedError:
        """Wait for what ends the worker."""
        waits = [asyncio.ensure_future(self.worker.failure()), asyncio.ensure_future(self._watch.failure())]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            failure = done.pop().result()
        finally:
            for wait in waits:
                wait.cancel()
        self.health.crash(str(failure))
        return failure

    async def _stop(self) -> None:
        await self._watch.stop()
        await self.worker.stop()

    def _notify_agent(self) -> NotifyAgent:
        return NotifyAgent(
            NotifyContext(
                self.settings,
                self._connection,
                self.catalogue,
                self.register,
                self.metrics,
                self.health,
                self._watch,
                self._sources,
                self._newest,
                self.clocks.alerting_now_ms,
                lambda: self._intake.handled_ms,
                self._write,
                self.notifications.append if self._keep else lambda _: None,
                self._owner_messages,
            )
        )

    def _web_parts(self, write: Callable[[bytes, bytes], Awaitable[Delivery]]) -> WebParts:
        return WebParts(
            self.settings,
            self.register,
            self.board,
            exposition_of(self._registry, self._readings, self.register, self.catalogue, self._scores),
            self.health,
            self.metrics,
            self.clocks,
            self.catalogue.dimensions(),
            self._dead_letters,
            write,
            Journeys(
                self._connection,
                self.settings.app,
                self.catalogue.vocabulary,
                self._customers,
                self._mappings.by_topic,
            ),
            self._scores,
            self.catalogue,
            self._readings,
        )

    def _readings(self) -> Iterable[Reading]:
        for merge in self.worker.merges().values():
            yield from merge.readings()

    def _cases(self) -> dict[int, CasesReading]:
        if not self.catalogue.has_cases:
            return {}
        return {number: reading(cases, self.catalogue.metrics) for number, cases in self.worker.cases().items()}

    def _blind_spots(self) -> list[BlindSpot]:
        return self._blindness.spots(self._intake.handled_ms, self.worker.wall.now_ms())

    def _on_transitions(self, transitions: Sequence[Transition]) -> None:
        for transition in transitions:
            self.metrics.published(transition.time)
        if self._keep:
            self.transitions += transitions


def _chunks(manifest: bytes) -> set[str]:
    return read_manifest(manifest).chunks()
