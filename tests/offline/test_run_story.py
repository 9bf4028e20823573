"""What the page of a run is made of."""

from __future__ import annotations

import io
import json
import math
from itertools import chain
from typing import Any

import pytest

from streams.catalogue.load import Catalogue, load
from streams.offline import run_story
from streams.offline.backtest import play
from streams.offline.run_story import Side, story
from streams.settings.settings import Settings
from tests.offline.support.payments import days_before, lines

NAMES = ("payment_success", "orders_paid")
SCENARIO = {"evaluate_from": "2026-11-11T00:20:00Z"}
INCIDENT = {"id": "payment", "kind": "incident", "touchpoint": "order", "scope": {"payment_method": "alipay"}}
TRUTH = [INCIDENT | {"start": "2026-11-11T00:30:00Z", "end": "2026-11-11T00:40:00Z", "symptoms": []}]


@pytest.fixture(scope="module")
def side() -> Side:
    catalogue = Catalogue.of(tuple(metric for metric in load().metrics if metric.name in NAMES))
    records = chain(days_before(), lines())
    played = play(
        records, SCENARIO, Settings(), catalogue, partitions=2, truth=TRUTH, progress=None, minutes=io.BytesIO()
    )
    return Side("shipped", played, catalogue)


def told(side: Side, **changes: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"truth": TRUTH, "against": None} | changes
    return story("evening.jsonl", "Asia/Shanghai", [side], **options)


def test_each_metric_has_its_whole_and_each_anomaly_its_part(side: Side) -> None:
    found = told(side)
    failing = {(one["metric"], *sorted(one["scope"].items())) for one in found["anomalies"]}
    courses = {(course["metric"], *sorted(course["scope"].items())) for course in found["courses"]}

    assert {("payment_success",), ("orders_paid",)} <= courses
    assert failing <= courses
    assert found["left_out"] == 0


def test_a_course_has_as_many_numbers_as_minutes_and_four_digits(side: Side) -> None:
    course = next(one for one in told(side)["courses"] if one["metric"] == "payment_success" and one["whole"])
    minutes = [sum(course["minutes"][: place + 1]) for place in range(len(course["minutes"]))]

    assert all(len(course[name]) == len(minutes) for name in ("value", "expected", "lower", "upper"))
    assert minutes == sorted(set(minutes))
    assert all(float(f"{number:.4g}") == number for number in course["value"] if number is not None)
    assert min(number for number in course["value"] if number is not None) <= 0.6


def test_what_no_picture_has_room_for_is_counted(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_story, "MOST_PARTS", 0)
    found = told(side)

    assert all(course["whole"] for course in found["courses"])
    assert found["left_out"] == len({(one["metric"], *sorted(one["scope"].items())) for one in found["anomalies"]})


def test_an_anomaly_says_why_and_is_ruled_by_the_truth(side: Side) -> None:
    anomaly = next(one for one in told(side)["anomalies"] if one["metric"] == "payment_success")
    unruled = next(one for one in told(side, truth=None)["anomalies"] if one["metric"] == "payment_success")

    assert anomaly["reason"] != "NORMAL"
    assert (anomaly["ruling"], anomaly["entry"], anomaly["side"]) == ("hit", "payment", 0)
    assert "ruling" not in unruled


def test_messages_are_told_in_both_languages(side: Side) -> None:
    messages = told(side)["messages"]

    assert len(messages) == len(side.played.report["notifications"])
    assert "支付成功率" in messages[0]["title"][1]
    assert "Payment success rate" in messages[0]["title"][0]


def test_a_number_that_json_does_not_know_is_none_or_large(side: Side) -> None:
    listed = side.played.report["anomalies"]
    strange = {**listed[0], "score": math.inf, "lower": -math.inf, "upper": math.nan}
    report = {**side.played.report, "anomalies": [strange]}
    found = told(side._replace(played=side.played._replace(report=report)), truth=None)
    (anomaly,) = found["anomalies"]

    json.dumps(found, allow_nan=False)
    assert anomaly["upper"] is None
    assert anomaly["lower"] < -1e9
