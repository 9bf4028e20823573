"""Flushes on a real broker: all or nothing, and only by the owner."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka.errors import InvalidTxnState
from aiokafka.structs import TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from faust.types import TP

from streams.broker.connection import Connection
from streams.transport.flush.flush import FailureReason, FlushContent, FlushFailedError, OutRecord, TransactionalFlusher
from streams.transport.partitions.committed import Commit, CommittedOffsets
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

pytestmark = [
    pytest.mark.kafka,
    # A producer of aiokafka that is stopped while it connects may leave the socket to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Bench:
    """A source, a topic for output, and flushers of the source's partition."""

    def __init__(self, address: str, source: TP, out: str, name: str) -> None:
        self.address = address
        self.source = source
        self.out = out
        self.name = name
        self.commits = CommittedOffsets(Connection(address), name)

    def flusher(self) -> TransactionalFlusher:
        fencing_abort = FlushContent(self.source, 0, "", [OutRecord(self.out, None, b"aborted", 0)])
        return TransactionalFlusher(Connection(self.address), self.name, self.name, fencing_abort=fencing_abort)

    def trusting_flusher(self) -> TransactionalFlusher:
        """One that thinks initialisation settles everything."""
        return TransactionalFlusher(Connection(self.address), self.name, self.name)

    def content(self, offset: int, *values: bytes) -> FlushContent:
        return FlushContent(self.source, offset, f"{offset}7", [OutRecord(self.out, v, partition=0) for v in values])

    async def committed(self) -> Commit | None:
        return (await self.commits.read([self.source])).get(self.source)

    def out_values(self) -> list[bytes]:
        return [message.value() for message in visible(self.address, self.out)]


@pytest.fixture
async def bench(kafka: Any, new_topic: Callable[..., str], new_name: Callable[[str], str]) -> AsyncIterator[Bench]:
    made = Bench(kafka.address, TP(new_topic(), 0), new_topic(), new_name("app"))
    yield made
    await made.commits.close()


async def test_records_and_offset_appear_together_with_the_metadata(bench: Bench) -> None:
    flusher = bench.flusher()
    await flusher.open()
    assert await bench.committed() is None
    await flusher.flush(bench.content(5, b"a", b"b"))
    await flusher.flush(bench.content(9, b"c"))
    await flusher.close()

    assert bench.out_values() == [b"a", b"b", b"c"]
    assert await bench.committed() == Commit(9, "97")


async def test_a_flush_that_breaks_off_before_its_commit_leaves_nothing(bench: Bench) -> None:
    flusher = bench.flusher()
    await flusher.open()
    await flusher.flush(bench.content(5, b"a"))
    producer = flusher._producer

    async def broken() -> None:
        raise OSError("the cable is out")

    producer.commit_transaction = broken
    with pytest.raises(FlushFailedError) as failure:
        await flusher.flush(bench.content(9, b"lost"))
    assert failure.value.reason is FailureReason.BROKER

    await flusher.open()
    assert await bench.committed() == Commit(5, "57")
    await flusher.flush(bench.content(9, b"b"))
    await flusher.close()
    assert bench.out_values() == [b"a", b"b"]


async def test_a_zombie_is_fenced_and_nothing_of_its_flush_is_seen(bench: Bench) -> None:
    zombie, owner = bench.flusher(), bench.flusher()
    await zombie.open()
    await zombie.flush(bench.content(5, b"a"))
    await owner.open()
    with pytest.raises(FlushFailedError) as failure:
        await zombie.flush(bench.content(9, b"twice"))
    await owner.flush(bench.content(9, b"b"))
    await owner.close()

    assert failure.value.reason is FailureReason.FENCED
    assert bench.out_values() == [b"a", b"b"]
    assert await bench.committed() == Commit(9, "97")


async def test_records_that_hang_because_a_coordinator_wrote_no_end_never_join_the_next_flush(
    bench: Bench,
) -> None:
    admin = AdminClient({"bootstrap.servers": bench.address})
    verify_partitions(admin, "false")
    try:
        for make, seen in ((bench.trusting_flusher, [b"hangs", b"a"]), (bench.flusher, [b"hangs", b"a", b"b"])):
            await leave_hanging(make, bench.out, b"hangs" if make == bench.trusting_flusher else b"hangs too")
            owner = make()
            await owner.open()
            await owner.flush(bench.content(len(seen), seen[-1]))
            await owner.close()
            assert bench.out_values() == seen
    finally:
        verify_partitions(admin, "true")


async def test_nothing_that_a_fenced_producer_leaves_behind_complains(bench: Bench) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    zombie, owner = bench.flusher(), bench.flusher()
    await zombie.open()
    await owner.open()
    with pytest.raises(FlushFailedError):
        await zombie.flush(bench.content(9, *[b"x" * 100_000] * 20))  # more than the one batch that is refused
    await owner.close()
    gc.collect()
    await asyncio.sleep(0)

    assert complaints == []


async def test_a_new_owner_settles_the_transaction_that_the_old_one_left_open(bench: Bench) -> None:
    old, new = bench.flusher(), bench.flusher()
    await old.open()
    producer = old._producer
    await producer.begin_transaction()
    await (await producer.send(bench.out, b"open", partition=0))

    await new.open()
    await new.flush(bench.content(3, b"a"))
    assert bench.out_values() == [b"a"]
    await new.close()
    await old.close()


async def test_a_large_flush_passes_when_the_topic_allows_it(
    kafka: Any, new_topic: Callable[..., str], new_name: Callable[[str], str]
) -> None:
    bench = Bench(kafka.address, TP(new_topic(), 0), new_topic(max_message_bytes=str(16 << 20)), new_name("app"))
    flusher = bench.flusher()
    await flusher.open()
    record = bytes(range(256)) * (12 << 12)
    await flusher.flush(bench.content(1, record))
    await flusher.close()
    await bench.commits.close()

    assert bench.out_values() == [record]


async def leave_hanging(make: Callable[[], TransactionalFlusher], topic: str, value: bytes) -> None:
    """A record of a transaction that the coordinator knows nothing of.

    The broker goes on asking the coordinator for a moment after it was told not to, and such a record is refused.
    """
    for _ in range(100):
        if await is_taken(make(), topic, value):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the broker still asks the coordinator")


async def is_taken(flusher: TransactionalFlusher, topic: str, value: bytes) -> bool:
    await flusher.open()
    producer = flusher._producer
    await producer.begin_transaction()
    producer._txn_manager._txn_partitions.add(TopicPartition(topic, 0))
    try:
        await producer.send_and_wait(topic, value, partition=0)
    except InvalidTxnState:
        return False
    finally:
        await flusher.close()
    return True


def verify_partitions(admin: AdminClient, wanted: str) -> None:
    """Whether the broker asks the coordinator before it takes a record into a transaction (KIP-890)."""
    entry = ConfigEntry(
        "transaction.partition.verification.enable", wanted, incremental_operation=AlterConfigOpType.SET
    )
    resource = ConfigResource(ResourceType.BROKER, "1", incremental_configs=[entry])
    for done in admin.incremental_alter_configs([resource]).values():
        done.result(20.0)
