"""A replay waits where the embedded broker would drop what the workers have not read."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Consumer, TopicPartition

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.offline.headway import Headway, Sent
from streams.offline.replay import Never

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.embedded

PLACE = ("orders", 0)


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(0, {"orders": 1}) as running:
        yield running


def headway(broker: EmbeddedBroker, group: str, patience_s: float) -> Headway:
    made = Headway(Connection(broker.address), group, patience_s, room_bytes=1_000)
    made.begin({"orders": 1})
    return made


def test_what_fits_is_sent_without_asking(broker: EmbeddedBroker) -> None:
    ahead = headway(broker, "nobody", 30.0)
    began = time.monotonic()

    ahead.wait({PLACE: Sent(10, 1_000)}, Never())

    assert time.monotonic() - began < 1.0
    ahead.close()


def test_it_goes_on_when_the_group_has_committed(broker: EmbeddedBroker) -> None:
    ahead = headway(broker, "workers", 30.0)
    done = threading.Event()

    def wait() -> None:
        ahead.wait({PLACE: Sent(20, 2_000)}, Never())
        done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not done.wait(0.3)
    worker = Consumer({"bootstrap.servers": broker.address, "group.id": "workers"})
    worker.commit(offsets=[TopicPartition("orders", 0, 10)], asynchronous=False)
    assert done.wait(5.0)
    thread.join()
    worker.close()
    ahead.close()


def test_it_says_so_and_sends_on_where_nobody_reads(broker: EmbeddedBroker, caplog: pytest.LogCaptureFixture) -> None:
    ahead = headway(broker, "gone", 0.2)
    with caplog.at_level(logging.WARNING, logger="streams.offline.headway"):
        ahead.wait({PLACE: Sent(20, 2_000)}, Never())
    began = time.monotonic()
    ahead.wait({PLACE: Sent(40, 4_000)}, Never())

    assert "group gone does not read orders-0" in caplog.text
    assert time.monotonic() - began < 0.2
    ahead.close()
