"""Faust's aiokafka driver with one message per (partition, fetch) instead of one per record.

Faust keeps the group, the rebalances, flow control and the agents. It neither commits nor chooses where reading starts:
offsets are committed with what they counted (`flush`), and a plan per generation says where each partition begins
(`ownership`).
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from aiokafka.errors import ConsumerStoppedError, IllegalStateError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, ConsumerMessage
from mode.threads import WorkerThread

from streams.transport.driver.record_columns import read_columns

try:
    import uvloop
except ImportError:  # Windows has none
    uvloop = None

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.transport.driver.fetched import Fetched

_REQUEST_LIMIT_S = 20.0
_THREAD_STOP_LIMIT_S = 0.5


class Standing(NamedTuple):
    """Where the broker says a partition ends for a reader of committed records, and when it last said so (wall, ms)."""

    last_stable_offset: int
    asked_at_ms: int


class ConsumerWorkerThread(WorkerThread):
    """A thread that nobody waits for long.

    Mode's waits for its thread without a limit, and holds the main loop meanwhile: for as long as a broker takes to
    answer what is only politeness. Then nothing that has a time limit on that loop ends in time.
    """

    def __init__(self, service: Any, **kwargs: Any) -> None:
        super().__init__(service, **kwargs)
        self.daemon = True

    def stop(self) -> None:
        if self.is_stopped.wait(_THREAD_STOP_LIMIT_S):
            self.join(_THREAD_STOP_LIMIT_S)


class BatchConsumerThread(AIOKafkaConsumerThread):
    """The thread with the aiokafka consumer. Its own coroutines run on the thread's loop."""

    Worker = ConsumerWorkerThread
    fetch_max_wait_ms: ClassVar[int] = 250
    fetch_min_bytes: ClassVar[int] = 1 << 19

    def close(self) -> None:
        """Leaves the consumer to its thread, which ends it when it stops.

        Faust calls this in the main loop when partitions move while the app stops, as when two workers stop at once,
        and then closes the client there: connections of this thread's loop, by another thread. uvloop is not made for
        that: closing the loop fails (EBUSY).
        """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self.fetch_max_wait_ms  # noqa: SLF001 - Faust has 1500 ms written in
        consumer._fetch_min_bytes = self.fetch_min_bytes  # noqa: SLF001 - as above
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - Faust ties this to its own transactions
        return consumer

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Any,
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's signature
        max_records: int | None = None,
    ) -> Any:
        del max_records  # one fetch of one partition is bounded by consumer_max_fetch_size
        if not self.consumer.flow_active:
            return {}
        fetcher = consumer._fetcher  # noqa: SLF001 - as Faust does
        if consumer._closed or fetcher._closed:  # noqa: SLF001 - as Faust does
            raise ConsumerStoppedError
        subscriptions = fetcher._subscriptions  # noqa: SLF001 - as Faust does
        with subscriptions.fetch_context():
            if subscriptions.reassignment_in_progress:
                return {}
            taken = self._take(fetcher, active_partitions)
            if taken or not timeout:
                return taken
            waiter = fetcher._create_fetch_waiter()  # noqa: SLF001 - aiokafka's own way of waiting for a response
            done, _ = await asyncio.wait([waiter], timeout=timeout)
            if not done:
                waiter.cancel()
                return {}
            waiter.result()
            return self._take(fetcher, active_partitions)

    def _take(self, fetcher: Any, active: set[TP]) -> dict[TP, list[Fetched]]:
        """Responses that have arrived, as one `Fetched` each; the consumer's positions move behind them."""
        taken: dict[TP, list[Fetched]] = {}
        records = fetcher._records  # noqa: SLF001 - as aiokafka's fetched_records
        for tp in list(records):
            if tp not in active:
                if not fetcher._subscriptions.is_assigned(tp):  # noqa: SLF001 - as above
                    del records[tp]
                continue
            result = records.pop(tp)
            fetcher._notify(fetcher._wait_consume_future)  # noqa: SLF001 - as above
            if not hasattr(result, "check_assignment"):
                if taken:
                    records[tp] = result
                    break
                result.check_raise()
                continue
            response = result._partition_records  # noqa: SLF001 - as above
            if result.check_assignment(tp):
                fetched = read_columns(tp.topic, tp.partition, response)
                result._update_position()  # noqa: SLF001 - as above
                if fetched.batch.next_offset > fetched.start:
                    taken[TP(tp.topic, tp.partition)] = [fetched]
        return taken

    async def _move_to(self, positions: Mapping[TP, int]) -> None:
        consumer = self._ensure_consumer()
        for tp, offset in positions.items():
            consumer.seek(TopicPartition(tp.topic, tp.partition), offset)

    async def move_to(self, positions: Mapping[TP, int]) -> None:
        """Seek. Raises IllegalStateError for a partition that is not ours (any more)."""
        await asyncio.wait_for(self.call_thread(self._move_to, positions), _REQUEST_LIMIT_S)

    async def commit_plain(self, tp: TP, offset: int, metadata: str) -> None:
        """Commit one offset as a member of the group. Raises KafkaError."""
        await asyncio.wait_for(self.call_thread(self._commit_plain, tp, offset, metadata), _REQUEST_LIMIT_S)

    async def _commit_plain(self, tp: TP, offset: int, metadata: str) -> None:
        await self._ensure_consumer().commit(
            {TopicPartition(tp.topic, tp.partition): OffsetAndMetadata(offset, metadata)}
        )

    def standing(self, tp: TP) -> Standing | None:
        """From the last fetch response; None before the first. Only reads, so any thread may call it."""
        subscription = self._ensure_consumer()._subscription.subscription  # noqa: SLF001 - the end offset has no other door
        assignment = None if subscription is None else subscription.assignment
        if assignment is None:
            return None
        try:
            state = assignment.state_value(TopicPartition(tp.topic, tp.partition))
        except (KeyError, IllegalStateError):
            return None
        if state is None or state.timestamp is None:
            return None
        end = state.highwater if state.lso is None or state.lso < 0 else state.lso
        return None if end is None else Standing(end, state.timestamp)


