"""Real orders down the whole road: import, ingest, merge, detectors, incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.imports.olist import import_olist

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.records.anomaly import Anomaly

pytestmark = pytest.mark.data
CATALOGUE = "marketplace.yaml"
# Ten weeks of deadlines, and the weeks before in which what falls due was ordered.
HISTORY = "2017-08-21T00:00:00-03:00"


def test_black_friday_2017_is_flagged_on_its_day_as_good_news(
    evaluation_data: Path, judged: Callable[..., list[Anomaly]]
) -> None:
    shop = import_olist(evaluation_data / "olist")

    window = ("2017-11-24T00:00:00-02:00", "2017-11-24T18:00:00-02:00")
    flagged = judged(shop, CATALOGUE, HISTORY, *window, ("orders_created",))

    assert flagged
    assert flagged[0].scope == {}
    assert flagged[0].direction == "up"
    assert flagged[0].severity == "info"
    assert flagged[0].detected_at < "2017-11-24T18:00"  # four in the afternoon there


def test_parcels_that_take_longer_after_black_friday_are_found_before_the_middle_of_december(
    evaluation_data: Path, judged: Callable[..., list[Anomaly]]
) -> None:
    shop = import_olist(evaluation_data / "olist")

    window = ("2017-12-11T18:00:00-02:00", "2017-12-12T00:00:00-02:00")
    found = judged(shop, CATALOGUE, HISTORY, *window, ("delivered_12d",))

    assert [(anomaly.metric, anomaly.severity, anomaly.direction) for anomaly in found] == [
        ("delivered_12d", "warning", "down")
    ]
    assert found[0].window_s >= 86_400


def test_broken_promises_are_found_by_themselves(evaluation_data: Path, judged: Callable[..., list[Anomaly]]) -> None:
    shop = import_olist(evaluation_data / "olist")
    # In the whole catalogue they stand behind the parcels that take longer: one bottleneck, one story.
    window = ("2017-12-18T20:00:00-02:00", "2017-12-19T02:00:00-02:00")
    found = judged(shop, CATALOGUE, HISTORY, *window, ("on_time_delivery",))

    assert [(anomaly.metric, anomaly.severity, anomaly.direction) for anomaly in found] == [
        ("on_time_delivery", "warning", "down")
    ]
    assert found[0].expected > 0.9
