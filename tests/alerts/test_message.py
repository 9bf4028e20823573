"""A notification says what someone on duty needs, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
import pytest

from streams.alerts.message import Titles, compose, listed, overflow_of
from streams.incidents.anomaly import Change, Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.message import Notification
    from streams.incidents.anomaly import Transition

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLES = Titles({"payment_success": "Payment success"}, {"payment_success": "支付成功率"})


def test_what_where_value_since_impact_contributors_links_id(transition: Callable[..., Transition]) -> None:
    told = compose(transition(), TITLES, {}, SHANGHAI)
    assert told.title == "[CRITICAL] Payment success for payment_method alipay: 71.0%, expected 97.0%"
    assert told.lines == (
        "Since 2025-11-10 23:58:30 +08:00, for 1 min 30 s",
        "Impact: about 260 events beyond normal in the last 1 min",
        "Contributors: region b 50%, region c 30%, region a 10%",
        "Board: https://board/?fingerprint=f1",
        "Runbook: https://runbooks/payment",
        "Id: f1, incident i1",
    )


def test_the_time_is_the_one_that_the_shop_had_then(transition: Callable[..., Transition]) -> None:
    summer = transition(started_at="2025-07-01T12:00:00Z")
    since = compose(summer, TITLES, {}, ZoneInfo("America/New_York")).lines[0]
    assert since.startswith("Since 2025-07-01 08:00:00 -04:00")


def test_the_end_says_how_long_and_how_bad_it_was(transition: Callable[..., Transition]) -> None:
    told = compose(
        transition(Change.RESOLVED, state="resolved", value=0.97, ended_at="2025-11-10T16:10:00.000Z"),
        TITLES,
        {},
        SHANGHAI,
    )
    assert told.title == "[RESOLVED] Payment success for payment_method alipay: 97.0%, expected 97.0%"
    assert told.lines[0] == (
        "From 2025-11-10 23:58:30 +08:00 to 2025-11-11 00:10:00 +08:00, 11 min 30 s; at worst 70.0%"
    )


@pytest.mark.parametrize(("why", "heading"), [(Why.ESCALATED, "[now CRITICAL]"), (Why.WORSENED, "[worse, CRITICAL]")])
def test_an_update_says_what_changed(transition: Callable[..., Transition], why: Why, heading: str) -> None:
    assert compose(transition(Change.UPDATED, why), TITLES, {}, SHANGHAI).title.startswith(heading)


def test_cause_and_symptoms_are_named_where_they_are_known(transition: Callable[..., Transition]) -> None:
    other = msgspec.structs.replace(transition().anomaly, fingerprint="f2", metric="checkout_failed", scope={})
    told = compose(transition(cause_of=["f2", "f3"], caused_by="f2"), TITLES, {"f2": other}, SHANGHAI)
    assert "Caused by: checkout_failed overall: 71.0%, expected 97.0%" in told.lines
    assert "Symptoms: checkout_failed overall: 71.0%, expected 97.0%; f3" in told.lines


def test_a_digest_of_what_was_not_delivered_names_the_last(notification: Callable[..., Notification]) -> None:
    told = overflow_of(3, notification("n7", "critical"))
    assert told.critical
    assert told.title == "[DIGEST] 3 notifications could not be delivered one by one"
    assert told.lines == ("The last was: [X] n7",)


def test_a_report_lists_what_any_receiver_gets_with_fingerprints_for_the_anomalies(
    transition: Callable[..., Transition],
) -> None:
    told = compose(transition(name="t1"), TITLES, {}, SHANGHAI)
    assert listed(told) == {
        "id": "t1",
        "time": "2025-11-10T16:00:00.000Z",
        "kind": "pharos.anomaly.opened",
        "severity": "critical",
        "fingerprints": ["f1"],
        "title": told.title,
        "lines": list(told.lines),
    }