class BatchConsumer(Consumer):
    """Consumer on the main loop: hands out batches, never commits, seeks only as planned."""

    plan: Mapping[TP, int] | None = None
    plan_generation: int = -1

    def _new_consumer_thread(self) -> BatchConsumerThread:
        if uvloop is None:
            return BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)
        thread = BatchConsumerThread(self, loop=self.loop, beacon=self.beacon, thread_loop=uvloop.new_event_loop())
        thread._close_thread_loop_on_stop = True  # noqa: SLF001 - mode closes only loops that it made itself
        return thread

    @property
    def thread(self) -> BatchConsumerThread:
        return self._thread

    def on_init(self) -> None:
        super().on_init()
        self._held: frozenset[TP] = frozenset()

    def hold(self, tps: Iterable[TP]) -> None:
        """From now on fetch nothing of these, and of no others less; what is in hand is still delivered."""
        self._held = frozenset(tps)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        # A copy: the thread must not see the set change under it.
        wanted = frozenset(active_partitions or ()) - self._held
        if not wanted:
            await self.sleep(0.05)
            return {}
        return await self._thread.getmany(wanted, timeout)

    async def getmany(self, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        """Like Faust's, but a batch in hand is dropped only when the assignment has changed."""
        records, _ = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if not records or self.should_stop:
            return
        for tp, fetched_of_tp in records.items():
            for fetched in fetched_of_tp:
                if not self.flow_active or self.app.consumer_generation_id != generation:
                    return  # the plan of the next generation seeks back to what was processed
                self.app.monitor.track_tp_end_offset(tp, fetched.batch.next_offset)
                yield tp, self._to_message(tp, fetched)

    def _to_message(self, tp: TP, fetched: Fetched) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            fetched.batch.next_offset - 1,
            time.time(),
            0,
            (),
            None,
            fetched,
            None,
            0,
            0,
            tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def perform_seek(self) -> None:
        """Seek to the plan of this generation, if there is one. Faust also calls this whenever the flow stops."""
        if self.plan is None or self.plan_generation != self.app.consumer_generation_id:
            return
        plan, self.plan = self.plan, None
        for tp in plan:
            self._read_offset[tp] = None  # else Faust drops what lies below the commit: the warm-up
        await self.thread.move_to(plan)

    def standing(self, tp: TP) -> Standing | None:
        """Where the partition ends, as far as fetch responses have said."""
        return self.thread.standing(tp)

    async def move_to(self, tp: TP, offset: int) -> None:
        """Start one partition again elsewhere, within its generation. Raises KafkaError."""
        self._read_offset[tp] = None
        await self.thread.move_to({tp: offset})

    async def commit(self, *_topics: Any, **_options: Any) -> bool:
        """Faust's own commit, which has nothing to do here: each partition's producer commits its offset."""
        return False

    async def verify_all_partitions_active(self) -> None:
        """Faust's own look at every partition reads commits, which it has no part in here."""

    def ack(self, message: Any) -> bool:
        """Forget the message: nothing is committed from acks, so none are kept."""
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    async def _add_gap(self, *_offsets: Any) -> None:
        """Offsets may have holes; batches know them."""


class BatchTransport(Transport):
    """Faust transport with the batch consumer."""

    Consumer: ClassVar[type] = BatchConsumer


__all__ = ["BatchConsumer", "BatchConsumerThread", "BatchTransport", "Standing"]
