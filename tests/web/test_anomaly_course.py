"""What the page of one anomaly is given beside the anomaly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.records.anomaly import Why
from streams.web.anomaly_course import course_view
from tests.web.support.incident_story import Incident

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records.anomaly import Anomaly
    from streams.web.board import Board


def view_of(board: Board, fingerprint: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(course_view(board, fingerprint))
    return found


def test_names_come_in_both_languages_and_cause_and_symptoms_with_what_a_link_needs(troubled_board: Board) -> None:
    cause, symptom = view_of(troubled_board, "a1b2c3"), view_of(troubled_board, "d4")

    assert (cause["metric"]["title"], cause["metric"]["title_zh"]) == ("Payment success rate", "支付成功率")
    assert cause["timezone"] == "Asia/Shanghai"
    assert cause["cause"] is None
    assert [(one["fingerprint"], one["metric"]["title_zh"]) for one in cause["symptoms"]] == [("d4", "每分钟咨询量")]
    assert symptom["cause"]["fingerprint"] == "a1b2c3"


def test_a_gauge_which_has_no_whole_has_its_titles_too(
    quiet_board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Any]
) -> None:
    quiet_board.transition(transition(anomaly(metric="queue_waiting", scope={"queue": "presale"})))

    assert view_of(quiet_board, "a1b2c3")["metric"]["title_zh"] == "排队人数"


def test_a_metric_that_has_left_the_catalogue_keeps_its_name(
    quiet_board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Any]
) -> None:
    quiet_board.transition(transition(anomaly(metric="gone", caused_by="lost", cause_of=["never_seen"])))
    found = view_of(quiet_board, "a1b2c3")

    assert found["metric"] == {"name": "gone", "title": "", "title_zh": "", "target": None}
    assert (found["cause"], found["symptoms"]) == (None, [])


def test_a_forecast_of_deadlines_is_given_with_its_cohort(
    quiet_board: Board, anomaly: Callable[..., Anomaly], transition: Callable[..., Any]
) -> None:
    quiet_board.cohorts = {"collection_due_soon": "collection_24h"}
    numbers = {"value": 1840.0, "exposure": 2300.0, "expected": 120.0, "unit": "number"}
    for metric, fingerprint, more in (("collection_due_soon", "f1", numbers), ("collection_24h", "f2", {})):
        told = anomaly(
            metric=metric, fingerprint=fingerprint, scope={"warehouse": "hz"}, touchpoint="logistics", **more
        )
        quiet_board.transition(transition(told))
    other = anomaly(metric="collection_24h", fingerprint="f3", scope={"warehouse": "gz"}, touchpoint="logistics")
    quiet_board.transition(transition(other))

    expected = {"missed": 1840.0, "open_cases": 2300.0, "usual": 120.0}
    assert [view_of(quiet_board, name)["forecast"] for name in ("f1", "f2", "f3")] == [expected, expected, None]


def test_a_part_of_the_shop_is_drawn_from_what_was_reported_of_it(troubled_board: Board, now: int) -> None:
    points = view_of(troubled_board, "a1b2c3")["points"]

    assert now - 7 * 60_000 <= points[0][0] <= now - 6 * 60_000
    assert points[-1][0] >= now - 10_000


def test_the_whole_shop_is_drawn_from_its_pulses_and_before_them_from_what_was_reported(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int
) -> None:
    incident = Incident(quiet_board, anomaly(scope={}), now - 90 * 60_000)
    incident.report(now - 50 * 60_000, 1.0)
    incident.tell(Why.OPENED)
    points = view_of(quiet_board, "a1b2c3")["points"]
    times = [point[0] for point in points]

    assert times == sorted(times)
    assert times[0] < now - 89 * 60_000
    assert times[-1] == now
    assert points[-1][1] > 0.9


def test_the_course_outlives_the_anomaly_and_goes_with_it(
    quiet_board: Board, anomaly: Callable[..., Anomaly], now: int
) -> None:
    incident = Incident(quiet_board, anomaly(), now)
    incident.report(now + 120_000, 1.0)
    incident.tell(Why.OPENED)
    incident.tell(Why.RECOVERED, state="resolved")
    kept = view_of(quiet_board, "a1b2c3")["points"]
    incident.report(now + 25 * 3_600_000, 0.0)

    assert len(kept) > 3
    assert course_view(quiet_board, "a1b2c3") is None
