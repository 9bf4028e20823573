"""Looks at a running worker once a second: lag, watermarks, freshness, readiness."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from streams.cells.record import NO_WATERMARK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from faust.types import TP

    from streams.telemetry.blindness import BlindSpot
    from streams.telemetry.health import Health
    from streams.telemetry.metrics import PipelineMetrics
    from streams.transport.worker import Worker
    from streams.web.board import Board

_EVERY_S = 1.0


class Vitals:
    """Carries what the transport knows of itself to metrics, health and the board."""

    def __init__(
        self,
        worker: Worker,
        metrics: PipelineMetrics,
        health: Health,
        board: Board,
        clock_ms: Callable[[], int | None],
        blind_spots: Callable[[], Sequence[BlindSpot]],
    ) -> None:
        self._worker = worker
        self._metrics = metrics
        self._health = health
        self._board = board
        self._clock_ms = clock_ms
        self._blind_spots = blind_spots
        self._sources: set[TP] = set()
        self._cells: set[int] = set()

    async def run(self) -> None:
        """Never returns."""
        while True:
            self.look()
            asleep = time.monotonic()
            await asyncio.sleep(_EVERY_S)
            self._metrics.loop_lag(time.monotonic() - asleep - _EVERY_S)

    def look(self) -> None:
        """One round."""
        positions = self._positions()
        if self._worker.assigned:
            self._health.assign((tp.topic, tp.partition) for tp in positions)
        else:
            self._health.revoke()
        for tp, position in positions.items():
            standing = self._worker.standing(tp)
            if standing is not None:
                lag = max(standing.last_stable_offset - position, 0)
                self._metrics.lag(tp.topic, tp.partition, lag)
                if lag == 0:
                    self._health.caught_up(tp.topic, tp.partition)
        for tp in self._sources - positions.keys():
            self._metrics.forget_partition(tp.topic, tp.partition)
        self._sources = set(positions)
        self._snapshots()
        self._freshness()
        self._merges()
        self._blindness()

    def _blindness(self) -> None:
        spots = self._blind_spots()
        self._health.blind(spot.detail for spot in spots)
        self._metrics.blind({spot.reason for spot in spots})
        self._board.blind_to(spots)

    def _positions(self) -> Mapping[TP, int]:
        positions: dict[TP, int] = {}
        worker = self._worker
        for agent in (worker.source_agent, worker.cases_agent, worker.cells_agent, worker.incident_agent):
            if agent is not None:
                positions |= {tp: part.position for tp, part in agent.parts.items()}
        return positions

    def _snapshots(self) -> None:
        now, worker = time.monotonic(), self._worker
        followed = any(cases.links for cases in worker.cases().values())  # else there is nothing to save
        for agent in (worker.cases_agent if followed else None, worker.cells_agent, worker.incident_agent):
            for tp, part in agent.parts.items() if agent is not None else ():
                self._metrics.snapshot_age(tp.topic, tp.partition, now - part.checkpointed_at)

    def _freshness(self) -> None:
        agent, now = self._worker.source_agent, self._clock_ms()
        if agent is None or now is None:
            return
        slowest: dict[str, int] = {}
        for tp, part in agent.parts.items():
            slowest[tp.topic] = min(slowest.get(tp.topic, part.ingest.watermark), part.ingest.watermark)
        for topic, watermark in slowest.items():
            if watermark != NO_WATERMARK:
                self._board.source(topic, watermark, now)

    def _merges(self) -> None:
        merges = self._worker.merges()
        for partition, merge in merges.items():
            if merge.watermark != NO_WATERMARK:
                self._metrics.watermark(partition, merge.watermark)
            self._metrics.series(partition, merge.budget.used)
        for partition in self._cells - merges.keys():
            self._metrics.forget_cells(partition)
        self._cells = set(merges)
