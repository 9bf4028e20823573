"""The lines of the series that verdicts speak of: what they hold, and what they forget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.records.verdicts import TickVerdicts, Verdict
from streams.web.courses import LINES, POINTS, STEP_MS, UNHEARD_MS, Courses
from streams.web.point import Point

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly

ALIPAY = {"payment_method": "alipay"}


def verdict(scope: dict[str, str], value: float = 0.7, **more: Any) -> Verdict:
    return Verdict(
        "payment_success", scope, 60, value, 0.96, 0.95, 0.97, 512.0, 9.0, 3.0, "down", "CLIFF", **more
    )  # fmt: skip


def tick(time: int, *verdicts: Verdict) -> TickVerdicts:
    return TickVerdicts(0, time, "hash", list(verdicts))


@pytest.fixture
def courses(anomaly: Callable[..., Anomaly]) -> Courses:
    """An anomaly speaks of payments with alipay."""
    kept = Courses()
    kept.keep(anomaly())
    return kept


def test_a_course_begins_with_the_first_verdict_also_before_its_anomaly_opens(anomaly: Callable[..., Anomaly]) -> None:
    courses = Courses()
    courses.tick(tick(30_000, verdict(ALIPAY, 0.8)))
    courses.tick(tick(60_000, verdict(ALIPAY, 0.7)))
    courses.keep(anomaly())

    assert courses.course("a1b2c3") == [Point(30_000, 0.8, 0.96, 0.95, 0.97), Point(60_000, 0.7, 0.96, 0.95, 0.97)]
    assert courses.course("unknown") == []


def test_of_ten_seconds_the_newest_point_is_kept_and_an_older_tick_changes_nothing(courses: Courses) -> None:
    for time in (50_000, 53_000, 57_000, 45_000):
        courses.tick(tick(time, verdict(ALIPAY, time / 1e6)))

    assert [point[:2] for point in msgspec.to_builtins(courses.course("a1b2c3"))] == [[57_000, 0.057]]


def test_what_could_not_be_judged_or_measured_is_a_gap(courses: Courses) -> None:
    courses.tick(tick(30_000, verdict(ALIPAY, 0.0, insufficient=True)))
    courses.tick(tick(60_000, verdict(ALIPAY, math.nan)))

    assert [point.value for point in courses.course("a1b2c3")] == [None, None]


def test_a_long_course_keeps_its_start_and_grows_coarser(courses: Courses) -> None:
    for step in range(5 * POINTS):
        courses.tick(tick(step * STEP_MS, verdict(ALIPAY)))
    points = courses.course("a1b2c3")

    assert POINTS / 2 <= len(points) <= POINTS
    assert points[0].time < 10 * STEP_MS
    assert points[-1].time == (5 * POINTS - 1) * STEP_MS


def test_many_series_have_their_limit_and_never_push_out_one_that_is_spoken_of(courses: Courses) -> None:
    courses.tick(tick(30_000, verdict(ALIPAY)))
    for round_number in range(3):
        crowd = [verdict({"sku": f"{round_number}-{number}"}) for number in range(LINES)]
        courses.tick(tick(60_000 + round_number * 10_000, *crowd))

    assert len(courses._lines) == LINES
    assert len(courses.course("a1b2c3")) == 1


def test_one_that_is_spoken_of_finds_room_in_a_crowd(courses: Courses) -> None:
    crowd = [verdict({"sku": str(number)}) for number in range(LINES)]
    courses.tick(tick(30_000, *crowd))
    courses.tick(tick(40_000, *crowd, verdict(ALIPAY)))

    assert len(courses._lines) == LINES
    assert len(courses.course("a1b2c3")) == 1


def test_newcomers_take_the_place_of_what_has_been_silent(courses: Courses) -> None:
    courses.tick(tick(0, *[verdict({"sku": str(number)}) for number in range(LINES)]))
    courses.tick(tick(UNHEARD_MS + 10_000, verdict({"sku": "new"})))

    assert any(("sku", "new") in scope for _, scope in courses._lines)
    assert len(courses._lines) == LINES


def test_more_anomalies_than_lines_keep_the_newest(anomaly: Callable[..., Anomaly]) -> None:
    courses = Courses()
    for number in range(LINES + 3):
        courses.keep(anomaly(fingerprint=str(number), scope={"sku": str(number)}))
        courses.tick(tick(number * 10_000, verdict({"sku": str(number)})))

    assert len(courses._lines) == LINES
    assert courses.course("0") == []
    assert len(courses.course(str(LINES + 2))) == 1


def test_a_dropped_anomaly_takes_its_course_along(courses: Courses) -> None:
    courses.tick(tick(30_000, verdict(ALIPAY)))
    courses.drop("a1b2c3")
    courses.drop("a1b2c3")

    assert courses.course("a1b2c3") == []
    assert not courses._lines
