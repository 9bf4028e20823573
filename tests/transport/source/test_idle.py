"""Idle partitions and what is promised for them."""

from __future__ import annotations

from typing import NamedTuple

from streams.ingest.idle_promise import SLACK_MS
from streams.transport.driver.batch_driver import Standing
from streams.transport.life.clock import WorkerClock
from streams.transport.source.idle import IdleWatch, promised_watermark
from streams.transport.source.source_options import SourceOptions

WALL_MS = 1_000_000
OPTIONS = SourceOptions(1, 0, 30, 1.0, 5.0, 1.0)


class Reading(NamedTuple):
    """How far a partition is."""

    position: int
    largest_event_time: int


def test_a_position_at_the_end_is_idle_only_after_the_time_set() -> None:
    watch = IdleWatch(5.0)
    at_end = Standing(100, WALL_MS)

    assert not watch.is_idle(Reading(100, 100), at_end, 0.0, WALL_MS)
    assert not watch.is_idle(Reading(100, 100), at_end, 4.9, WALL_MS)
    assert watch.is_idle(Reading(100, 100), at_end, 5.0, WALL_MS)


def test_a_new_record_begins_the_waiting_anew() -> None:
    watch = IdleWatch(5.0)
    watch.is_idle(Reading(100, 100), Standing(100, WALL_MS), 0.0, WALL_MS)
    watch.is_idle(Reading(100, 100), Standing(101, WALL_MS), 3.0, WALL_MS)

    assert not watch.is_idle(Reading(101, 101), Standing(101, WALL_MS), 6.0, WALL_MS)
    assert watch.is_idle(Reading(101, 101), Standing(101, WALL_MS), 11.0, WALL_MS)


def test_a_position_that_moved_to_the_end_between_two_looks_begins_anew() -> None:
    watch = IdleWatch(5.0)
    watch.is_idle(Reading(100, 100), Standing(100, WALL_MS), 0.0, WALL_MS)

    assert not watch.is_idle(Reading(101, 101), Standing(101, WALL_MS), 6.0, WALL_MS)


def test_a_partition_in_which_all_is_refused_is_idle_though_its_position_moves() -> None:
    watch = IdleWatch(5.0)

    assert not watch.is_idle(Reading(100, 7), Standing(100, WALL_MS), 0.0, WALL_MS)
    assert not watch.is_idle(Reading(150, 7), Standing(150, WALL_MS), 3.0, WALL_MS)
    assert watch.is_idle(Reading(200, 7), Standing(200, WALL_MS), 6.0, WALL_MS)


def test_an_end_that_the_broker_has_not_confirmed_lately_is_no_end() -> None:
    watch = IdleWatch(5.0)
    watch.is_idle(Reading(100, 100), Standing(100, WALL_MS), 0.0, WALL_MS)

    assert not watch.is_idle(Reading(100, 100), Standing(100, WALL_MS), 6.0, WALL_MS + 6_000)
    assert not watch.is_idle(Reading(100, 100), None, 12.0, WALL_MS)


def test_a_promise_is_the_clock_before_the_idling_less_lateness_and_slack() -> None:
    now = [50.0]
    clock = WorkerClock(lambda: now[0])
    clock.observe(10_000_000)
    now[0] += 7.0
    clock.observe(90_000_000)  # read from another partition within the last five seconds

    assert promised_watermark(clock, OPTIONS) == 10_002_000 - 30_000 - SLACK_MS


def test_nothing_is_promised_by_a_clock_that_has_read_nothing() -> None:
    assert promised_watermark(WorkerClock(lambda: 0.0), OPTIONS) is None
