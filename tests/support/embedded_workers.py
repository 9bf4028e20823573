"""Workers in this process on an embedded broker, and an anomaly for them to tell of."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

import confluent_kafka

from streams.app.new_system import new_system
from streams.records.anomaly import Change, Transition
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from streams.app.system import System

LIMIT_S = 30.0


def opened_now(ago_s: float = 0.0, **changed: Any) -> Transition:
    """Began a minute ago, and was detected so many seconds ago."""
    now = int(time.time() * 1000)
    anomaly = sample_anomaly(rfc3339(now - 60_000), rfc3339(now - round(ago_s * 1000)), **changed)
    return Transition("t1", Change.OPENED, now, anomaly)


def produce(address: str, *records: tuple[str, bytes, bytes]) -> None:
    """Topic, key and value of each."""
    producer = confluent_kafka.Producer({"bootstrap.servers": address, "linger.ms": 5})
    for topic, name, value in records:
        producer.produce(topic, value, key=name)
    assert producer.flush(10.0) == 0


@contextlib.asynccontextmanager
async def worker(address: str, folder: Path, app: str = "", **changed: Any) -> AsyncIterator[tuple[System, str]]:
    """Each in a group of its own, which the embedded broker wants; what is read for the board is read without one."""
    settings = Settings(
        app=app or folder.name,
        broker=address,
        port=0,
        cells_partitions=1,
        state_dir=str(folder),
        session_timeout_s=6.0,
        heartbeat_interval_s=0.5,
        **{"receivers": (), "time": "events", **changed},
    )
    system = await new_system(settings, keep=True, write=lambda _: None)
    async with system.running() as page:
        yield system, page


async def until(condition: Callable[[], bool]) -> None:
    """Within half a minute."""
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.05)
