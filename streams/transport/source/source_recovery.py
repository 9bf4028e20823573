"""How a source partition is taken over: the previous owner shut out first, the commit read second."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streams.transport.flush.flush import FlushFailedError
from streams.transport.partitions.log_bounds import Loss, LostRecordsError, source_remedy
from streams.transport.source.source_partition import SourcePartition, topic_id_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from faust.types import TP

    from streams.transport.flush.flush import Flusher
    from streams.transport.partitions.committed import Commit
    from streams.transport.partitions.log_bounds import Bounds
    from streams.transport.partitions.positions import Commits, Positions, TopicNames
    from streams.transport.source.source_options import SourceOptions
    from streams.transport.source.source_partition import Ingest

_OPENED_AT_ONCE = 16
_TRIES = 8


class Recovery:
    """Brings partitions from nothing to where reading begins.

    Args:
        make_ingest: a fresh ingest partition for a source partition.
        make_flusher: its flusher, not yet open.
        topic_names: None where the broker gives topics no ids.

    """

    def __init__(
        self,
        options: SourceOptions,
        positions: Positions,
        commits: Commits,
        make_ingest: Callable[[TP], Ingest],
        make_flusher: Callable[[TP], Flusher],
        topic_names: TopicNames | None = None,
    ) -> None:
        self._options = options
        self._positions = positions
        self._commits = commits
        self._make_ingest = make_ingest
        self._make_flusher = make_flusher
        self._topic_names = topic_names
        self._slots = asyncio.Semaphore(_OPENED_AT_ONCE)

    def new_part(self, tp: TP) -> SourcePartition:
        """Not yet open."""
        return SourcePartition(
            tp, lambda: self._make_ingest(tp), self._make_flusher(tp), self._options.cells_partitions
        )

    async def open(self, part: SourcePartition, is_current: Callable[[], bool]) -> None:
        """Shut out the previous owner. Raises FlushFailedError after some tries, or when no longer current."""
        async with self._slots:
            for attempt in range(_TRIES):
                try:
                    await part.flusher.open()
                except FlushFailedError:
                    if attempt + 1 == _TRIES or not is_current():
                        raise
                    await asyncio.sleep(0.5 * (attempt + 1))
                else:
                    return

    async def begin(self, parts: Collection[SourcePartition]) -> dict[TP, int]:
        """Where to read from, after `open`: the commit found is the last one there will be before ours.

        Raises LostRecordsError, see `refuse_loss`.
        """
        tps = [part.tp for part in parts]
        if not tps:
            return {}
        commits = await self._commits.read(tps)
        bounds = await self._positions.bounds(*tps)
        ids = {} if self._topic_names is None else await self._topic_names.read({tp.topic for tp in tps})
        for tp, commit in commits.items():
            self.refuse_loss(tp, commit.offset, bounds[tp])
            self._refuse_other_topic(tp, commit, bounds[tp], ids.get(tp.topic, ""))
        for part in parts:
            part.topic_id = ids.get(part.tp.topic, "")
        return {
            part.tp: part.begin(commits.get(part.tp), bounds[part.tp].first, self._options.dedup_records)
            for part in parts
        }

    def _refuse_other_topic(self, tp: TP, commit: Commit, bounds: Bounds, topic_id: str) -> None:
        """Raises LostRecordsError where the commit counted a topic that is no more."""
        counted, group = topic_id_in(commit.metadata), self._options.strict_group
        if group is not None and counted and topic_id and counted != topic_id:
            raise LostRecordsError(tp, Loss.REPLACED, commit.offset, bounds, source_remedy(tp, group))

    def refuse_loss(self, tp: TP, position: int, bounds: Bounds) -> None:
        """Raises LostRecordsError where the log lacks what comes next and the broker is one that must not lose."""
        loss, group = bounds.loss(position), self._options.strict_group
        if loss is not None and group is not None:
            raise LostRecordsError(tp, loss, position, bounds, source_remedy(tp, group))
