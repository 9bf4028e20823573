"""Prometheus Alertmanager, API v2: routing, inhibition and silences of a house that has one.

Facts: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml and
https://prometheus.io/docs/alerting/latest/clients/ (alerts are sent again while they fire, and for a while after).
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import orjson

from streams.alerts.queue.budget import Allowance
from streams.alerts.receivers.channel import Channel, Need, Parts
from streams.alerts.words.plain_text import plain
from streams.catalogue.metric import Severity
from streams.delivery.answer import failure_of
from streams.delivery.result import DELIVERED, Result
from streams.events.event_time import event_time_ms
from streams.records.anomaly import Change
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from streams.alerts.words.message import Notification
    from streams.delivery.http_post import HttpPost
    from streams.records.anomaly import Anomaly

RESEND_S = 60.0
HOLD_MS = 300_000  # so long an alert stands without being sent again, and its end is sent again

_NO_LABEL = re.compile(r"[^a-zA-Z0-9_]")
_OURS = {"alertname", "severity", "touchpoint", "fingerprint"}
_GRADES = (Severity.WARNING, Severity.CRITICAL)


class AlertmanagerReceiver:
    """One Alertmanager, or the address of a cluster's member.

    Args:
        url: of the service, without the path of the API.
        token: sent as a bearer token where a proxy wants one; else empty.
        open_anomalies: all that are open; they are sent again each minute, whoever notified of them first.
        sleep: waits for so many seconds.
        installation: the label `job` of its alerts, as alerts of Prometheus have it, so that two installations may
            share an Alertmanager; empty: the default one, whose alerts have none.

    """

    def __init__(
        self,
        name: str,
        url: str,
        token: str,
        post: HttpPost,
        open_anomalies: Callable[[], Iterable[Anomaly]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        installation: str = "",
    ) -> None:
        self.name = name
        self._url = f"{url.rstrip('/')}/api/v2/alerts"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._post = post
        self._open = open_anomalies
        self._sleep = sleep
        self._more_labels = {"job": installation} if installation else {}
        self._ended: dict[str, Anomaly] = {}

    def __repr__(self) -> str:
        return f"AlertmanagerReceiver({self.name!r})"

    async def deliver(self, notification: Notification) -> Result:
        """The status decides, for the answer has no body. A digest sends what stands, for its parts may be over."""
        now = self._now_ms()
        if len(notification.anomalies) != 1:
            return await self._send(self._standing(now))
        anomaly = notification.anomalies[0]
        alerts = [alert_of(anomaly, now)]
        if notification.kind == Change.UPDATED:
            alerts += [_over(anomaly, other.value, now) for other in _GRADES if other != anomaly.severity]
        if anomaly.state == "resolved":
            self._ended[anomaly.fingerprint] = anomaly
        return await self._send(alerts)

    async def keep_up(self) -> None:
        """Sends what stands and what has just ended once a minute. A failure waits for the next minute."""
        while True:
            await self._sleep(RESEND_S)
            await self._send(self._standing(self._now_ms()))

    def _standing(self, now: int) -> list[dict[str, Any]]:
        """Of what people are notified of: what is merely info, or a symptom, stays out here too."""
        active = [a for a in self._open() if a.severity != Severity.INFO and a.caused_by is None]
        for anomaly in active:
            self._ended.pop(anomaly.fingerprint, None)
        recent = {name: a for name, a in self._ended.items() if now - _ended_ms(a, now) <= HOLD_MS}
        self._ended = recent
        return [alert_of(anomaly, now) for anomaly in (*active, *recent.values())]

    async def _send(self, alerts: list[dict[str, Any]]) -> Result:
        if not alerts:
            return DELIVERED
        labelled = [alert | {"labels": alert["labels"] | self._more_labels} for alert in alerts]
        answer = await self._post.send(self._url, orjson.dumps(labelled), self._headers)
        return answer if isinstance(answer, Result) else failure_of(answer) or DELIVERED

    def _now_ms(self) -> int:
        return int(self._post.clock() * 1000)


def alert_of(anomaly: Anomaly, now: int) -> dict[str, Any]:
    """Labels say what it is, annotations what is known of it. `now`: the wall's, in ms."""
    firing = anomaly.state != "resolved"
    annotations = {
        "summary": plain(anomaly.summary),
        "started_at": anomaly.started_at,
        "runbook_url": anomaly.runbook_url,
        "board_url": anomaly.board_url,
    }
    return {
        "labels": labels_of(anomaly, anomaly.severity),
        "annotations": {key: value for key, value in annotations.items() if value},
        "startsAt": rfc3339(_started_ms(anomaly, now)),
        "endsAt": rfc3339(now + HOLD_MS if firing else _ended_ms(anomaly, now)),
        "generatorURL": anomaly.board_url,
    }


def labels_of(anomaly: Anomaly, severity: str) -> dict[str, str]:
    """The identity: metric, severity, touchpoint, scope. Alertmanager drops labels without a value."""
    scope = {_NO_LABEL.sub("_", name): value for name, value in anomaly.scope.items()}
    named = {f"scope_{name}" if name in _OURS or name[:1].isdigit() else name: value for name, value in scope.items()}
    return named | {
        "alertname": anomaly.metric,
        "severity": severity,
        "touchpoint": anomaly.touchpoint,
        "fingerprint": anomaly.fingerprint,
    }


def _over(anomaly: Anomaly, severity: str, now: int) -> dict[str, Any]:
    """The severity is a label: what was sent under the other one ends."""
    alert = alert_of(anomaly, now)
    return alert | {"labels": labels_of(anomaly, severity), "endsAt": rfc3339(now)}


def _started_ms(anomaly: Anomaly, now: int) -> int:
    """Alertmanager refuses what begins after its end: events of a replay may lie anywhere."""
    return min(event_time_ms(anomaly.started_at) or now, now, _ended_ms(anomaly, now))


def _ended_ms(anomaly: Anomaly, now: int) -> int:
    ended = event_time_ms(anomaly.ended_at) if anomaly.ended_at else None
    return now if ended is None else min(ended, now)


def _made_of(parts: Parts) -> AlertmanagerReceiver:
    context = parts.context
    return AlertmanagerReceiver(
        parts.name, parts.url, parts.secret, parts.post, context.open_anomalies, installation=context.installation
    )


CHANNEL = Channel(
    "alertmanager",
    _made_of,
    url=Need.MUST,
    secret=Need.MAY,
    secret_meaning="a bearer token",  # noqa: S106 - the word for it, no secret
    allowance=Allowance(apart=True),
)
