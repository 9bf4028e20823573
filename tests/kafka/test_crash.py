"""Kills workers in the middle of everything, and then counts every cell against a direct computation."""

from __future__ import annotations

import os
import platform
import re
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import confluent_kafka
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

CRASH = Path(__file__).with_name("crash")
sys.path.insert(0, str(CRASH))  # its files are a program of their own: workers run from there too

from crash_course import Fleet, Size, run_course  # noqa: E402 - found by the line above
from crash_direct import DirectCount  # noqa: E402 - as above
from crash_load import TOPICS, load  # noqa: E402 - as above

from streams.catalogue.load import load as load_catalogue  # noqa: E402 - as above
from streams.cells.record import decode  # noqa: E402 - as above
from streams.transport.flush import FailureReason  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.crash, pytest.mark.kafka]

SIZES = {
    "tiny": Size(workers=2, partitions=2, events=60_000, kills=3, dedup_records=2_000, stop_s=9.0, limit_s=240.0),
    "small": Size(workers=2, partitions=4, events=400_000, kills=5, dedup_records=2_000, stop_s=9.0, limit_s=400.0),
    "full": Size(
        workers=2, partitions=12, events=2_000_000, kills=20, dedup_records=20_000, stop_s=15.0, limit_s=1800.0
    ),
}
CELLS_PARTITIONS = 4
SEED = 20261111


@pytest.fixture
def broker(kafka_run: Any, tmp_path: Path) -> Iterator[Any]:
    """A Kafka of its own: it is restarted on the way."""
    kafka = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    kafka.start()
    yield kafka
    kafka.stop()


def test_every_cell_is_exact_whatever_was_killed(broker: Any, tmp_path: Path) -> None:
    name = os.environ.get("PHAROS_CRASH", "full")
    size = SIZES[name]
    app = f"crash{int(time.time())}"
    _create_topics(broker.address, size.partitions)
    settings = {
        "app": app,
        "broker": broker.address,
        "dedup_records": size.dedup_records,
        "cells_partitions": CELLS_PARTITIONS,
        "session_timeout_s": 6.0,
        "heartbeat_interval_s": 1.0,
        "state_dir": str(tmp_path / "state"),
    }
    log = tmp_path / "workers.log"
    producing = threading.Thread(target=_produce, args=(broker.address, size), daemon=True)
    producing.start()
    fleet = Fleet(size, settings, log)
    try:
        course = run_course(size, fleet, broker, lambda: _committed(broker.address, app, size.partitions), SEED, _say)
    finally:
        ended_in = fleet.stop()
        told = log.read_text(errors="replace")
        print(told[-3000:])
    producing.join(60.0)

    catalogue = load_catalogue()
    direct = DirectCount(catalogue, size.dedup_records)
    direct.add_all(load(SEED, size.events, size.partitions))
    expected = {cell: value for cell, value in direct.cells.items() if value}
    found = {cell: value for cell, value in _read_cells(broker.address).items() if value}
    differing = {cell for cell in expected.keys() | found.keys() if expected.get(cell, 0) != found.get(cell, 0)}
    lost = sum(expected.get(cell, 0) - found.get(cell, 0) for cell in differing)
    report = {
        "size": name,
        **course,
        "kills_inside_a_flush": dict(Counter(re.findall(r"died at step (\w+)", told))),
        "flushes_that_were_fenced": told.count(FailureReason.FENCED.value),
        "stopped_in_s": round(ended_in, 1),
        "events": size.events,
        **direct.outcomes,
        "values_compared": len(expected.keys() | found.keys()),
        "differing": len(differing),
    }
    _write_report(report, size)

    assert course["kills"] >= size.kills
    assert sorted(differing)[:5] == [], f"{len(differing)} of {len(expected)} values differ, {lost} missing"


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def _create_topics(address: str, partitions: int) -> None:
    config = {
        "retention.ms": "-1",
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": str((1 << 63) - 1),
    }
    wanted = [NewTopic(topic, partitions, 1, config=config) for topic in TOPICS]
    wanted.append(NewTopic("pharos-cells", CELLS_PARTITIONS, 1, config={**config, "max.message.bytes": str(16 << 20)}))
    wanted.append(NewTopic("pharos-dead-letters", 1, 1, config=config))
    admin = AdminClient({"bootstrap.servers": address})
    for future in admin.create_topics(wanted).values():
        future.result(30.0)


def _produce(address: str, size: Size) -> None:
    """All events, spread over the time that the kills take."""
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 20, "compression.type": "lz4",
         "delivery.timeout.ms": 300_000, "log_level": 0}
    )  # fmt: skip
    pace = size.events / (size.kills * 6.0 + 10.0)
    began = time.monotonic()
    for number, record in enumerate(load(SEED, size.events, size.partitions)):
        while True:
            try:
                producer.produce(
                    record.topic, record.value, partition=record.partition, timestamp=record.timestamp_ms, key=None
                )
            except BufferError:
                producer.poll(0.1)
            else:
                break
        if number % 500 == 0:
            producer.poll(0)
            time.sleep(max(0.0, began + number / pace - time.monotonic()))
    assert producer.flush(120.0) == 0


def _committed(address: str, app: str, partitions: int) -> int:
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": app, "log_level": 0})
    try:
        tps = [confluent_kafka.TopicPartition(topic, number) for topic in TOPICS for number in range(partitions)]
        return sum(max(tp.offset, 0) for tp in consumer.committed(tps, 10.0))
    except confluent_kafka.KafkaException:
        return -1
    finally:
        consumer.close()


def _read_cells(address: str) -> Counter[Any]:
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": address, "group.id": "reader", "isolation.level": "read_committed",
         "auto.offset.reset": "earliest", "enable.partition.eof": True, "log_level": 0}
    )  # fmt: skip
    consumer.assign([confluent_kafka.TopicPartition("pharos-cells", number, 0) for number in range(CELLS_PARTITIONS)])
    cells: Counter[Any] = Counter()
    ends = set[int]()
    while len(ends) < CELLS_PARTITIONS:
        message = consumer.poll(30.0)
        assert message is not None, "pharos-cells does not end"
        if message.error() is not None:
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF
            ends.add(message.partition())
            continue
        for metric in decode(message.value()).metrics:
            scopes = metric.scopes
            for scope, component, slot, value in zip(
                metric.scope, metric.component, metric.slot, metric.value, strict=True
            ):
                number, values = scopes[scope]
                cells[metric.metric, component, number, values, slot // 6] += value
    consumer.close()
    return cells


def _write_report(report: dict[str, Any], size: Size) -> None:
    rows = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, Kafka 4.4.0",
        "workers, partitions a topic": f"{size.workers}, {size.partitions}",
        **{key.replace("_", " "): value for key, value in report.items()},
    }
    lines = ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())]
    text = "\n".join(lines) + "\n"
    print(text)
    path = os.environ.get("PHAROS_CRASH_REPORT")
    if path:
        Path(path).write_text(text)
