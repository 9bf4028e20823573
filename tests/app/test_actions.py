"""What one worker is told over HTTP, another one shows, and so does one that starts later."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

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

    from streams.app.system import System

pytestmark = pytest.mark.embedded


def flags(system: System) -> dict[str, Any]:
    found = system.board.anomaly("a1b2c3")
    shown = system.board.shown(found[0], round(system.clocks.alerting_now_s() * 1000)) if found else {}
    return {name: shown.get(name) for name in ("acked", "snoozed", "feedback")}


async def test_an_ack_at_one_worker_is_seen_at_another_and_after_a_restart(tmp_path: Path) -> None:
    transition = opened_now(fingerprint="a1b2c3")
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        await asyncio.to_thread(produce, broker.address, ("pharos-anomaly-state", key(transition), encode(transition)))
        async with (
            ClientSession() as client,
            worker(broker.address, tmp_path / "one") as (one, page),
            worker(broker.address, tmp_path / "two") as (two, _),
        ):
            await until(lambda: all(system.board.anomaly("a1b2c3") for system in (one, two)))
            async with client.post(
                f"{page}api/v1/anomalies/a1b2c3/ack", json={"actor": "li", "note": "on it"}
            ) as answer:
                said = await answer.json()
            await until(lambda: all(flags(system)["acked"] for system in (one, two)))
            seen = [flags(system) for system in (one, two)]
        assert answer.status == 202
        assert (
            seen
            == [{"acked": {"by": "li", "until": said["until"], "note": "on it"}, "snoozed": None, "feedback": None}] * 2
        )

        theirs = Taken(source="/crm", id="7", fingerprint="a1b2c3", time=transition.time, action="coupons.sent")
        records = [b"no action", orjson.dumps({"type": "other"}), encode_action(theirs)]
        await asyncio.to_thread(produce, broker.address, *(("pharos-actions", b"a1b2c3", record) for record in records))
        async with (
            ClientSession() as client,
            worker(broker.address, tmp_path / "three") as (three, page),
        ):
            await until(lambda: flags(three) == seen[0] and len(three.register.actions) == 2)
            async with client.get(f"{page}api/v1/anomalies/a1b2c3") as found:
                lines = (await found.json())["timeline"]

    assert [line.get("action") or line["change"] for line in lines] == ["pharos.anomaly.opened", "coupons.sent", "ack"]
    assert lines[2]["id"] == said["id"]


async def test_when_a_snooze_is_over_the_worker_that_notifies_says_so_once(tmp_path: Path) -> None:
    transition = opened_now(fingerprint="a1b2c3")
    now = transition.time
    order = {"specversion": "1.0", "id": "1", "source": "/s", "type": "order.created", "time": rfc3339(now)}
    event = orjson.dumps({**order, "data": {"order_id": "1"}})
    snooze = Taken(
        source="/crm", id="7", fingerprint="a1b2c3", time=now, action="snooze", until=now + 3_000, severity="critical"
    )
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        await asyncio.to_thread(
            produce,
            broker.address,
            ("orders", b"", event),  # lets the worker's clock run
            ("pharos-actions", b"a1b2c3", encode_action(snooze)),
            ("pharos-anomaly-state", key(transition), encode(transition)),
        )
        async with worker(broker.address, tmp_path / "one") as (one, _):
            await until(lambda: bool(one.notifications))
            await asyncio.sleep(1.5)
            told = [notification.title for notification in one.notifications]

    assert len(told) == 1
    assert told[0].startswith("[snooze over, CRITICAL] ")
