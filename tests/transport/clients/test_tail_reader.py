"""Reading the end of a topic, on the embedded broker."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import confluent_kafka
import pytest

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.transport.clients.tail_reader import TailReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

pytestmark = pytest.mark.embedded
LIMIT_S = 20.0


class Taken:
    """What came."""

    def __init__(self) -> None:
        self.values: list[bytes | None] = []
        self.headers: list[Iterable[tuple[str, bytes | None]]] = []
        self.skipped = 0
        self.refused: bool | None = None

    def take(self, headers: Iterable[tuple[str, bytes | None]], value: bytes | None, at_ms: int) -> None:
        assert at_ms == 1_000_000
        self.headers.append(headers)
        self.values.append(value)

    def skip(self, count: int) -> None:
        self.skipped += count

    def refuse(self, *, refused: bool) -> None:
        self.refused = refused


def produce(address: str, numbers: Iterable[int]) -> None:
    producer = confluent_kafka.Producer({"bootstrap.servers": address, "linger.ms": 1})
    for number in numbers:
        producer.produce("letters", b"%d" % number, timestamp=1_000_000, headers=[("pharos-reason", b"not_json")])
    assert producer.flush(10.0) == 0


@contextlib.asynccontextmanager
async def reading(address: str, taken: Taken, tail: int) -> AsyncIterator[None]:
    task = asyncio.create_task(TailReader(Connection(address), "letters", taken, tail).run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.05)


async def test_it_begins_near_the_end_and_goes_along() -> None:
    taken = Taken()
    with EmbeddedBroker(0, {"letters": 1}) as broker:
        produce(broker.address, range(30))
        async with reading(broker.address, taken, 10):
            await until(lambda: len(taken.values) == 10)
            produce(broker.address, range(30, 35))
            await until(lambda: len(taken.values) == 15)

    assert taken.values == [b"%d" % number for number in range(20, 35)]
    assert list(taken.headers[0]) == [("pharos-reason", b"not_json")]
    assert (taken.skipped, taken.refused) == (0, False)


async def test_what_comes_faster_than_it_looks_is_passed_over_and_counted() -> None:
    taken = Taken()
    with EmbeddedBroker(0, {"letters": 1}) as broker:
        produce(broker.address, range(5))
        async with reading(broker.address, taken, 100):
            await until(lambda: len(taken.values) == 5)
            produce(broker.address, range(5, 4_000))
            await until(lambda: bool(taken.values) and taken.values[-1] == b"3999")

    assert len(taken.values) + taken.skipped == 4_000
    assert taken.skipped > 0
