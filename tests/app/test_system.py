"""What a worker makes of the broker that it finds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import aiohttp
import pytest
from faust.types import TP

from streams.app.new_system import new_system
from streams.app.system import System
from streams.app.web import serve
from streams.broker.embedded import EmbeddedBroker
from streams.catalogue.load import load
from streams.ingest.flush import Flush
from streams.ingest.outcome import Outcome
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.wanted import embedded_topics
from streams.transport.clients.topic_writer import TopicWriter
from tests.support.embedded_workers import produce, until, worker

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.embedded
@pytest.mark.parametrize(("asked", "used"), [(20_000, 2_000), (500, 500)])
async def test_on_the_embedded_broker_nothing_is_promised_that_it_does_not_keep(
    tmp_path: Path, asked: int, used: int
) -> None:
    with EmbeddedBroker(0, embedded_topics(Settings(), 1)) as broker:
        system = await new_system(
            Settings(broker=broker.address, state_dir=str(tmp_path), dedup_records=asked, transactions=True)
        )

    assert not system.settings.transactions
    assert system.settings.dedup_records == used
    assert system.settings.state_dir.startswith(f"{tmp_path}/embedded-")


@pytest.mark.parametrize(("behind_proxy", "status"), [(True, 200), (False, 403)])
async def test_what_a_proxy_forwards_is_answered_where_the_settings_name_a_proxy(
    tmp_path: Path, behind_proxy: bool, status: int
) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text("viewer 0123456789abcdef\n")
    settings = Settings(port=0, tokens_file=str(tokens), behind_proxy=behind_proxy, state_dir=str(tmp_path))
    system = System(settings, load(), dict.fromkeys(SOURCE_TOPICS, 1))
    headers = {"Authorization": "Bearer 0123456789abcdef", "X-Forwarded-For": "192.0.2.7"}

    async with contextlib.AsyncExitStack() as stack:
        address = await serve(stack, system._web_parts(TopicWriter(system._connection, ACTIONS_TOPIC).write))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.get(f"{address}api/v1/session", headers=headers) as answer:
            assert answer.status == status


async def test_names_that_were_cut_are_counted_for_prometheus(tmp_path: Path) -> None:
    system = System(Settings(state_dir=str(tmp_path)), load(), dict.fromkeys(SOURCE_TOPICS, 1))
    flush = Flush(1, 0, 0, {}, [], {Outcome.COUNTED: 2}, {}, {"store": 2})
    system.counts.flushed(TP("orders", 0), flush)

    cut = {"topic": "orders", "dimension": "store"}
    assert system._registry.get_sample_value("pharos_long_values_total", cut) == 2


@pytest.mark.parametrize(("app", "named"), [("pharos", ""), ("east", "east")])
async def test_receivers_know_their_installation_where_it_is_not_the_default_one(
    tmp_path: Path, app: str, named: str
) -> None:
    settings = Settings(app=app, state_dir=str(tmp_path))
    agent = System(settings, load(), dict.fromkeys(SOURCE_TOPICS, 1))._notify_agent()

    async with aiohttp.ClientSession() as session:
        assert agent._receiver_context(settings.receivers[0], session).installation == named


@pytest.mark.parametrize(("clock", "hours"), [("live", 0), ("events", 3)])
async def test_a_silence_of_an_hour_stands_on_a_worker_whose_newest_record_is_three_hours_old(
    clock: Literal["live", "events"], hours: int, tmp_path: Path
) -> None:
    now = round(time.time() * 1000)
    system = System(Settings(time=clock, state_dir=str(tmp_path)), load(), dict.fromkeys(SOURCE_TOPICS, 1))

    system.worker.clock.observe(now - 3 * 3_600_000)

    assert abs((system.clocks.alerting_now_ms() or 0) + hours * 3_600_000 - now) < 60_000


@pytest.mark.embedded
async def test_wrong_clocks_hold_up_nothing_and_show_at_once(tmp_path: Path) -> None:
    """One event of 1970 first, a producer a day ahead, and right orders among them."""
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=1), 1)) as broker:
        async with worker(broker.address, tmp_path / "one", time="live", idle_after_s=0.5) as (system, page):
            await asyncio.to_thread(produce, broker.address, ("orders", b"", paid(0, "first")))
            await until(lambda: system.counts.outcomes.get("counted") == 1)
            moment = time.time()
            orders = [paid(moment + ahead, f"{number}") for number, ahead in enumerate([0, 86_400] * 30)]
            await asyncio.to_thread(produce, broker.address, *(("orders", b"", value) for value in orders))
            await until(lambda: system.counts.outcomes.get("dead_letter") == 30)
            await until(lambda: system.handled_ms > (moment - 120) * 1000)

            assert system.counts.outcomes["counted"] == 31
            assert system.handled_ms < (time.time() + 1) * 1000
            async with aiohttp.ClientSession() as session, session.get(f"{page}readyz") as answer:
                assert (await answer.json())["ready"]


def paid(second: float, name: str) -> bytes:
    data = f'{{"order_id":"{name}"}}'
    moment = datetime.fromtimestamp(second, UTC).isoformat()
    return (
        f'{{"specversion":"1.0","id":"{name}","source":"/oms","type":"order.paid","time":"{moment}","data":{data}}}'
    ).encode()
