"""From a transition to a notification: the core of the notify agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.message import Notification, compose, digest_of
from streams.alerts.routing import Routing, Ruling
from streams.incidents.anomaly import Change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from streams.incidents.anomaly import Anomaly, Transition


class Dispatch:
    """Decides and composes; sending is the caller's (`Outbox.put`), so that backtest lists what would be sent.

    Args:
        titles: by metric name, what people call it.
        zone: whose time messages tell.
        routing: what was told before a restart.

    """

    def __init__(self, titles: Mapping[str, str], zone: tzinfo, routing: Routing | None = None) -> None:
        self._titles = titles
        self._zone = zone
        self._routing = routing or Routing()
        self._anomalies: dict[str, Anomaly] = {}

    @property
    def routing(self) -> Routing:
        return self._routing

    def handle(self, transition: Transition, clock_ms: int) -> tuple[Ruling, Notification | None]:
        """The ruling, and the notification where it is NOTIFY."""
        self._anomalies[transition.anomaly.fingerprint] = transition.anomaly
        ruling = self._routing.rule(transition, clock_ms)
        notification = None
        if ruling is Ruling.NOTIFY:
            notification = compose(transition, self._titles, self._anomalies, self._zone)
        if transition.change is Change.RESOLVED:
            del self._anomalies[transition.anomaly.fingerprint]
        return ruling, notification

    def catch_up(self, clock_ms: int, handled_ms: int) -> Notification | None:
        """One digest of what was held and is still open, once the worker has caught up; else None."""
        released = self._routing.release(clock_ms, handled_ms)
        return digest_of(released, self._titles) if released else None
