"""What a tick changed, one reason an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.records.anomaly import Change, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.incidents.alert import Alert

_URGENCY = {why: position for position, why in enumerate(Why)}
_CHANGES = {
    Why.OPENED: Change.OPENED,
    Why.RECOVERED: Change.RESOLVED,
    Why.STALE: Change.RESOLVED,
    Why.RETIRED: Change.RESOLVED,
}


class News:
    """At most one transition an alert and tick; of several reasons the first in the order of `Why` wins."""

    def __init__(self) -> None:
        self._reasons: dict[str, Why] = {}

    def note(self, alert: Alert, why: Why) -> None:
        """What is attached to another alert says nothing, and what is over is never updated."""
        updates_the_past = not alert.open and change_of(why) is Change.UPDATED
        known = self._reasons.get(alert.fingerprint)
        if alert.host is None and not updates_the_past and (known is None or _URGENCY[why] < _URGENCY[known]):
            self._reasons[alert.fingerprint] = why

    def is_new(self, alert: Alert) -> bool:
        return self._reasons.get(alert.fingerprint) is Why.OPENED

    def in_order(self, alerts: Mapping[str, Alert]) -> Iterable[tuple[Alert, Why]]:
        """Openings first, causes before their symptoms."""
        news = [(alerts[fingerprint], why) for fingerprint, why in self._reasons.items() if fingerprint in alerts]
        return sorted(news, key=lambda item: (_URGENCY[item[1]], item[0].caused_by is not None, item[0].fingerprint))


def change_of(why: Why) -> Change:
    return _CHANGES.get(why, Change.UPDATED)
