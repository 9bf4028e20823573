"""One partition of a log whose state is a snapshot plus what the log holds after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from streams.transport.partitions.partition import Partition

if TYPE_CHECKING:
    from collections.abc import Hashable

    from faust.types import TP

    from streams.records.batch import RecordBatch
    from streams.transport.log.keeper import Keeper, Save


class LogState(Protocol):
    """The state of one partition of the log.

    Attributes:
        start: the offset that what was saved goes on from, at most the one committed; None: from the log's beginning.

    """

    start: int | None

    @property
    def progress(self) -> Hashable:
        """What changes while one batch is taken in, where that can take long."""

    async def apply(self, batch: RecordBatch) -> None:
        """Take in a batch. Raises FlushFailedError where output could not be written."""

    def take_save(self, offset: int, now_s: float, *, last: bool = False) -> Save | None:
        """What is due to be saved, if anything; `last`: before the worker ends."""

    def on_saved(self, save: Save) -> None:
        """A save took place."""


class LogPartition(Partition):
    """A partition with its keeper and its state.

    Attributes:
        log_state: None until the partition is restored.
        saving: whether a save has been due since the last one that took place.

    """

    writer: Keeper

    def __init__(self, tp: TP, keeper: Keeper, now_s: float, remedy: str | None) -> None:
        super().__init__(tp, keeper, now_s, remedy)
        self.saving = False
        self.log_state: LogState | None = None
