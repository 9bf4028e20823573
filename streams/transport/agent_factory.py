"""Makes the agents of a worker and what writes their checkpoints, from the settings and the pure parts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.topics.names import CASES_TOPIC, CELLS_TOPIC
from streams.transport.flush.fencing_abort import abort_of_log, abort_of_source
from streams.transport.flush.flush import TRANSACTION_LIMIT_S, AcknowledgedFlusher, TransactionalFlusher
from streams.transport.log.cases_agent import CasesPace, CasesState
from streams.transport.log.cells_agent import CellsState, SnapshotPace
from streams.transport.log.committed_keeper import CommittedKeeper
from streams.transport.log.file_keeper import FileKeeper
from streams.transport.log.incident_agent import IncidentState
from streams.transport.log.log_agent import LogAgent
from streams.transport.log.topic_keeper import TopicKeeper
from streams.transport.source.source_agent import SourceAgent
from streams.transport.source.source_options import SourceOptions
from streams.transport.source.source_recovery import SourceRecovery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from faust.types import TP

    from streams.broker.connection import Connection
    from streams.settings.settings import Settings
    from streams.transport.flush.flush import FlushContent, Flusher
    from streams.transport.life.clock import WorkerClock
    from streams.transport.log.keeper import Keeper, Saved
    from streams.transport.log.log_partition import LogState
    from streams.transport.partitions.positions import AppPositions, Commits, TopicNames
    from streams.transport.parts import Cases, Incidents, Ingests, Merges

_CASES_FLUSH_S = 1.0  # one hop more on the way of an event: cells of cases must not wait for the next slot
_SNAPSHOT_LIMIT_S = 60.0  # only a restore reads snapshots, so their transactions may last longer than those of cells


class AgentFactory:
    """Of one worker.

    Args:
        producer: the worker's producer, once it has started.
        fail: called with what ends the worker.

    """

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        positions: AppPositions,
        clock: WorkerClock,
        producer: Callable[[], Any],
        fail: Callable[[str, BaseException], None],
    ) -> None:
        self._settings = settings
        self._connection = connection
        self._positions = positions
        self._clock = clock
        self._producer = producer
        self._fail = fail

    def source_agent(
        self,
        ingests: Ingests,
        commits: Commits,
        topic_names: TopicNames | None,
        slowest_of_others: Callable[[Collection[TP]], int | None],
    ) -> SourceAgent:
        """See `SourceRecovery` and `SourceAgent`."""
        settings = self._settings
        options = SourceOptions(
            settings.cells_partitions,
            settings.dedup_records,
            settings.lateness_s,
            settings.flush_interval_s,
            settings.idle_after_s,
            settings.heartbeat_interval_s,
            settings.app if settings.transactions else None,
            ingests.customer_key,
            settings.customer_key_replaces,
        )
        make_flusher = ingests.make_flusher or self._flusher
        return SourceAgent(
            tuple(ingests.sources),
            options,
            SourceRecovery(options, self._positions, commits, ingests.make, make_flusher, topic_names),
            self._positions,
            clock=self._clock,
            fail=self._fail,
            on_flushed=ingests.on_flushed,
            on_flush_ended=ingests.on_flush_ended,
            slowest_of_others=slowest_of_others,
        )

    def cells_agent(self, merges: Merges) -> LogAgent:
        pace = SnapshotPace(self._settings.snapshot_interval_s, self._settings.full_snapshot_interval_s)

        def make_state(tp: TP, saved: Saved | None) -> CellsState:
            return CellsState(
                tp.partition,
                merges.make(tp.partition),
                saved,
                producer=self._producer(),
                pace=pace,
                needed=merges.needed,
                observe=self._clock.observe,
                on_judged=merges.on_judged,
                now_s=time.monotonic(),
            )

        return self._log_agent("merge", CELLS_TOPIC, make_state)

    def cases_agent(self, cases: Cases, commits: Commits) -> LogAgent:
        """See `CasesState`; `commits` tell what was written where snapshots are gone."""
        settings = self._settings
        pace = CasesPace(min(_CASES_FLUSH_S, settings.flush_interval_s), settings.snapshot_interval_s)

        def make_state(tp: TP, saved: Saved | None) -> CasesState:
            return CasesState(
                tp.partition,
                *cases.make(tp.partition),
                saved,
                cells_partitions=settings.cells_partitions,
                pace=pace,
                needed=cases.needed,
                observe=self._clock.observe,
                now_s=time.monotonic(),
            )

        def make_keeper(tp: TP) -> Keeper:
            keeper = self._keeper(tp)
            return CommittedKeeper(keeper, tp, commits, self._positions) if settings.transactions else keeper

        return self._log_agent("cases", CASES_TOPIC, make_state, make_keeper)

    def incident_agent(self, incidents: Incidents) -> LogAgent:
        def make_state(_tp: TP, saved: Saved | None) -> IncidentState:
            return IncidentState(
                incidents.make(),
                saved,
                encode=incidents.encode,
                on_transitions=incidents.on_transitions,
                on_tick=incidents.on_tick,
                now_s=time.monotonic(),
            )

        return self._log_agent("incidents", incidents.topic, make_state)

    def _log_agent(
        self,
        name: str,
        topic: str,
        make_state: Callable[[TP, Saved | None], LogState],
        make_keeper: Callable[[TP], Keeper] | None = None,
    ) -> LogAgent:
        return LogAgent(
            name,
            topic,
            self._positions,
            make_keeper=make_keeper or self._keeper,
            make_state=make_state,
            fail=self._fail,
            heartbeat_interval_s=self._settings.heartbeat_interval_s,
            may_lose=not self._settings.transactions,
        )

    def _flusher(self, tp: TP) -> Flusher:
        if not self._settings.transactions:
            return AcknowledgedFlusher(self._producer(), self._positions.commit_plain)
        return self._transactional(tp, TRANSACTION_LIMIT_S, abort_of_source(tp, self._settings.cells_partitions))

    def _keeper(self, tp: TP) -> Keeper:
        if not self._settings.transactions:
            folder = Path(self._settings.state_dir) / f"{self._settings.app}-{tp.topic}-{tp.partition}"
            return FileKeeper(folder, tp, self._flusher(tp))
        limit_s = _SNAPSHOT_LIMIT_S if tp.topic == CELLS_TOPIC else TRANSACTION_LIMIT_S
        flusher = self._transactional(tp, limit_s, abort_of_log(tp, self._settings.cells_partitions))
        return TopicKeeper(self._connection, self._settings.app, tp, tp.partition, flusher)

    def _transactional(self, tp: TP, limit_s: float, fencing_abort: FlushContent) -> Flusher:
        name = f"{self._settings.app}-{tp.topic}-{tp.partition}"
        return TransactionalFlusher(self._connection, name, self._settings.app, limit_s, fencing_abort)
