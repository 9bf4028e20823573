"""Alerts about the flow: each keeps quiet, waits, fires and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

OF = 'job="pharos",instance="w1:6066"'
ORDERS = f'{OF},topic="orders",partition="0"'
COUNTED = f'pharos_records_total{{{OF},topic="orders",outcome="counted"}}'


@pytest.mark.parametrize(
    ("severity", "lag"),
    [("warning", 1_300), ("critical", 6_100)],
)
def test_a_backlog_is_told_in_seconds_of_work(severity: str, lag: int, assert_life: Callable[..., None]) -> None:
    # Ten records a second: 120 s of work are 1,200 records, 600 s are 6,000.
    series = {COUNTED: "0+150x100", f"pharos_consumer_lag{{{ORDERS}}}": f"0x39 {lag}x30 0x20"}

    assert_life(
        f'alertname="PharosConsumerLag",severity="{severity}"',
        series,
        {585: "quiet", 600: "pending", 885: "pending", 900: "firing", 1_050: "firing", 1_065: "quiet"},
    )


def test_a_backlog_of_a_hundred_seconds_is_no_news(assert_life: Callable[..., None]) -> None:
    series = {COUNTED: "0+150x100", f"pharos_consumer_lag{{{ORDERS}}}": "1000x100"}

    assert_life('alertname="PharosConsumerLag"', series, {600: "quiet", 1_200: "quiet"})


def test_records_that_wait_while_nothing_is_read_are_critical_and_silence_is_not(
    assert_life: Callable[..., None],
) -> None:
    waiting = {COUNTED: "500x60", f"pharos_consumer_lag{{{ORDERS}}}": "1x60"}
    silent = {COUNTED: "500x60", f"pharos_consumer_lag{{{ORDERS}}}": "0x60"}

    assert_life('alertname="PharosConsumerLag",severity="critical"', waiting, {600: "firing"})
    assert_life('alertname="PharosConsumerLag"', silent, {600: "quiet"})


def test_evaluation_that_falls_behind_is_told(assert_life: Callable[..., None]) -> None:
    lag = f'pharos_consumer_lag{{{OF},topic="pharos-cells",partition="%d"}}'
    series = {lag % 0: "0 6000x24 0x9", lag % 1: "0 6000x24 0x9"}

    assert_life(
        'alertname="PharosInternalLag",severity="warning"',
        series,
        {0: "quiet", 15: "pending", 300: "pending", 315: "firing", 375: "firing", 390: "quiet"},
    )


def test_a_partition_that_nobody_reads_is_told(assert_life: Callable[..., None]) -> None:
    lag = f'pharos_consumer_lag{{{OF},topic="orders",partition="%d"}}'
    series = {lag % 0: "0x80", lag % 1: "0x3 stale _x25 0x40"}

    assert_life(
        'alertname="PharosPartitionsUnowned",topic="orders",severity="critical"',
        series,
        {45: "quiet", 60: "pending", 345: "pending", 360: "firing", 435: "firing", 450: "quiet"},
    )


def test_a_topic_that_nobody_reads_at_all_is_told(assert_life: Callable[..., None]) -> None:
    series = {f"pharos_consumer_lag{{{ORDERS}}}": "0x3 stale _x60"}

    assert_life('alertname="PharosPartitionsUnowned",topic="orders"', series, {345: "pending", 360: "firing"})


def test_a_hand_over_in_which_two_workers_show_a_partition_is_no_news(assert_life: Callable[..., None]) -> None:
    other = ORDERS.replace("w1", "w2")
    series = {
        f"pharos_consumer_lag{{{ORDERS}}}": "0x10 stale",
        f"pharos_consumer_lag{{{other}}}": "_x8 0x80",
    }

    assert_life('alertname="PharosPartitionsUnowned"', series, {60: "quiet", 150: "quiet", 600: "quiet"})


def test_counts_that_are_not_committed_are_critical(assert_life: Callable[..., None]) -> None:
    series = {f"pharos_commit_age_seconds{{{ORDERS}}}": "0x3 75 90 105 120 135 150 165 0x5"}

    assert_life(
        'alertname="PharosCommitAge",severity="critical"',
        series,
        {75: "quiet", 90: "pending", 135: "pending", 150: "firing", 165: "quiet"},
    )


def test_a_partition_that_has_never_been_committed_is_critical(assert_life: Callable[..., None]) -> None:
    series = {
        f"pharos_consumer_lag{{{ORDERS}}}": "_ 7x40",
        f"pharos_commit_age_seconds{{{ORDERS}}}": "_x25 0x20",
        f'pharos_consumer_lag{{{OF},topic="pharos-cells",partition="0"}}': "0x40",
    }

    assert_life(
        'alertname="PharosNeverCommitted",topic="orders",severity="critical"',
        series,
        {0: "quiet", 15: "pending", 300: "pending", 315: "firing", 360: "firing", 375: "quiet"},
    )
    assert_life('alertname="PharosNeverCommitted",topic="pharos-cells"', series, {315: "quiet"})


def test_flushes_that_keep_failing_are_told(assert_life: Callable[..., None]) -> None:
    flushes = f'pharos_flushes_total{{{OF},topic="orders",outcome="%s"}}'
    series = {flushes % "broker": "0x3 1+1x50 51x40", flushes % "committed": "0+15x100"}

    assert_life(
        'alertname="PharosFlushesFailing",severity="warning"',
        series,
        {45: "quiet", 60: "pending", 645: "pending", 660: "firing", 1_200: "quiet"},
    )


def test_a_state_that_is_not_saved_is_told(assert_life: Callable[..., None]) -> None:
    age = f'pharos_snapshot_age_seconds{{{OF},topic="pharos-cells",partition="0"}}'

    assert_life(
        'alertname="PharosSnapshotAge",severity="warning"',
        {age: "0+15x45 0x9"},
        # 345 s are five snapshots and the watchdog's patience.
        {345: "quiet", 360: "pending", 645: "pending", 660: "firing", 690: "quiet"},
    )


def test_evaluation_that_stands_still_is_critical(assert_life: Callable[..., None]) -> None:
    # promtool's clock begins at 0; the second partition goes on.
    series = {
        f'pharos_watermark_seconds{{{OF},partition="0"}}': "0x35 540+15x20",
        f'pharos_watermark_seconds{{{OF},partition="1"}}': "0+15x60",
    }

    assert_life(
        'alertname="PharosWatermarkBehind",severity="critical"',
        series,
        {210: "quiet", 225: "pending", 510: "pending", 525: "firing", 540: "quiet"},
    )


def test_anomalies_that_are_published_late_are_told(assert_life: Callable[..., None]) -> None:
    bucket = f'pharos_event_to_publish_seconds_bucket{{{OF},le="%s"}}'
    series = {bucket % "60.0": "0x200", bucket % "90.0": "0x3 0+1x40 40x160", bucket % "+Inf": "0x3 0+1x40 40x160"}

    assert_life(
        'alertname="PharosPublishingSlow",severity="warning"',
        series,
        {60: "quiet", 75: "pending", 660: "pending", 675: "firing", 2_400: "firing", 2_505: "quiet"},
    )


def test_a_partition_that_is_nearly_full_of_series_is_told(assert_life: Callable[..., None]) -> None:
    series = {f'pharos_series{{{OF},partition="3"}}': "160000 160001x45 160000x4"}

    assert_life(
        'alertname="PharosSeriesNearLimit",partition="3",severity="warning"',
        series,
        {0: "quiet", 15: "pending", 600: "pending", 615: "firing", 690: "firing", 705: "quiet"},
    )


def test_a_memory_of_cases_that_is_full_is_told_for_an_hour(assert_life: Callable[..., None]) -> None:
    marks = f'pharos_case_marks_forgotten_total{{{OF},partition="%d",events="order.paid",field="customer"}}'

    assert_life(
        'alertname="PharosCasesForgotten",severity="warning"',
        {marks % 0: "0x3 100x400", marks % 1: "7x404"},
        {45: "quiet", 60: "pending", 645: "pending", 660: "firing", 3_600: "firing", 3_675: "quiet"},
    )
