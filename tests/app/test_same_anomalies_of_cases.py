"""Where one event says something of another: the same anomalies live, in a replay at any speed, and in a backtest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.offline.headway import Headway
from streams.records.anomaly import Change
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.wanted import embedded_topics
from tests.support.shop_evening import PARTITIONS, settings_for
from tests.support.shop_of_cases import METRICS, ShopOfCases

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    "speed", [pytest.param(0.0, id="speed 0"), pytest.param(60.0, id="live at speed 60", marks=pytest.mark.long)]
)
async def test_anomalies_of_cases_are_those_of_a_backtest(tmp_path: Path, speed: float) -> None:
    shop = ShopOfCases(tmp_path)
    expected, outcomes = shop.backtest()
    found_of = {change: {told.metric for told in expected if told.change is change} for change in Change}
    assert found_of[Change.OPENED] == found_of[Change.RESOLVED] == set(METRICS)

    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=2), PARTITIONS)) as broker:
        settings = settings_for(shop, broker.address, str(tmp_path / "state"), transactions=False)
        headway = Headway(Connection(broker.address), settings.app)
        headway.begin(dict.fromkeys(SOURCE_TOPICS, PARTITIONS))
        begun = time.monotonic()
        found, counted = await shop.live(settings, speed, 240.0, headway)
        headway.close()

    print(f"\n{len(shop.lines)} records, {len(found)} transitions, {time.monotonic() - begun:.0f} s")
    assert found == expected
    assert counted == outcomes
