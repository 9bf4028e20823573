"""What stands around the workers: source topics, a producer, and how far the commits have come."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import confluent_kafka
import msgspec
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from streams.records.verdicts import TickVerdicts
from streams.topics.names import CASES_TOPIC, CELLS_TOPIC
from tests.kafka.crash.comparison import COMPARED_TO_MS
from tests.kafka.crash.crash_load import CLOSES_MS, TOPICS
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from tests.kafka.crash.comparison import Load
    from tests.kafka.crash.fleet import Fleet

DECIDED_MS = CLOSES_MS - 120_000
ANY_TIME = {
    "retention.ms": "-1",
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": str((1 << 63) - 1),
}


def create_sources(address: str, partitions: int, copies: int = 1) -> None:
    """The six topics and that of the sales, which keep records of any time."""
    admin = AdminClient({"bootstrap.servers": address})
    wanted = [NewTopic(topic, partitions, copies, config=ANY_TIME) for topic in TOPICS]
    for made in admin.create_topics(wanted).values():
        made.result(30.0)


class Feed:
    """Produces a load from a thread, at an even pace, whatever happens to the broker.

    Args:
        seconds: how long all of it takes, where the broker takes it.
        allowed: how many records may be sent before `allow` says more; None: all.

    """

    def __init__(self, address: str, load: Load, seconds: float, allowed: int | None = None) -> None:
        self._allowed = load.events if allowed is None else allowed
        self._address = address
        self._load = load
        self._pace = load.events / seconds
        self._unsent = load.events
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send no more."""
        self._over = True
        self._thread.join(60.0)

    def allow(self, events: int) -> None:
        """So many in all may be sent now."""
        self._allowed = events

    def join(self, limit_s: float = 60.0) -> None:
        """Wait until the broker has taken all of it."""
        self._thread.join(limit_s)
        assert self._unsent == 0, f"{self._unsent} records were not taken by the broker"

    def _run(self) -> None:
        producer = confluent_kafka.Producer(
            {"bootstrap.servers": self._address, "enable.idempotence": True, "linger.ms": 20, "log_level": 0,
             "compression.type": "lz4", "delivery.timeout.ms": 300_000}
        )  # fmt: skip
        began = time.monotonic()
        for number, record in enumerate(self._load.records()):
            if self._over:
                break
            if number == self._load.events - len(TOPICS) * self._load.partitions:
                producer.flush(240.0)  # the last records lie hours ahead: none may overtake another
            while number >= self._allowed and not self._over:
                producer.poll(0.05)
                began += 0.05
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
                time.sleep(max(0.0, began + number / self._pace - time.monotonic()))
        self._unsent = producer.flush(240.0)


def committed(address: str, group: str, partitions: int) -> int:
    """How many source records the commits cover; -1 when nobody says."""
    return commits(address, group, [TopicPartition(topic, number) for topic in TOPICS for number in range(partitions)])


def commits(address: str, group: str, tps: list[TopicPartition]) -> int:
    """The sum of the committed offsets; -1 when nobody says."""
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": group, "log_level": 0})
    try:
        return sum(max(tp.offset, 0) for tp in consumer.committed(tps, 10.0))
    except confluent_kafka.KafkaException:
        return -1
    finally:
        consumer.close()


def wait_for_commits(
    address: str, group: str, load: Load, fleet: Fleet, limit_s: float, *, events: int | None = None
) -> int:
    """Until so many records are waiting, or all; what has ended is started again meanwhile. Returns how many."""
    wanted = load.events if events is None else events
    deadline = time.monotonic() + limit_s
    progress = 0
    while time.monotonic() < deadline:
        fleet.tend()
        progress = committed(address, group, load.partitions)
        if progress >= wanted:
            return progress
        time.sleep(0.5)
    raise AssertionError(f"not counted within {limit_s:.0f} s: {progress} of {wanted}")


def wait_for_the_cases(address: str, cells_partitions: int, fleet: Fleet, limit_s: float = 300.0) -> None:
    """Until every partition of cases has decided all of the load, and written what it counts."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        fleet.tend()
        headers = [
            msgspec.msgpack.decode(message.value(), type=_Header)
            for number in range(cells_partitions)
            for message in visible(address, CELLS_TOPIC, number)
        ]
        decided = {one.partition for one in headers if one.topic == CASES_TOPIC and one.watermark > DECIDED_MS}
        if len(decided) == cells_partitions:
            return
        time.sleep(2.0)
    raise AssertionError("the cases are not decided up to the end of the load")


class _Header(msgspec.Struct, array_like=True):
    """How records of pharos-cells begin."""

    topic: str
    partition: int
    next_offset: int
    watermark: int


def wait_for_the_desk(address: str, group: str, cells_partitions: int, fleet: Fleet, limit_s: float = 300.0) -> None:
    """Until every tick that is compared has been delivered, handled and committed, and all cases are decided."""
    wait_for_the_cases(address, cells_partitions, fleet, limit_s)
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        fleet.tend()
        last: dict[int, int] = {}
        for message in visible(address, "pharos-verdicts"):
            tick = msgspec.json.decode(message.value(), type=TickVerdicts)
            if tick.time >= COMPARED_TO_MS:
                last.setdefault(tick.partition, message.offset())
        if len(last) == cells_partitions:
            handled = commits(address, group, [TopicPartition("pharos-verdicts", 0)])
            if handled > max(last.values()):
                return
        time.sleep(1.0)
    raise AssertionError("the ticks do not get to the end of the load")
