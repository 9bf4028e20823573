"""Alerts stand in Alertmanager for as long as they fire, and their end is told more than once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.alerts.queue.receiver import Upkeep
from streams.alerts.receivers.alertmanager import HOLD_MS, RESEND_S, AlertmanagerReceiver, alert_of, labels_of
from streams.delivery.result import Cause, Outcome
from streams.events.event_time import event_time_ms
from streams.records.anomaly import Change
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost
    from streams.records.anomaly import Anomaly

    Told = Callable[..., Notification]

NOW_MS = 1_762_790_400_250
ENDED = "2025-11-10T15:59:30.000Z"


class Minutes:
    """A sleep that ends when the test says so."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._turns = asyncio.Semaphore(0)
        self._waits = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._waits.release()
        await self._turns.acquire()

    async def passes(self) -> None:
        """One sleep ends, and what follows it is done when the next begins."""
        await self._waits.acquire()
        self._turns.release()
        await self._waits.acquire()
        self._waits.release()


def test_labels_say_what_it_is_and_annotations_what_is_known(told: Told) -> None:
    anomaly = told(summary="Payments fail.").anomalies[0]
    alert = alert_of(anomaly, NOW_MS)

    assert alert["labels"] == {
        "alertname": "payment_success",
        "severity": "critical",
        "touchpoint": "order",
        "fingerprint": "f1",
        "payment_method": "alipay",
    }
    assert alert["annotations"]["summary"] == "Payments fail."
    assert alert["annotations"]["runbook_url"] == "https://runbooks/payment"
    assert alert["generatorURL"] == "https://board/?fingerprint=f1"
    assert alert["startsAt"] == anomaly.started_at
    assert alert["endsAt"] == rfc3339(NOW_MS + HOLD_MS)


def test_an_alert_that_is_over_ends_when_it_ended(told: Told) -> None:
    anomaly = told(Change.RESOLVED, state="resolved", ended_at=ENDED).anomalies[0]

    assert alert_of(anomaly, NOW_MS)["endsAt"] == ENDED


@pytest.mark.parametrize("at", ["2031-01-01T00:00:00.000Z", "2025-11-10T16:00:00.000Z"])
def test_no_alert_begins_after_its_end(told: Told, at: str) -> None:
    """Alertmanager would refuse it, and a replay may live in any year."""
    for change, state, ended in ((Change.OPENED, "firing", None), (Change.RESOLVED, "resolved", at)):
        alert = alert_of(told(change, started_at=at, state=state, ended_at=ended).anomalies[0], NOW_MS)

        assert (event_time_ms(alert["startsAt"]) or 0) <= (event_time_ms(alert["endsAt"]) or 0)


def test_a_dimension_never_takes_the_place_of_a_label_of_ours(told: Told) -> None:
    anomaly = told(scope={"severity": "none", "a-b": "x", "9": "y"}).anomalies[0]
    labels = labels_of(anomaly, "critical")

    assert labels["severity"] == "critical"
    assert (labels["scope_severity"], labels["a_b"], labels["scope_9"]) == ("none", "x", "y")


@pytest.fixture
def standing() -> list[Anomaly]:
    return []


@pytest.fixture
def sleep() -> Minutes:
    return Minutes()


@pytest.fixture
def alertmanager(channel: Any, post: HttpPost, standing: list[Anomaly], sleep: Minutes) -> AlertmanagerReceiver:
    channel.answers((200, b""))
    return AlertmanagerReceiver("am", f"{channel.url}/", "t0ken", post, lambda: standing, sleep)


async def test_two_installations_may_share_an_alertmanager(
    channel: Any, post: HttpPost, standing: list[Anomaly], told: Told
) -> None:
    channel.answers((200, b""))
    for installation in ("", "east"):
        receiver = AlertmanagerReceiver("am", channel.url, "", post, lambda: standing, installation=installation)
        await receiver.deliver(told(Change.UPDATED))

    jobs = [{alert["labels"].get("job") for alert in request.json} for request in channel.got]
    assert jobs == [{None}, {"east"}]


async def test_it_is_posted_with_the_token_and_delivered_by_the_status(
    channel: Any, alertmanager: AlertmanagerReceiver, told: Told
) -> None:
    result = await alertmanager.deliver(told())

    assert result.outcome is Outcome.DELIVERED
    assert channel.got[0].path == "/api/v2/alerts"
    assert channel.got[0].headers["Authorization"] == "Bearer t0ken"
    assert [alert["labels"]["fingerprint"] for alert in channel.got[0].json] == ["f1"]


