"""Anomaly, rule, approval, webhook, and what the business system says: through one worker on the embedded broker."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from streams.broker.embedded import EmbeddedBroker
from streams.records.action import Taken
from streams.records.action_event import encode as encode_action
from streams.records.anomaly_event import encode, key
from streams.settings.settings import LinkageMatch, LinkageRule, LinkageWebhook, Settings
from streams.topics.wanted import embedded_topics
from tests.support.embedded_workers import opened_now, produce, until, worker

if TYPE_CHECKING:
    from pathlib import Path

    from streams.app.system import System

pytestmark = pytest.mark.embedded
TOKEN = "operator-token-of-these-tests"
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
PAYMENTS = LinkageMatch(metrics=("payment_success",))
PAUSE = LinkageRule(
    "pause",
    "campaign.pause",
    PAYMENTS,
    approval="operator",
    webhook=LinkageWebhook(url_env="LINKAGE_URL", secret_env="LINKAGE_SECRET"),
)
RULES = (PAUSE, LinkageRule("tell-crm", "customers.tell", PAYMENTS))


def lines(system: System) -> list[str]:
    found = system.board.anomaly("f1")
    entries: list[Any] = found[1] if found else []
    return [
        ":".join(filter(None, [getattr(e, "step", ""), getattr(e, "action", ""), getattr(e, "outcome", "")]))
        for e in entries
    ]


def sample(system: System, name: str, **labels: str) -> float | None:
    return system._registry.get_sample_value(name, labels)


async def test_from_the_anomaly_to_what_was_done_about_it_and_not_again_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        posted.append({"key": request.headers["Idempotency-Key"], **orjson.loads(await request.read())})
        return web.Response(status=202)

    business = web.Application()
    business.router.add_post("/", take)
    server = TestServer(business)
    await server.start_server()
    monkeypatch.setenv("LINKAGE_URL", str(server.make_url("/")))
    monkeypatch.setenv("LINKAGE_SECRET", "secret")
    tokens = tmp_path / "tokens"
    tokens.write_text(f"operator {TOKEN} name=Li Wei\n")
    linked = {"linkage": RULES, "tokens_file": str(tokens)}
    transition = opened_now(ago_s=5.0)
    records = [(topic, key(transition), encode(transition)) for topic in ("pharos-anomaly-state", "pharos-anomalies")]
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        await asyncio.to_thread(produce, broker.address, *records)
        start = partial(worker, broker.address, tmp_path / "state", "one", **linked)
        async with ClientSession() as client, start() as (one, page):
            await until(lambda: len(one.register.requests) == 2)
            async with client.post(
                f"{page}api/v1/anomalies/f1/approve", json={"note": "go"}, headers=AUTHORISED
            ) as answer:
                assert answer.status == 202, await answer.text()
            await until(lambda: "settled:campaign.pause:delivered" in lines(one))
            done = Taken(
                source="/crm", id="7", fingerprint="f1", time=transition.time + 37_000, action="campaign.paused"
            )
            await asyncio.to_thread(produce, broker.address, ("pharos-actions", b"f1", encode_action(done)))
            await until(lambda: "campaign.paused" in lines(one))
            await until(lambda: sample(one, "pharos_detection_to_action_seconds_count") == 1.0)
            counted = {
                outcome: sample(one, "pharos_linkage_total", rule="pause", outcome=outcome)
                for outcome in ("proposed", "requested", "delivered", "rejected")
            }
            told = lines(one)
        async with start() as (again, _):
            await until(lambda: lines(again) == told)
            await asyncio.sleep(2.0)
            repeated = sample(again, "pharos_detection_to_action_seconds_count")
            asked_again = [
                sample(again, "pharos_linkage_total", rule="pause", outcome=o) for o in ("proposed", "requested")
            ]
    await server.close()

    assert sorted(told[:3]) == ["", "proposed:campaign.pause", "requested:customers.tell"]
    assert told[3:] == ["approve", "requested:campaign.pause", "settled:campaign.pause:delivered", "campaign.paused"]
    assert counted == {"proposed": 1.0, "requested": 1.0, "delivered": 1.0, "rejected": 0.0}
    (post,) = posted
    assert (post["data"]["request"], post["data"]["actor"]) == (post["key"], "Li Wei")
    assert repeated == 0.0
    assert asked_again == [0.0, 0.0]
