"""How far the source logs reach in time: what a worker that reads an old backlog takes for now is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import confluent_kafka
from confluent_kafka.admin import AdminClient, OffsetSpec

from streams.topics.names import ACTIONS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streams.broker.connection import Connection

_EVERY_S = 20.0  # much less than what is too old to page; in between the clock goes on by itself
_RETRY_S = 2.0
_LIMIT_S = 10.0


class NewestTimestamps:
    """Asks the brokers for the largest record timestamp of the source topics. The embedded broker cannot tell.

    Each question has a client of its own, as those of `TopicIds` have. One that is kept also holds to leaders that have
    changed (FENCED_LEADER_EPOCH), and then is not answered any more.

    Args:
        sources: partitions by topic; looked at for each question, for topics may get more.
        observe: called with each answer, in ms since the epoch.

    Attributes:
        asked: set once there was an answer.

    """

    def __init__(self, connection: Connection, sources: Mapping[str, int], observe: Callable[[int], None]) -> None:
        self._configuration = connection.for_quiet_librdkafka()
        self._sources = sources
        self._observe = observe
        self.asked = asyncio.Event()

    async def run(self) -> None:
        """Never returns; asks again where the brokers do not answer."""
        while True:
            try:
                newest = await asyncio.wait_for(asyncio.to_thread(self._ask), 2 * _LIMIT_S)
            except (confluent_kafka.KafkaException, TimeoutError):
                await asyncio.sleep(_RETRY_S)
                continue
            if newest >= 0:
                self._observe(newest)
            self.asked.set()
            await asyncio.sleep(_EVERY_S)

    def _ask(self) -> int:
        """-1 where nothing was ever sent."""
        admin = AdminClient(self._configuration)
        wanted = {
            confluent_kafka.TopicPartition(topic, number): OffsetSpec.max_timestamp()
            for topic, count in list(self._sources.items())
            if topic != ACTIONS_TOPIC  # which people write, at their own time
            for number in range(count)
        }
        answers = admin.list_offsets(wanted, request_timeout=_LIMIT_S)
        return max((int(answer.result(_LIMIT_S).timestamp) for answer in answers.values()), default=-1)
