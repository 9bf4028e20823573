"""The pipeline's own metrics, read from a fresh registry."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from streams.catalogue.load import load
from streams.telemetry.metrics import PipelineMetrics, dimensions, prometheus_name


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry, clock: Clock) -> PipelineMetrics:
    return PipelineMetrics(registry, clock)


def test_records_are_counted_by_topic_and_outcome(registry: CollectorRegistry, metrics: PipelineMetrics) -> None:
    metrics.records("orders", "counted", 5)
    metrics.records("orders", "late", 0)

    assert registry.get_sample_value("pharos_records_total", {"topic": "orders", "outcome": "counted"}) == 5
    assert registry.get_sample_value("pharos_records_total", {"topic": "orders", "outcome": "late"}) == 0


def test_the_age_of_a_commit_grows_with_the_clock(
    registry: CollectorRegistry, metrics: PipelineMetrics, clock: Clock
) -> None:
    labels = {"topic": "orders", "partition": "3"}
    metrics.committed("orders", 3)
    clock.now += 12.5
    aged = registry.get_sample_value("pharos_commit_age_seconds", labels)
    metrics.committed("orders", 3)

    assert aged == 12.5
    assert registry.get_sample_value("pharos_commit_age_seconds", labels) == 0


def test_the_way_from_event_to_publication_is_never_negative(
    registry: CollectorRegistry, metrics: PipelineMetrics
) -> None:
    metrics.published(960_000)
    metrics.published(2_000_000)

    assert registry.get_sample_value("pharos_event_to_publish_seconds_sum") == 40
    assert registry.get_sample_value("pharos_event_to_publish_seconds_count") == 2


def test_the_watermark_is_in_seconds(registry: CollectorRegistry, metrics: PipelineMetrics) -> None:
    metrics.watermark(1, 1_794_000_000_500)

    assert registry.get_sample_value("pharos_watermark_seconds", {"partition": "1"}) == 1_794_000_000.5


def test_flushes_ticks_lag_and_notifications_are_told(registry: CollectorRegistry, metrics: PipelineMetrics) -> None:
    metrics.flushed("orders", "committed", 0.02)
    metrics.cells("orders", 700)
    metrics.judged(0, 0.004)
    metrics.series(0, 81_000)
    metrics.lag("orders", 1, 17)
    metrics.notified("console", "delivered")
    value = registry.get_sample_value

    assert value("pharos_flushes_total", {"topic": "orders", "outcome": "committed"}) == 1
    assert value("pharos_cells_total", {"topic": "orders"}) == 700
    assert value("pharos_tick_seconds_sum", {"partition": "0"}) == 0.004
    assert value("pharos_series", {"partition": "0"}) == 81_000
    assert value("pharos_consumer_lag", {"topic": "orders", "partition": "1"}) == 17
    assert value("pharos_notifications_total", {"receiver": "console", "outcome": "delivered"}) == 1


def test_a_receiver_shows_nothing_sent_before_its_first_notification(
    registry: CollectorRegistry, metrics: PipelineMetrics
) -> None:
    metrics.receiver("duty", ("delivered", "dropped"))
    before = registry.get_sample_value("pharos_notifications_total", {"receiver": "duty", "outcome": "dropped"})
    metrics.notified("duty", "dropped")

    assert before == 0
    assert registry.get_sample_value("pharos_notifications_total", {"receiver": "duty", "outcome": "dropped"}) == 1


def test_the_start_of_the_process_is_told_where_the_system_says_it(
    registry: CollectorRegistry, metrics: PipelineMetrics
) -> None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells when a process started")
    started = registry.get_sample_value("process_start_time_seconds")

    assert started is not None
    assert 0 < started <= time.time() + 1


def test_a_loop_that_is_late_and_a_state_that_is_old_are_told(
    registry: CollectorRegistry, metrics: PipelineMetrics
) -> None:
    metrics.loop_lag(-0.001)
    assert registry.get_sample_value("pharos_loop_lag_seconds") == 0

    metrics.loop_lag(0.25)
    metrics.snapshot_age("pharos-cells", 2, 61.5)

    labels = {"topic": "pharos-cells", "partition": "2"}
    assert registry.get_sample_value("pharos_loop_lag_seconds") == 0.25
    assert registry.get_sample_value("pharos_snapshot_age_seconds", labels) == 61.5


def test_a_partition_that_left_is_no_longer_told(registry: CollectorRegistry, metrics: PipelineMetrics) -> None:
    labels = {"topic": "orders", "partition": "1"}
    metrics.lag("orders", 1, 17)
    metrics.committed("orders", 1)
    metrics.snapshot_age("orders", 1, 3.0)
    metrics.watermark(1, 5)
    metrics.forget_partition("orders", 1)
    metrics.forget_partition("orders", 2)
    metrics.forget_cells(1)

    assert registry.get_sample_value("pharos_consumer_lag", labels) is None
    assert registry.get_sample_value("pharos_commit_age_seconds", labels) is None
    assert registry.get_sample_value("pharos_snapshot_age_seconds", labels) is None
    assert registry.get_sample_value("pharos_watermark_seconds", {"partition": "1"}) is None


def test_every_metric_of_the_catalogue_has_a_name_of_its_own_that_ends_in_its_unit() -> None:
    names = {prometheus_name(metric): metric.unit for metric in load().metrics}

    assert len(names) == len(load().metrics)
    assert [name for name, unit in names.items() if unit != "number" and not name.endswith(f"_{unit}")] == []


def test_dimensions_never_collide_with_the_labels_of_our_own() -> None:
    used = {dimension for metric in load().metrics for dimension in dimensions(metric)}

    assert used & {"scope", "metric", "severity", "job", "instance"} == set()


def test_deliveries_are_timed_and_failures_counted_by_receiver(
    registry: CollectorRegistry, metrics: PipelineMetrics
) -> None:
    metrics.notified("duty", "digested", 37)
    metrics.delivery_took("duty", 4.0)
    metrics.delivery_took("duty", 70.0)
    metrics.delivery_failed("duty", "throttled")

    failures = registry.get_sample_value(
        "pharos_alert_delivery_failures_total", {"receiver": "duty", "reason": "throttled"}
    )
    within = [
        registry.get_sample_value("pharos_alert_delivery_seconds_bucket", {"receiver": "duty", "le": bound})
        for bound in ("2.5", "5.0", "120.0")
    ]
    assert failures == 1
    assert within == [0, 1, 2]
    assert registry.get_sample_value("pharos_notifications_total", {"receiver": "duty", "outcome": "digested"}) == 37
