"""The administrative client: asks the brokers, and says in one sentence why they cannot be reached."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from streams.broker.obstacle import PASSING, Obstacle, obstacle_in, sentence, verified
from streams.settings.errors import OutageError

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

    from streams.broker.connection import Connection

PATIENCE_S = 10.0
_LOOK_S = 0.5


class BrokerUnreachableError(OutageError):
    """The message says why, and what to do."""

    def __init__(self, obstacle: Obstacle, message: str) -> None:
        super().__init__(message)
        self.obstacle = obstacle


class Admin:
    """One administrative client. Errors of its connections come beside its calls: by callback and by log.

    Attributes:
        client: confluent-kafka's AdminClient.

    """

    def __init__(self, connection: Connection, patience_s: float | None = None) -> None:
        self.connection = connection
        self.patience_s = PATIENCE_S if patience_s is None else patience_s
        self._heard = _Heard()
        logger = logging.Logger(f"{__name__}.librdkafka")  # noqa: LOG001 - nobody else's: it tells this object only
        logger.addHandler(self._heard)
        self.client = AdminClient(
            connection.for_librdkafka(
                {"error_cb": self._heard.note, "logger": logger, "socket.connection.setup.timeout.ms": 5_000}
            )
        )

    def metadata(self, topic: str | None = None) -> Any:
        """The cluster as it is now, of topics all or the one that is named.

        Raises BrokerUnreachableError; at once where waiting cannot help.
        """
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return self.client.list_topics(topic, timeout=min(_LOOK_S, self.patience_s))
            except KafkaException as error:
                self.client.poll(0)
                obstacle, said = self._heard.worst(error.args[0].str())
                if obstacle in PASSING and time.monotonic() < deadline:
                    continue
                if obstacle is Obstacle.AUTHORITY:
                    obstacle = verified(self.connection, said)
                raise BrokerUnreachableError(obstacle, sentence(obstacle, self.connection, said)) from None


class _Heard(logging.Handler):
    """What librdkafka said. Some of it comes as an error, some in the log only."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[Obstacle, str] = {}

    def note(self, error: KafkaError) -> None:
        self._take(str(error.str()))

    def emit(self, record: logging.LogRecord) -> None:
        self._take(record.getMessage())

    def worst(self, otherwise: str) -> tuple[Obstacle, str]:
        """An obstacle that stays, if there is one, with the line that reported it."""
        for obstacle in reversed(Obstacle):
            if obstacle in self._lines:
                return obstacle, self._lines[obstacle]
        return Obstacle.SILENT, otherwise

    def _take(self, line: str) -> None:
        if "brokers are down" not in line:  # follows every other line, and says less
            self._lines[obstacle_in(line)] = line.rpartition("]: ")[2]
