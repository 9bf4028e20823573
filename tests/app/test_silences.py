"""A silence made at one worker is obeyed by another that notifies, by one that starts later, and ended by a third."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
import pytest
from aiohttp import ClientSession

from streams.broker.embedded import EmbeddedBroker
from streams.records.action import Taken
from streams.records.action_event import encode as encode_action
from streams.records.anomaly_event import encode, key
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics
from tests.support.embedded_workers import opened_now, produce, until, worker

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.embedded


def silence_made(name: str, now: int, matcher: str) -> Taken:
    return Taken(
        source="/pharos/api",
        id=name,
        fingerprint=f"silence/{name}",
        time=now,
        action="silence",
        actor="li",
        until=now + 3_600_000,
        matchers=(matcher,),
    )


async def test_a_silence_is_obeyed_by_whichever_worker_notifies_until_it_is_ended_at_any(tmp_path: Path) -> None:
    transition = opened_now(fingerprint="a1b2c3")
    order = {"specversion": "1.0", "id": "1", "source": "/s", "type": "order.created", "time": rfc3339(transition.time)}
    event = orjson.dumps({**order, "data": {"order_id": "1"}})
    name, value = key(transition), encode(transition)
    standing = [
        ("pharos-actions", b"silence/" + silence, encode_action(silence_made(silence.decode(), transition.time, match)))
        for silence, match in ((b"slow", "metric=~" + ".?" * 60 + r"\d"), (b"refused", "metric=~(?!p).*"))
    ]
    wanted = {"matchers": ["metric=payment_success"], "actor": "li", "reason": "bank works", "minutes": 60}
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        # An order lets the worker's clock run. Neither silence may hold a worker that reads it.
        await asyncio.to_thread(produce, broker.address, ("orders", b"", event), *standing)
        async with ClientSession() as client, worker(broker.address, tmp_path / "one") as (one, page):
            async with client.post(f"{page}api/v1/silences", json=wanted) as answer:
                made = await answer.json()
            await until(lambda: one.register.silences.get(made["id"]) is not None)
        assert answer.status == 202
        assert {silence.id for silence in one.register.silences.all()} == {"slow", made["id"]}

        records = (("pharos-anomalies", name, value), ("pharos-anomaly-state", name, value))
        async with ClientSession() as client, worker(broker.address, tmp_path / "two") as (two, page):
            await asyncio.to_thread(produce, broker.address, *records)
            await until(lambda: two.board.anomaly("a1b2c3") is not None)
            await asyncio.sleep(2.0)  # in which it would have been told
            quiet = list(two.notifications)
            async with client.get(f"{page}api/v1/anomalies/a1b2c3") as found:
                silenced = (await found.json())["silenced"]
            async with client.delete(f"{page}api/v1/silences/{made['id']}", json={"actor": "wang"}) as ended:
                assert ended.status == 202
            await until(lambda: len(two.notifications) > 0)
            await asyncio.sleep(1.0)

    assert silenced == [made["id"]]
    assert quiet == []
    assert [told.title.partition("]")[0] for told in two.notifications] == ["[silence over, CRITICAL"]
