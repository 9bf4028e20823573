"""Record batches from a real broker: holes, aborted transactions, plan and warm-up."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from faust.types import TP

from streams.broker.connection import Connection
from streams.cells.record import CellsRecord
from streams.settings.settings import Settings
from streams.transport.flush.flush import FlushContent, TransactionalFlusher
from streams.transport.partitions.committed import Commit
from streams.transport.parts import Ingests
from streams.transport.worker import Worker
from tests.kafka.support.kafka_reading import produce, produce_in_transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from streams.records.batch import RecordBatch

pytestmark = [
    pytest.mark.kafka,
    # A producer of aiokafka that is stopped while it connects may leave the socket to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LIMIT_S = 25.0


class Flush:
    """Nothing but where it stands."""

    def __init__(self, largest: int) -> None:
        self.next_offset = 0
        self.largest_event_time = self.watermark = largest
        self.dead_letters: list[Any] = []
        self.records = {0: CellsRecord("t", 0, 0, -1, "", [])}
        self.cases: dict[int, Any] = {}
        self.single_events: list[Any] = []


class Ingest:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.warmed: list[bytes | None] = []
        self.fed: list[bytes | None] = []
        self.promises: list[int] = []
        self.largest_event_time = self.watermark = -1
        self.has_news = False
        self.new_bytes = 0
        self.newest_timestamp = 1_000_000

    def warm(self, batch: RecordBatch) -> None:
        self.warmed += batch.values

    def feed(self, batch: RecordBatch) -> None:
        assert list(batch.timestamps) == [1_000_000] * len(batch.values)
        self.fed += batch.values
        self.has_news = True

    def promise(self, watermark_ms: int) -> None:
        self.promises.append(watermark_ms)
        self.has_news = True

    def take_flush(self, _cells_partitions: int) -> Flush:
        self.has_news = False
        return Flush(len(self.fed))


class Bench:
    """A worker that only ingests one topic."""

    def __init__(self, address: str, topic: str, app: str, state: Path) -> None:
        self.topic = topic
        self.ingests: dict[TP, Ingest] = {}
        self.settings = Settings(
            app=app,
            broker=address,
            dedup_records=4,
            cells_partitions=1,
            session_timeout_s=6.0,
            heartbeat_interval_s=1.0,
            flush_interval_s=0.1,
            idle_after_s=0.5,
            state_dir=str(state),
        )
        self.workers: list[Worker] = []

    async def start(self) -> Worker:
        worker = Worker(self.settings, ingests=Ingests({self.topic: 1}, self._ingest))
        self.workers.append(worker)
        await worker.start()
        return worker

    def _ingest(self, tp: TP) -> Ingest:
        self.ingests[tp] = Ingest()
        return self.ingests[tp]

    @property
    def ingest(self) -> Ingest:
        return self.ingests[TP(self.topic, 0)]

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert time.monotonic() < deadline, "it did not come to that"
            await asyncio.sleep(0.05)

    def fed(self) -> list[bytes | None]:
        return self.ingests[TP(self.topic, 0)].fed if self.ingests else []


@pytest.fixture
async def bench(
    kafka: Any, kafka_cells: None, new_topic: Callable[..., str], new_name: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Bench]:
    made = Bench(kafka.address, new_topic(), new_name("app"), tmp_path)
    yield made
    for worker in made.workers:
        began = time.monotonic()
        await worker.stop()
        assert time.monotonic() - began < 5.0


async def test_aborted_records_are_not_read_and_their_offsets_are_passed(bench: Bench, kafka: Any) -> None:
    produce(kafka.address, bench.topic, [b"1", b"2"])
    produce_in_transaction(kafka.address, bench.topic, [b"no", b"no"], bench.topic, commit=False)
    produce(kafka.address, bench.topic, [b"3"])
    produce_in_transaction(kafka.address, bench.topic, [b"4"], bench.topic, commit=True)
    worker = await bench.start()
    await bench.until(lambda: len(bench.fed()) >= 4)

    assert bench.fed() == [b"1", b"2", b"3", b"4"]
    assert worker.source_agent is not None
    part = worker.source_agent.parts[TP(bench.topic, 0)]
    await bench.until(lambda: part.position == 8)  # four records, two aborted ones, two markers


async def test_a_partition_that_ends_in_markers_becomes_idle_and_promises(bench: Bench, kafka: Any) -> None:
    produce_in_transaction(kafka.address, bench.topic, [b"1"], bench.topic, commit=True)
    produce_in_transaction(kafka.address, bench.topic, [b"no"], bench.topic, commit=False)
    await bench.start()
    await bench.until(lambda: bool(bench.ingests) and bool(bench.ingest.promises))

    assert all(promise < 1_000_000 for promise in bench.ingest.promises)


async def test_a_new_owner_warms_up_before_the_commit_and_counts_after_it(bench: Bench, kafka: Any) -> None:
    values = [str(number).encode() for number in range(20)]
    produce(kafka.address, bench.topic, values)
    name = f"{bench.settings.app}-{bench.topic}-0"
    former = TransactionalFlusher(Connection(kafka.address), name, bench.settings.app)
    await former.open()
    await former.flush(FlushContent(TP(bench.topic, 0), 12, "900", []))
    await bench.start()
    await bench.until(lambda: len(bench.fed()) >= 8)
    await former.close()

    assert bench.ingest.warmed == values[8:12]
    assert bench.fed() == values[12:]


async def test_a_failed_flush_is_counted_again_from_the_commit_and_only_once(bench: Bench, kafka: Any) -> None:
    produce(kafka.address, bench.topic, [b"1", b"2"])
    worker = await bench.start()
    assert worker.source_agent is not None
    await bench.until(lambda: len(bench.fed()) >= 2)
    part = worker.source_agent.parts[TP(bench.topic, 0)]
    await bench.until(lambda: part.committed >= 2)
    first = bench.ingest

    thief = TransactionalFlusher(Connection(kafka.address), f"{bench.settings.app}-{bench.topic}-0", bench.settings.app)
    await thief.open()
    produce(kafka.address, bench.topic, [b"3"])
    await bench.until(lambda: bench.ingest is not first and bench.fed() == [b"3"])
    await bench.until(lambda: part.committed == 3)
    await thief.close()

    assert bench.ingest.warmed == [b"1", b"2"]
    commits = await worker._commits.read([TP(bench.topic, 0)])
    assert commits[TP(bench.topic, 0)] == Commit(3, f"1 1 {part.topic_id}")
    assert part.topic_id


async def test_a_second_worker_takes_over_what_the_first_has_committed(bench: Bench, kafka: Any) -> None:
    produce(kafka.address, bench.topic, [b"1", b"2"])
    first = await bench.start()
    await bench.until(lambda: len(bench.fed()) >= 2)
    await first.stop()
    bench.workers.clear()
    bench.ingests.clear()
    produce(kafka.address, bench.topic, [b"3"])
    await bench.start()
    await bench.until(lambda: len(bench.fed()) >= 1)

    assert bench.ingest.warmed == [b"1", b"2"]
    assert bench.fed() == [b"3"]
