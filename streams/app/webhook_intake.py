"""Webhooks from outside: their signatures, and a producer of their own for the raw topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.intake.room import MOST_BODIES
from streams.intake.signature_secrets import signatures_of
from streams.topics.wanted import LARGEST_BODY
from streams.transport.clients.record_writer import RecordWriter
from streams.web.intake import IntakeParts

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable, Mapping

    from streams.broker.connection import Connection
    from streams.delivery.written import Delivery
    from streams.intake.raw_record import RawRecord
    from streams.mapping.book import Mappings
    from streams.telemetry.metrics import PipelineMetrics

_LIMIT_S: Final = 4.0  # several senders give up after five seconds, and should know before
# A batch that a topic finds too large is refused with all its records: so none but a single record is ever so large.
_BATCH_BYTES: Final = 256 << 10


class WebhookIntake:
    """Its producer is not that of actions: an acknowledgement of somebody on call never waits behind webhooks.

    Args:
        connection: the way to the brokers.
        mappings: those of the installation.
        metrics: count bodies.
        now_ms: the wall clock, set right by the brokers': a record whose timestamp is ahead of theirs is refused.

    """

    def __init__(
        self,
        connection: Connection,
        mappings: Mappings,
        metrics: PipelineMetrics,
        now_ms: Callable[[], int],
    ) -> None:
        self._mappings = mappings
        self._metrics = metrics
        self._now_ms = now_ms
        self._writer = RecordWriter(
            connection,
            _LIMIT_S,
            most_waiting=MOST_BODIES,
            max_batch_size=_BATCH_BYTES,
            max_request_size=2 * LARGEST_BODY,  # body, key and headers; the topic's limit is the one that counts
            compression_type="lz4",
        )

    async def start(self, stack: contextlib.AsyncExitStack, environment: Mapping[str, str]) -> IntakeParts | None:
        """Until `stack` ends; None where no mapping takes webhooks.

        Raises ConfigurationError for a secret that is missing, KafkaError, OSError or TimeoutError without a broker.
        """
        signatures = signatures_of(self._mappings.settings, environment)
        if not signatures:
            return None
        stack.push_async_callback(self._writer.stop)
        await self._writer.start()
        return IntakeParts(
            signatures, self._write, self._now_ms, self._metrics.posted, subject_of=self._mappings.subject_of
        )

    async def _write(self, record: RawRecord) -> Delivery:
        return await self._writer.write(record.topic, record.key, record.value, record.headers, record.time_ms)
