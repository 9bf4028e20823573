"""A flush: what a partition's records counted, and the offset behind them, written together."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    IllegalStateError,
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    KafkaError,
    ProducerFenced,
)
from aiokafka.structs import OffsetAndMetadata, TopicPartition

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from faust.types import TP

    from streams.broker.connection import Connection

TRANSACTION_LIMIT_S = 10.0  # an open transaction holds back every reader of what it writes
_OPEN_LIMIT_S = 12.0  # when a broker is lost another producer gets on sooner; two tries fit into the watchdog's limit
_CLOSE_LIMIT_S = 2.0
_RETRY_MS = 20
_REQUEST_LIMIT_MS = 8_000
# confluent-kafka 2.16 reads metadata up to a zero byte, and librdkafka puts none behind it: so we do, in writing.
END_OF_METADATA = "\0"

logger = logging.getLogger(__name__)


class OutRecord(NamedTuple):
    """One record to write. Without a partition the key decides (murmur2)."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    partition: int | None = None
    headers: Sequence[tuple[str, bytes]] = ()


class FlushContent(NamedTuple):
    """Records and the offset of `source` that they bring the count to."""

    source: TP
    next_offset: int
    metadata: str
    records: Sequence[OutRecord]


class FailureReason(enum.Enum):
    """Why a flush failed: decides how soon its partition is tried again."""

    FENCED = "another worker has taken the partition over"
    BROKER = "the broker did not take the flush"


class FlushFailedError(RuntimeError):
    """Whether the flush took place is for the committed offset to say; the state behind it must be dropped."""

    def __init__(self, reason: FailureReason, cause: BaseException) -> None:
        super().__init__(f"{reason.value}: {cause!r}")
        self.reason = reason


class Flusher(Protocol):
    """Writes the flushes of one source partition, one at a time."""

    async def open(self) -> None:
        """Shut out the previous owner and settle what it left open. Raises FlushFailedError."""

    async def flush(self, content: FlushContent) -> None:
        """Write all of it or, where transactions are real, nothing. Raises FlushFailedError; then `open` again."""

    async def close(self) -> None:
        """Let go without waiting long."""


class TransactionalFlusher:
    """One transactional producer. Its id names the partition, so a new owner's `open` fences the previous one.

    A producer that failed is thrown away: `open` makes a new one, and its initialisation aborts what was left open. So
    there is one way back from every fault, the way of a crash.

    Initialisation alone is not enough. A coordinator that has just come up may not know the topics yet, take them for
    deleted and report a transaction as aborted without writing its end anywhere. What hangs there would become part of
    the next transaction that is committed. So `open` ends with a transaction of its own that touches all that may hang
    and is aborted.

    Args:
        fencing_abort: what `open` writes and aborts, see `fencing_abort.py`; None: nothing.

    """

    def __init__(
        self,
        connection: Connection,
        transactional_id: str,
        group: str,
        limit_s: float = TRANSACTION_LIMIT_S,
        fencing_abort: FlushContent | None = None,
    ) -> None:
        self._limit_s = limit_s
        self._connection = connection
        self._id = transactional_id
        self._group = group
        self._fencing_abort = fencing_abort
        self._producer: Any = None

    async def open(self) -> None:
        await self.close()
        producer = AIOKafkaProducer(
            **self._connection.for_aiokafka(),
            transactional_id=self._id,
            transaction_timeout_ms=int(self._limit_s * 1000),
            request_timeout_ms=_REQUEST_LIMIT_MS,
            retry_backoff_ms=_RETRY_MS,
            max_request_size=64 << 20,  # the broker's limit is the one that counts
            compression_type="lz4",
        )
        try:
            await asyncio.wait_for(producer.start(), _OPEN_LIMIT_S)
            if self._fencing_abort is not None:
                await asyncio.wait_for(self._abort(producer, self._fencing_abort), self._limit_s)
        except (KafkaError, OSError, TimeoutError, AssertionError) as error:
            await discard(producer)
            raise FlushFailedError(_reason(error), error) from error
        except asyncio.CancelledError:
            await discard(producer)
            raise
        self._producer = producer

    async def flush(self, content: FlushContent) -> None:
        producer = self._producer
        if producer is None:
            raise FlushFailedError(FailureReason.BROKER, IllegalStateError("not open"))
        try:
            await asyncio.wait_for(self._commit(producer, content), self._limit_s)
        except (KafkaError, OSError, TimeoutError, AssertionError) as error:
            await self.close()
            raise FlushFailedError(_reason(error), error) from error
        except asyncio.CancelledError:
            await self.close()
            raise

    async def _commit(self, producer: Any, content: FlushContent) -> None:
        await self._write(producer, content)
        await producer.commit_transaction()

    async def _abort(self, producer: Any, content: FlushContent) -> None:
        await self._write(producer, content)
        await producer.abort_transaction()

    async def _write(self, producer: Any, content: FlushContent) -> None:
        await producer.begin_transaction()
        # Its outcome is asked for only by a commit; where it comes to none, asyncio would complain.
        producer._txn_manager._transaction_waiter.add_done_callback(_look_at)  # noqa: SLF001 - no other way to it
        sent = [await _send(producer, record) for record in content.records]
        offsets = {
            TopicPartition(content.source.topic, content.source.partition): OffsetAndMetadata(
                content.next_offset, content.metadata + END_OF_METADATA
            )
        }
        await asyncio.gather(producer.send_offsets_to_transaction(offsets, self._group), *sent)

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await discard(producer)


