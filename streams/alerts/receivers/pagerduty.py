"""PagerDuty, Events API v2: an incident is triggered, acknowledged and resolved under the anomaly's fingerprint.

Facts: https://developer.pagerduty.com/docs/events-api-v2-overview (fields, sizes, 202, 400, 429, about 120 events a
minute and key) and https://developer.pagerduty.com/docs/send-alert-event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from streams.alerts.queue.budget import Allowance, Limit
from streams.alerts.receivers.channel import Channel, Need, Parts
from streams.alerts.receivers.refusals import Refusal, RefusalKind, refusal_of
from streams.alerts.words.fitting import cut, fitted, shown
from streams.alerts.words.message import ACKNOWLEDGED
from streams.alerts.words.plain_text import plain
from streams.delivery.answer import failure_of, garbage
from streams.delivery.result import DELIVERED, Cause, Result
from streams.records.anomaly import Change
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from streams.alerts.words.message import Notification
    from streams.alerts.words.voice import Voice
    from streams.delivery.answer import Answer
    from streams.delivery.http_post import HttpPost

ALLOWANCE = Allowance((Limit(120, 60.0),), kept=40, hears_acks=True, apart=True)
URL = "https://events.pagerduty.com/v2/enqueue"

_RETRY_S = 30.0
_MOST_SUMMARY, _MOST_LINE, _MOST_DETAILS, _MOST_KEY = 1_024, 1_024, 32_000, 255
_ACTIONS = {Change.RESOLVED.value: "resolve", ACKNOWLEDGED: "acknowledge"}

_REFUSALS: Final = (
    Refusal(400, RefusalKind.ROBOT, "routing key", Cause.CREDENTIALS, words=("routing key", "routing_key")),
    Refusal(400, RefusalKind.MESSAGE, "invalid event", Cause.REFUSED),
)


class PagerDutyReceiver:
    """One service.

    Args:
        key: the integration's routing key: a credential.
        url: of the region.
        installation: stands before every key, so that two installations may share a service; empty: the default one.

    """

    def __init__(
        self, name: str, key: str, post: HttpPost, voice: Voice, url: str = URL, installation: str = ""
    ) -> None:
        self.name = name
        self._key = key
        self._post = post
        self._voice = voice
        self._url = url
        self._before = f"{installation}/" if installation else ""

    def __repr__(self) -> str:
        return f"PagerDutyReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """202 and `success` deliver; what is sent again falls together by its key."""
        event = event_of(notification, self._voice)
        event["dedup_key"] = cut(self._before + event["dedup_key"], _MOST_KEY)
        answer = await self._post.send(self._url, orjson.dumps({"routing_key": self._key, **event}))
        return answer if isinstance(answer, Result) else _judge(answer)


def event_of(notification: Notification, voice: Voice) -> dict[str, Any]:
    """The event without the routing key. Digests come here in parts: an incident has the key of its anomaly."""
    anomaly = notification.anomalies[0] if len(notification.anomalies) == 1 else None
    alone = anomaly is not None and notification.kind in {*Change, ACKNOWLEDGED}
    key = anomaly.fingerprint if anomaly is not None and alone else notification.id
    action = _ACTIONS.get(notification.kind, "trigger")
    event: dict[str, Any] = {"event_action": action, "dedup_key": cut(key, _MOST_KEY)}
    if action == "acknowledge":
        return event
    text = voice.text(notification)
    payload: dict[str, Any] = {
        "summary": shown(text.title, _MOST_SUMMARY),
        "source": "pharos",
        "severity": notification.severity.value,
        "timestamp": rfc3339(notification.time),
        "custom_details": {"told": fitted([shown(line, _MOST_LINE) for line in text.body], _MOST_DETAILS, voice.more)},
    }
    if anomaly is not None and alone:
        payload |= {"component": anomaly.touchpoint, "group": anomaly.incident, "class": plain(anomaly.metric)}
        payload["custom_details"]["scope"] = {plain(name): plain(value) for name, value in anomaly.scope.items()}
    event |= {"payload": payload, "client": "Pharos"}
    if text.links:
        event["links"] = [{"href": link.url, "text": link.label} for link in text.links]
        event["client_url"] = text.links[0].url
    return event


def _judge(answer: Answer) -> Result:
    if answer.status == 202 and (answer.fields or {}).get("status") == "success":
        return DELIVERED
    failure = failure_of(answer) or garbage(answer)
    if failure.cause is Cause.THROTTLED:
        return failure._replace(retry_after_s=failure.retry_after_s or _RETRY_S)
    refusal = refusal_of(_REFUSALS, answer.status, _errors(answer))
    return refusal.result("status") if refusal else failure


def _errors(answer: Answer) -> str:
    """What is wrong, in PagerDuty's words."""
    fields = answer.fields or {}
    return f"{fields.get('message')} {fields.get('errors')}"


def _made_of(parts: Parts) -> PagerDutyReceiver:
    return PagerDutyReceiver(
        parts.name, parts.secret, parts.post, parts.voice, parts.url or URL, parts.context.installation
    )


CHANNEL = Channel(
    "pagerduty",
    _made_of,
    url=Need.MAY,
    secret=Need.MUST,
    secret_meaning="the routing key",  # noqa: S106 - the word for it, no secret
    allowance=ALLOWANCE,
    is_secret=(lambda key: len(key) == 32, "has 32 characters"),
    stands_in=False,  # what it opened must be closed there
)
