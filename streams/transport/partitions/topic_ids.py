"""Topics by the ids that Kafka gave them: one that is deleted and created again has its old name, and another id."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

import confluent_kafka
from confluent_kafka.admin import AdminClient

from streams.topics.names import CASES_TOPIC, CELLS_TOPIC, VERDICTS_TOPIC
from streams.transport.partitions.log_bounds import LOG_REMEDY, SOURCE_TOPIC_REMEDY, LostTopicError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from streams.broker.connection import Connection

_EVERY_S = 5.0
_LIMIT_S = 10.0
_PATIENCE_S = 30.0
_PAUSE_S = 0.5
_GONE = (confluent_kafka.KafkaError.UNKNOWN_TOPIC_OR_PART, confluent_kafka.KafkaError.UNKNOWN_TOPIC_ID)


class Described(NamedTuple):
    """What the brokers say of a topic."""

    topic_id: str
    partitions: int


class TopicIds:
    """Asks the brokers once for each topic, and `watch` whether it holds. The embedded broker has none.

    Each question has a client of its own: one of librdkafka 2.16 that is kept takes most of a core, and ten seconds for
    an answer, while the broker that it was connected to is away (docs/faults.md).
    """

    def __init__(self, connection: Connection) -> None:
        self._configuration = connection.for_quiet_librdkafka()
        self._known: dict[str, str] = {}

    async def read(self, topics: Collection[str]) -> dict[str, str]:
        """Ids by name, as they were when first seen; topics that do not exist are left out.

        Raises confluent_kafka.KafkaException or TimeoutError after some tries: a controller that is lost is replaced.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while unknown := set(topics) - self._known.keys():
            try:
                found = await self.ask(unknown)
            except (confluent_kafka.KafkaException, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_PAUSE_S)
            else:
                self._known = _ids(found) | self._known
                break
        return {name: self._known[name] for name in topics if name in self._known}

    async def ask(self, topics: Collection[str]) -> dict[str, Described]:
        """By name, as they are now. Raises confluent_kafka.KafkaException or TimeoutError."""
        return await asyncio.wait_for(asyncio.to_thread(self._ask, topics), 2 * _LIMIT_S)

    def _ask(self, topics: Collection[str]) -> dict[str, Described]:
        admin = AdminClient(self._configuration)
        asked = admin.describe_topics(confluent_kafka.TopicCollection(list(topics)), request_timeout=_LIMIT_S)
        described = {}
        for name, answer in asked.items():
            error = answer.exception(_LIMIT_S)
            if error is None:
                found = answer.result()
                described[name] = Described(str(found.topic_id), len(found.partitions))
            elif not isinstance(error, confluent_kafka.KafkaException) or error.args[0].code() not in _GONE:
                raise error
        return described

    async def watch(
        self, topics: Collection[str], on_partitions: Callable[[Mapping[str, int]], object], every_s: float = _EVERY_S
    ) -> None:
        """Tells of the numbers of partitions, again and again. Never returns.

        Raises LostTopicError when one of the topics has gone or is another one.

        A broker that has just come up may not know a topic yet: it has gone when two looks in a row miss it.
        """
        missed = frozenset[str]()
        while True:
            try:
                described = await self.ask(topics)
            except (confluent_kafka.KafkaException, TimeoutError):
                await asyncio.sleep(every_s)
                continue
            found = _ids(described)
            replaced = [name for name, topic_id in found.items() if self._known.get(name, topic_id) != topic_id]
            missing = frozenset(self._known.keys() - found.keys())
            for name in sorted([*replaced, *(missing & missed)]):
                remedy = LOG_REMEDY if name in (CELLS_TOPIC, CASES_TOPIC, VERDICTS_TOPIC) else SOURCE_TOPIC_REMEDY
                raise LostTopicError(name, remedy, recreated=name in replaced)
            self._known, missed = found | self._known, missing
            on_partitions({name: topic.partitions for name, topic in described.items()})
            await asyncio.sleep(every_s)


def _ids(described: Mapping[str, Described]) -> dict[str, str]:
    return {name: topic.topic_id for name, topic in described.items()}
