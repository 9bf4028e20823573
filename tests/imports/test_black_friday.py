"""Real orders down the whole road: import, ingest, merge, detectors, incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.backtest import Backtest, for_scenario
from streams.catalogue.load import Catalogue, load
from streams.events_file import read
from streams.imports.olist import import_olist
from streams.merge.ticks import milliseconds
from streams.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.data
def test_black_friday_2017_is_flagged_on_its_day(evaluation_data: Path, tmp_path: Path) -> None:
    import_olist(evaluation_data / "olist").write(tmp_path / "olist.jsonl")
    scenario, lines = read(tmp_path / "olist.jsonl")
    # From noon on, when nothing is flagged yet: every judged day costs 8,640 ticks.
    scenario["evaluate_from"] = "2017-11-24T12:00:00-02:00"
    # Four months before are enough to know the shop.
    from_ms, end_ms = milliseconds("2017-07-24T00:00:00-03:00"), milliseconds("2017-11-24T17:00:00-02:00")
    # Each metric learns from every quarter of an hour: those of the order are enough here.
    orders = [metric for metric in load().metrics if metric.touchpoint == "order"]
    run = Backtest(Catalogue.of(orders), for_scenario(Settings(), scenario), partitions=2)
    for line in lines:
        if from_ms <= line.at_ms < end_ms:
            run.add(line)
    run.finish()

    flagged = [t.anomaly for t in run.transitions if t.anomaly.metric == "orders_created"]
    assert flagged
    assert flagged[0].scope == {}
    assert flagged[0].direction == "up"
    assert flagged[0].detected_at < "2017-11-25T02:00"
