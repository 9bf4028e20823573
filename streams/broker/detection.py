"""Which kind of broker answers: the embedded one only pretends transactions."""

from __future__ import annotations

import enum

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

_PATIENCE_S = 10.0
_EMBEDDED_CLUSTER = "mockCluster"  # what librdkafka's in-memory cluster calls itself


class BrokerKind(enum.Enum):
    """What a broker can do."""

    KAFKA = "kafka"
    EMBEDDED = "embedded"
    SILENT = "silent"


def broker_kind(broker: str) -> BrokerKind:
    """Asks the broker; SILENT where none answers within ten seconds."""
    admin = AdminClient({"bootstrap.servers": broker, "log_level": 0})
    try:
        cluster = admin.list_topics(timeout=_PATIENCE_S).cluster_id or ""
    except KafkaException:
        return BrokerKind.SILENT
    return BrokerKind.EMBEDDED if cluster.startswith(_EMBEDDED_CLUSTER) else BrokerKind.KAFKA
