"""The same records give the same anomalies, live as in a backtest."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import pytest

from streams.broker.connection import Connection
from streams.broker.embedded import EmbeddedBroker
from streams.offline.headway import Headway
from streams.records.anomaly import Change
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.wanted import embedded_topics
from tests.support.shop_evening import PARTITIONS, Evening, Told, assert_worth_comparing, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.embedded


@pytest.fixture
def broker() -> Iterator[str]:
    with EmbeddedBroker(0, embedded_topics(Settings(cells_partitions=2), PARTITIONS)) as running:
        yield running.address


@pytest.fixture(scope="module")
def evening() -> Evening:
    """Nobody changes it."""
    return Evening()


@pytest.fixture(scope="module")
def judged(evening: Evening) -> tuple[list[Told], dict[str, int]]:
    """What a backtest makes of it."""
    return evening.backtest()


async def test_a_replay_at_full_speed_gives_what_a_backtest_gives(
    evening: Evening, judged: tuple[list[Told], dict[str, int]], broker: str, tmp_path: Path
) -> None:
    expected, outcomes = judged
    assert_worth_comparing(expected)
    settings = settings_for(evening, broker, str(tmp_path), transactions=False)
    headway = Headway(Connection(broker), settings.app)
    headway.begin(dict.fromkeys(SOURCE_TOPICS, PARTITIONS))

    found, counted = await evening.live(settings, 0.0, 240.0, headway)
    headway.close()

    assert found == expected
    assert counted == outcomes


async def test_feedback_acts_in_a_replay_at_full_speed_as_in_a_backtest(
    evening: Evening, judged: tuple[list[Told], dict[str, int]], broker: str, tmp_path: Path
) -> None:
    without, _ = judged
    evening = copy(evening)
    evening.lines = list(evening.lines)
    first, *_, last = [told for told in without if told.change is Change.OPENED]
    evening.take_feedback(first, "expected", first.decided_at + 90_000)
    evening.take_feedback(last, "false_alarm", last.decided_at + 90_000)
    expected, outcomes = evening.backtest()
    assert expected != without
    settings = settings_for(evening, broker, str(tmp_path), transactions=False)

    found, counted = await evening.live(settings, 0.0, 240.0)

    assert found == expected
    assert counted == outcomes
