"""A whole worker on the embedded broker: events in, cells, ticks and a desk that has handled them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import confluent_kafka
import pytest

from streams.broker.embedded import EmbeddedBroker
from streams.catalogue.load import load
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.incidents.desk import IncidentDesk
from streams.ingest.assessments import AssessmentIngest
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.merge.snapshot import read_manifest
from streams.records.anomaly_event import encode, key
from streams.settings.settings import Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.wanted import embedded_topics
from streams.transport.clients.topics import prepare_topics
from streams.transport.log.incident_agent import IncidentState
from streams.transport.parts import Incidents, Ingests, Merges
from streams.transport.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from faust.types import TP

    from streams.transport.source.source_partition import Flush

pytestmark = pytest.mark.embedded
START_MS = 1_762_790_400_000
EVENTS = 600
LIMIT_S = 20.0


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    topics = embedded_topics(Settings(cells_partitions=2), 1)
    with EmbeddedBroker(0, topics) as broker:
        _produce(broker.address)
        yield Settings(
            broker=broker.address,
            transactions=False,
            cells_partitions=2,
            dedup_records=100,
            session_timeout_s=3.0,
            heartbeat_interval_s=0.5,
            flush_interval_s=0.2,
            idle_after_s=0.5,
            snapshot_interval_s=0.5,
            state_dir=str(tmp_path / "state"),
        )


def _produce(address: str) -> None:
    """An order a second, a copy of every tenth, and one record that is no event."""
    producer = confluent_kafka.Producer({"bootstrap.servers": address, "linger.ms": 5})
    for number in range(EVENTS):
        at = START_MS + number * 1000
        minute, second = divmod(number, 60)
        event = (
            f'{{"specversion":"1.0","id":"{number}","source":"/shop","type":"order.created",'
            f'"time":"2025-11-10T16:{minute:02d}:{second:02d}Z","data":{{"order_id":"{number}"}}}}'
        )
        for _ in range(2 if number % 10 == 0 else 1):
            producer.produce("orders", event, timestamp=at)
    producer.produce("orders", b"{", timestamp=START_MS + EVENTS * 1000)
    assert producer.flush(10.0) == 0


class Running:
    """A worker with the real parts, and what was seen of it."""

    def __init__(self, settings: Settings, sources: dict[str, int]) -> None:
        self.outcomes: Counter[str] = Counter()
        catalogue = load()

        def make_ingest(tp: TP) -> IngestPartition | AssessmentIngest:
            if tp.topic == ACTIONS_TOPIC:
                return AssessmentIngest(catalogue.hash, tp.topic, tp.partition, now_ms=None, future_limit_ms=300_000)
            return IngestPartition(
                catalogue,
                tp.topic,
                tp.partition,
                dedup_records=settings.dedup_records,
                lateness_ms=30_000,
                late_limit_ms=7_200_000,
                future_limit_ms=300_000,
            )

        def make_merge(number: int) -> MergePartition:
            return MergePartition(
                catalogue, number, sources, settings, lambda metric: MetricEvaluator(metric, settings)
            )

        self.worker = Worker(
            settings,
            ingests=Ingests(sources, make_ingest, self._on_flushed),
            merges=Merges(make_merge, lambda manifest: read_manifest(manifest).chunks()),
            incidents=Incidents(
                lambda: IncidentDesk(catalogue, settings.cells_partitions, settings),
                lambda transition: (key(transition), encode(transition)),
            ),
        )

    def _on_flushed(self, _tp: TP, flush: Flush) -> None:
        self.outcomes.update({str(name): count for name, count in flush.outcomes.items()})  # type: ignore[attr-defined]

    @property
    def handled_ms(self) -> int:
        assert self.worker.incident_agent is not None
        states = [part.log_state for part in self.worker.incident_agent.parts.values()]
        return max((s.desk.handled for s in states if isinstance(s, IncidentState)), default=-1)  # type: ignore[attr-defined]

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        failing = asyncio.ensure_future(self.worker.failure())
        while not condition():
            assert not failing.done(), failing.result()
            assert time.monotonic() < deadline, "it did not come to that"
            await asyncio.sleep(0.05)
        failing.cancel()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    run = Running(settings, await prepare_topics(settings))
    await run.worker.start()
    try:
        yield run
    finally:
        began = time.monotonic()
        await run.worker.stop()
        assert time.monotonic() - began < 5.0


def _snapshots(settings: Settings) -> set[str]:
    from pathlib import Path

    return {path.parent.name for path in Path(settings.state_dir).glob("*/offset")}


async def test_a_restarted_worker_counts_nothing_again_and_knows_how_far_it_was(settings: Settings) -> None:
    nearly_all = START_MS + (EVENTS - 60) * 1000
    names = {"pharos-pharos-cells-0", "pharos-pharos-cells-1", "pharos-pharos-verdicts-0"}
    async with running(settings) as run:
        await run.until(lambda: run.handled_ms >= nearly_all and _snapshots(settings) == names)
        first = {name: count for name, count in run.outcomes.items() if count}
    async with running(settings) as again:
        await again.until(lambda: again.handled_ms >= nearly_all)
        await again.until(lambda: again.worker.clock.now_ms() is not None)

    assert first == {"counted": EVENTS, "duplicate": EVENTS // 10, "dead_letter": 1}
    assert sum(again.outcomes.values()) == 0
    assert _dead_letters(settings.broker) == [(b"{", "not_json", b"orders", b"0")]


def _dead_letters(address: str) -> list[Any]:
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": address, "group.id": "reader", "fetch.wait.max.ms": 50, "enable.partition.eof": True}
    )
    consumer.assign([confluent_kafka.TopicPartition("pharos-dead-letters", 0, 0)])
    letters = []
    while True:
        message = consumer.poll(10.0)
        assert message is not None
        if message.error() is not None:
            consumer.close()
            return letters
        headers = dict(message.headers() or [])
        reason = headers["pharos-reason"].decode()
        letters.append((message.value(), reason, headers["pharos-topic"], headers["pharos-partition"]))
