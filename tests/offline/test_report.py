"""The rules of docs/detection.md by which anomalies are measured against the truth."""

from __future__ import annotations

from typing import Any

import pytest

from streams.offline.report import Assessment, rule, score

DAY = "2026-11-11T"


def incident(**changes: Any) -> dict[str, Any]:
    """A payment method that fails from 00:10 to 00:30."""
    return {
        "id": "payment",
        "touchpoint": "order",
        "scope": {"payment_method": "alipay"},
        "start": f"{DAY}00:10:00+08:00",
        "end": f"{DAY}00:30:00+08:00",
        "symptoms": [{"touchpoint": "consultation", "scope": {"intent": "payment"}}],
        "kind": "incident",
    } | changes


def trap(**changes: Any) -> dict[str, Any]:
    """A quiet hour."""
    return incident(**{"id": "night", "touchpoint": "page", "scope": {}, "symptoms": [], "kind": "trap"} | changes)


def anomaly(**changes: Any) -> dict[str, Any]:
    """A critical anomaly of that method, detected two minutes after it began."""
    return {
        "fingerprint": "f",
        "touchpoint": "order",
        "scope": {"payment_method": "alipay"},
        "severity": "critical",
        "detected_at": f"{DAY}00:12:00+08:00",
        "caused_by": None,
    } | changes


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        pytest.param(anomaly(), Assessment.HIT, id="the same scope"),
        pytest.param(anomaly(severity="warning"), Assessment.HIT, id="a warning"),
        pytest.param(anomaly(severity="info"), Assessment.INFO, id="an info is no alarm"),
        pytest.param(
            anomaly(scope={"payment_method": "alipay", "region": "x"}),
            Assessment.HIT,
            id="a further dimension is no matter",
        ),
        pytest.param(anomaly(scope={"payment_method": "card"}), Assessment.FALSE, id="a contradiction"),
        pytest.param(anomaly(scope={}), Assessment.FALSE, id="the whole agrees in no dimension"),
        pytest.param(anomaly(scope={"region": "x"}), Assessment.FALSE, id="another dimension agrees in none"),
        pytest.param(anomaly(touchpoint="page"), Assessment.FALSE, id="another touchpoint"),
        pytest.param(anomaly(detected_at=f"{DAY}00:09:59+08:00"), Assessment.FALSE, id="before the start"),
        pytest.param(anomaly(detected_at="2026-11-10T16:10:00Z"), Assessment.HIT, id="at the start, in another zone"),
        pytest.param(anomaly(detected_at=f"{DAY}00:40:00+08:00"), Assessment.HIT, id="ten minutes after the end"),
        pytest.param(anomaly(detected_at=f"{DAY}00:40:01+08:00"), Assessment.FALSE, id="later than that"),
        pytest.param(
            anomaly(touchpoint="consultation", scope={"intent": "payment"}, caused_by="f"),
            Assessment.SYMPTOM,
            id="a listed symptom with its cause",
        ),
        pytest.param(
            anomaly(touchpoint="consultation", scope={"intent": "payment"}),
            Assessment.FALSE,
            id="a symptom without a cause",
        ),
        pytest.param(
            anomaly(touchpoint="consultation", scope={"intent": "coupon"}, caused_by="f"),
            Assessment.FALSE,
            id="a symptom that is not listed",
        ),
    ],
)
def test_an_anomaly_is_ruled_by_touchpoint_scope_and_time(found: dict[str, Any], finding: Assessment) -> None:
    assert [ruling.finding for ruling in rule([found], [incident()])] == [finding]


def test_the_fourth_anomaly_of_an_incident_in_time_is_false() -> None:
    times = ("00:15:00", "00:12:00", "00:13:00", "00:14:00")
    found = [anomaly(fingerprint=time, detected_at=f"{DAY}{time}+08:00") for time in times]

    findings = [ruling.finding for ruling in rule(found, [incident()])]

    assert findings == [Assessment.SURPLUS, Assessment.HIT, Assessment.HIT, Assessment.HIT]


def test_the_closest_scope_is_the_incident_that_is_hit() -> None:
    near = incident(id="near", scope={"payment_method": "alipay", "region": "x"})

    (ruling,) = rule([anomaly(scope=near["scope"])], [incident(), near])

    assert ruling.entry == "near"


@pytest.mark.parametrize(
    ("scope", "disturbed"),
    [({}, False), ({"store": "tiny"}, True), ({"store": "tiny", "region": "x"}, True), ({"store": "big"}, False)],
)
def test_a_trap_of_a_scope_is_disturbed_by_its_parts_only(scope: dict[str, str], disturbed: bool) -> None:
    truth = [trap(touchpoint="order", scope={"store": "tiny"})]

    result = score([anomaly(scope=scope)], truth, f"{DAY}00:00:00Z", f"{DAY}12:00:00Z")

    assert result["traps"] == [{"id": "night", "quiet": not disturbed}]
    assert result["false_alarms_per_day"] == 2


def test_an_info_leaves_a_trap_quiet() -> None:
    result = score([anomaly(severity="info", touchpoint="page")], [trap()], f"{DAY}00:00:00Z", f"{DAY}12:00:00Z")

    assert result["traps"] == [{"id": "night", "quiet": True}]
    assert result["precision"] is None


def test_the_figures_are_counted_over_incidents_and_alarms() -> None:
    missed = incident(id="missed", scope={"payment_method": "card"})
    found = [
        anomaly(),
        anomaly(detected_at=f"{DAY}00:20:00+08:00"),
        anomaly(touchpoint="feedback"),
        anomaly(touchpoint="consultation", scope={"intent": "payment"}, caused_by="f"),
    ]

    result = score(found, [incident(), missed], f"{DAY}00:00:00Z", "2026-11-12T00:00:00Z")

    assert result["recall"] == 0.5
    assert result["precision"] == pytest.approx(2 / 3)
    assert result["time_to_detect_s"] == {"median": 120.0, "p95": 120.0}
    assert result["false_alarms_per_day"] == 1


def test_nothing_found_and_nothing_to_find_has_no_ratio() -> None:
    result = score([], [], f"{DAY}00:00:00Z", f"{DAY}00:00:00Z")

    assert result["recall"] is None
    assert result["precision"] is None
    assert result["false_alarms_per_day"] is None
    assert result["time_to_detect_s"] == {"median": None, "p95": None}


def test_the_cause_is_named_where_a_hit_is_not_called_a_symptom() -> None:
    def named(*found: dict[str, Any]) -> bool:
        told = score(found, [incident()], f"{DAY}00:00:00+08:00", f"{DAY}01:00:00+08:00")
        return bool(told["incidents"][0]["cause_named"])

    assert named(anomaly())
    assert not named(anomaly(caused_by="another"))
    assert named(anomaly(caused_by="another"), anomaly())
    assert not named()


@pytest.mark.parametrize(
    ("scope", "finding"),
    [({}, Assessment.HIT), ({"region": "x"}, Assessment.FALSE)],
    ids=["the whole", "a part"],
)
def test_an_incident_of_the_whole_is_hit_by_what_is_said_of_the_whole(
    scope: dict[str, str], finding: Assessment
) -> None:
    (ruling,) = rule([anomaly(scope=scope)], [incident(scope={})])

    assert ruling.finding is finding
