"""Whom people were told of: by records of pharos-actions, so that any worker knows it, after a crash too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.catalogue.metric import Severity
from streams.events.event_time import event_time_ms
from streams.records.action import ESCALATED, NOTIFY_SOURCE, PHAROS, TELLING, TOLD, Taken
from streams.records.scope import digest as short_hash
from streams.register.handling import is_about

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.records.anomaly import Anomaly
    from streams.register.actions import ActionBook

_TELLS: Final = (TELLING, TOLD, ESCALATED)


class Told:
    """Reads such records, and makes them: `telling` when something goes out, `told` once receivers have it.

    So whatever a worker was doing when it died: what it was telling may be known already, so its end is told; and
    perhaps it is not, so what is still open is told again. Both are written once for an anomaly, and again where more
    receivers are told, or that it is critical by now.

    Args:
        actions: filled by whoever reads the topic.

    """

    def __init__(self, actions: ActionBook) -> None:
        self._actions = actions

    def since(self, anomaly: Anomaly) -> int | None:
        """When (ms) it went out to somebody who has it for certain; None where nobody does, as far as is known."""
        return min((taken.time for taken in self._records(anomaly) if taken.action == TOLD), default=None)

    def perhaps(self, anomaly: Anomaly) -> bool:
        """Whether somebody may have it."""
        return bool(self._records(anomaly))

    def whom(self, anomaly: Anomaly) -> tuple[str, ...]:
        """Names of receivers who may have it, those of a chain of escalation as well."""
        return tuple(sorted({name for taken in self._records(anomaly) for name in taken.receivers}))

    def as_critical(self, anomaly: Anomaly) -> bool:
        """Whether somebody has it for certain, as critical."""
        return any(taken.action == TOLD and taken.severity == Severity.CRITICAL for taken in self._records(anomaly))

    def record(self, action: str, anomaly: Anomaly, receivers: Sequence[str], now: int) -> Taken | None:
        """What to write, `action` being TELLING or TOLD; None where that is written already. `now` is in ms."""
        names = tuple(sorted(set(receivers)))
        enough = {anomaly.severity, Severity.CRITICAL}
        known = (t.receivers for t in self._records(anomaly) if t.action == action and t.severity in enough)
        if set(names) <= set().union(*known):
            return None
        name = short_hash([action, anomaly.fingerprint, anomaly.detected_at, anomaly.severity, *names])
        return record_of(anomaly, action, names, now, name=name)

    def _records(self, anomaly: Anomaly) -> list[Taken]:
        return [
            taken
            for taken in self._actions.of(anomaly.fingerprint)
            if taken.source == NOTIFY_SOURCE and taken.action in _TELLS and is_about(taken, anomaly)
        ]


def record_of(
    anomaly: Anomaly, action: str, receivers: tuple[str, ...], now: int, *, name: str, what: str = ""
) -> Taken:
    """A record that Pharos itself told of an anomaly. `name` is its id; `what` stands before the receivers' names."""
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
