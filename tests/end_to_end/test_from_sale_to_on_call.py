"""From an event of a simulated sale to whoever is on call, and back: every hop, as processes, by the wall clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from streams.records.anomaly import Change
from tests.end_to_end.support.hop_transcript import CHANNELS, deliveries, percentile
from tests.end_to_end.support.sale_course import ON_CALL, ROBOTS

if TYPE_CHECKING:
    from tests.end_to_end.support.sale_course import Course

pytestmark = pytest.mark.endtoend

GOAL_S = 5.0


def test_the_fault_is_published_where_it_is_and_ends(course: Course) -> None:
    story = [
        found.transition for found in course.published if found.transition.anomaly.fingerprint == course.fingerprint
    ]

    assert [story[0].change, story[-1].change] == [Change.OPENED, Change.RESOLVED]
    assert story[0].anomaly.scope == course.sale.fault["scope"]
    assert story[-1].anomaly.severity == "critical"


def test_every_robot_is_told_of_the_beginning_and_the_end(course: Course) -> None:
    for channel in ROBOTS:
        told = [post for post in course.of(channel) if course.fingerprint.encode() in post.raw]
        assert len(told) >= 2, channel


def test_every_signature_is_right_and_nothing_is_throttled(course: Course) -> None:
    for post in course.posts:
        codes = [post.answer.body[key] for key in ("errcode", "code") if key in post.answer.body]
        assert (post.answer.status < 300, codes) in [(True, []), (True, [0])], post.channel


def test_a_message_is_posted_within_five_seconds_of_its_record(course: Course) -> None:
    taken = [delivery.seconds for delivery in deliveries(course)]

    assert len(taken) >= 2 * len(CHANNELS)
    assert min(taken) > -0.05  # clocks of one machine, rounded to the millisecond
    assert percentile(taken, 0.95) < GOAL_S


def test_the_incident_is_triggered_acknowledged_and_resolved_in_turn(course: Course) -> None:
    events = [post.body for post in course.of("pagerduty")]
    actions = [event["event_action"] for event in events if event["dedup_key"] == course.fingerprint]

    assert [action for action, before in zip(actions, [None, *actions], strict=False) if action != before] == [
        "trigger",
        "acknowledge",
        "resolve",
    ]


def test_who_acknowledged_at_the_wall_is_named_by_the_token(course: Course) -> None:
    assert (course.session["role"], course.session["name"]) == ("responder", ON_CALL)
    assert course.acknowledged["action"] == "ack"
    assert ON_CALL in str(course.last["timeline"])
    assert "whoever sits there" not in str(course.last)


def test_the_time_line_says_who_was_told(course: Course) -> None:
    told = [line["note"] for line in course.last["timeline"] if line.get("action") == "told"]

    everyone = ", ".join(sorted(CHANNELS))
    assert told in ([everyone], [everyone] * 2)  # once more where it had opened as a warning and became critical


def test_prometheus_evaluates_every_shipped_rule(course: Course) -> None:
    assert course.rule_faults == []


def test_alertmanager_tells_the_on_call_webhook_of_beginning_and_end(course: Course) -> None:
    ((begun, labels), *_) = [alert for alert in course.alerts("firing") if alert[1].get("metric") == "payment_success"]
    ends = [at for at, ended in course.alerts("resolved") if ended == labels]
    opened = next(found.at for found in course.published if found.transition.anomaly.fingerprint == course.fingerprint)

    assert labels["alertname"] == "PharosOrderAnomaly"
    assert labels["severity"] == "critical"
    assert begun > opened
    assert ends
    assert min(ends) > begun


def test_the_dead_mans_switch_arrives_at_its_own_address(course: Course) -> None:
    assert {alert["labels"]["alertname"] for post in course.of("heartbeat") for alert in post.body["alerts"]} == {
        "PharosDeadMansSwitch"
    }


def test_the_worker_counts_what_the_channels_took(course: Course) -> None:
    families = text_string_to_metric_families(course.metrics)
    counted = {
        sample.labels["receiver"]: int(sample.value)
        for family in families
        for sample in family.samples
        if sample.name == "pharos_notifications_total" and sample.labels["outcome"] == "delivered"
    }

    assert counted == {channel: len(course.of(channel)) for channel in CHANNELS}
