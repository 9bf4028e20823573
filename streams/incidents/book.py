"""The alerts that are open, and for a day those that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.catalogue.metric import Severity
from streams.incidents.alert import Alert  # noqa: TC001 - msgspec reads the annotation at run time

if TYPE_CHECKING:
    from streams.incidents.policy import Policy


class AlertBook(msgspec.Struct):
    """One alert per fingerprint: the open one, else the last that was."""

    alerts: dict[str, Alert] = {}

    def open_alerts(self) -> list[Alert]:
        return [alert for alert in self.alerts.values() if alert.open]

    def published(self) -> list[Alert]:
        """Alerts with an anomaly of their own, open or over, oldest first."""
        return sorted((a for a in self.alerts.values() if a.host is None), key=lambda a: (a.opened, a.fingerprint))

    def attached(self, host: Alert) -> list[Alert]:
        """Open alerts that stand behind a published one, oldest first."""
        members = [a for a in self.alerts.values() if a.open and a.host == host.fingerprint]
        return sorted(members, key=lambda a: (a.opened, a.fingerprint))

    def holding(self, host: Alert, now: int, policy: Policy) -> bool:
        """Whether something attached keeps a published alert open: a warning, for `policy.link_ms` at most."""
        if host.clear_since and now - host.clear_since > policy.link_ms:
            return False
        return any(member.severity is not Severity.INFO for member in self.attached(host))

    def symptoms(self, cause: Alert) -> list[str]:
        """Fingerprints of the published symptoms of a cause."""
        return sorted(
            a.fingerprint
            for a in self.alerts.values()
            if a.host is None and a.caused_by == cause.fingerprint and a.incident == cause.incident
        )

    def root(self, alert: Alert) -> Alert:
        """The published alert at the end of the chain of hosts and causes."""
        seen = {alert.fingerprint}
        while True:
            above = self.alerts.get(alert.host or alert.caused_by or "")
            if above is None or above.fingerprint in seen:
                return alert
            seen.add(above.fingerprint)
            alert = above

    def forget(self, now: int, policy: Policy) -> None:
        """Drops what was over long ago, and the oldest of too many."""
        over = sorted((a.resolved, a.fingerprint) for a in self.alerts.values() if not a.open)
        surplus = max(len(over) - policy.max_resolved, 0)
        for position, (resolved, fingerprint) in enumerate(over):
            if position < surplus or now - resolved > policy.keep_resolved_ms:
                del self.alerts[fingerprint]
