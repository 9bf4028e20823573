"""The same records give the same anomalies on Apache Kafka, with transactions, at full speed and paced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.broker.connection import Connection
from streams.broker.make_topics import ensure_topics
from streams.settings.settings import SOURCE_TOPICS
from tests.support.shop_evening import PARTITIONS, Evening, assert_worth_comparing, settings_for
from tests.support.shop_of_cases import ShopOfCases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.shop_evening import Told

pytestmark = pytest.mark.kafka


@pytest.fixture
def own_kafka(kafka_run: Any, tmp_path: Path) -> Iterator[str]:
    """A broker for one test: the names of the source topics are fixed."""
    broker = kafka_run.KafkaBroker(0, tmp_path / "kafka")
    broker.start()
    ensure_topics(Connection(broker.address), dict.fromkeys(SOURCE_TOPICS, PARTITIONS))
    yield broker.address
    broker.stop()


@pytest.fixture(scope="module")
def evening() -> Evening:
    return Evening()


@pytest.fixture(scope="module")
def expected(evening: Evening) -> tuple[list[Told], dict[str, int]]:
    told, outcomes = evening.backtest()
    assert_worth_comparing(told)
    return told, outcomes


@pytest.mark.parametrize("speed", [0.0, 600.0])
async def test_a_replay_gives_what_a_backtest_gives(
    own_kafka: str, tmp_path: Path, evening: Evening, expected: tuple[list[Told], dict[str, int]], speed: float
) -> None:
    settings = settings_for(evening, own_kafka, str(tmp_path / "state"), transactions=True)

    assert await evening.live(settings, speed, 120.0) == expected


async def test_where_events_speak_of_others_it_gives_what_a_backtest_gives(own_kafka: str, tmp_path: Path) -> None:
    shop = ShopOfCases(tmp_path)
    settings = settings_for(shop, own_kafka, str(tmp_path / "state"), transactions=True)

    assert await shop.live(settings, 600.0, 180.0) == shop.backtest()
