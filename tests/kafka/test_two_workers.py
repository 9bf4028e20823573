"""Two workers on one broker: who runs ahead waits while the merge is crowded, and only then."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import confluent_kafka
import pytest
from faust.types import TP

from streams.broker.connection import Connection
from streams.broker.make_topics import ensure_topics
from streams.catalogue.load import load
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.ingest.partition import IngestPartition
from streams.merge.partition import MergePartition
from streams.merge.snapshot import read_manifest
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.names import ANOMALY_STATE_TOPIC
from streams.transport.clients.topic_reader import TopicReader
from streams.transport.clients.topics import prepare_topics
from streams.transport.flush.congestion import CongestionTeller
from streams.transport.parts import Ingests, Merges
from streams.transport.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.kafka
START = datetime(2025, 11, 10, 16, tzinfo=UTC)
SOURCES = {"orders": 2}
FAST, SLOW = TP("orders", 0), TP("orders", 1)
EVERY_S = 5
AN_HOUR = 3600 // EVERY_S
LIMIT_S = 120.0  # of what takes seconds on an idle machine


@pytest.fixture
def settings(kafka_run: Any, tmp_path: Path) -> Iterator[Settings]:
    """On a broker of its own: the names of the source topics are fixed."""
    broker = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    broker.start()
    settings = Settings(
        broker=broker.address,
        time="events",
        cells_partitions=2,
        session_timeout_s=6.0,
        heartbeat_interval_s=0.5,
        flush_interval_s=0.2,
        idle_after_s=600.0,  # nobody promises: who lags, lags
        state_dir=str(tmp_path / "state"),
    )
    ensure_topics(Connection(broker.address), dict.fromkeys(SOURCE_TOPICS, 2))
    yield settings
    broker.stop()


def produce(address: str, tp: TP, first: int, count: int) -> None:
    """Orders, one every few seconds, from the first-th on."""
    producer = confluent_kafka.Producer({"bootstrap.servers": address, "linger.ms": 5})
    for number in range(first, first + count):
        at = START + timedelta(seconds=number * EVERY_S)
        event = (
            f'{{"specversion":"1.0","id":"{tp.partition}-{number}","source":"/shop","type":"order.created",'
            f'"time":"{at.isoformat()}","data":{{"order_id":"{number}"}}}}'
        )
        producer.produce(tp.topic, event, partition=tp.partition, timestamp=round(at.timestamp() * 1000))
    assert producer.flush(10.0) == 0


def new_worker(settings: Settings) -> Worker:
    catalogue = load()
    limits = {"dedup_records": 100, "lateness_ms": 30_000, "late_limit_ms": 7_200_000, "future_limit_ms": 300_000}

    def make_merge(number: int) -> MergePartition:
        return MergePartition(catalogue, number, SOURCES, settings, lambda metric: MetricEvaluator(metric, settings))

    return Worker(
        settings,
        ingests=Ingests(SOURCES, lambda tp: IngestPartition(catalogue, tp.topic, tp.partition, **limits)),
        merges=Merges(make_merge, lambda manifest: read_manifest(manifest).chunks()),
    )


async def until(condition: Callable[[], bool], workers: list[Worker]) -> None:
    deadline = time.monotonic() + LIMIT_S
    failing = [asyncio.ensure_future(worker.failure()) for worker in workers]
    try:
        while not condition():
            assert not any(future.done() for future in failing)
            assert time.monotonic() < deadline, "it did not come to that"
            await asyncio.sleep(0.05)
    finally:
        for future in failing:
            future.cancel()


def position(workers: list[Worker], tp: TP) -> int:
    parts = [worker.source_agent.parts for worker in workers if worker.source_agent is not None]
    return max(owned[tp].position for owned in parts if tp in owned)


def waiting(workers: list[Worker]) -> int:
    return sum(merge.waiting for worker in workers for merge in worker.merges().values())


async def test_who_runs_ahead_of_another_worker_waits_while_the_merge_is_crowded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.transport.worker.CongestionTeller", partial(CongestionTeller, crowded=2_000))
    await prepare_topics(settings)
    workers = [new_worker(settings) for _ in range(2)]
    connection = Connection.of(settings, os.environ)
    readers = []
    try:
        for worker in workers:
            await worker.start()
            hear = worker.congestions.hear
            reader = TopicReader(
                connection, {ANOMALY_STATE_TOPIC: None}, lambda _topic, key, value, h=hear: h(key, value)
            )
            readers.append(asyncio.ensure_future(reader.run()))
        await until(lambda: all(len(worker.source_agent.parts) == 1 for worker in workers), workers)  # type: ignore[union-attr]
        (fast,) = (worker for worker in workers if FAST in worker.source_agent.parts)  # type: ignore[union-attr]

        produce(settings.broker, SLOW, 0, 10)
        await until(lambda: position(workers, SLOW) == 10, workers)
        produce(settings.broker, FAST, 0, 4 * AN_HOUR)
        await until(lambda: fast.congestions.slowest_of_others([FAST]) is not None, workers)
        await until(lambda: fast.source_agent.held == {FAST}, workers)
        produce(settings.broker, FAST, 4 * AN_HOUR, AN_HOUR)  # the fetch that was under way may still bring it
        await asyncio.sleep(2.0)
        stands, crowd = position(workers, FAST), waiting(workers)
        produce(settings.broker, FAST, 5 * AN_HOUR, AN_HOUR)
        await asyncio.sleep(3.0)

        assert position(workers, FAST) == stands < 6 * AN_HOUR
        assert waiting(workers) == crowd

        produce(settings.broker, SLOW, 10, 6 * AN_HOUR - 10)
        await until(lambda: position(workers, FAST) == position(workers, SLOW) == 6 * AN_HOUR, workers)
        await until(lambda: waiting(workers) < 2_000, workers)
    finally:
        for future in readers:
            future.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        for worker in workers:
            await worker.stop()
