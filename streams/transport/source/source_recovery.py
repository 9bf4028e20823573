"""How source partitions are restored: from the offset that the last flush committed, all of them with one question."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from streams.transport.partitions.log_bounds import Loss, LostRecordsError, refuse_loss
from streams.transport.source.commit_note import CommitNote
from streams.transport.source.customer_keys import refuse_other_key
from streams.transport.source.source_partition import SourcePartition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from faust.types import TP

    from streams.transport.flush.flush import Flusher
    from streams.transport.partitions.committed import Commit
    from streams.transport.partitions.log_bounds import Bounds
    from streams.transport.partitions.positions import Commits, Positions, TopicNames
    from streams.transport.source.source_options import SourceOptions
    from streams.transport.source.source_partition import Ingest


class SourceRecovery:
    """See `Recovery`.

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

    def create(self, tp: TP) -> SourcePartition:
        flusher = self._make_flusher(tp)
        return SourcePartition(tp, lambda: self._make_ingest(tp), flusher, self._options, time.monotonic())

    async def restore(self, parts: Collection[SourcePartition]) -> None:
        """The commit found is the last one there will be before ours. Raises LostRecordsError and CustomerKeyError."""
        tps = [part.tp for part in parts]
        if not tps:
            return
        commits = await self._commits.read(tps)
        refuse_other_key(commits.values(), self._options)
        bounds = await self._positions.bounds(*tps)
        ids = {} if self._topic_names is None else await self._topic_names.read({tp.topic for tp in tps})
        for part in parts:
            commit = commits.get(part.tp)
            part.topic_id = ids.get(part.tp.topic, "")
            if commit is not None:
                refuse_loss(part.tp, commit.offset, bounds[part.tp], part.remedy)
                _refuse_other_topic(part, commit, bounds[part.tp])
            part.begin(commit, bounds[part.tp].first)


def _refuse_other_topic(part: SourcePartition, commit: Commit, bounds: Bounds) -> None:
    """Raises LostRecordsError where the commit counted a topic that is no more."""
    counted = CommitNote.read(commit.metadata).topic_id
    if part.remedy is not None and counted and part.topic_id and counted != part.topic_id:
        raise LostRecordsError(part.tp, Loss.REPLACED, commit.offset, bounds, part.remedy)