async def test_what_grows_graver_ends_under_the_severity_that_it_had(
    channel: Any, alertmanager: AlertmanagerReceiver, told: Told
) -> None:
    await alertmanager.deliver(told(Change.UPDATED))
    ends = {alert["labels"]["severity"]: alert["endsAt"] for alert in channel.got[0].json}

    assert ends == {"critical": rfc3339(NOW_MS + HOLD_MS), "warning": rfc3339(NOW_MS)}


async def test_what_stands_is_sent_again_each_minute_and_its_end_too(
    channel: Any, alertmanager: AlertmanagerReceiver, told: Told, standing: list[Anomaly], sleep: Minutes
) -> None:
    """Also what another worker told, but neither symptoms nor what is merely info."""
    one = told().anomalies[0]
    standing += [
        one,
        msgspec.structs.replace(one, fingerprint="symptom", caused_by="f1"),
        msgspec.structs.replace(one, fingerprint="info", severity="info"),
    ]
    task = asyncio.create_task(alertmanager.keep_up())
    await sleep.passes()
    standing.clear()
    await alertmanager.deliver(told(Change.RESOLVED, state="resolved", ended_at=ENDED))
    await sleep.passes()
    task.cancel()

    sent = [[(a["labels"]["fingerprint"], a["endsAt"]) for a in request.json] for request in channel.got]
    assert sent == [[("f1", rfc3339(NOW_MS + HOLD_MS))], [("f1", ENDED)], [("f1", ENDED)]]
    assert set(sleep.asked) == {RESEND_S}
    assert isinstance(alertmanager, Upkeep)


async def test_an_end_is_not_sent_for_ever(
    channel: Any, alertmanager: AlertmanagerReceiver, told: Told, sleep: Minutes
) -> None:
    await alertmanager.deliver(told(Change.RESOLVED, state="resolved", ended_at="2025-11-10T15:50:00.000Z"))
    task = asyncio.create_task(alertmanager.keep_up())
    await sleep.passes()
    task.cancel()

    assert len(channel.got) == 1


async def test_what_opens_again_is_not_sent_as_ended(
    channel: Any, alertmanager: AlertmanagerReceiver, told: Told, standing: list[Anomaly], sleep: Minutes
) -> None:
    await alertmanager.deliver(told(Change.RESOLVED, state="resolved", ended_at=ENDED))
    standing.append(told().anomalies[0])
    task = asyncio.create_task(alertmanager.keep_up())
    await sleep.passes()
    task.cancel()

    assert [alert["endsAt"] for alert in channel.got[1].json] == [rfc3339(NOW_MS + HOLD_MS)]


async def test_a_minute_that_fails_is_followed_by_the_next(
    channel: Any, alertmanager: AlertmanagerReceiver, told: Told, standing: list[Anomaly], sleep: Minutes
) -> None:
    standing.append(told().anomalies[0])
    channel.answers("cut", (503, b""), (200, b""))
    task = asyncio.create_task(alertmanager.keep_up())
    for _ in range(3):
        await sleep.passes()
    task.cancel()

    assert len(channel.got) == 3


async def test_a_digest_sends_what_stands(
    channel: Any,
    alertmanager: AlertmanagerReceiver,
    digest: Callable[[int], Notification],
    told: Told,
    standing: list[Anomaly],
) -> None:
    nothing = await alertmanager.deliver(digest(3))
    standing.append(told().anomalies[0])
    await alertmanager.deliver(digest(3))

    assert nothing.outcome is Outcome.DELIVERED
    assert [[alert["labels"]["fingerprint"] for alert in request.json] for request in channel.got] == [["f1"]]


@pytest.mark.parametrize(
    ("answer", "outcome_is", "cause"),
    [
        ((400, b"bad"), Outcome.REJECTED, Cause.REFUSED),
        ((401, b""), Outcome.REJECTED, Cause.CREDENTIALS),
        ((500, b""), Outcome.RETRY, Cause.OUT_OF_ORDER),
        ("hang", Outcome.RETRY, Cause.TIMEOUT),
        ("cut", Outcome.RETRY, Cause.CONNECTION),
    ],
)
async def test_each_answer_has_one_outcome(
    channel: Any,
    alertmanager: AlertmanagerReceiver,
    told: Told,
    outcome: Callable[..., Any],
    answer: Any,
    outcome_is: Outcome,
    cause: Cause,
) -> None:
    channel.answers(answer)
    result = await outcome(alertmanager, channel, told())

    assert (result.outcome, result.cause) == (outcome_is, cause)
