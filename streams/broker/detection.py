"""Which broker answers: the embedded one only pretends transactions, and starts empty every time."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.broker.admin import Admin
from streams.broker.embedded import LIFE_TOPIC

if TYPE_CHECKING:
    from streams.broker.connection import Connection

_EMBEDDED_CLUSTER = "mockCluster"  # what librdkafka's in-memory cluster calls itself


class BrokerKind(enum.Enum):
    """What a broker can do."""

    KAFKA = "kafka"
    EMBEDDED = "embedded"


class BrokerIdentity(NamedTuple):
    """`life` tells one start of an embedded broker from the next; empty for Apache Kafka."""

    kind: BrokerKind
    life: str = ""


def identify(connection: Connection) -> BrokerIdentity:
    """Asks the broker. Raises BrokerUnreachableError."""
    return identity_of(Admin(connection).metadata())


def identity_of(metadata: Any) -> BrokerIdentity:
    """What the metadata of a cluster tells of it."""
    if not (metadata.cluster_id or "").startswith(_EMBEDDED_CLUSTER):
        return BrokerIdentity(BrokerKind.KAFKA)
    lives = [topic.removeprefix(LIFE_TOPIC) for topic in metadata.topics if topic.startswith(LIFE_TOPIC)]
    return BrokerIdentity(BrokerKind.EMBEDDED, "".join(sorted(lives)))
