"""Whom one worker notified is known to the next, and stands on the time line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from streams.broker.embedded import EmbeddedBroker
from streams.records.anomaly import Change, Transition, Why
from streams.records.anomaly_event import encode, key
from streams.records.instant import rfc3339
from streams.settings.settings import ReceiverSettings, Settings
from streams.topics.wanted import embedded_topics
from tests.support.embedded_workers import opened_now, produce, until, worker

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.embedded

DUTY = (ReceiverSettings(name="duty", kind="console"),)


def records(transition: Transition) -> tuple[tuple[str, bytes, bytes], ...]:
    name, value = key(transition), encode(transition)
    return ("pharos-anomalies", name, value), ("pharos-anomaly-state", name, value)


async def test_a_worker_that_reads_an_opening_again_does_not_send_it_again_but_sends_the_end(tmp_path: Path) -> None:
    opened = opened_now(fingerprint="a1b2c3")
    over = replace(opened.anomaly, state="resolved", ended_at=rfc3339(opened.time + 5_000))
    resolved = Transition("t2", Change.RESOLVED, opened.time + 5_000, over, Why.RECOVERED)
    order = {"specversion": "1.0", "id": "1", "source": "/s", "type": "order.created", "time": rfc3339(opened.time)}
    event = orjson.dumps({**order, "data": {"order_id": "1"}})
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        await asyncio.to_thread(produce, broker.address, ("orders", b"", event))  # lets the worker's clock run
        async with ClientSession() as client, worker(broker.address, tmp_path / "one", receivers=DUTY) as (one, page):
            await asyncio.to_thread(produce, broker.address, *records(opened))
            await until(lambda: any(taken.action == "told" for taken in one.register.actions.of("a1b2c3")))
            async with client.get(f"{page}api/v1/anomalies/a1b2c3") as found:
                timeline = (await found.json())["timeline"]

        async with worker(broker.address, tmp_path / "two", receivers=DUTY) as (two, _):  # of another group: reads all
            await until(lambda: two.board.anomaly("a1b2c3") is not None)
            await asyncio.sleep(2.0)  # in which it would have been sent
            again = list(two.notifications)
            await asyncio.to_thread(produce, broker.address, *records(resolved))
            await until(lambda: len(two.notifications) > 0)

    assert [sent.kind for sent in one.notifications] == [Change.OPENED]
    assert [(line["action"], line["actor"], line["note"]) for line in timeline[1:]] == [("told", "pharos", "duty")]
    assert again == []
    assert [sent.kind for sent in two.notifications] == [Change.RESOLVED]
