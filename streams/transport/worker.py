"""A worker's transport: the Faust app, its agents and their loops, startable in any asyncio program."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.transport.clock import WorkerClock
from streams.transport.committed import CommittedOffsets
from streams.transport.faust_app import add_agent, new_app
from streams.transport.flush import AcknowledgedFlusher, Flusher, TransactionalFlusher
from streams.transport.ownership import Ownership
from streams.transport.source_agent import SourceAgent, SourceOptions
from streams.transport.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faust.types import TP

    from streams.settings import Settings
    from streams.transport.batch_driver import Standing
    from streams.transport.source_partition import Flush, Ingest
    from streams.transport.watch import WorkerFailedError

_START_LIMIT_S = 60.0
_STOP_LIMIT_S = 3.0

logger = logging.getLogger(__name__)


class AppPositions:
    """The consumer of an app, which Faust makes only when it starts."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def move_to(self, tp: TP, offset: int) -> None:
        await self._app.consumer.move_to(tp, offset)

    async def earliest_offsets(self, *tps: TP) -> Mapping[TP, int]:
        return await self._app.consumer.earliest_offsets(*tps)

    def standing(self, tp: TP) -> Standing | None:
        return self._app.consumer.standing(tp)

    async def commit_plain(self, tp: TP, offset: int, metadata: str) -> None:
        await self._app.consumer.thread.commit_plain(tp, offset, metadata)


class Worker:
    """Runs ingest, merge and incidents of one process.

    `start`, then wait for `failure`, then `stop` (within five seconds). Must be made inside a running event loop.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sources: Mapping[str, int],
        make_ingest: Callable[[TP], Ingest],
        on_flushed: Callable[[TP, Flush], None] = lambda _tp, _flush: None,
    ) -> None:
        self._settings = settings
        self._watch = Watch()
        self.clock = WorkerClock(time.monotonic)
        self.app = new_app(settings)
        self._positions = AppPositions(self.app)
        self._commits = CommittedOffsets(settings.broker, settings.app)
        self._producer: Any = None
        self.source_agent = SourceAgent(
            tuple(sources),
            SourceOptions(
                settings.cells_partitions,
                settings.dedup_records,
                settings.lateness_s,
                settings.flush_interval_s,
                settings.idle_after_s,
                settings.heartbeat_interval_s,
            ),
            self._positions,
            self._commits,
            make_ingest=make_ingest,
            make_flusher=self._new_flusher,
            clock=self.clock,
            fail=self._watch.fail,
            on_flushed=on_flushed,
        )
        add_agent(self.app, "ingest", tuple(sources), self.source_agent.handle, self._watch.fail)
        self._ownership = Ownership(self.app, (self.source_agent,))

    async def start(self) -> None:
        """Join the group. Raises KafkaError, OSError or TimeoutError where the broker cannot be reached."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.broker,
            enable_idempotence=True,
            compression_type="lz4",
            max_request_size=64 << 20,
            request_timeout_ms=20_000,
        )
        await asyncio.wait_for(self._producer.start(), _START_LIMIT_S)
        await asyncio.wait_for(self.app.start(), _START_LIMIT_S)
        self._watch.start("flushes", self.source_agent.run())
        self._watch.start("Faust", self._watch.look_at(self._crash_of_faust))

    async def failure(self) -> WorkerFailedError:
        """Wait until the worker cannot go on."""
        return await self._watch.failure()

    async def stop(self) -> None:
        """Flush what is counted and leave the group."""
        await self._watch.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.source_agent.close(), _STOP_LIMIT_S)
        try:
            await asyncio.wait_for(self.app.stop(), _STOP_LIMIT_S)
        except TimeoutError:
            logger.warning("Faust did not stop within %.0f s", _STOP_LIMIT_S)
        with contextlib.suppress(TimeoutError, KafkaError, OSError):
            if self._producer is not None:
                await asyncio.wait_for(self._producer.stop(), 1.0)
        await self._commits.close()

    def _new_flusher(self, tp: TP) -> Flusher:
        if self._settings.transactions:
            name = f"{self._settings.app}-{tp.topic}-{tp.partition}"
            return TransactionalFlusher(self._settings.broker, name, self._settings.app)
        return AcknowledgedFlusher(self._producer, self._positions.commit_plain)

    def _crash_of_faust(self) -> BaseException | None:
        if not self.app.crashed:
            return None
        return self.app.crash_reason or RuntimeError("crashed")
