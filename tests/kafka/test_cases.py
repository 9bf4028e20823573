"""Events of one case in two topics and several partitions meet once each, though workers are killed in the middle."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import confluent_kafka
import msgspec
import pytest

from streams.catalogue.load import load
from streams.topics.names import SNAPSHOTS_TOPIC
from tests.kafka.crash.comparison import read_cells
from tests.kafka.crash.crash_load import START_MS, rfc3339
from tests.kafka.support.counted_orders import Running, until
from tests.kafka.support.faults_bench import CELLS_PARTITIONS, LOAD, Bench
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.kafka

CATALOGUE = """
metrics:
  - id: C1
    name: askers_who_buy
    title: Presale questions followed by a payment within ten minutes
    touchpoint: consultation
    unit: per_minute
    signal: count
    direction: down
    minimum_effect: 0.5
    minimum_exposure: 20
    runbook: askers-who-buy
    numerator:
      - events: [order.paid]
        by: order_id
        after: {events: [consultation.opened], where: {stage: {equals: presale}}, reach_s: 600, take: first, once: true}
        scope_of: after
        at: after
        within_s: 600
    settle_s: 600
    scopes: [[], [store]]
"""
REACH_MS = 600_000
ORDERS = 3_000
SPAN_MS = 3_600_000


class Sent(NamedTuple):
    """An event, by the time at which it happens."""

    at_ms: int
    topic: str
    partition: int
    order: str
    store: str
    stage: str

    def value(self, number: int) -> bytes:
        kind = "consultation.opened" if self.topic == "consultations" else "order.paid"
        data = {"order_id": self.order, "consultation_id": f"n{number}", "store": self.store, "stage": self.stage}
        event = {"specversion": "1.0", "id": f"e{number}", "source": "/cases", "type": kind, "data": data}
        return msgspec.json.encode(event | {"time": rfc3339(self.at_ms)})


def drawn_events(draw: random.Random) -> list[Sent]:
    """Of each order somebody asks once or never, and it is paid up to twice, sooner or later."""
    events = []
    for number in range(ORDERS):
        asked = START_MS + draw.randrange(SPAN_MS)
        order, store = f"o{number}", draw.choice(("north", "south"))
        if draw.random() < 0.8:
            stage = draw.choice(("presale", "presale", "aftersale"))
            events.append(Sent(asked, "consultations", draw.randrange(LOAD.partitions), order, store, stage))
        for _ in range(draw.randrange(3)):
            paid = asked + draw.randrange(-REACH_MS // 2, 2 * REACH_MS)
            events.append(Sent(paid, "orders", draw.randrange(LOAD.partitions), order, "elsewhere", ""))
    return sorted(events)


def expected_cells(events: Iterable[Sent], metric: str) -> Counter[tuple[Any, ...]]:
    """A question counts, in its own minute and store, if its order is paid within reach of it."""
    asked = {event.order: event for event in events if event.stage == "presale"}
    bought = {
        event.order
        for event in events
        if event.topic == "orders" and event.order in asked and 0 <= event.at_ms - asked[event.order].at_ms <= REACH_MS
    }
    found: Counter[tuple[Any, ...]] = Counter()
    for order in bought:
        minute = asked[order].at_ms // 60_000
        found[metric, 0, 0, (), minute] += 1
        found[metric, 0, 1, (asked[order].store,), minute] += 1
    return found


def send(bench: Bench, events: Iterable[Sent], first: int) -> None:
    """In the order of time, with the time at which each happens as that of its record."""
    producer = confluent_kafka.Producer({"bootstrap.servers": bench.address, "linger.ms": 5})
    for number, event in enumerate(events, first):
        producer.produce(event.topic, event.value(number), partition=event.partition, timestamp=event.at_ms)
    assert producer.flush(20.0) == 0


@pytest.fixture
def bench(faults_kafka: Any, tmp_path: Path) -> Bench:
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE)
    return Bench(faults_kafka.address, tmp_path, catalogue=str(tmp_path / "catalogue.yaml"), mappings={})


@pytest.fixture
def workers(bench: Bench) -> Iterator[list[Running]]:
    """Those that the test starts; none outlives it."""
    started: list[Running] = []
    yield started
    for worker in started:
        if worker.process.poll() is None:
            worker.kill()


def test_what_one_event_says_of_another_counts_once_over_kills(bench: Bench, workers: list[Running]) -> None:
    (metric,) = load(bench.settings.catalogue).metrics
    events = drawn_events(random.Random(20261130))
    third = len(events) // 3
    expected = expected_cells(events, metric.key())

    def found() -> Counter[tuple[Any, ...]]:
        cells = Counter(read_cells(bench.address, CELLS_PARTITIONS))
        assert cells <= expected, cells - expected
        return cells

    workers += [Running(bench), Running(bench)]
    send(bench, events[:third], 0)
    until("some cells of the first third are written", lambda: found().total() > 100)
    until("memories of cases are saved", lambda: len(saved_memories(bench)) == CELLS_PARTITIONS)
    workers[0].kill()
    send(bench, events[third : 2 * third], third)
    until("some cells of the second third are written", lambda: found().total() > expected.total() * 0.4)
    workers.append(Running(bench))
    workers[1].kill()
    workers[2].kill()
    workers.append(Running(bench))
    send(bench, [*events[2 * third :], *closing_events()], 2 * third)
    until("all are counted", lambda: found() == expected, 120.0)
    time.sleep(3.0)  # what comes twice comes late
    workers[3].stop()

    assert found() == expected
    assert expected.total() > 1_000
    assert "Traceback" not in bench.told()


def closing_events() -> list[Sent]:
    """In every partition of the two topics, so late that all before is decided."""
    late_ms = START_MS + SPAN_MS + 4 * REACH_MS
    topics = ("orders", "consultations")
    return [Sent(late_ms, topic, number, "last", "", "") for topic in topics for number in range(LOAD.partitions)]


def saved_memories(bench: Bench) -> set[bytes]:
    """Of which partitions of cases a manifest is kept."""
    keys = {
        message.key()
        for number in range(CELLS_PARTITIONS)
        for message in visible(bench.address, SNAPSHOTS_TOPIC, number)
    }
    return {key for key in keys if key.startswith(b"pharos-cases/") and key.endswith(b"/manifest")}
