"""The incident agent's core: verdicts of all metrics in, transitions of anomalies out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.incidents.alert import Alert, State, TickEffect, began, deviation, excess_rate, severity_of
from streams.incidents.book import AlertBook
from streams.incidents.bottleneck import join
from streams.incidents.kinship import Kinship
from streams.incidents.news import News, change_of
from streams.incidents.opening import firing
from streams.incidents.pending import PendingSeries
from streams.incidents.policy import Policy
from streams.incidents.publication import publish, transition
from streams.incidents.ticks import TickQueue
from streams.records.anomaly import Anomaly, Transition, Why
from streams.records.scope import digest, fingerprint
from streams.scorecards.scorer import Scorer, ToldScores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.incidents.kinship import MetricCatalogue
    from streams.incidents.ticks import Tick
    from streams.records.score import Score
    from streams.records.verdicts import TickVerdicts, Verdict
    from streams.settings.settings import Settings


class _State(msgspec.Struct):
    """All that changes: what a snapshot holds."""

    queue: TickQueue
    pending: PendingSeries
    book: AlertBook
    unknown_metrics: int = 0
    scores: ToldScores = msgspec.field(default_factory=ToldScores)


class IncidentDesk:
    """Handles a tick once every cells partition has delivered it; the same ticks give the same transitions and ids.

    Args:
        catalogue: metrics by name; a verdict of a metric that is not in it is counted and ignored.
        cells_partitions: how many partitions deliver ticks.
        settings: `board_url` and `runbook_base_url` go into the anomalies.
        policy: numbers of the life-cycle; the default is the one that is documented.

    """

    def __init__(
        self,
        catalogue: MetricCatalogue,
        cells_partitions: int,
        settings: Settings,
        policy: Policy | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._partitions = cells_partitions
        self._settings = settings
        self._policy = policy or Policy()
        self._state = _State(TickQueue(cells_partitions), PendingSeries(), AlertBook())
        self._news = News()
        self._scorer = Scorer(catalogue.scorecards, catalogue.by_name, settings.timezone)
        self._scores: list[Score] = []

    def deliver(self, record: TickVerdicts) -> list[Transition]:
        """Transitions of the ticks that this record completes, in order. What was handled before is ignored.

        Raises ValueError for a partition that is not configured.
        """
        self._state.queue.add(record, self._catalogue.hash)
        return [transition for tick in self._state.queue.complete() for transition in self._handle(tick)]

    @property
    def handled(self) -> int:
        """The last tick handled, event time in ms; -1 before the first."""
        return self._state.queue.handled

    def open_anomalies(self) -> list[Anomaly]:
        """Published anomalies that are not resolved, as of the last tick, oldest first."""
        return [self._publish(alert) for alert in self._state.book.published() if alert.open]

    def recent_anomalies(self) -> list[Anomaly]:
        """Published anomalies of the last 24 h that are resolved, oldest first; of a series only its last."""
        since = self.handled - self._policy.recent_ms
        return [self._publish(a) for a in self._state.book.published() if not a.open and a.resolved >= since]

    def readings(self) -> dict[str, int]:
        """Sizes and counters for the metrics endpoint."""
        alerts = self._state.book.alerts.values()
        return {
            "open": sum(alert.open and alert.host is None for alert in alerts),
            "attached": sum(alert.open and alert.host is not None for alert in alerts),
            "pending": len(self._state.pending.series),
            "waiting_ticks": len(self._state.queue.waiting),
            "unknown_metrics": self._state.unknown_metrics,
            "foreign_records": self._state.queue.foreign_records,
        }

    def to_bytes(self) -> bytes:
        self._state.scores = self._scorer.told
        return msgspec.msgpack.encode(self._state)

    def restore(self, payload: bytes) -> None:
        """Takes over a state made by `to_bytes`.

        Raises msgspec.DecodeError for anything else, ValueError where it was made with another number of partitions.
        """
        state = msgspec.msgpack.decode(payload, type=_State)
        if state.queue.partitions != self._partitions:
            raise ValueError(f"the saved state has {state.queue.partitions} cells partitions, not {self._partitions}")
        self._state, self._scorer.told = state, state.scores

    def take_scores(self) -> list[Score]:
        """The scores that are to be told since it was last asked, in order."""
        taken, self._scores = self._scores, []
        return taken

    def _handle(self, tick: Tick) -> list[Transition]:
        self._news, now = News(), tick.time
        scored = self._scorer.score(now, tick.figures)
        self._scores += scored.scores
        verdicts = self._by_fingerprint([*tick.verdicts, *scored.verdicts])
        ending = self._step(verdicts, now)
        self._state.pending.update(verdicts, now, self._policy)
        self._open(verdicts, now)
        self._end(ending, now)
        self._tell_worse(now)
        self._state.book.forget(now, self._policy)
        return self._transitions(now)

    def _by_fingerprint(self, raw: Iterable[Verdict]) -> dict[str, Verdict]:
        """Sorted, so that nothing depends on which partition spoke first."""
        found: dict[str, Verdict] = {}
        for verdict in raw:
            metric = self._catalogue.by_name.get(verdict.metric)
            if metric is None:
                self._state.unknown_metrics += 1
                continue
            found[fingerprint(metric.name, metric.touchpoint, verdict.scope)] = verdict
        return dict(sorted(found.items()))

    def _step(self, verdicts: Mapping[str, Verdict], now: int) -> dict[str, Why]:
        """Moves the open alerts on; fingerprints that have reached their end, and why."""
        ending: dict[str, Why] = {}
        for alert in self._state.book.open_alerts():
            if alert.metric not in self._catalogue.by_name:
                ending[alert.fingerprint] = Why.RETIRED
                continue
            step = alert.step(verdicts.get(alert.fingerprint), now, self._policy)
            if step is TickEffect.CLEAR:
                ending[alert.fingerprint] = Why.RECOVERED
            elif step is TickEffect.STALE:
                ending[alert.fingerprint] = Why.STALE
            elif step is TickEffect.RECOVERING:
                self._news.note(alert, Why.RECOVERING)
            elif step is TickEffect.REFIRED:
                self._news.note(alert, Why.REFIRED)
        return ending

    def _open(self, verdicts: Mapping[str, Verdict], now: int) -> None:
        book, by_name = self._state.book, self._catalogue.by_name
        fired = firing(verdicts, by_name, self._state.pending, book.alerts.values(), now, self._policy)
        newcomers = [self._newcomer(name, verdict, now) for name, verdict in fired]
        for alert in self._causes_first(newcomers):
            if join(alert, book, self._news, self._catalogue, now, self._policy) is not Kinship.ECHO:
                self._state.pending.series.pop(alert.fingerprint, None)

    def _newcomer(self, name: str, verdict: Verdict, now: int) -> Alert:
        metric = self._catalogue.by_name[verdict.metric]
        former = self._state.book.alerts.get(name)
        alert = Alert(
            fingerprint=name,
            metric=metric.name,
            title=metric.title,
            unit=metric.unit,
            runbook=metric.runbook,
            touchpoint=metric.touchpoint,
            scope=dict(verdict.scope),
            good=verdict.good,
            direction=verdict.direction,
            opened=now,
            started=self._onset(name, verdict, now),
            judged=now,
            verdict=verdict,
            peak=verdict.value,
            peak_deviation=deviation(verdict),
            peak_rate=excess_rate(verdict),
            peak_excess=verdict.excess,
            contributors=verdict.contributors,
            contributors_score=verdict.score,
            severity=severity_of(verdict, metric, self._policy),
            incident=digest([name, now]),
            changes=former.changes if former else [],
        )
        alert.note_change(now, self._policy)
        alert.count_affected(now)
        alert.published(now, metric)
        return alert

    def _onset(self, name: str, verdict: Verdict, now: int) -> int:
        """When the data shows that it began, as far as that is believable."""
        held = self._state.pending.series.get(name)
        since = now if held is None else held.since
        earliest = since - max(self._policy.onset_ms, 4_000 * verdict.window_s)
        return max(began(verdict, since), earliest)

    def _causes_first(self, newcomers: list[Alert]) -> list[Alert]:
        """Of what fires at one tick, parts of the shop before the whole, causes before symptoms, the worst first."""
        metrics = {alert.metric for alert in newcomers}

        def causes_among(alert: Alert) -> int:
            return len(metrics.intersection(self._catalogue.by_name[alert.metric].symptom_of))

        return sorted(newcomers, key=lambda a: (not a.scope, causes_among(a), -a.verdict.score, a.fingerprint))

    def _end(self, ending: Mapping[str, Why], now: int) -> None:
        """Attached alerts end silently; a published one ends when none is left behind it."""
        alerts = self._state.book.alerts
        for name in sorted(ending, key=lambda name: (alerts[name].host is None, name)):
            alert = alerts[name]
            if alert.host is not None:
                del alerts[name]
            elif ending[name] is not Why.RECOVERED or not self._state.book.holding(alert, now, self._policy):
                for member in self._state.book.attached(alert):
                    del alerts[member.fingerprint]
                alert.state = State.RESOLVED
                alert.resolved = now
                alert.note_change(now, self._policy)
                self._news.note(alert, ending[name])

    def _tell_worse(self, now: int) -> None:
        book = self._state.book
        for alert in book.open_alerts():
            metric = self._catalogue.by_name.get(alert.metric)
            if metric is None or alert.state is not State.FIRING:
                continue
            speaker = book.alerts[alert.host] if alert.host else alert
            if alert.same_kind(alert.verdict) and speaker.escalate(severity_of(alert.verdict, metric, self._policy)):
                self._news.note(speaker, Why.ESCALATED)
            if speaker is alert and alert.worsened(now, metric, self._policy):
                self._news.note(alert, Why.WORSENED)
                alert.published(now, metric)

    def _transitions(self, now: int) -> list[Transition]:
        return [
            transition(change_of(why), why, now, alert.opened, self._publish(alert))
            for alert, why in self._news.in_order(self._state.book.alerts)
        ]

    def _publish(self, alert: Alert) -> Anomaly:
        book = self._state.book
        also = list(dict.fromkeys(member.title for member in book.attached(alert)))
        return publish(alert, also, book.symptoms(alert), self._settings)
