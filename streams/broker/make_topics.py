"""Makes topics that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic

from streams.broker.admin import Admin
from streams.broker.detection import BrokerKind, identity_of
from streams.settings.errors import OutageError
from streams.settings.settings import Settings
from streams.topics.wanted import own_topics, source_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.broker.connection import Connection
    from streams.topics.wanted import WantedTopic

_LIMIT_S = 20.0
_FORBIDDEN = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED)


class TopicsError(OutageError):
    """The brokers' topics do not fit; the message says the remedy."""


def make_topics(admin: Admin, wanted: Iterable[WantedTopic], copies: int = 0) -> None:
    """Make them; that another worker was faster is right too. Raises TopicsError.

    Args:
        admin: the way to the brokers.
        wanted: topics with their number of partitions; where it is None the broker's default holds.
        copies: the replication factor; 0 is as many as the broker makes by default.

    """
    new = [NewTopic(topic.name, topic.partitions or -1, copies or -1, config=dict(topic.config)) for topic in wanted]
    for name, made in (admin.client.create_topics(new) if new else {}).items():
        try:
            made.result(_LIMIT_S)
        except KafkaException as error:
            code = error.args[0].code()
            if code == KafkaError.TOPIC_ALREADY_EXISTS:
                continue
            said = error.args[0].str()
            if code in _FORBIDDEN:
                remedy = f"{admin.connection.identity} may not: let one who may run `pharos topics --create`"
            elif code == KafkaError.INVALID_REPLICATION_FACTOR:
                remedy = "set replication_factor to the number of brokers at most"
            else:
                remedy = "make it yourself, as `pharos topics` shows it"
            raise TopicsError(f"topic {name} could not be made ({said}): {remedy}") from None


def ensure_topics(connection: Connection, wanted: Mapping[str, int]) -> dict[str, int]:
    """Makes source topics (partitions by name) that are missing, such that records of any year are kept.

    Returns how many partitions each has now: those that existed keep theirs. Raises TopicsError, and
    BrokerUnreachableError.
    """
    admin = Admin(connection)
    metadata = admin.metadata()
    found = partitions_in(metadata)
    if identity_of(metadata).kind is BrokerKind.EMBEDDED:
        return {name: found.get(name) or appearing(admin, name) for name in wanted}
    kind = source_topics(Settings(time="events"))[0]
    own = {topic.name: topic for topic in own_topics(Settings(time="events"))}
    missing = [
        own.get(name, kind)._replace(name=name, partitions=count) for name, count in wanted.items() if name not in found
    ]
    make_topics(admin, missing)
    return {name: found.get(name, count) for name, count in wanted.items()}


def appearing(admin: Admin, topic: str) -> int:
    """The partitions of a topic that the embedded broker makes because it is asked for by its name."""
    return partitions_in(admin.metadata(topic))[topic]


def partitions_in(metadata: Any) -> dict[str, int]:
    """How many partitions each topic has that exists."""
    return {name: len(topic.partitions) for name, topic in metadata.topics.items() if topic.partitions}
