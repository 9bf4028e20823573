"""The topics that Pharos needs: counted, checked, and made where they are missing."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

import confluent_kafka
from confluent_kafka.admin import AdminClient, NewTopic

from streams.settings import SOURCE_TOPICS
from streams.topics.names import (
    ACTIONS_TOPIC,
    ANOMALIES_TOPIC,
    ANOMALY_STATE_TOPIC,
    CELLS_TOPIC,
    DEAD_LETTERS_TOPIC,
    SNAPSHOTS_TOPIC,
    VERDICTS_TOPIC,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings import Settings

_LIMIT_S = 20.0
_LARGEST_RECORD = 16 << 20  # the cells of a second of catching up exceed Kafka's usual megabyte
_DAY_MS = 86_400_000


class TopicsError(RuntimeError):
    """The broker's topics do not fit; the message says the remedy."""


class OwnTopic(NamedTuple):
    """A topic of ours and the configuration it is made with."""

    name: str
    partitions: int
    config: Mapping[str, str]


def own_topics(cells_partitions: int) -> tuple[OwnTopic, ...]:
    """All topics that Pharos writes.

    The time stamps are those of the producer and may lie in any year: a replay of 1999 must not be deleted at once, nor
    one of a coming sale be refused.
    """
    log = {
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": str((1 << 63) - 1),
        "max.message.bytes": str(_LARGEST_RECORD),
        "retention.ms": str(7 * _DAY_MS),
    }
    compacted = {
        "cleanup.policy": "compact",
        "max.message.bytes": str(_LARGEST_RECORD),
        "segment.ms": str(600_000),
        "min.cleanable.dirty.ratio": "0.2",
    }
    return (
        OwnTopic(CELLS_TOPIC, cells_partitions, log),
        OwnTopic(VERDICTS_TOPIC, 1, log),
        OwnTopic(DEAD_LETTERS_TOPIC, 1, {**log, "retention.ms": str(30 * _DAY_MS)}),
        OwnTopic(ANOMALIES_TOPIC, 1, {**log, "retention.ms": str(30 * _DAY_MS)}),
        OwnTopic(ANOMALY_STATE_TOPIC, 1, compacted),
        OwnTopic(ACTIONS_TOPIC, 1, {**log, "retention.ms": str(30 * _DAY_MS)}),
        OwnTopic(SNAPSHOTS_TOPIC, cells_partitions, compacted),
    )


async def prepare_topics(settings: Settings) -> dict[str, int]:
    """Partition counts of the source topics. Our own topics exist afterwards, with the right number of partitions.

    The embedded broker cannot be asked to make topics: there they exist already, or come into being when used.

    Raises TopicsError where a topic does not fit or the broker does not answer.
    """
    return await asyncio.to_thread(_prepare, settings)


def _prepare(settings: Settings) -> dict[str, int]:
    quiet = logging.getLogger("streams.transport.topics.librdkafka")
    quiet.setLevel(logging.CRITICAL)
    admin = AdminClient({"bootstrap.servers": settings.broker, "logger": quiet})
    found = _partitions(admin, settings.broker)
    missing = [topic for topic in own_topics(settings.cells_partitions) if topic.name not in found]
    if missing and settings.transactions:
        _create(admin, missing)
        found = _partitions(admin, settings.broker)
    for topic in own_topics(settings.cells_partitions):
        have = found.get(topic.name, topic.partitions)
        if have != topic.partitions and topic.name in (CELLS_TOPIC, VERDICTS_TOPIC, SNAPSHOTS_TOPIC):
            raise TopicsError(
                f"topic {topic.name} has {have} partitions, Pharos needs {topic.partitions}: "
                "set cells_partitions to what it was, or delete the topic"
            )
    return _sources(settings, found)


def _sources(settings: Settings, found: Mapping[str, int]) -> dict[str, int]:
    sources = {}
    for topic in SOURCE_TOPICS:
        asked = settings.source_partitions.get(topic)
        have = found.get(topic)
        if have is None:
            raise TopicsError(f"source topic {topic} does not exist: create it before the worker starts")
        if asked is not None and asked != have:
            raise TopicsError(f"source topic {topic} has {have} partitions, the settings say {asked}: correct them")
        sources[topic] = have
    return sources


def _partitions(admin: AdminClient, broker: str) -> dict[str, int]:
    try:
        metadata = admin.list_topics(timeout=_LIMIT_S)
    except confluent_kafka.KafkaException as error:
        raise TopicsError(f"no Kafka broker answers at {broker} ({error}): start one, or set `broker`") from error
    return {name: len(topic.partitions) for name, topic in metadata.topics.items()}


def _create(admin: AdminClient, missing: list[OwnTopic]) -> None:
    # -1: as many copies as the broker makes by default.
    wanted = [
        NewTopic(topic.name, num_partitions=topic.partitions, replication_factor=-1, config=dict(topic.config))
        for topic in missing
    ]
    for name, made in admin.create_topics(wanted).items():
        try:
            made.result(_LIMIT_S)
        except confluent_kafka.KafkaException as error:
            if error.args[0].code() != confluent_kafka.KafkaError.TOPIC_ALREADY_EXISTS:
                raise TopicsError(f"topic {name} could not be made: {error}") from error
