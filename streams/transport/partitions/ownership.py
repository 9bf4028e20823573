"""Who owns which partition, and where reading begins: one plan for each generation of the group.

Faust tells of a rebalance in two steps. `on_partitions_revoked`: open flushes end, nothing more is taken. Then
`on_rebalance_complete`, which Faust awaits before it seeks: each owner takes its partitions over (shutting out the
previous owner first, reading the commit second) and says where they begin. The consumer seeks to that plan and to
nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from faust.types import TP

    from streams.transport.partitions.owner import PartitionOwner

logger = logging.getLogger(__name__)


class Ownership:
    """Connects the owners to the signals of one Faust app."""

    def __init__(self, app: Any, owners: Collection[PartitionOwner[Any]]) -> None:
        self._app = app
        self._owners = owners
        self._turn = asyncio.Lock()
        app.on_rebalance_complete.connect(self._on_rebalance_complete)
        app.on_partitions_revoked.connect(self._on_partitions_revoked)

    async def _on_partitions_revoked(self, _app: Any, _revoked: Any = None, **_kwargs: Any) -> None:
        consumer = self._app.consumer
        consumer.plan = None
        await asyncio.gather(*(owner.suspend() for owner in self._owners))

    async def _on_rebalance_complete(self, _app: Any, **_kwargs: Any) -> None:
        generation = self._app.consumer_generation_id

        def is_current() -> bool:
            return bool(self._app.consumer_generation_id == generation)

        async with self._turn:
            consumer = self._app.consumer
            assignment = consumer.assignment()
            plan: dict[TP, int] = {}
            for owner in self._owners:
                if not is_current():
                    return
                own = {tp for tp in assignment if tp.topic in owner.topics}
                plan.update(await owner.acquire(own, is_current))
            if is_current():
                consumer.plan = plan
                consumer.plan_generation = generation
                logger.info("generation %s: %d partitions", generation, len(plan))
