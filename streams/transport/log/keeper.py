"""Keeps the state of one partition of pharos-cells or pharos-verdicts: named items and the offset behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from streams.transport.life.watch import WorkerFailedError
from streams.transport.partitions.log_bounds import LOG_REMEDY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from faust.types import TP

    from streams.transport.flush.flush import OutRecord


class UnreadableStateError(WorkerFailedError):
    """What was saved cannot be restored. To start again is not for a worker to decide: expectations would be lost."""

    def __init__(self, tp: TP, cause: Exception) -> None:
        why = str(cause) if isinstance(cause, ValueError) else repr(cause)
        super().__init__(
            f"the snapshot of {tp.topic}-{tp.partition} cannot be restored: {why}; {LOG_REMEDY} (embedded broker: "
            "delete the folder of state_dir instead)"
        )


class Saved(NamedTuple):
    """A complete snapshot: items by name, and the offset from which the log goes on."""

    offset: int
    items: Mapping[str, bytes]


class Save(NamedTuple):
    """What a save writes.

    Attributes:
        offset: of the log, up to which the items count.
        items: new and changed ones.
        keep: names of all items that the snapshot needs, the new ones among them; the others are deleted.
        records: output that becomes visible with the save.

    """

    offset: int
    items: Sequence[tuple[str, bytes]]
    keep: frozenset[str]
    records: Sequence[OutRecord] = ()


class Keeper(Protocol):
    """One at a time for one partition."""

    async def open(self) -> None:
        """Shut out the previous owner. Raises FlushFailedError."""

    async def load(self) -> Saved | None:
        """The newest complete snapshot, after `open`. Raises ValueError or LookupError where it is damaged."""

    async def save(self, save: Save) -> None:
        """All of it or nothing, where transactions are real. Raises FlushFailedError; then `open` and `load` again."""

    async def close(self) -> None:
        """Let go without waiting long."""
