"""A worker's transport: the Faust app, its agents and their loops, startable in any asyncio program."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
import uuid
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from faust.types import TP

from streams.broker.connection import Connection
from streams.transport.agent_factory import AgentFactory
from streams.transport.driver.faust_app import add_agent, new_app
from streams.transport.flush.congestion import Congestions, CongestionTeller
from streams.transport.life.clock import WorkerClock
from streams.transport.life.wall_clock import BrokersClock, WallClock
from streams.transport.life.watch import Watch, WorkerFailedError
from streams.transport.life.watchdog import Watchdog
from streams.transport.log.cases_agent import CasesState
from streams.transport.log.cells_agent import CellsState
from streams.transport.partitions.committed import CommittedOffsets
from streams.transport.partitions.ownership import Ownership
from streams.transport.partitions.positions import AppPositions
from streams.transport.partitions.topic_ids import TopicIds
from streams.transport.source.customer_keys import refuse_other_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings.settings import Settings
    from streams.transport.driver.batch_driver import Standing
    from streams.transport.parts import Cases, Incidents, Ingests, Merges

_START_LIMIT_S = 60.0
_CLOSE_LIMIT_S = 2.0  # these two and the little that follows make most of the five seconds of `stop`
_STOP_LIMIT_S = 1.5

logger = logging.getLogger(__name__)


class Worker:
    """Runs ingest, merge and incidents of one process.

    `start`, then wait for `failure`, then `stop` (within five seconds). Must be made inside a running event loop.

    Attributes:
        clock: the worker's clock.
        wall: the wall clock, set right by the brokers'.
        congestions: to hear every record of pharos-anomaly-state.
        source_agent: None where this worker ingests nothing.
        cases_agent: None where it follows no cases.
        cells_agent: None where it merges nothing; its `parts` hold the merges.
        incident_agent: None where it has no desk.
        watchdog: fed once a second while the worker runs.

    """

    def __init__(
        self,
        settings: Settings,
        connection: Connection | None = None,
        *,
        ingests: Ingests | None = None,
        cases: Cases | None = None,
        merges: Merges | None = None,
        incidents: Incidents | None = None,
    ) -> None:
        self._settings = settings
        self._connection = connection or Connection.of(settings, os.environ)
        self._sources = {} if ingests is None else ingests.sources
        self._watch = Watch()
        self.watchdog = Watchdog(time.monotonic())
        live = settings.time == "live"
        self.wall = WallClock(lambda: time.time(), time.monotonic)  # noqa: PLW0108 - a test sets time.time
        self._brokers_clock = self._new_brokers_clock() if live and settings.transactions else None
        self.clock = WorkerClock(time.monotonic, self.wall.now_ms if live else None)
        self.congestions = Congestions(time.monotonic, _wall_ms)
        self.app = new_app(settings, self._connection)
        self._positions = AppPositions(self.app)
        self._commits = CommittedOffsets(self._connection, settings.app)
        self._topic_ids = TopicIds(self._connection) if settings.transactions else None
        self._producer: Any = None
        make = AgentFactory(
            settings, self._connection, self._positions, self.clock, lambda: self._producer, self._watch.fail
        )
        committed, slowest = (self._commits, self._topic_ids), self.congestions.slowest_of_others
        self.source_agent = None if ingests is None else make.source_agent(ingests, *committed, slowest)
        self.cases_agent = None if cases is None else make.cases_agent(cases, self._commits)
        self.cells_agent = None if merges is None else make.cells_agent(merges)
        self.incident_agent = None if incidents is None else make.incident_agent(incidents)
        agents = (self.source_agent, self.cases_agent, self.cells_agent, self.incident_agent)
        self._agents = [agent for agent in agents if agent is not None]
        for agent in self._agents:
            add_agent(self.app, agent.name, agent.owner.topics, agent.handle, self._watch.fail)
        self._ownership = Ownership(self.app, [agent.owner for agent in self._agents])

    async def start(self) -> None:
        """Join the group. Raises KafkaError or OSError where no broker is reached, WorkerFailedError after a minute."""
        self._producer = AIOKafkaProducer(
            **self._connection.for_aiokafka(),
            enable_idempotence=True,
            compression_type="lz4",
            max_request_size=64 << 20,
            request_timeout_ms=20_000,
        )
        if self._brokers_clock is not None:
            await self._brokers_clock.set_right()  # before anything is read: what is ahead is refused by it
        try:
            await asyncio.wait_for(self._producer.start(), _START_LIMIT_S)
            await self._refuse_other_key()
            await asyncio.wait_for(self.app.start(), _START_LIMIT_S)
        except TimeoutError:
            raise WorkerFailedError(
                f"the worker did not start within {_START_LIMIT_S:.0f} s: start it again, and look at the "
                f"brokers at {self._settings.broker} and at the load of this machine"
            ) from None
        for agent in self._agents:
            self._watch.start(f"of {agent.name}", agent.run())
        teller = CongestionTeller(self.merges, self._producer.send, _wall_ms)
        self._watch.start("that tells of congestion", teller.run())
        self._watch.start("that looks at Faust", self._watch.look_at(self._crash_of_faust))
        self._watch.start("that feeds the watchdog", self._feed_watchdog())
        if self._brokers_clock is not None:
            self._watch.start("that asks the brokers for their clock", self._brokers_clock.run())
        if self._topic_ids is not None:
            read = [topic for agent in self._agents for topic in agent.owner.topics]
            self._watch.start("that knows topics by their ids", self._topic_ids.watch(read, self._take_in))

    @property
    def assigned(self) -> bool:
        """Whether the group has given this worker its partitions and they have been taken over."""
        return all(agent.owner.current for agent in self._agents)

    def standing(self, tp: TP) -> Standing | None:
        """Where the log of a partition ends, as of the last fetch."""
        return self._positions.standing(tp)

    def merges(self) -> dict[int, Any]:
        """The merges of this worker by cells partition."""
        if self.cells_agent is None:
            return {}
        states = {tp.partition: part.log_state for tp, part in self.cells_agent.parts.items()}
        return {number: state.merge for number, state in states.items() if isinstance(state, CellsState)}

    def cases(self) -> dict[int, Any]:
        """What this worker remembers of cases, by partition of pharos-cases."""
        if self.cases_agent is None:
            return {}
        states = {tp.partition: part.log_state for tp, part in self.cases_agent.parts.items()}
        return {number: state.cases for number, state in states.items() if isinstance(state, CasesState)}

    async def failure(self) -> WorkerFailedError:
        """Wait until the worker cannot go on."""
        return await self._watch.failure()

    def _take_in(self, partitions: Mapping[str, int]) -> None:
        """Partitions that were added: the group assigns them by itself, and merges learn of them by their cells."""
        for topic, before in list(self._sources.items()):
            now = partitions.get(topic, before)
            if now > before:
                self._sources[topic] = now
                named = topic in self._settings.source_partitions
                remedy = "; correct source_partitions before the next start" if named else ""
                logger.warning(
                    "%s has %d partitions now, %d before: the new ones are counted from their beginnings%s",
                    topic, now, before, remedy,
                )  # fmt: skip

    async def _feed_watchdog(self) -> None:
        while True:
            self.watchdog.look((duty for agent in self._agents for duty in agent.duties()), time.monotonic())
            await asyncio.sleep(1.0)

    async def stop(self) -> None:
        """Flush what is counted and leave the group."""
        await self._watch.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(agent.close() for agent in self._agents)), _CLOSE_LIMIT_S)
        try:
            await asyncio.wait_for(self.app.stop(), _STOP_LIMIT_S)
        except TimeoutError:
            logger.warning("Faust did not stop within %.1f s", _STOP_LIMIT_S)
        with contextlib.suppress(TimeoutError, KafkaError, OSError):
            if self._producer is not None:
                await asyncio.wait_for(self._producer.stop(), 0.5)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._commits.close(), 0.5)

    async def _refuse_other_key(self) -> None:
        """Before the group gives it any partition: one that must not count takes none from the others."""
        if self.source_agent is None:
            return
        tps = [TP(topic, number) for topic, count in self._sources.items() for number in range(count)]
        refuse_other_key((await self._commits.read(tps)).values(), self.source_agent.options)

    def _new_brokers_clock(self) -> BrokersClock:
        app = self._settings.app
        return BrokersClock(self._connection, f"{app}-clock-{uuid.uuid4().hex[:12]}", app, self.wall, _wall_ms)

    def _crash_of_faust(self) -> BaseException | None:
        if not self.app.crashed:
            return None
        return self.app.crash_reason or RuntimeError("crashed")


def _wall_ms() -> int:
    return int(time.time() * 1000)
