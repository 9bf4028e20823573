"""What one fetch of one partition brought: the driver's message to an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from streams.records.batch import RecordBatch


class Fetched(NamedTuple):
    """A batch and the offset at which its fetch began.

    `start` makes every loss visible: a batch is taken only where `start` is the offset the agent expects next, so one
    that is dropped on the way is missed, and one of an earlier position is not counted twice.
    """

    start: int
    batch: RecordBatch
