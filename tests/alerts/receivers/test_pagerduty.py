"""An incident opens, is acknowledged and closes under the anomaly's fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.alerts.receivers.pagerduty import PagerDutyReceiver, event_of
from streams.alerts.words.message import ACKNOWLEDGED
from streams.alerts.words.voice import Voice
from streams.delivery.result import Cause, Outcome
from streams.records.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost

    Told = Callable[..., Notification]

VOICE = Voice("en", "https://board/")
SUCCESS = {"status": "success", "message": "Event processed", "dedup_key": "f1"}


def test_what_opens_triggers_with_all_that_is_known(told: Told) -> None:
    event = event_of(told(), VOICE)

    assert (event["event_action"], event["dedup_key"]) == ("trigger", "f1")
    payload = event["payload"]
    assert payload["summary"] == "[CRITICAL] Payment success: 71.0%, expected 97.0% (payment_method alipay)"
    assert (payload["severity"], payload["source"]) == ("critical", "pharos")
    assert (payload["component"], payload["class"], payload["group"]) == ("order", "payment_success", "i1")
    assert payload["timestamp"] == "2025-11-10T16:00:00.000Z"
    assert payload["custom_details"]["scope"] == {"payment_method": "alipay"}
    assert event["links"][0] == {"href": "https://board/?fingerprint=f1", "text": "Board"}
    assert event["client_url"] == "https://board/?fingerprint=f1"


@pytest.mark.parametrize(("severity", "expected"), [("critical", "critical"), ("warning", "warning")])
def test_severities_are_those_of_pagerduty(told: Told, severity: str, expected: str) -> None:
    assert event_of(told(severity=severity), VOICE)["payload"]["severity"] == expected


def test_what_gets_worse_triggers_again_under_the_same_key(told: Told) -> None:
    event = event_of(told(Change.UPDATED), VOICE)

    assert (event["event_action"], event["dedup_key"]) == ("trigger", "f1")


def test_the_end_resolves_and_an_ack_acknowledges(told: Told) -> None:
    ended = event_of(told(Change.RESOLVED, state="resolved", ended_at="2025-11-10T16:10:00.000Z"), VOICE)
    acked = event_of(msgspec.structs.replace(told(), kind=ACKNOWLEDGED), VOICE)

    assert (ended["event_action"], ended["dedup_key"]) == ("resolve", "f1")
    assert "over after" in ended["payload"]["summary"]
    assert "at worst 70.0%" in ended["payload"]["custom_details"]["told"][0]
    assert acked == {"event_action": "acknowledge", "dedup_key": "f1"}


async def test_two_installations_may_share_a_service(
    channel: Any, post: HttpPost, told: Told, outcome: Callable[..., Any]
) -> None:
    channel.answers((202, SUCCESS))
    for installation in ("", "east"):
        for change in (Change.OPENED, Change.RESOLVED):
            receiver = PagerDutyReceiver("pager", "t0ken", post, VOICE, channel.url, installation)
            await receiver.deliver(told(change, state="resolved" if change is Change.RESOLVED else "firing"))

    assert [request.json["dedup_key"] for request in channel.got] == ["f1", "f1", "east/f1", "east/f1"]


def test_sizes_are_kept(digest: Callable[[int], Notification], told: Told) -> None:
    long = event_of(told(scope={"store": "商" * 2_000}), VOICE)
    large = event_of(digest(1_000), VOICE)

    assert len(long["payload"]["summary"].encode()) <= 1_024
    assert len(msgspec.json.encode(large)) <= 512 * 1_024


async def test_the_routing_key_goes_into_the_body(channel: Any, post: HttpPost, told: Told) -> None:
    channel.answers((202, SUCCESS))
    receiver = PagerDutyReceiver("pager", "t0ken", post, VOICE, f"{channel.url}/v2/enqueue")
    result = await receiver.deliver(told())

    assert result.outcome is Outcome.DELIVERED
    assert channel.got[0].path == "/v2/enqueue"
    assert channel.got[0].json["routing_key"] == "t0ken"


@pytest.mark.parametrize(
    ("answer", "outcome_is", "cause", "rest_s"),
    [
        ((202, b"<html>"), Outcome.RETRY, Cause.GARBAGE, None),
        ((200, SUCCESS), Outcome.RETRY, Cause.GARBAGE, None),
        ((400, {"status": "invalid event", "errors": ["summary"]}), Outcome.REJECTED, Cause.REFUSED, None),
        ((400, {"status": "invalid event", "errors": ["Invalid routing key t0ken"]}),
         Outcome.REJECTED, Cause.CREDENTIALS, 300.0),
        ((429, b"", {"Retry-After": "12"}), Outcome.RETRY, Cause.THROTTLED, 12.0),
        ((429, b""), Outcome.RETRY, Cause.THROTTLED, 30.0),
        ((500, b""), Outcome.RETRY, Cause.OUT_OF_ORDER, None),
        ("hang", Outcome.RETRY, Cause.TIMEOUT, None),
    ],
)  # fmt: skip
async def test_each_answer_has_one_outcome(
    channel: Any,
    post: HttpPost,
    told: Told,
    outcome: Callable[..., Any],
    answer: Any,
    outcome_is: Outcome,
    cause: Cause,
    rest_s: float | None,
) -> None:
    channel.answers(answer)
    receiver = PagerDutyReceiver("pager", "t0ken", post, VOICE, channel.url)
    result = await outcome(receiver, channel, told())

    assert (result.outcome, result.cause, result.retry_after_s) == (outcome_is, cause, rest_s)
