"""What the agents need of the consumer and of the group's coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from faust.types import TP

    from streams.transport.driver.batch_driver import Standing
    from streams.transport.partitions.committed import Commit
    from streams.transport.partitions.log_bounds import Bounds


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
