"""Kills workers in the middle of everything, and then counts every cell against a direct computation."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import confluent_kafka
import msgspec
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from crash_course import Fleet, Size, run_course
from crash_direct import DirectCount
from crash_load import SPAN_MS, START_MS, TOPICS, load
from kafka_reading import visible

from streams.backtest import Backtest
from streams.catalogue.load import load as load_catalogue
from streams.cells.record import decode
from streams.events_file import Line
from streams.incidents.cloudevent import decode as decode_transition
from streams.report import final_anomalies
from streams.settings import Settings
from streams.transport.flush import FailureReason
from streams.transport.topics import prepare_topics
from streams.verdicts import TickVerdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.catalogue.load import Catalogue
    from streams.incidents.anomaly import Transition

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
COMPARED_TO_MS = START_MS + SPAN_MS - 120_000  # a live run ends by promises, and later


@pytest.fixture
def broker(kafka_run: Any, tmp_path: Path) -> Iterator[Any]:
    """A Kafka of its own: it is restarted on the way."""
    kafka = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    kafka.start()
    yield kafka
    kafka.stop()


def test_counts_and_anomalies_are_those_of_an_undisturbed_run(broker: Any, tmp_path: Path) -> None:
    name = os.environ.get("PHAROS_CRASH", "full")
    size = SIZES[name]
    settings = Settings(
        app="crash",
        broker=broker.address,
        dedup_records=size.dedup_records,
        cells_partitions=CELLS_PARTITIONS,
        session_timeout_s=6.0,
        heartbeat_interval_s=1.0,
        snapshot_interval_s=5.0,
        full_snapshot_interval_s=30.0,
        state_dir=str(tmp_path / "state"),
    )
    _create_sources(broker.address, size.partitions)
    asyncio.run(prepare_topics(settings))
    log = tmp_path / "workers.log"
    producing = threading.Thread(target=_produce, args=(broker.address, size), daemon=True)
    producing.start()
    fleet = Fleet(size, msgspec.to_builtins(settings), log)
    try:
        course = run_course(size, fleet, broker, lambda: _committed(broker.address, size.partitions), SEED, _say)
        _wait_for_the_desk(broker.address, fleet)
    finally:
        ended_in = fleet.stop()
        told = log.read_text(errors="replace")
        if os.environ.get("PHAROS_CRASH_REPORT"):
            Path(os.environ["PHAROS_CRASH_REPORT"]).with_suffix(".log").write_text(told)
    producing.join(60.0)

    catalogue = load_catalogue()
    direct = DirectCount(catalogue, size.dedup_records)
    direct.add_all(load(SEED, size.events, size.partitions))
    expected = {cell: value for cell, value in direct.cells.items() if value}
    found = {cell: value for cell, value in _read_cells(broker.address).items() if value}
    differing = {cell for cell in expected.keys() | found.keys() if expected.get(cell, 0) != found.get(cell, 0)}
    lost = sum(expected.get(cell, 0) - found.get(cell, 0) for cell in differing)

    transitions = [decode_transition(message.value()) for message in visible(broker.address, "pharos-anomalies")]
    repeated = len(transitions) - len({transition.id for transition in transitions})
    undisturbed = _undisturbed(catalogue, settings, size)
    published = _anomalies(transitions)
    report = {
        "size": name,
        **course,
        "kills_inside_a_flush": dict(Counter(re.findall(r"SIGKILL at step (\w+)", told))),
        "stopped_at": re.findall(r"SIGSTOP at step (\w+)", told) or "between flushes",
        "flushes_that_were_fenced": told.count(FailureReason.FENCED.value),
        "flushes_that_failed_otherwise": told.count(FailureReason.BROKER.value),
        "workers_ended_in_s": round(ended_in, 1),
        "events": size.events,
        **direct.outcomes,
        "values_compared": len(expected.keys() | found.keys()),
        "values_differing": len(differing),
        "anomalies_of_an_undisturbed_run": len(undisturbed),
        "anomalies_differing": len(undisturbed ^ published),
        "transitions": len(transitions),
        "transitions_repeated": repeated,
    }
    _write_report(report, size)

    assert course["kills"] >= size.kills
    assert sorted(differing)[:5] == [], f"{len(differing)} of {len(expected)} values differ, {lost} missing"
    assert undisturbed, "the load holds an incident"
    assert published == undisturbed
    assert repeated == 0


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def _create_sources(address: str, partitions: int) -> None:
    config = {
        "retention.ms": "-1",
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": str((1 << 63) - 1),
    }
    admin = AdminClient({"bootstrap.servers": address})
    for made in admin.create_topics([NewTopic(topic, partitions, 1, config=config) for topic in TOPICS]).values():
        made.result(30.0)


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


def _committed(address: str, partitions: int) -> int:
    """How many source records the commits cover; -1 when nobody says."""
    return _commits(address, [TopicPartition(topic, number) for topic in TOPICS for number in range(partitions)])


def _commits(address: str, tps: list[TopicPartition]) -> int:
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": "crash", "log_level": 0})
    try:
        return sum(max(tp.offset, 0) for tp in consumer.committed(tps, 10.0))
    except confluent_kafka.KafkaException:
        return -1
    finally:
        consumer.close()


def _wait_for_the_desk(address: str, fleet: Fleet) -> None:
    """Until every tick that is compared has been delivered, handled and committed."""
    deadline = time.monotonic() + 300.0
    while time.monotonic() < deadline:
        fleet.tend()
        last: dict[int, int] = {}
        for message in visible(address, "pharos-verdicts"):
            tick = msgspec.json.decode(message.value(), type=TickVerdicts)
            if tick.time >= COMPARED_TO_MS:
                last.setdefault(tick.partition, message.offset())
        if len(last) == CELLS_PARTITIONS and _commits(address, [TopicPartition("pharos-verdicts", 0)]) > max(
            last.values()
        ):
            return
        time.sleep(3.0)
    raise AssertionError("the ticks do not get to the end of the load")


def _undisturbed(catalogue: Catalogue, settings: Settings, size: Size) -> set[tuple[Any, ...]]:
    """Anomalies of the same records in one loop without a broker."""
    run = Backtest(catalogue, settings, size.partitions)
    for record in load(SEED, size.events, size.partitions):
        run.add(Line(record.topic, record.value, record.timestamp_ms, None, record.name))  # type: ignore[arg-type]
    run.finish()
    return _anomalies(run.transitions)


def _anomalies(transitions: Iterable[Transition]) -> set[tuple[Any, ...]]:
    """What must agree, up to the time to which both have come."""
    compared = [transition for transition in transitions if transition.time <= COMPARED_TO_MS]
    return {
        tuple(anomaly[name] for name in ("fingerprint", "started_at", "detected_at", "ended_at", "severity"))
        for anomaly in final_anomalies(compared)
    }


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
