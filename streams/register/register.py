"""What every worker knows of pharos-anomaly-state and pharos-actions, in bounded memory."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from streams.records.action import SilenceDeed
from streams.records.anomaly import Change
from streams.register.actions import ActionBook, Noted
from streams.register.gravity import gravest_first
from streams.register.inhibition import NOTHING_OPEN, OpenAnomalies
from streams.register.label_values import LabelValues
from streams.register.muting import Muting
from streams.register.requests import RequestLog
from streams.register.silences import SilenceBook
from streams.register.single_events import SingleEventLog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.catalogue.metric import Metric
    from streams.records.action import ActionRecord
    from streams.records.anomaly import Anomaly, Transition
    from streams.records.request import RequestStep
    from streams.register.maintenance import Window

RECENT_MS: Final = 24 * 3_600_000
RECENT: Final = 1_000
OF_AN_ANOMALY: Final = 100  # ids of transitions that are remembered, to recognise one that is read twice
_SILENCE_DEEDS: Final = frozenset(deed.value for deed in SilenceDeed)


class Register:
    """Open and recent anomalies, and what people and systems did about them. Fed by records; no clock of its own.

    Args:
        metrics: the catalogue's metrics.
        windows: of maintenance.

    Attributes:
        actions: what people and systems did about anomalies.
        requests: what business systems were asked to do about them.
        single_events: what they were asked to do about single events.
        silences, muting: what keeps anomalies quiet.
        time: of the latest tick or transition, event time in ms.
        version: changes with everything that is taken.

    """

    def __init__(self, metrics: Iterable[Metric], windows: tuple[Window, ...] = ()) -> None:
        self._metrics = tuple(metrics)
        self.actions = ActionBook()
        self.requests = RequestLog()
        self.single_events = SingleEventLog()
        self.silences = SilenceBook()
        self.muting = Muting(self.silences, windows)
        self.time = 0
        self.version = 0
        self._open: dict[str, Anomaly] = {}
        self._recent: dict[str, tuple[int, Anomaly]] = {}
        self._transitions: dict[str, deque[str]] = {}
        self._others = -1, NOTHING_OPEN

    def __len__(self) -> int:
        """How many anomalies are open or recent."""
        return len(self._open) + len(self._recent)

    def transition(self, transition: Transition) -> Noted:
        """Takes an anomaly's change. A repeated one changes nothing."""
        anomaly = transition.anomaly
        fingerprint = anomaly.fingerprint
        ids = self._transitions.setdefault(fingerprint, deque(maxlen=OF_AN_ANOMALY))
        if transition.id in ids:
            return Noted.REPEAT
        ids.append(transition.id)
        self._recent.pop(fingerprint, None)
        if transition.change is Change.RESOLVED:
            self._open.pop(fingerprint, None)
            self._recent[fingerprint] = (transition.time, anomaly)
        else:
            self._open[fingerprint] = anomaly
        self.advance(transition.time)
        self.version += 1
        return Noted.NEW

    def action(self, taken: ActionRecord) -> Noted:
        """Takes what somebody did about an anomaly, known or not yet, or a silence. A repeated one changes nothing."""
        self.silences.record()
        if taken.action in _SILENCE_DEEDS:
            noted = self.silences.note(taken)
        else:
            noted = self.actions.note(taken)
            if noted is Noted.NEW and not self.requests.decide(taken):
                self.single_events.decide(taken)
        if noted is Noted.NEW:
            self.version += 1
        return noted

    def step(self, step: RequestStep) -> None:
        """Takes a step of a request to a business system. A repeated one changes nothing."""
        log = self.requests if step.data.events is None else self.single_events
        if log.note(step):
            self.version += 1

    def advance(self, time: int) -> None:
        """Event time has reached `time` (ms): drops what was resolved too long ago, and the oldest beyond the limit."""
        self.time = max(self.time, time)
        for fingerprint, (ended, _) in list(self._recent.items()):
            if len(self._recent) <= RECENT and ended >= self.time - RECENT_MS:
                break
            del self._recent[fingerprint]
            del self._transitions[fingerprint]
            self.actions.forget(fingerprint, ended)
            self.requests.forget(fingerprint, ended)

    def anomaly(self, fingerprint: str) -> Anomaly | None:
        """An open or recent anomaly."""
        if fingerprint in self._recent:
            return self._recent[fingerprint][1]
        return self._open.get(fingerprint)

    def open_anomalies(self) -> list[Anomaly]:
        """Firing ones gravest first, then those that recover, then what is only noticed; the newest first in each."""
        return gravest_first(self._open.values())

    def ended_anomalies(self) -> list[tuple[int, Anomaly]]:
        """When (ms) and what was resolved within the last 24 h of event time, oldest first, at most 1,000."""
        return list(self._recent.values())

    def others(self) -> OpenAnomalies:
        """What is open, as inhibition asks for it."""
        if self._others[0] != self.version:
            self._others = self.version, OpenAnomalies(self._open.values())
        return self._others[1]

    def labels(self) -> LabelValues:
        """Which values the labels of anomalies can have."""
        return LabelValues(self._metrics, self._open.values())
