"""Keeps the state of one partition of pharos-cells or pharos-verdicts: named items and the offset behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.transport.flush import OutRecord


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
        """The newest complete snapshot, after `open`."""

    async def save(self, save: Save) -> None:
        """All of it or nothing, where transactions are real. Raises FlushFailedError; then `open` and `load` again."""

    async def close(self) -> None:
        """Let go without waiting long."""
