"""The log of notifications: records of pharos-actions, so that any worker knows who was notified, after a crash too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.alerts.words.message import ACKNOWLEDGED, MAINTENANCE
from streams.catalogue.metric import Severity
from streams.events.event_time import event_time_ms
from streams.records.action import ESCALATED, NOTIFIED, NOTIFY_SOURCE, NOTIFYING, PHAROS, Taken
from streams.records.anomaly import Change
from streams.records.scope import digest as short_hash
from streams.register.handling import is_about

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.alerts.words.message import Notification
    from streams.records.anomaly import Anomaly
    from streams.register.actions import ActionBook

_ENTRIES: Final = (NOTIFYING, NOTIFIED, ESCALATED)
_UNLOGGED: Final = (Change.RESOLVED, ACKNOWLEDGED, MAINTENANCE)


class Logged(NamedTuple):
    """What the log says of an episode.

    Attributes:
        receivers: names of those who may have it, of a chain of escalation as well; empty: nothing went out.
        delivered_at: when (ms) receivers had it first; None: that they have it is not known.
        critical: whether they have it as critical.

    """

    receivers: tuple[str, ...] = ()
    delivered_at: int | None = None
    critical: bool = False


NOTHING: Final = Logged()


class NotificationLog:
    """Reads such records, and makes them: `telling` when something goes out, `told` once receivers have it.

    So whatever a worker was doing when it died: what it was sending may be known already, so its end is sent; and
    perhaps it is not, so what is still open is sent again. Both are written once for an episode, and again where more
    receivers are notified, or that it is critical by now.

    Args:
        actions: filled by whoever reads the topic.

    """

    def __init__(self, actions: ActionBook) -> None:
        self._actions = actions

    def of(self, anomaly: Anomaly) -> Logged:
        entries = self._entries(anomaly)
        delivered = [taken for taken in entries if taken.action == NOTIFIED]
        return Logged(
            tuple(sorted({name for taken in entries for name in taken.receivers})),
            min((taken.time for taken in delivered), default=None),
            any(taken.severity == Severity.CRITICAL for taken in delivered),
        )

    def entries_for(self, action: str, sent: Notification, everybody: Sequence[str], now: int) -> list[Taken]:
        """What to write of each anomaly in it that is not written yet; `action` is NOTIFYING or NOTIFIED.

        `everybody`: names of all receivers, for what goes to all; `now`: ms.
        """
        if sent.kind in _UNLOGGED:
            return []
        names = everybody if sent.lanes is None else sent.lanes
        found = (self.entry_for(action, anomaly, names, now) for anomaly in sent.anomalies)
        return [taken for taken in found if taken is not None]

    def entry_for(self, action: str, anomaly: Anomaly, receivers: Sequence[str], now: int) -> Taken | None:
        """The same of one anomaly; None where it is written already."""
        names = tuple(sorted(set(receivers)))
        enough = {anomaly.severity, Severity.CRITICAL}
        known = (t.receivers for t in self._entries(anomaly) if t.action == action and t.severity in enough)
        if set(names) <= set().union(*known):
            return None
        name = short_hash([action, anomaly.fingerprint, anomaly.detected_at, anomaly.severity, *names])
        return entry(anomaly, action, names, now, name=name)

    def _entries(self, anomaly: Anomaly) -> list[Taken]:
        return [
            taken
            for taken in self._actions.of(anomaly.fingerprint)
            if taken.source == NOTIFY_SOURCE and taken.action in _ENTRIES and is_about(taken, anomaly)
        ]


def entry(anomaly: Anomaly, action: str, receivers: tuple[str, ...], now: int, *, name: str, what: str = "") -> Taken:
    """A record that Pharos itself notified of an anomaly: `name` is its id, `what` stands before the receivers."""
    return Taken(
        source=NOTIFY_SOURCE,
        id=name,
        fingerprint=anomaly.fingerprint,
        time=now,
        action=action,
        actor=PHAROS,
        note=what + ", ".join(receivers),
        detected_at=event_time_ms(anomaly.detected_at),
        severity=anomaly.severity,
        receivers=receivers,
    )
