"""A bad answer, a rule, a ticket: through one worker on the embedded broker."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from aiohttp import web

from streams.broker.embedded import EmbeddedBroker
from streams.records.instant import rfc3339
from streams.settings.settings import LinkageWebhook, OwnerTable, Settings, SingleEventRule
from streams.topics.wanted import embedded_topics
from tests.app.support.ticket_server import ticket_server
from tests.support.embedded_workers import produce, until, worker

if TYPE_CHECKING:
    from pathlib import Path

    from streams.app.system import System

pytestmark = pytest.mark.embedded
SECRET = "secret-of-the-ticket-system"
RULE = SingleEventRule(
    "detractor",
    ("survey.answered",),
    "ticket.open",
    OwnerTable("care-desk", "store", {"flagship": "flagship-desk"}),
    where={"kind": {"equals": "nps"}, "score": {"at_most": 6}},
    note="Call back within a day.",
    webhook=LinkageWebhook(url_env="TICKETS_URL", secret_env="TICKETS_SECRET"),
)


def survey(name: str, score: int = 3, age_s: float = 0) -> tuple[str, bytes, bytes]:
    data = {
        "feedback_id": f"F-{name}", "order_id": f"TB-{name}", "kind": "nps", "score": score, "store": "flagship",
        "customer": "C-1029",
    }  # fmt: skip
    at = rfc3339(int((time.time() - age_s) * 1000))
    event = {
        "specversion": "1.0",
        "id": name,
        "source": "/surveys",
        "type": "survey.answered",
        "time": at,
        "data": data,
    }
    return "feedback", name.encode(), orjson.dumps(event)


class Tickets:
    """A ticket system that keeps what it was sent, with the time."""

    def __init__(self) -> None:
        self.posts: list[tuple[float, Any, bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.posts.append((time.time(), request.headers, await request.read()))
        return web.Response(status=201)

    @property
    def records(self) -> list[dict[str, Any]]:
        return [record for _, _, body in self.posts for record in orjson.loads(body)["data"]["records"]]


@pytest.fixture
async def tickets(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = Tickets()
    async with ticket_server(monkeypatch, found.take, SECRET):
        yield found


def counted(system: System, outcome: str) -> float | None:
    return system._registry.get_sample_value("pharos_single_events_total", {"rule": "detractor", "outcome": outcome})


async def test_a_detractor_becomes_one_ticket_whatever_is_sent_twice_and_after_a_restart(
    tmp_path: Path, tickets: Tickets, caplog: pytest.LogCaptureFixture
) -> None:
    bad = survey("bad")
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        start = partial(
            worker, broker.address, tmp_path / "state", "one", on=(RULE,), time="live", flush_interval_s=0.5,
            dedup_records=0,
        )  # fmt: skip
        async with start() as (one, _):
            sent_at = time.time()
            await asyncio.to_thread(produce, broker.address, bad, bad, survey("fan", 9), survey("old", age_s=1_000))
            await until(lambda: counted(one, "reached") == 1.0 and counted(one, "stale") == 1.0)
            outcomes = {name: counted(one, name) for name in ("asked", "known", "digest", "failed")}
            steps = [step for entry, _ in one.register.single_events.unfinished(0) for step in entry.steps]
        async with start() as (again, _):
            await asyncio.to_thread(produce, broker.address, bad, survey("next"))
            await until(lambda: counted(again, "reached") == 1.0)
            repeated = counted(again, "asked"), counted(again, "known")

    assert [record["id"] for record in tickets.records] == ["bad", "next"]
    took_s = tickets.posts[0][0] - sent_at
    assert took_s < 60
    assert outcomes == {"asked": 1.0, "known": 1.0, "digest": 0.0, "failed": 0.0}
    assert steps == []
    assert repeated[0] == 1.0
    assert (repeated[1] or 0) >= 1.0
    _, headers, body = tickets.posts[0]
    signed = headers["Pharos-Timestamp"].encode() + b"." + body
    assert headers["Pharos-Signature"] == "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == orjson.loads(body)["data"]["request"]
    (record, _) = tickets.records
    assert (record["owner"], record["scope"]) == ("flagship-desk", {"store": "flagship"})
    assert (record["ids"]["order_id"], record["ids"]["feedback_id"]) == ("TB-bad", "F-bad")
    assert record["ids"]["customer"] != "C-1029"
    assert "TB-bad" not in caplog.text
