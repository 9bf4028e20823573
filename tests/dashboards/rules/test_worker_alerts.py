"""Alerts about workers: each keeps quiet, waits, fires and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

W1 = 'job="pharos",instance="w1:6066"'
W2 = 'job="pharos",instance="w2:6066"'


def test_the_dead_mans_switch_fires_always(assert_life: Callable[..., None]) -> None:
    assert_life('alertname="PharosDeadMansSwitch",severity="info"', {}, {0: "firing", 900: "firing"})


def test_a_job_that_nobody_scrapes_is_absent(assert_life: Callable[..., None]) -> None:
    series = {f"up{{{W1}}}": "_x26 1x8"}

    assert_life(
        'alertname="PharosAbsent",severity="critical"',
        series,
        {0: "pending", 285: "pending", 300: "firing", 375: "firing", 390: "quiet"},
    )


def test_a_job_of_another_name_does_not_hide_the_absence(assert_life: Callable[..., None]) -> None:
    assert_life('alertname="PharosAbsent"', {'up{job="node",instance="n"}': "1x40"}, {300: "firing"})


def test_workers_that_are_all_down_are_critical(assert_life: Callable[..., None]) -> None:
    series = {f"up{{{W1}}}": "1 0x10 1x4", f"up{{{W2}}}": "1 0x20"}

    assert_life(
        'alertname="PharosAllWorkersDown",severity="critical"',
        series,
        {0: "quiet", 15: "pending", 60: "pending", 75: "firing", 165: "firing", 180: "quiet"},
    )


def test_one_worker_that_is_down_is_a_warning_and_not_all(assert_life: Callable[..., None]) -> None:
    series = {f"up{{{W1}}}": "1 0x12 1x4", f"up{{{W2}}}": "1x20"}

    assert_life(
        'alertname="PharosWorkerDown",instance="w1:6066",severity="warning"',
        series,
        {0: "quiet", 120: "pending", 135: "firing", 180: "firing", 210: "quiet"},
    )
    assert_life('alertname="PharosAllWorkersDown"', series, {180: "quiet"})


def test_a_target_without_the_metrics_of_a_worker_is_told(assert_life: Callable[..., None]) -> None:
    series = {
        f"up{{{W1}}}": "1x40",
        f"up{{{W2}}}": "1x40",
        f"pharos_loop_lag_seconds{{{W1}}}": "_x26 0x10",
        f"pharos_loop_lag_seconds{{{W2}}}": "0x40",
    }

    assert_life(
        'alertname="PharosMetricsMissing",severity="warning"',
        series,
        {285: "pending", 300: "firing", 375: "firing", 390: "quiet"},
    )


def test_a_worker_that_restarts_again_and_again_is_told_once_it_is_the_third_time(
    assert_life: Callable[..., None],
) -> None:
    series = {f"process_start_time_seconds{{{W1}}}": "100x7 200x7 300x7 400x260"}

    assert_life(
        'alertname="PharosRestarting",severity="warning"',
        series,
        # Changes at 120, 240 and 360 s; the first leaves the half hour at 1920 s, and the alert is kept for 900 s.
        {345: "quiet", 360: "firing", 1_900: "firing", 2_700: "firing", 2_850: "quiet"},
    )


def test_a_loop_that_is_late_now_and_then_is_no_news(assert_life: Callable[..., None]) -> None:
    name = f"pharos_loop_lag_seconds{{{W1}}}"

    assert_life('alertname="PharosLoopLag"', {name: "0x20 3 0x60"}, {300: "quiet", 315: "quiet", 600: "quiet"})


def test_a_loop_that_stays_late_is_told(assert_life: Callable[..., None]) -> None:
    name = f"pharos_loop_lag_seconds{{{W1}}}"

    assert_life(
        'alertname="PharosLoopLag",severity="warning"',
        {name: "0x20 4x30 0x40"},
        # Late from 315 s on; the mean of 21 samples passes 0.5 s with the third.
        {330: "quiet", 345: "pending", 630: "pending", 645: "firing", 765: "firing", 1_065: "quiet"},
    )


def test_a_worker_that_is_blind_for_two_minutes_is_told(assert_life: Callable[..., None]) -> None:
    name = f'pharos_blind{{{W1},reason="behind"}}'

    assert_life(
        'alertname="PharosBlind",severity="critical"',
        {name: "0x4 1x40 0x20"},
        {60: "quiet", 75: "pending", 180: "pending", 195: "firing", 675: "firing", 900: "quiet"},
    )
