"""One partition while this worker owns it: its state, where it stands, and the work that is under way for it."""

from __future__ import annotations

import asyncio
import enum
from typing import TYPE_CHECKING, Protocol

from streams.transport.partitions.life import LEGAL, IllegalTransitionError, State

if TYPE_CHECKING:
    from faust.types import TP

_CUT_OFF_LIMIT_S = 0.5


class Writer(Protocol):
    """Writes the checkpoints of one partition, as the only one of all workers (`Flusher`, `Keeper`)."""

    async def open(self) -> None:
        """Fence the previous owner. Raises FlushFailedError."""

    async def close(self) -> None:
        """Let go without waiting long."""


class Intake(enum.Enum):
    """What becomes of a fetched batch."""

    TAKEN = enum.auto()  # it is the next one
    STALE = enum.auto()  # of an earlier position
    HOLE = enum.auto()  # something before it is missing
    NOT_RUNNING = enum.auto()  # the partition is between owners, or being restored


class Partition:
    """What source partitions and log partitions have in common.

    Args:
        remedy: how an operator goes on without records that were lost unread; None where that does not end the worker.

    Attributes:
        position: the next offset to process.
        in_doubt: whether memory may differ from the last checkpoint and what was read since: until it is restored,
            while a checkpoint is being written, and after one failed.
        moved_at: when the position moved last, or reading started again; monotonic, in seconds.
        checkpointed_at: when the last checkpoint was written, or the partition was created; monotonic, in seconds.
        work: the piece of work under way, of which there is one at a time.

    """

    def __init__(self, tp: TP, writer: Writer, now_s: float, remedy: str | None = None) -> None:
        self.tp = tp
        self.writer = writer
        self.remedy = remedy
        self.position = 0
        self.in_doubt = True
        self.moved_at = now_s
        self.checkpointed_at = now_s
        self.work: asyncio.Task[None] | None = None
        self._state = State.CREATED

    def __str__(self) -> str:
        return f"{self.tp.topic}-{self.tp.partition}"

    @property
    def state(self) -> State:
        return self._state

    @property
    def running(self) -> bool:
        return self._state is State.RUNNING

    @property
    def needed(self) -> int:
        """The first offset without which counting would be wrong."""
        return self.position

    def enter(self, state: State) -> None:
        """Raises IllegalTransitionError."""
        if state not in LEGAL[self._state]:
            raise IllegalTransitionError(self.tp, self._state, state)
        self._state = state

    def run(self, now_s: float) -> None:
        """Take batches from the position on."""
        self.enter(State.RUNNING)
        self.moved_at = now_s

    def intake(self, start: int) -> Intake:
        """For a batch whose fetch began at the offset `start`."""
        if not self.running:
            return Intake.NOT_RUNNING
        if start == self.position:
            return Intake.TAKEN
        return Intake.STALE if start < self.position else Intake.HOLE

    def skip_to(self, offset: int) -> None:
        """Accept that the broker has nothing between the position and `offset`."""
        self.position = max(self.position, offset)

    async def settle(self) -> None:
        """Wait for the end of the work under way."""
        if self.work is not None:
            await asyncio.wait({self.work})

    async def close(self) -> None:
        """Cut off the work under way and let go of the writer."""
        self.enter(State.CLOSED)
        if self.work is not None:
            self.work.cancel()
            await asyncio.wait({self.work}, timeout=_CUT_OFF_LIMIT_S)
        await self.writer.close()
