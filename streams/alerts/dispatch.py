"""From a transition to a notification: the core of the notify agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.message import Notification, Titles, acknowledgement_of, compose, digest_of, reminder_of
from streams.alerts.routing import STALE_MS, Routing, Ruling
from streams.incidents.action_book import ActionBook
from streams.incidents.anomaly import Change
from streams.incidents.handling import ends_at, handling_of, snooze_over

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from streams.incidents.action import Taken
    from streams.incidents.anomaly import Anomaly, Transition
    from streams.incidents.handling import Handling


class Dispatch:
    """Decides and composes; sending is the caller's (`Outbox.put`), so that backtest lists what would be sent.

    Args:
        titles: what people call the metrics.
        zone: whose time messages tell.
        routing: what was told before a restart.
        actions: what people did, filled by whoever reads it; none in a backtest.

    """

    def __init__(
        self,
        titles: Titles,
        zone: tzinfo,
        routing: Routing | None = None,
        actions: ActionBook | None = None,
    ) -> None:
        self._titles = titles
        self._zone = zone
        self._routing = routing or Routing()
        self._actions = ActionBook() if actions is None else actions
        self._anomalies: dict[str, Anomaly] = {}
        self._reminded: dict[tuple[str, str], int] = {}
        self._acked: set[tuple[str, str]] = set()

    @property
    def routing(self) -> Routing:
        return self._routing

    def handle(self, transition: Transition, clock_ms: int) -> tuple[Ruling, Notification | None]:
        """The ruling, and the notification where it is NOTIFY."""
        self._anomalies[transition.anomaly.fingerprint] = transition.anomaly
        ruling = self._routing.rule(transition, clock_ms, self._handling(transition.anomaly, clock_ms))
        notification = None
        if ruling is Ruling.NOTIFY:
            notification = compose(transition, self._titles, self._anomalies, self._zone)
        if transition.change is Change.RESOLVED:
            del self._anomalies[transition.anomaly.fingerprint]
        return ruling, notification

    def catch_up(self, clock_ms: int, handled_ms: int) -> Notification | None:
        """One digest of what was held and is still open, once the worker has caught up; else None."""
        snoozed = {
            fingerprint
            for fingerprint, held in self._routing.held.items()
            if self._handling(held.anomaly, clock_ms).snoozed is not None
        }
        released = self._routing.release(clock_ms, handled_ms, snoozed)
        return digest_of(released, self._titles) if released else None

    def remind(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> list[Notification]:
        """Notifications of what is still open although its snooze has run out within the last `STALE_MS`, each once.

        After a restart each may come again: its id is the same.
        """
        earliest = clock_ms - STALE_MS
        self._reminded = {key: ended for key, ended in self._reminded.items() if ended >= earliest}
        due = []
        for anomaly in open_anomalies:
            over = snooze_over(self._actions.of(anomaly.fingerprint), anomaly, clock_ms)
            if over is None or ends_at(over) < earliest or _key(over) in self._reminded:
                continue
            self._reminded[_key(over)] = ends_at(over)
            if self._routing.remind(anomaly, self._handling(anomaly, clock_ms)) is Ruling.NOTIFY:
                due.append(reminder_of(anomaly, over.id, clock_ms, self._titles, self._anomalies, self._zone))
        return due

    def acknowledge(self, open_anomalies: Iterable[Anomaly], clock_ms: int) -> list[Notification]:
        """That somebody has what was told, each once: for systems that would go on calling people.

        After a restart each comes again: its id is the same.
        """
        told = [a for a in open_anomalies if a.fingerprint in self._routing.told]
        holds = {(a.fingerprint, a.detected_at): (a, self._handling(a, clock_ms).acked) for a in told}
        acked = {key: (anomaly, hold) for key, (anomaly, hold) in holds.items() if hold is not None}
        news = [
            acknowledgement_of(acked[key][0], acked[key][1].by, clock_ms) for key in sorted(set(acked) - self._acked)
        ]
        self._acked = set(acked)
        return news

    def _handling(self, anomaly: Anomaly, clock_ms: int) -> Handling:
        return handling_of(self._actions.of(anomaly.fingerprint), anomaly, clock_ms)


def _key(taken: Taken) -> tuple[str, str]:
    return taken.source, taken.id
