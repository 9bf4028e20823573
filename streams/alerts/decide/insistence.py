"""What is told again, or to others, while it is open and nobody has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams.alerts.decide.routing import STALE_MS
from streams.alerts.decide.told import record_of
from streams.catalogue.metric import Severity
from streams.records.action import ESCALATED, NOTIFY_SOURCE, Kind, Taken
from streams.records.scope import digest as short_hash
from streams.register.handling import ends_at, is_about

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.alerts.decide.escalation import Escalations
    from streams.records.anomaly import Anomaly
    from streams.register.actions import ActionBook


class Repeats(msgspec.Struct, frozen=True):
    """After how many ms what is still open is told again; 0: never."""

    critical_ms: int = 3_600_000
    other_ms: int = 4 * 3_600_000

    def interval(self, anomaly: Anomaly) -> int:
        return self.critical_ms if anomaly.severity == Severity.CRITICAL else self.other_ms


class Nudge(NamedTuple):
    """Tell of an anomaly again.

    Attributes:
        id: the same whenever the same nudge is due.
        news: what stands with the severity, a key of `Phrases.news`.
        receivers: of a step; None: those of the routes.
        record: what to write on pharos-actions once it is delivered.

    """

    anomaly: Anomaly
    id: str
    news: str
    receivers: tuple[str, ...] | None = None
    record: Taken | None = None


class Insistence:
    """Repeats and chains of escalation. What is on pharos-actions is done, whichever worker did it."""

    def __init__(self, escalations: Escalations, repeats: Repeats, actions: ActionBook) -> None:
        self._escalations = escalations
        self._repeats = repeats
        self._actions = actions
        self._done: dict[str, set[str]] = {}

    def due(self, told: Iterable[tuple[Anomaly, int]], still_open: Iterable[Anomaly], now: int) -> list[Nudge]:
        """Each once; after a restart what was due within the last `STALE_MS` may come once more, with the same id.

        `told`: what was told and is held back by nothing now, of what is open, and when (ms) it was told first.
        """
        self._done = {a.fingerprint: self._done.get(a.fingerprint, set()) for a in still_open}
        nudges = []
        for anomaly, told_at in told:
            nudges += [*self._escalate(anomaly, told_at, now), *self._repeat(anomaly, told_at, now)]
        return nudges

    def _escalate(self, anomaly: Anomaly, told_at: int, now: int) -> list[Nudge]:
        last = self._last_hold(anomaly, now)
        since = max(told_at, 0 if last is None else ends_at(last))
        nudges = []
        for step in self._escalations.due(anomaly, since, now):
            name = short_hash(
                ["escalation", anomaly.fingerprint, anomaly.detected_at, step.number, "" if last is None else last.id]
            )
            if self._is_done(anomaly, name):
                continue
            record = record_of(anomaly, ESCALATED, step.receivers, now, name=name, what=f"step {step.number}: ")
            nudges.append(Nudge(anomaly, name, "unacked", step.receivers, record))
        return nudges

    def _repeat(self, anomaly: Anomaly, told_at: int, now: int) -> list[Nudge]:
        interval = self._repeats.interval(anomaly)
        count = (now - told_at) // interval if interval else 0
        if count < 1 or now - (told_at + count * interval) > STALE_MS:
            return []
        name = short_hash(["repeat", anomaly.fingerprint, anomaly.detected_at, count])
        return [] if self._is_done(anomaly, name) else [Nudge(anomaly, name, "still open")]

    def _is_done(self, anomaly: Anomaly, name: str) -> bool:
        """Whether it was done before; from now on it is."""
        done = self._done[anomaly.fingerprint]
        if name in done or self._actions.has(anomaly.fingerprint, NOTIFY_SOURCE, name):
            return True
        done.add(name)
        return False

    def _last_hold(self, anomaly: Anomaly, now: int) -> Taken | None:
        """The last ack or snooze of this incident: when it has run out, the chain begins anew."""
        holds = [
            taken
            for taken in self._actions.of(anomaly.fingerprint)
            if taken.action in (Kind.ACK, Kind.SNOOZE) and is_about(taken, anomaly) and ends_at(taken) <= now
        ]
        return max(holds, key=ends_at, default=None)
