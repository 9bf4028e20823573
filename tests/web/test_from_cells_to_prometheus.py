"""The real merge partition and evaluators, seen through the metrics endpoint and the board."""

from __future__ import annotations

import numpy as np
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from streams.catalogue.load import Catalogue, load
from streams.catalogue.metric import Component
from streams.cells.record import SLOT_MS, CellsRecord, MetricCells
from streams.evaluation.metric_evaluator import MetricEvaluator
from streams.merge.partition import MergePartition
from streams.register.register import Register
from streams.settings.settings import Settings
from streams.web.board import Board
from streams.web.exposition import Exposition
from streams.web.merge_readings import MergeCollector, judged

METRIC = load().by_name["payment_success"]
START = 1_794_326_400_000


def test_cells_become_values_for_prometheus_and_points_on_the_board() -> None:
    catalogue = Catalogue.of((METRIC,))
    settings = Settings(cells_partitions=1)
    merge = MergePartition(catalogue, 0, {"orders": 1}, settings, lambda metric: MetricEvaluator(metric, settings))
    board = Board(Register(catalogue.metrics), catalogue.metrics, ("orders",), settings.timezone)
    whole, method = METRIC.scopes.index(()), METRIC.scopes.index(("payment_method",))
    scopes = [(whole, ()), (method, ("alipay",))]
    slots = np.arange(START // SLOT_MS, START // SLOT_MS + 90).tolist()
    for slot in slots:
        cells = MetricCells(
            metric=METRIC.key(),
            scopes=scopes,
            scope=[0, 1, 0, 1],
            component=[Component.NUMERATOR, Component.NUMERATOR, Component.DENOMINATOR, Component.DENOMINATOR],
            slot=[slot] * 4,
            late=[0] * 4,
            value=[90, 45, 100, 50],
        )
        merge.apply(CellsRecord("orders", 0, slot, (slot + 1) * SLOT_MS, catalogue.hash, [cells]))
        for tick in merge.advance():
            board.tick(tick)
    registry = CollectorRegistry()
    registry.register(MergeCollector(merge.readings))
    exposition = Exposition(registry, lambda: judged(merge.readings()), board.open_anomalies, catalogue.metrics)
    text = b"".join(exposition.render()[1]).decode()
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}
    values = {sample.labels["payment_method"]: sample.value for sample in families["pharos_payment_success_ratio"]}

    assert values == {"": 0.9, "alipay": 0.9}
    assert families["pharos_cells_waiting"][0].value == 0
    assert board.view(START)["metrics"][0]["points"][-1].value == 0.9
