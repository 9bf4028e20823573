"""A worker's page of journeys, with its broker."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
import confluent_kafka
import orjson
import pytest

from streams.app.new_system import new_system
from streams.app.web import serve
from streams.broker.embedded import EmbeddedBroker
from streams.records.instant import rfc3339
from streams.settings.settings import Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.wanted import embedded_topics
from streams.transport.clients.topic_writer import TopicWriter

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.embedded
TOKEN = "0123456789abcdef"


async def answer(tmp_path: Path, journey_page: Any, role: str = "") -> tuple[int, Any, str]:
    """What a worker says to who asks for the journey of TB123; and its audit log."""
    given: dict[str, Any] = {}
    if role:
        (tmp_path / "tokens").write_text(f"{role} {TOKEN}\n")
        given["tokens_file"] = str(tmp_path / "tokens")
    with EmbeddedBroker(0, embedded_topics(Settings(), 1)) as broker:
        settings = Settings(
            broker=broker.address, port=0, state_dir=str(tmp_path), journey_page=journey_page,
            audit_file=str(tmp_path / "audit.jsonl"), **given,
        )  # fmt: skip
        system = await new_system(settings)
        now = system.worker.wall.now_ms()
        event = {
            "specversion": "1.0", "id": "1", "source": "/oms", "type": "order.paid", "time": rfc3339(now - 1_000),
            "data": {"order_id": "TB123", "amount": 12.5},
        }  # fmt: skip
        producer = confluent_kafka.Producer({"bootstrap.servers": broker.address})
        producer.produce("orders", orjson.dumps(event))
        assert producer.flush(10.0) == 0
        async with contextlib.AsyncExitStack() as stack:
            address = await serve(stack, system._web_parts(TopicWriter(system._connection, ACTIONS_TOPIC).write))
            session = await stack.enter_async_context(aiohttp.ClientSession())
            headers = {"Authorization": f"Bearer {TOKEN}"} if role else {}
            async with session.get(f"{address}api/v1/journey?order=TB123", headers=headers) as response:
                return response.status, await response.json(), (tmp_path / "audit.jsonl").read_text()


async def test_who_is_on_call_sees_what_the_topics_say_and_no_log_has_the_id(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    status, body, audit = await answer(tmp_path, "with_tokens", "on-call")
    (entry,) = [orjson.loads(line) for line in audit.splitlines()]

    assert status == 200
    assert [event["type"] for event in body["events"]] == ["order.paid"]
    assert [row["state"] for row in body["deadlines"]] == ["open", "open"]
    assert entry["about"].startswith("order ")
    assert len(entry["about"]) == len("order ") + 32
    assert "TB123" not in audit + "\n".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("journey_page", "role", "status"),
    [("with_tokens", "", 403), ("always", "", 200), ("never", "admin", 403), ("always", "viewer", 403)],
)
async def test_the_settings_say_whether_journeys_are_shown(
    tmp_path: Path, journey_page: str, role: str, status: int
) -> None:
    assert (await answer(tmp_path, journey_page, role))[0] == status