class AcknowledgedFlusher:
    """Acknowledged sends, then a plain commit: at least once. For the embedded broker, which only pretends more.

    A commit that fails is no failed flush: the records are written, and the next commit covers them.

    Args:
        producer: shared by all flushers of the worker, open as long as they are.
        commit: commits (partition, offset, metadata) as a member of the group.

    """

    def __init__(self, producer: Any, commit: Callable[[TP, int, str], Awaitable[None]]) -> None:
        self._producer = producer
        self._commit = commit

    async def open(self) -> None:
        """Nobody can be fenced here."""

    async def flush(self, content: FlushContent) -> None:
        try:
            await asyncio.wait_for(self._send(content.records), TRANSACTION_LIMIT_S)
        except (KafkaError, OSError, TimeoutError) as error:
            raise FlushFailedError(FailureReason.BROKER, error) from error
        try:
            await self._commit(content.source, content.next_offset, content.metadata + END_OF_METADATA)
        except (KafkaError, OSError, TimeoutError) as error:
            logger.info("commit of %s at %d postponed: %r", content.source, content.next_offset, error)

    async def _send(self, records: Sequence[OutRecord]) -> None:
        await asyncio.gather(*[await _send(self._producer, record) for record in records])

    async def close(self) -> None:
        """The producer is shared: whoever made it stops it."""


async def _send(producer: Any, record: OutRecord) -> asyncio.Future:
    sent = await producer.send(
        record.topic, record.value, key=record.key, partition=record.partition, headers=list(record.headers)
    )
    sent.add_done_callback(_look_at)  # where a later record is refused, nobody asks for this one's outcome
    return sent


def _look_at(future: asyncio.Future) -> None:
    if not future.cancelled():
        future.exception()


def look_at_unsent(producer: Any) -> None:
    """Of a batch that never went out aiokafka fails a second future too, for senders that wait for room: none does."""
    for batches in producer._message_accumulator._batches.values():  # noqa: SLF001 - no other way to it
        for batch in batches:
            batch._drain_waiter.add_done_callback(_look_at)  # noqa: SLF001 - as above


def _reason(error: BaseException) -> FailureReason:
    fenced = isinstance(error, ProducerFenced | InvalidProducerEpoch | InvalidProducerIdMapping)
    return FailureReason.FENCED if fenced else FailureReason.BROKER


async def discard(producer: Any) -> None:
    """Stop a producer that may hang on a broker that is gone."""
    look_at_unsent(producer)
    with contextlib.suppress(KafkaError, OSError, TimeoutError, AssertionError):
        await asyncio.wait_for(producer.stop(), _CLOSE_LIMIT_S)
        return
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        await asyncio.wait_for(producer._sender.close(), _CLOSE_LIMIT_S)  # noqa: SLF001 - stop() has already marked it closed
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        await asyncio.wait_for(producer.client.close(), _CLOSE_LIMIT_S)
