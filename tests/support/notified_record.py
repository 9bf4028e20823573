"""A record of pharos-actions that says that people were notified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts.decide.notification_log import NotificationLog
from streams.records.action import NOTIFIED, Taken
from streams.register.actions import ActionBook

if TYPE_CHECKING:
    from streams.records.anomaly import Anomaly


def notified_record(anomaly: Anomaly, at: int, *receivers: str, action: str = NOTIFIED) -> Taken:
    taken = NotificationLog(ActionBook()).entry_for(action, anomaly, receivers or ("duty",), at)
    assert taken is not None
    return taken
