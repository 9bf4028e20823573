"""A journey on Apache Kafka, which tells offsets by time: only the days that are needed are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import confluent_kafka
import orjson
import pytest

from streams.affected.journey_search import JourneyBounds, JourneySearch, JourneySources
from streams.broker.connection import Connection
from streams.broker.make_topics import ensure_topics
from streams.journey.reading import JourneyReading, Stopped
from streams.journey.subject import Subject, SubjectKind
from streams.records.instant import rfc3339
from streams.settings.settings import SOURCE_TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kafka
NOW = 1_794_326_400_000
HOUR = 3_600_000
DAY = 24 * HOUR
OTHERS = 3_000


@pytest.fixture(scope="module")
def own_kafka(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two orders, of an hour and of thirty days ago, among others of two months; names of source topics are fixed."""
    broker = kafka_run.KafkaBroker(0, tmp_path_factory.mktemp("kafka"))
    broker.start()
    ensure_topics(Connection(broker.address), dict.fromkeys(SOURCE_TOPICS, 2))
    sent = [
        ("orders", "order.created", number * 60 * DAY // OTHERS, {"order_id": f"X{number}"}) for number in range(OTHERS)
    ]
    for order, ago in (("OLD", 30 * DAY), ("NEW", HOUR)):
        parcel = {"parcel_id": f"L{order}"}
        sent.append(("orders", "order.created", ago, {"order_id": order}))
        sent.append(("logistics", "parcel.scanned", ago - HOUR // 4, parcel))
        sent.append(("logistics", "parcel.collected", ago - HOUR // 2, {**parcel, "order_id": order}))
    producer = confluent_kafka.Producer({"bootstrap.servers": broker.address})
    for number, (topic, kind, ago, data) in enumerate(sorted(sent, key=lambda one: -one[2])):
        time = rfc3339(NOW - ago)
        event = {"specversion": "1.0", "id": str(number), "source": "/t", "type": kind, "time": time, "data": data}
        producer.produce(topic, orjson.dumps(event), timestamp=NOW - ago, partition=number % 2)
    assert producer.flush(30.0) == 0
    yield broker.address
    broker.stop()


def read(broker: str, order: str, **bounds: Any) -> JourneyReading:
    sources = JourneySources(Connection(broker), "pharos")
    return JourneySearch(sources, Subject(SubjectKind.ORDER, order), JourneyBounds(**bounds), NOW).run()


def types(reading: JourneyReading) -> list[str]:
    return [event.type for event in sorted(reading.events, key=lambda event: event.time)]


def test_a_recent_order_costs_two_days_of_records(own_kafka: str) -> None:
    reading = read(own_kafka, "NEW")

    assert types(reading) == ["order.created", "parcel.scanned", "parcel.collected"]
    assert reading.stopped is Stopped.BEGINNING
    assert reading.records < OTHERS * 3 // 60


def test_an_old_order_is_found_in_its_days_without_those_before_the_45th(own_kafka: str) -> None:
    reading = read(own_kafka, "OLD")

    assert types(reading) == ["order.created", "parcel.scanned", "parcel.collected"]
    assert reading.stopped is Stopped.COMPLETE
    assert OTHERS // 2 < reading.records < OTHERS * 46 // 60 + 20


def test_an_order_older_than_the_days_that_are_asked_for_is_not_found(own_kafka: str) -> None:
    reading = read(own_kafka, "OLD", days=20)

    assert (types(reading), reading.stopped) == ([], Stopped.COMPLETE)
