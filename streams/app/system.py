"""The composition root: the only place that wires. Pure parts, transport, receivers and the page become one worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import aiohttp
import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry

from dashboards.wallboard import pages
from streams.app.action_intake import ActionIntake
from streams.app.linkage_agent import LinkageAgent, LinkageSurroundings
from streams.app.notify_agent import NotifyAgent, NotifySurroundings
from streams.app.vitals import Vitals
from streams.broker.connection import Connection
from streams.broker.detection import BrokerKind, identify
from streams.catalogue.load import Catalogue, load
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.incidents.desk import IncidentDesk
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.merge.snapshot import read_manifest
from streams.records.anomaly_event import encode, key
from streams.records.decoding import decoder_of
from streams.records.verdicts import TickVerdicts
from streams.register.maintenance import windows_of
from streams.register.register import Register
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.telemetry.blindness import Blindness
from streams.telemetry.health import Health
from streams.telemetry.metrics import PipelineMetrics
from streams.topics.names import ACTIONS_TOPIC, ANOMALY_STATE_TOPIC, VERDICTS_TOPIC
from streams.transport.clients.topic_reader import TopicReader
from streams.transport.clients.topic_writer import TopicWriter
from streams.transport.clients.topics import prepare_topics
from streams.transport.life.clock import WorkerClock
from streams.transport.life.watch import Watch, WorkerFailedError
from streams.transport.life.watchdog_thread import WatchdogThread
from streams.transport.parts import Incidents, Ingests, Merges
from streams.transport.worker import Worker
from streams.web.actions import add_actions
from streams.web.anomaly_record import read_transition
from streams.web.api import create_web_app
from streams.web.approvals import add_approvals
from streams.web.audited import Auditor, add_audit, open_audit
from streams.web.board import Board
from streams.web.exposition import Exposition
from streams.web.merge_readings import MergeCollector, judged
from streams.web.security import Security
from streams.web.silences import add_silences
from streams.web.token_file import read_tokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from faust.types import TP

    from streams.alerts.words.message import Notification
    from streams.merge.readings import Reading
    from streams.records.anomaly import Transition
    from streams.telemetry.blindness import BlindSpot
    from streams.transport.source.source_partition import Flush

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
        metrics: what Prometheus is told of the pipeline.
        transitions: those that this worker published, in order; kept only where `keep` is true.
        handled_ms: the last tick whose anomalies were handled, by any worker; -1 before the first.
        notifications: those that it handed to its receivers; kept only where `keep` is true.

    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        sources: Mapping[str, int],
        *,
        connection: Connection | None = None,
        keep: bool = False,
        pace: float = 1.0,
        write: Callable[[str], object] = print,
    ) -> None:
        self.settings = settings
        self._connection = connection or Connection.of(settings, os.environ)
        self.catalogue = catalogue
        self.transitions: list[Transition] = []
        self.notifications: list[Notification] = []
        self.outcomes: dict[str, int] = {}
        self._live = settings.time == "live"
        self._keep = keep
        self._write = write
        self._sources = dict(sources)  # the worker enters partitions that are added
        self._registry = CollectorRegistry()
        self.metrics = PipelineMetrics(self._registry, self.clock_s)
        self.health = Health()
        windows = windows_of(settings.maintenance, ZoneInfo(settings.timezone))
        self.register = Register(catalogue.metrics, windows)
        self.board = Board(self.register, catalogue.metrics, SOURCE_TOPICS, settings.timezone, pace, live=self._live)
        self._blindness = Blindness(live=self._live)
        self._actions = ActionIntake(self.register, self.metrics)
        self.handled_ms = -1
        self._newest = WorkerClock(time.monotonic)  # of all source logs: ahead of the worker's while it catches up
        self._watch = Watch()
        self.worker = Worker(
            settings,
            self._connection,
            ingests=Ingests(self._sources, self._new_ingest, self._on_flushed, on_flush_ended=self._on_flush_ended),
            merges=Merges(
                self._new_merge, lambda manifest: read_manifest(manifest).chunks(), on_judged=self.metrics.judged
            ),
            incidents=Incidents(
                self._new_desk,
                lambda transition: (key(transition), encode(transition)),
                on_transitions=self._on_transitions,
                on_tick=self._on_tick,
            ),
        )
        self._registry.register(MergeCollector(self._readings))

    def clock_ms(self) -> int | None:
        """Now for the data: with `time: live` the wall clock, with `time: events` the worker's."""
        return self.worker.wall.now_ms() if self._live else self.worker.clock.now_ms()

    def clock_s(self) -> float:
        """The same in seconds; the wall's before the first record."""
        now = self.clock_ms()
        return time.time() if now is None else now / 1000

    def people_ms(self) -> int | None:
        """Now for people: with `time: live` the wall clock, whatever was read last.

        With `time: events` the worker's clock, or that of what it has still to read: what is over pages nobody.
        """
        if self._live:
            return self.worker.wall.now_ms()
        return max((now for now in (self.clock_ms(), self._newest.now_ms()) if now is not None), default=None)

    def people_s(self) -> float:
        """The same in seconds; the wall's clock before the first record."""
        now = self.people_ms()
        return time.time() if now is None else now / 1000

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
            linkage = LinkageAgent(
                LinkageSurroundings(
                    self.settings, self._connection, self.register, self.metrics, writer.write, self.people_ms
                )
            )
            linkage.start(stack, session)
            address = await self._start_web(stack, writer)
            stack.push_async_callback(self._stop)
            await self.worker.start()
            tails = {ANOMALY_STATE_TOPIC: None, VERDICTS_TOPIC: _VERDICTS_TAIL, ACTIONS_TOPIC: _ACTIONS_TAIL}
            reader = TopicReader(self._connection, tails, self._on_record)
            self._watch.start("that feeds the board", reader.run())
            self._watch.start("that notifies", notify_agent.run(reader))
            self._watch.start("that links", linkage.run(reader))
            vitals = Vitals(self.worker, self.metrics, self.health, self.board, self.clock_ms, self._blind_spots)
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
            NotifySurroundings(
                self.settings,
                self._connection,
                self.catalogue,
                self.register,
                self.metrics,
                self.health,
                self._watch,
                self._sources,
                self._newest,
                self.people_ms,
                lambda: self.handled_ms,
                self._write,
                self.notifications.append if self._keep else lambda _: None,
            )
        )

    async def _start_web(self, stack: contextlib.AsyncExitStack, writer: TopicWriter) -> str:
        settings = self.settings
        dimensions = self.catalogue.dimensions()
        tokens = read_tokens(Path(settings.tokens_file), dimensions) if settings.tokens_file else ()
        security = Security(settings.host, settings.allowed_hosts, tokens, behind_proxy=settings.behind_proxy)
        exposition = Exposition(
            self._registry, lambda: judged(self._readings()), self.register.open_anomalies, self.catalogue.metrics
        )
        app = create_web_app(self.board, exposition, self.health, security, pages(), self.clock_s, self.people_s)
        add_actions(app, self.register, security, writer.write, self.people_s)
        add_silences(app, self.register, settings.timezone, security, writer.write, self.people_s)
        add_audit(app, Auditor(open_audit(settings), security, time.time, self.metrics.audit_failed), security)
        add_approvals(app, self.register, security, writer.write, self.people_s)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        return f"http://{host}:{runner.addresses[0][1]}/"

    def _new_ingest(self, tp: TP) -> IngestPartition:
        settings = self.settings
        return IngestPartition(
            self.catalogue,
            tp.topic,
            tp.partition,
            dedup_records=settings.dedup_records,
            lateness_ms=settings.lateness_s * 1000,
            late_limit_ms=settings.late_limit_s * 1000,
            future_limit_ms=settings.future_limit_s * 1000,
            now_ms=self.worker.wall.now_ms if self._live else None,
        )

    def _new_merge(self, partition: int) -> MergePartition:
        return MergePartition(
            self.catalogue,
            partition,
            self._sources,
            self.settings,
            lambda metric: MetricEvaluator(metric, self.settings, self.catalogue.calendar),
        )

    def _new_desk(self) -> IncidentDesk:
        return IncidentDesk(self.catalogue, self.settings.cells_partitions, self.settings)

    def _readings(self) -> Iterable[Reading]:
        for merge in self.worker.merges().values():
            yield from merge.readings()

    def _on_flushed(self, tp: TP, flush: Flush) -> None:
        found: Mapping[Any, int] = getattr(flush, "outcomes", {})
        outcomes = {outcome.value: count for outcome, count in found.items()}
        for outcome, count in outcomes.items():
            self.metrics.records(tp.topic, outcome, count)
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        long_values: Mapping[str, int] = getattr(flush, "long_values", {})
        for dimension, count in long_values.items():
            self.metrics.long_values(tp.topic, dimension, count)
        self._blindness.read(tp.topic, outcomes, self.worker.wall.now_ms())
        self.metrics.committed(tp.topic, tp.partition)
        self.metrics.cells(tp.topic, sum(len(c.value) for record in flush.records.values() for c in record.metrics))

    def _blind_spots(self) -> list[BlindSpot]:
        return self._blindness.spots(self.handled_ms, self.worker.wall.now_ms())

    def _on_flush_ended(self, tp: TP, outcome: str, seconds: float) -> None:
        self.metrics.flushed(tp.topic, outcome, seconds)

    def _on_transitions(self, transitions: Sequence[Transition]) -> None:
        for transition in transitions:
            self.metrics.published(transition.time)
        if self._keep:
            self.transitions += transitions

    def _on_tick(self, tick: TickVerdicts) -> None:
        self.handled_ms = max(self.handled_ms, tick.time)

    def _on_record(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """For the board: every worker reads all anomalies and all pulses, whoever made them."""
        if topic == ANOMALY_STATE_TOPIC:
            self.worker.congestions.hear(key, value)
            transition = read_transition(value)
            if transition is not None:
                self.board.transition(transition)
            return
        if topic == ACTIONS_TOPIC:
            self._actions.take(value)
            return
        with contextlib.suppress(msgspec.DecodeError):
            tick = _decode_tick(value or b"")
            self.handled_ms = max(self.handled_ms, tick.time)
            self.board.tick(tick)


async def new_system(
    settings: Settings, *, keep: bool = False, pace: float = 1.0, write: Callable[[str], object] = print
) -> System:
    """Finds out what the broker is and has, and wires a worker. Raises TopicsError or BrokerUnreachableError."""
    connection = Connection.of(settings, os.environ)
    kind, life = await asyncio.to_thread(identify, connection)
    if kind is BrokerKind.EMBEDDED:
        # Offsets of another life of the broker mean nothing: each life has state of its own.
        state_dir = str(Path(settings.state_dir) / f"embedded-{life}")
        records = min(settings.dedup_records, _EMBEDDED_DEDUP_RECORDS)
        settings = msgspec.structs.replace(settings, transactions=False, state_dir=state_dir, dedup_records=records)
    sources = await prepare_topics(settings, connection)
    return System(
        settings,
        load(settings.catalogue),
        sources,
        connection=connection,
        keep=keep,
        pace=pace,
        write=write,
    )
