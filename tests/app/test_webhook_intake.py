"""A worker takes webhooks: what is posted lies on the raw topic, and a secret that is missing stops the start."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

import confluent_kafka
import pytest
from aiohttp import ClientSession

from streams.app.new_system import new_system
from streams.broker.embedded import EmbeddedBroker
from streams.settings.mapping import MappingRule, MappingSettings, SignatureSettings
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import Settings
from streams.topics.wanted import embedded_topics
from tests.support.embedded_workers import LIMIT_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.embedded
TOPIC = "pharos-raw-shopify"
BODY = b'{"id": 820982911946154508, "at": "2026-11-11T00:00:01+08:00"}'
RULE = MappingRule(type="order.paid", id="text(id)", source="'/shop'", time="at", data={"order_id": "text(id)"})
SHOPIFY = SignatureSettings("X-Shopify-Hmac-Sha256", secret_env="SHOPIFY_SECRET")
MAPPINGS = {
    "shopify": MappingSettings(signature=SHOPIFY, events=(RULE,)),
    "rows": MappingSettings(intake=False, topics=("rows",), events=(RULE,)),
}
SIGNED = {"X-Shopify-Hmac-Sha256": hmac.digest(b"shared", BODY, hashlib.sha256).hex()}


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1, mappings=MAPPINGS), 1)) as started:
        yield started


def settings_of(broker: EmbeddedBroker, folder: Path) -> Settings:
    return Settings(
        app=folder.name,
        broker=broker.address,
        port=0,
        cells_partitions=1,
        state_dir=str(folder),
        receivers=(),
        time="events",
        flush_interval_s=0.2,
        session_timeout_s=6.0,
        heartbeat_interval_s=0.5,
        mappings=MAPPINGS,
    )


def read(address: str, count: int) -> list[Any]:
    consumer = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": "reader"})
    consumer.assign([confluent_kafka.TopicPartition(TOPIC, 0, 0)])
    messages = [consumer.poll(10.0) for _ in range(count)]
    consumer.close()
    return messages


async def metrics(client: ClientSession, page: str) -> str:
    async with client.get(f"{page}metrics") as answer:
        return await answer.text()


def read_so_far(exposed: str) -> list[float]:
    """Records of the raw topic that were counted, and that were duplicates."""
    found = {}
    for line in exposed.splitlines():
        name, _, value = line.rpartition(" ")
        found[name] = value
    return [
        float(found.get(f'pharos_records_total{{outcome="{outcome}",topic="{TOPIC}"}}', 0))
        for outcome in ("counted", "duplicate")
    ]


async def test_a_signed_webhook_lies_on_its_raw_topic_when_it_is_answered_and_counts_once(
    broker: EmbeddedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPIFY_SECRET", "shared")
    system = await new_system(settings_of(broker, tmp_path), write=lambda _: None)
    before = int(time.time() * 1000)
    statuses = []
    async with system.running() as page, ClientSession() as client:
        for path, headers in (("shopify", SIGNED), ("shopify", SIGNED), ("shopify", {}), ("rows", SIGNED)):
            async with client.post(f"{page}intake/{path}", data=BODY, headers=headers) as answer:
                statuses.append(answer.status)
        exposed = await metrics(client, page)
        async with asyncio.timeout(LIMIT_S):
            while sum(read_so_far(exposed)) < 2:
                await asyncio.sleep(0.2)
                exposed = await metrics(client, page)
    messages = await asyncio.to_thread(read, broker.address, 2)

    assert statuses == [200, 200, 401, 404]
    assert [message.value() for message in messages] == [BODY, BODY]
    assert len({message.key() for message in messages}) == 1
    assert all(before - 60_000 <= message.timestamp()[1] <= time.time() * 1000 + 60_000 for message in messages)
    assert 'pharos_intake_total{mapping="shopify",outcome="taken"} 2.0' in exposed
    assert 'pharos_intake_total{mapping="shopify",outcome="unsigned"} 1.0' in exposed
    assert 'mapping="rows"' not in exposed
    assert read_so_far(exposed) == [1.0, 1.0]


async def test_a_secret_that_is_missing_stops_the_start_and_is_named(
    broker: EmbeddedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOPIFY_SECRET", raising=False)
    system = await new_system(settings_of(broker, tmp_path), write=lambda _: None)

    with pytest.raises(ConfigurationError, match=r"mappings\.shopify\.signature: the variable SHOPIFY_SECRET is not"):
        async with system.running():
            pass
