"""The topics that Pharos needs, what each is made with, and what a worker must be allowed to do with it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from streams.events.vocabulary import SHIPPED, Vocabulary
from streams.topics.names import (
    ACTIONS_TOPIC,
    ANOMALIES_TOPIC,
    ANOMALY_STATE_TOPIC,
    CASES_TOPIC,
    CELLS_TOPIC,
    DEAD_LETTERS_TOPIC,
    SCORES_TOPIC,
    SINGLE_EVENTS_TOPIC,
    SNAPSHOTS_TOPIC,
    VERDICTS_TOPIC,
)
from streams.topics.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings.settings import Settings

LARGEST_BODY = 1 << 20  # of a webhook
LARGEST_RECORD = 16 << 20  # the cells of a second of catching up exceed Kafka's usual megabyte
DAY_MS = 86_400_000
_ANY_TIME = str((1 << 63) - 1)


class Role(enum.Enum):
    """What a topic is to Pharos: decides what must hold of it."""

    SOURCE = "source"  # read, made by those who send events
    LOG = "log"  # written by us, every record counts
    STATE = "state"  # written by us, the last record of each key counts


class Right(enum.StrEnum):
    """An operation of Kafka's ACLs, as its tools write it."""

    READ = "Read"
    WRITE = "Write"
    CREATE = "Create"
    DESCRIBE = "Describe"
    DESCRIBE_CONFIGS = "DescribeConfigs"


class WantedTopic(NamedTuple):
    """One topic.

    Attributes:
        partitions: how many; None where any number will do.
        counted: whether another number than `partitions` would give wrong results.
        config: what it is made with.
        rights: what a worker does with it.
        made: whether a worker makes it where it is missing.

    """

    name: str
    role: Role
    partitions: int | None
    counted: bool
    config: Mapping[str, str]
    rights: tuple[Right, ...]
    made: bool = True


def wanted_topics(settings: Settings, vocabulary: Vocabulary = SHIPPED) -> tuple[WantedTopic, ...]:
    """All topics of a worker, sources first."""
    return (*source_topics(settings, vocabulary), *own_topics(settings))


def source_topics(settings: Settings, vocabulary: Vocabulary = SHIPPED) -> tuple[WantedTopic, ...]:
    """The topics that a worker reads events from.

    Those that the intake fills are made by us, with one partition unless the settings say otherwise: webhooks are few,
    and several of them may tell the same event.

    Made by us with `time: events` they keep records of any year: otherwise the broker deletes a replay of 1999 at once,
    and refuses the dates of a scenario that lies ahead. With `time: live` the broker's own limits hold.
    """
    config = {"cleanup.policy": "delete"}
    if settings.time == "events":
        config |= {
            "retention.ms": "-1",
            "message.timestamp.type": "CreateTime",
            "message.timestamp.after.max.ms": _ANY_TIME,
        }
    config |= _copies(settings)
    raw = {"max.message.bytes": str(2 * LARGEST_BODY), "retention.ms": str(7 * DAY_MS)} | config
    return tuple(
        WantedTopic(source.name, Role.SOURCE, asked or 1, asked is not None, raw, (Right.READ, Right.WRITE))
        if source.raw
        else WantedTopic(source.name, Role.SOURCE, asked, asked is not None, config, (Right.READ,), made=False)
        for source in sources_of(settings, vocabulary)
        for asked in (settings.source_partitions.get(source.name),)
    )


def own_topics(settings: Settings) -> tuple[WantedTopic, ...]:
    """The topics that Pharos writes, and makes where they are missing. What the producer compressed stays as it is."""
    base = {"max.message.bytes": str(LARGEST_RECORD), "compression.type": "producer"} | _copies(settings)
    log = base | {
        "cleanup.policy": "delete",
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": _ANY_TIME,  # a worker's clock may be wrong; its counts are not
        "retention.ms": str(7 * DAY_MS),
    }
    kept = log | {"retention.ms": str(30 * DAY_MS)}
    short = log | {"retention.ms": str(DAY_MS)}  # what names people is kept for as long as it can be acted on
    state = base | {"cleanup.policy": "compact", "segment.ms": "600000", "min.cleanable.dirty.ratio": "0.2"}
    cells, both = settings.cells_partitions, (Right.READ, Right.WRITE)
    return (
        WantedTopic(CELLS_TOPIC, Role.LOG, cells, True, log, both),
        WantedTopic(CASES_TOPIC, Role.LOG, cells, True, log, both),
        WantedTopic(VERDICTS_TOPIC, Role.LOG, 1, True, log, both),
        WantedTopic(SNAPSHOTS_TOPIC, Role.STATE, cells, True, state, both),
        WantedTopic(ANOMALIES_TOPIC, Role.LOG, 1, False, kept, both),
        WantedTopic(ANOMALY_STATE_TOPIC, Role.STATE, 1, False, state, both),
        WantedTopic(SCORES_TOPIC, Role.STATE, 1, False, state, both),
        WantedTopic(ACTIONS_TOPIC, Role.LOG, 1, False, kept, both),
        WantedTopic(SINGLE_EVENTS_TOPIC, Role.LOG, 1, True, short, both),
        WantedTopic(DEAD_LETTERS_TOPIC, Role.LOG, 1, False, kept, (Right.WRITE,)),
    )


def embedded_topics(settings: Settings, source_partitions: int, vocabulary: Vocabulary = SHIPPED) -> dict[str, int]:
    """Partitions by topic of an embedded broker, which must know them from the start. Snapshots are files there."""
    own = {topic.name: topic.partitions or 1 for topic in own_topics(settings) if topic.name != SNAPSHOTS_TOPIC}
    return {source.name: source_partitions for source in sources_of(settings, vocabulary)} | own


def _copies(settings: Settings) -> dict[str, str]:
    return {"min.insync.replicas": str(settings.min_insync_replicas)} if settings.min_insync_replicas else {}
