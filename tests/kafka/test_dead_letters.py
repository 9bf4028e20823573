"""Dead letters on Apache Kafka: read for the page as transactions left them, and only with the right to."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

import pytest

from streams.broker.connection import Connection
from streams.settings.settings import SecuritySettings, Settings
from streams.topics.names import DEAD_LETTERS_TOPIC
from streams.transport.clients.tail_reader import TailReader
from streams.web.dead_letters import DeadLetterBoard
from tests.kafka.support.kafka_reading import produce_in_transaction
from tests.kafka.support.secure_kafka import PASSWORD, by_scram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

pytestmark = [
    pytest.mark.kafka,
    # A consumer of aiokafka that is stopped while it connects may leave the socket to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LIMIT_S = 25.0


class Values:
    """What came."""

    def __init__(self) -> None:
        self.taken: list[bytes | None] = []

    def take(self, _headers: Iterable[tuple[str, bytes | None]], value: bytes | None, _at_ms: int) -> None:
        self.taken.append(value)

    def skip(self, count: int) -> None:
        raise AssertionError(count)

    def refuse(self, *, refused: bool) -> None:
        assert not refused


async def read_until(reader: TailReader, condition: Callable[[], bool]) -> None:
    task = asyncio.create_task(reader.run())
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        assert not task.done(), task.exception()
        await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_an_aborted_flush_left_is_not_shown(kafka: Any, new_topic: Callable[..., str]) -> None:
    topic, values = new_topic(), Values()
    produce_in_transaction(kafka.address, topic, [b"1", b"2"], topic, commit=True)
    produce_in_transaction(kafka.address, topic, [b"no"], topic, commit=False)
    produce_in_transaction(kafka.address, topic, [b"3"], topic, commit=True)

    await read_until(TailReader(Connection(kafka.address), topic, values), lambda: b"3" in values.taken)

    assert values.taken == [b"1", b"2", b"3"]


async def test_a_worker_without_the_right_to_read_them_knows_that(secured: Any) -> None:
    address, security = by_scram(secured)
    settings = Settings(broker=address, security=SecuritySettings(**security))
    board = DeadLetterBoard()
    reader = TailReader(Connection.of(settings, {"KAFKA_PASSWORD": PASSWORD}), DEAD_LETTERS_TOPIC, board)

    await read_until(reader, lambda: board.refused)

    assert board.view()["dead_letters"] == []
