"""Makes the source topics that a replay needs, such that records of any year are kept as they are sent.

The topics that Pharos writes are `streams.transport.topics`' concern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

if TYPE_CHECKING:
    from collections.abc import Mapping

# Otherwise the broker deletes 1999 at once, and refuses the dates of a scenario that lie ahead.
ANY_YEAR = {
    "retention.ms": "-1",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": str(2**63 - 1),
}
_PATIENCE_S = 10.0


class SourceTopicsError(RuntimeError):
    """The broker cannot be reached or refuses a topic; the message says what to do."""


def ensure_topics(broker: str, wanted: Mapping[str, int]) -> dict[str, int]:
    """Makes the topics of `wanted` (partitions by topic) that are missing.

    Returns how many partitions each topic has now: those that existed keep theirs.

    Raises:
        SourceTopicsError: the broker cannot be reached or refuses a topic.

    """
    configuration = {"bootstrap.servers": broker, "log_level": 2, "socket.connection.setup.timeout.ms": 5_000}
    admin = AdminClient(configuration)
    try:
        known = admin.list_topics(timeout=_PATIENCE_S).topics
    except KafkaException as error:
        remedy = "is it running? check --broker, or start one: pharos broker"
        raise SourceTopicsError(f"broker {broker} does not answer ({_text(error)}); {remedy}") from None
    found = {topic: len(known[topic].partitions) for topic in wanted if topic in known}
    missing = [NewTopic(topic, count, -1, config=ANY_YEAR) for topic, count in wanted.items() if topic not in found]
    for topic, future in (admin.create_topics(missing) if missing else {}).items():
        try:
            future.result(_PATIENCE_S)
        except KafkaException as error:
            if error.args[0].name() != "TOPIC_ALREADY_EXISTS":  # another worker was faster
                raise SourceTopicsError(
                    f"broker {broker} refused topic {topic} ({_text(error)}); create it yourself"
                ) from None
        found[topic] = wanted[topic]
    return {topic: found[topic] for topic in wanted}


def _text(error: KafkaException) -> str:
    return str(error.args[0].str())
