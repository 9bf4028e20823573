"""Repeats and steps of escalation: what people are notified of again while it is open and nobody has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams.alerts.decide.notification_log import entry
from streams.alerts.decide.stages import STALE_MS
from streams.catalogue.metric import Severity
from streams.records.action import ESCALATED, NOTIFY_SOURCE, ActionRecord, Kind
from streams.records.scope import digest as short_hash
from streams.register.handling import ends_at, is_about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.alerts.decide.episode import Episode
    from streams.alerts.decide.escalation import Escalations
    from streams.records.anomaly import Anomaly
    from streams.register.actions import ActionBook


class RepeatIntervals(msgspec.Struct, frozen=True):
    """After how many ms what is still open is repeated; 0: never."""

    critical_ms: int = 3_600_000
    other_ms: int = 4 * 3_600_000

    def of(self, anomaly: Anomaly) -> int:
        return self.critical_ms if anomaly.severity == Severity.CRITICAL else self.other_ms


class Repeat(NamedTuple):
    """Notify again of what is open.

    Attributes:
        id: the same whenever the same repeat is due.
        news: what stands with the severity, a key of `Phrases.news`.
        receivers: of a step of escalation; None: those of the routes.
        record: what to write on pharos-actions once it is delivered.

    """

    id: str
    news: str
    receivers: tuple[str, ...] | None = None
    record: ActionRecord | None = None


class Repeats:
    """What is on pharos-actions is done, whichever worker did it."""

    def __init__(self, escalations: Escalations, intervals: RepeatIntervals, actions: ActionBook) -> None:
        self._escalations = escalations
        self._intervals = intervals
        self._actions = actions

    def due(self, anomaly: Anomaly, episode: Episode, now: int) -> list[Repeat]:
        """Each once; after a restart what was due within the last `STALE_MS` may come once more, with the same id.

        Needs an episode that people were notified of and that nothing keeps quiet. `now` is in ms.
        """
        due = [*self._escalations_of(anomaly, episode, now), *self._repeats_of(anomaly, episode, now)]
        return [one for one in due if not self._is_logged(anomaly, one) and episode.mark_done(one.id)]

    def _escalations_of(self, anomaly: Anomaly, episode: Episode, now: int) -> Iterator[Repeat]:
        last = self._last_hold(anomaly, now)
        since = max(episode.since, 0 if last is None else ends_at(last))
        hold = "" if last is None else last.id
        for step in self._escalations.due(anomaly, since, now):
            name = short_hash(["escalation", *anomaly.episode, step.number, hold])
            record = entry(anomaly, ESCALATED, step.receivers, now, name=name, what=f"step {step.number}: ")
            yield Repeat(name, "unacked", step.receivers, record)

    def _repeats_of(self, anomaly: Anomaly, episode: Episode, now: int) -> Iterator[Repeat]:
        interval = self._intervals.of(anomaly)
        count = (now - episode.since) // interval if interval else 0
        if count >= 1 and now - (episode.since + count * interval) <= STALE_MS:
            yield Repeat(short_hash(["repeat", *anomaly.episode, count]), "still open")

    def _is_logged(self, anomaly: Anomaly, repeat: Repeat) -> bool:
        return self._actions.has(anomaly.fingerprint, NOTIFY_SOURCE, repeat.id)

    def _last_hold(self, anomaly: Anomaly, now: int) -> ActionRecord | None:
        """The last ack or snooze of this episode: when it has run out, the chain starts again."""
        holds = [
            taken
            for taken in self._actions.of(anomaly.fingerprint)
            if taken.action in (Kind.ACK, Kind.SNOOZE) and is_about(taken, anomaly) and ends_at(taken) <= now
        ]
        return max(holds, key=ends_at, default=None)
