"""Black Friday 2017 in a tenth of a real shop's orders: 128 where 18 a day are usual."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from streams.catalogue.metric import Direction, Metric
from streams.catalogue.term import Term
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ZONE_H = 2  # Brasilia in summer, as in November 2017
START = datetime(2017, 9, 1, ZONE_H, tzinfo=UTC)
BLACK_FRIDAY = datetime(2017, 11, 24, ZONE_H, tzinfo=UTC)


@pytest.mark.data
def test_black_friday_is_flagged_on_its_day_as_good_news(shop_of: Any, evaluation_data: Path) -> None:
    start_ms = int(START.timestamp()) * 1000
    shop = shop_of([(0, ())], 86 * 8640, start_ms)
    with gzip.open(evaluation_data / "olist" / "orders.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            local = datetime.fromisoformat(row["purchased"]).replace(tzinfo=UTC)
            slot = shop.slot(int((local + timedelta(hours=ZONE_H)).timestamp()) * 1000)
            if 0 <= slot < shop.cells.shape[2]:
                shop.cells[0, 0, slot] += 1
    metric = Metric(
        id="O1",
        name="orders_created",
        title="Orders",
        touchpoint="order",
        unit="per_minute",
        signal="count",
        direction=Direction.DOWN,
        minimum_effect=0.5,
        minimum_exposure=10,
        numerator=(Term(events=("order.created",)),),
        scopes=((),),
        windows=(3600, 86_400),
    )
    evaluator = MetricEvaluator(metric, Settings(timezone="America/Sao_Paulo"))
    friday_ms = int(BLACK_FRIDAY.timestamp()) * 1000
    shop.teach(evaluator, friday_ms - 86_400_000)

    flagged = []
    for hour in range(-24, 25):
        shop.now_ms = friday_ms + hour * 3_600_000
        verdicts, _ = evaluator.tick(shop.now_ms, shop)
        flagged += [(hour, verdict) for verdict in verdicts if verdict.score >= 1]

    assert flagged
    assert 0 < flagged[0][0] <= 24
    assert all(verdict.good and verdict.reason == "SURGE" for _, verdict in flagged)
