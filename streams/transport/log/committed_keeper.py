"""A keeper that knows from the group's commit what was written, where the snapshots are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.transport.log.keeper import Saved

if TYPE_CHECKING:
    from faust.types import TP

    from streams.transport.log.keeper import Keeper, Save
    from streams.transport.partitions.positions import Commits, Positions


class CommittedKeeper:
    """Without a snapshot its `load` gives the committed offset alone: what the log before it brought out stays out.

    An operator may delete pharos-snapshots to start again from the logs. A log that ends before the commit is another
    one, of which nothing was written.
    """

    def __init__(self, keeper: Keeper, source: TP, commits: Commits, positions: Positions) -> None:
        self._keeper = keeper
        self._source = source
        self._commits = commits
        self._positions = positions

    async def open(self) -> None:
        await self._keeper.open()

    async def load(self) -> Saved | None:
        saved = await self._keeper.load()
        if saved is not None:
            return saved
        commit = (await self._commits.read([self._source])).get(self._source)
        if commit is None or commit.offset > (await self._positions.bounds(self._source))[self._source].end:
            return None
        return Saved(commit.offset, {})

    async def save(self, save: Save) -> None:
        await self._keeper.save(save)

    async def close(self) -> None:
        await self._keeper.close()
