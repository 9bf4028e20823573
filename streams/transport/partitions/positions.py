"""What the agents need of the consumer and of the group's coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from streams.transport.partitions.log_bounds import Bounds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from faust.types import TP

    from streams.transport.driver.batch_driver import Standing
    from streams.transport.partitions.committed import Commit


class Positions(Protocol):
    """What the agent needs of the consumer."""

    async def move_to(self, tp: TP, offset: int) -> None: ...
    async def bounds(self, *tps: TP) -> Mapping[TP, Bounds]: ...
    def standing(self, tp: TP) -> Standing | None: ...
    def hold(self, tps: Collection[TP]) -> None: ...


class TopicNames(Protocol):
    """Which topic a name stands for at present (`TopicIds`)."""

    async def read(self, topics: Collection[str]) -> Mapping[str, str]: ...


class Commits(Protocol):
    """Committed offsets with metadata (`CommittedOffsets`)."""

    async def read(self, tps: Iterable[TP]) -> Mapping[TP, Commit]: ...


class AppPositions:
    """The consumer of an app, which Faust makes only when it starts."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def move_to(self, tp: TP, offset: int) -> None:
        await self._app.consumer.move_to(tp, offset)

    async def bounds(self, *tps: TP) -> Mapping[TP, Bounds]:
        first = await self._app.consumer.earliest_offsets(*tps)
        end = await self._app.consumer.highwaters(*tps)
        return {tp: Bounds(first[tp], end[tp]) for tp in tps}

    def standing(self, tp: TP) -> Standing | None:
        return self._app.consumer.standing(tp)

    def hold(self, tps: Collection[TP]) -> None:
        self._app.consumer.hold(tps)

    async def commit_plain(self, tp: TP, offset: int, metadata: str) -> None:
        await self._app.consumer.thread.commit_plain(tp, offset, metadata)
