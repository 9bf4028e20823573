"""The same records give the same anomalies, live as in a backtest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.offline.headway import Headway
from streams.records.anomaly import Change
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.wanted import embedded_topics
from tests.support.shop_evening import PARTITIONS, Evening, assert_worth_comparing, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.embedded


@pytest.fixture
def broker() -> Iterator[str]:
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=2), PARTITIONS)) as running:
        yield running.address


async def test_a_replay_at_full_speed_gives_what_a_backtest_gives(broker: str, tmp_path: Path) -> None:
    evening = Evening()
    expected, outcomes = evening.backtest()
    assert_worth_comparing(expected)
    settings = settings_for(evening, broker, str(tmp_path), transactions=False)
    headway = Headway(Connection(broker), settings.app)
    headway.begin(dict.fromkeys(SOURCE_TOPICS, PARTITIONS))

    found, counted = await evening.live(settings, 0.0, 60.0, headway)
    headway.close()

    assert found == expected
    assert counted == outcomes


async def test_feedback_acts_in_a_replay_at_full_speed_as_in_a_backtest(broker: str, tmp_path: Path) -> None:
    evening = Evening()
    without, _ = evening.backtest()
    first, *_, last = [told for told in without if told.change is Change.OPENED]
    evening.take_feedback(first, "expected", first.decided_at + 90_000)
    evening.take_feedback(last, "false_alarm", last.decided_at + 90_000)
    expected, outcomes = evening.backtest()
    assert expected != without
    settings = settings_for(evening, broker, str(tmp_path), transactions=False)

    found, counted = await evening.live(settings, 0.0, 60.0)

    assert found == expected
    assert counted == outcomes
