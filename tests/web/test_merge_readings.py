"""What the merge partitions hold, as Prometheus is told it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from detectors.judgement import Reason, nothing
from streams.catalogue.load import load
from streams.evaluation.readings import Latest
from streams.web.merge_readings import MergeCollector, judged

CATALOGUE = load()


@pytest.fixture
def reading() -> Any:
    """Judged, warming up with a value, with too little of anything, and judged by a stock without any case."""
    judgement = nothing(4)
    judgement.value[:2] = (0.0, 0.4)
    judgement.exposure[:2] = (200, 5)
    judgement.expected[[0, 3]] = 0.9
    judgement.score[0] = 12.0
    judgement.reason[:] = (Reason.CLIFF, Reason.WARMING_UP, Reason.INSUFFICIENT_EXPOSURE, Reason.NORMAL)
    scopes = [(0, ()), (1, ("a",)), (1, ("b",)), (1, ("c",))]
    return SimpleNamespace(
        metric=CATALOGUE.by_name["collection_24h"],
        latest=Latest(scopes, judgement, whole=0, interval=(0.0, 0.0188)),
        scopes=[*scopes, (1, ("newer",))],
        waiting=7,
        dropped=2,
        expired=5,
        lean=(),
        skipped=SimpleNamespace(malformed=0, too_far=0, behind=3, missed=0, negative=1),
    )


def test_a_judged_zero_is_a_value_and_an_unjudged_one_is_no_data(reading: Any) -> None:
    (found,) = judged([reading])

    assert found.scopes == reading.latest.scopes
    np.testing.assert_array_equal(found.value, [0.0, 0.4, np.nan, np.nan])


def test_what_was_not_judged_has_neither_expectation_nor_score(reading: Any) -> None:
    (found,) = judged([reading])

    np.testing.assert_array_equal(found.expected, [0.9, np.nan, np.nan, 0.9])
    np.testing.assert_array_equal(found.score, [12.0, np.nan, np.nan, 0.0])


def test_a_gauge_that_was_told_is_a_value_though_it_is_zero_and_not_judged(reading: Any) -> None:
    reading.metric = CATALOGUE.by_name["queue_waiting"]
    reading.latest.judgement.value[:] = 0.0
    reading.latest.judgement.exposure[:] = (1, 0, 1, 0)
    reading.latest.judgement.reason[:] = Reason.WARMING_UP
    (found,) = judged([reading])

    np.testing.assert_array_equal(found.value, [0.0, np.nan, 0.0, np.nan])


def test_what_was_not_judged_has_no_band(reading: Any) -> None:
    reading.latest.judgement.lower[:] = 0.8
    reading.latest.judgement.upper[:] = 1.0
    (found,) = judged([reading])

    np.testing.assert_array_equal(found.lower, [0.8, np.nan, np.nan, 0.8])
    np.testing.assert_array_equal(found.upper, [1.0, np.nan, np.nan, 1.0])


def test_the_interval_is_that_of_the_whole_and_goes_where_there_is_no_value(reading: Any) -> None:
    (found,) = judged([reading])
    reading.latest.judgement.reason[0] = Reason.INSUFFICIENT_EXPOSURE
    (unseen,) = judged([reading])

    np.testing.assert_array_equal(found.high, [0.0188, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(unseen.high, np.full(4, np.nan))


def test_what_the_last_sale_had_is_that_of_the_whole(reading: Any) -> None:
    (without,) = judged([reading])
    reading.latest = reading.latest._replace(last_sale=0.5)
    (found,) = judged([reading])

    np.testing.assert_array_equal(found.last_sale, [0.5, np.nan, np.nan, np.nan])
    assert np.isnan(without.last_sale).all()


def test_cells_that_are_not_shown_are_counted_by_reason(reading: Any) -> None:
    registry = CollectorRegistry()
    registry.register(MergeCollector(lambda: [reading]))
    metric = {"metric": "collection_24h"}
    value = registry.get_sample_value

    assert value("pharos_cells_waiting", metric) == 7
    assert value("pharos_cells_skipped_total", {**metric, "reason": "negative"}) == 1
    assert value("pharos_cells_dropped_total", metric) == 2
    assert value("pharos_deadlines_expired", metric) == 5
    assert value("pharos_cells_skipped_total", {**metric, "reason": "behind"}) == 3
