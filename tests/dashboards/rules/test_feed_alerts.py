"""Alerts about what comes in and goes out: each keeps quiet, waits, fires and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

OF = 'job="pharos",instance="w1:6066"'
RECORDS = f'pharos_records_total{{{OF},topic="orders",outcome="%s"}}'
SENT = f'pharos_notifications_total{{{OF},receiver="duty",outcome="%s"}}'


def test_a_source_that_was_busy_and_falls_silent_is_told(assert_life: Callable[..., None]) -> None:
    # Busy up to 3,600 s, silent up to 5,400 s.
    series = {RECORDS % "counted": "0+10x240 2400x120 2410+10x40"}

    assert_life(
        'alertname="PharosSourceSilent",topic="orders",severity="warning"',
        series,
        {4_485: "quiet", 4_500: "pending", 4_785: "pending", 4_800: "firing", 5_400: "firing", 5_445: "quiet"},
    )


def test_a_source_that_is_silent_over_a_restart_stays_told(assert_life: Callable[..., None]) -> None:
    series = {RECORDS % "counted": "0+10x240 2400x80 stale _x80"}

    assert_life(
        'alertname="PharosSourceSilent",topic="orders"', series, {4_785: "pending", 4_800: "firing", 5_900: "firing"}
    )


def test_a_source_that_was_hardly_busy_may_be_silent(assert_life: Callable[..., None]) -> None:
    series = {RECORDS % "counted": "0+1x240 240x160"}

    assert_life('alertname="PharosSourceSilent"', series, {4_800: "quiet", 5_700: "quiet"})


def test_a_surge_of_dead_letters_is_told(assert_life: Callable[..., None]) -> None:
    series = {RECORDS % "counted": "0+98x240", RECORDS % "dead_letter": "0x3 2+2x60 122x180"}

    assert_life(
        'alertname="PharosDeadLetters",topic="orders",severity="warning"',
        series,
        {45: "quiet", 600: "firing", 1_200: "firing", 2_400: "quiet"},
    )


def test_a_surge_of_dead_letters_is_not_told_before_five_minutes(assert_life: Callable[..., None]) -> None:
    series = {RECORDS % "counted": "0+50x100", RECORDS % "dead_letter": "0x9 50+50x60"}

    assert_life('alertname="PharosDeadLetters"', series, {135: "quiet", 150: "pending", 435: "pending", 450: "firing"})


def test_a_few_dead_letters_are_no_news(assert_life: Callable[..., None]) -> None:
    series = {RECORDS % "counted": "0+1000x100", RECORDS % "dead_letter": "0+5x100"}

    assert_life('alertname="PharosDeadLetters"', series, {900: "quiet", 1_500: "quiet"})


def test_records_that_come_too_late_are_told(assert_life: Callable[..., None]) -> None:
    series = {RECORDS % "counted": "0+50x200", RECORDS % "late": "0x9 50+50x60 3050x130"}

    assert_life(
        'alertname="PharosLateRecords",severity="warning"',
        series,
        {135: "quiet", 150: "pending", 735: "pending", 750: "firing", 1_050: "firing", 2_400: "quiet"},
    )


def test_a_notification_that_is_lost_is_told_at_once_and_for_a_quarter_of_an_hour(
    assert_life: Callable[..., None],
) -> None:
    for outcome in ("dropped", "rejected"):
        assert_life(
            'alertname="PharosNotificationsLost",receiver="duty",severity="critical"',
            {SENT % outcome: "0x9 1x100"},
            {135: "quiet", 150: "firing", 1_020: "firing", 1_050: "quiet"},
        )


def test_notifications_that_arrive_are_no_news(assert_life: Callable[..., None]) -> None:
    series = {SENT % "delivered": "0+1x80", SENT % "retried": "0x5 1x74", SENT % "dropped": "0x80"}

    assert_life(
        'alertname=~"PharosNotificationsLost|PharosNotificationsDelayed"', series, {600: "quiet", 1_200: "quiet"}
    )


def test_a_receiver_that_fails_more_often_than_it_answers_is_told(assert_life: Callable[..., None]) -> None:
    series = {SENT % "delivered": "0x100 10+10x40", SENT % "retried": "0x9 1+1x40 41x90"}

    assert_life(
        'alertname="PharosNotificationsDelayed",severity="warning"',
        series,
        {135: "quiet", 150: "pending", 435: "pending", 450: "firing", 1_500: "firing", 1_560: "quiet"},
    )
