"""The administrative client: asks the brokers, and says in one sentence why they cannot be reached."""

from __future__ import annotations

import enum
import logging
import time
from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

if TYPE_CHECKING:
    from streams.connection import Connection

PATIENCE_S = 10.0
_LOOK_S = 0.5


class Obstacle(enum.Enum):
    """What stands between us and the brokers."""

    SILENT = "silent"
    CREDENTIALS = "credentials"
    AUTHORITY = "authority"
    HOST_NAME = "host name"
    ENCRYPTION = "encryption"


class BrokerUnreachableError(RuntimeError):
    """The message says why, and what to do."""

    def __init__(self, obstacle: Obstacle, message: str) -> None:
        super().__init__(message)
        self.obstacle = obstacle


class Admin:
    """One administrative client. What goes wrong on its connections reaches it by a callback, not by its calls.

    Attributes:
        client: confluent-kafka's AdminClient.

    """

    def __init__(self, connection: Connection, patience_s: float | None = None) -> None:
        quiet = logging.getLogger(f"{__name__}.librdkafka")
        quiet.setLevel(logging.CRITICAL)
        self.connection = connection
        self.patience_s = PATIENCE_S if patience_s is None else patience_s
        self._said: list[KafkaError] = []
        self.client = AdminClient(
            connection.for_librdkafka(
                {
                    "error_cb": self._said.append,
                    "logger": quiet,
                    "socket.connection.setup.timeout.ms": 5_000,
                }
            )
        )

    def metadata(self) -> Any:
        """The cluster as it is now. Raises BrokerUnreachableError; at once where waiting cannot help."""
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return self.client.list_topics(timeout=min(_LOOK_S, self.patience_s))
            except KafkaException as error:
                self.client.poll(0)
                obstacle = next((found for said in self._said if (found := _obstacle(said))), None)
                if obstacle is not None or time.monotonic() >= deadline:
                    raise self._unreachable(obstacle or Obstacle.SILENT, error) from None

    def _unreachable(self, obstacle: Obstacle, error: KafkaException) -> BrokerUnreachableError:
        at = self.connection
        if obstacle is Obstacle.CREDENTIALS:
            words = (
                f"the brokers at {at.broker} refuse user {at.username} by {at.mechanism}: correct "
                "security.username, its password or security.mechanism"
            )
        elif obstacle is Obstacle.AUTHORITY:
            authority = at.ca_file or "the authorities of this machine"
            words = (
                f"the certificate of the broker at {at.broker} is not signed by {authority}: set security.ca_file to "
                "the PEM of the authority that signs the brokers' certificates"
            )
        elif obstacle is Obstacle.HOST_NAME:
            words = (
                f"the certificate of the broker at {at.broker} bears another name: call it by a name that stands in "
                "its certificate (broker, advertised.listeners), or have one made for this name"
            )
        elif obstacle is Obstacle.ENCRYPTION:
            words = (
                f"the broker at {at.broker} does not speak {at.protocol} on that port, or asks for a certificate of "
                "ours: check the port, security.protocol, security.cert_file"
            )
        else:
            said = self._said[-1] if self._said else error.args[0]
            words = (
                f"no Kafka broker answers at {at.broker} ({said.str()}): start one (`pharos broker`), or set --broker"
            )
        return BrokerUnreachableError(obstacle, words)


def _obstacle(error: KafkaError) -> Obstacle | None:
    """None for what may pass by itself."""
    text = error.str().lower()
    if error.code() == KafkaError._AUTHENTICATION:  # noqa: SLF001 - its public name for that
        return Obstacle.CREDENTIALS
    if error.code() == KafkaError._SSL:  # noqa: SLF001 - as above
        if "hostname mismatch" in text or "ip address mismatch" in text:
            return Obstacle.HOST_NAME
        return Obstacle.AUTHORITY if "certificate" in text and "alert" not in text else Obstacle.ENCRYPTION
    return Obstacle.ENCRYPTION if "security.protocol" in text else None
