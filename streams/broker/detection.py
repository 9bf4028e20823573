"""Which broker answers: the embedded one only pretends transactions, and begins anew at every start."""

from __future__ import annotations

import enum
from typing import NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.broker.embedded import LIFE_TOPIC

_PATIENCE_S = 10.0
_EMBEDDED_CLUSTER = "mockCluster"  # what librdkafka's in-memory cluster calls itself


class BrokerKind(enum.Enum):
    """What a broker can do."""

    KAFKA = "kafka"
    EMBEDDED = "embedded"
    SILENT = "silent"


class BrokerIdentity(NamedTuple):
    """`life` tells one start of an embedded broker from the next; empty for Apache Kafka."""

    kind: BrokerKind
    life: str = ""


def identify(broker: str) -> BrokerIdentity:
    """Asks the broker; SILENT where none answers within ten seconds."""
    admin = AdminClient({"bootstrap.servers": broker, "log_level": 0})
    try:
        metadata = admin.list_topics(timeout=_PATIENCE_S)
    except KafkaException:
        return BrokerIdentity(BrokerKind.SILENT)
    if not (metadata.cluster_id or "").startswith(_EMBEDDED_CLUSTER):
        return BrokerIdentity(BrokerKind.KAFKA)
    lives = [topic.removeprefix(LIFE_TOPIC) for topic in metadata.topics if topic.startswith(LIFE_TOPIC)]
    return BrokerIdentity(BrokerKind.EMBEDDED, "".join(sorted(lives)))
