"""Whatever happens in whichever order, and however often the worker dies: nothing is missed or sent wrongly.

PHAROS_COURSES: how many random courses are run (200).
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.escalation import Escalations
from streams.alerts.decide.grouping import Grouping, Waits
from streams.alerts.decide.repeats import RepeatIntervals, Repeats
from streams.alerts.decide.stages import STALE_MS
from streams.alerts.queue.lane import LaneState
from streams.alerts.words.message import ACKNOWLEDGED, DIGEST, Titles
from streams.records.action import NOTIFYING, Taken
from streams.records.anomaly import Anomaly, Change, EpisodeKey, Transition, Why
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from streams.register.inhibition import OpenAnomalies
from streams.register.muting import Muting
from streams.register.silences import SilenceBook
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.alerts.words.message import Notification

START = 1_762_790_400_000
SECOND, MINUTE = 1_000, 60_000
NAMES = st.sampled_from(["f1", "f2", "f3"])
PLACES = {"f1": "order", "f2": "order", "f3": "page"}  # the graver of two in one place speaks for both


class Pen:
    """Writes on pharos-actions when the broker takes it."""

    def __init__(self) -> None:
        self.unwritten: list[Taken] = []

    @property
    def waiting(self) -> int:
        return len(self.unwritten)

    def put(self, taken: Taken) -> None:
        self.unwritten.append(taken)


class Courses(RuleBasedStateMachine):
    """One worker that notifies, which may die and come back; the topics, which do not."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.log: list[Transition] = []
        self.committed = 0
        self.open: dict[str, Anomaly] = {}
        self.actions, self.silences = ActionBook(), SilenceBook()
        self.restarts = 0
        self.records = 0
        self.announcer: Announcer | None = None
        self.pen = Pen()
        self.broker_hangs = False
        self.behind = 0
        self.heard: set[EpisodeKey] = set()  # notified of in any way
        self.ended: set[EpisodeKey] = set()
        self.seen: set[EpisodeKey] = set()  # somebody has acted on it, so knows of it
        self.times: Counter[str] = Counter()  # by id
        self.digested: Counter[tuple[EpisodeKey, str]] = Counter()  # by severity
        self.over_while_down: set[EpisodeKey] = set()
        self.forgotten: set[EpisodeKey] = set()  # sent while the broker hung, so nobody else knows
        self.forgiven: set[EpisodeKey] = set()  # of those, what was over, or quiet, when the next worker came

    @initialize()
    def begin(self) -> None:
        self.start_worker()

    # What the worker calls

    def put(self, notification: Notification) -> None:
        self.put_together([notification])

    def put_together(self, notifications: Sequence[Notification]) -> None:
        for notification in notifications:
            if notification.kind == ACKNOWLEDGED:
                continue
            self.times[notification.id] += 1
            for anomaly in notification.anomalies:
                episode = anomaly.fingerprint, anomaly.detected_at
                if notification.kind == Change.RESOLVED:
                    self.ended.add(episode)
                    continue
                assert not self.silences.silencing(anomaly, self.now), "sent although it is silenced"
                assert anomaly.fingerprint in self.open or notification.kind != DIGEST, "the digest lists what is over"
                assert episode not in self.over_while_down, "sent although it was over for long"
                self.heard.add(episode)
                self.digested[episode, anomaly.severity] += notification.kind == DIGEST

    def states(self) -> dict[str, LaneState]:
        return {"duty": LaneState(0, 0, "")}

    # What happens

    @rule(name=NAMES, severity=st.sampled_from(["warning", "critical"]))
    def opens(self, name: str, severity: str) -> None:
        if name not in self.open:
            at = rfc3339(self.now)
            self.publish(
                Change.OPENED,
                Why.OPENED,
                sample_anomaly(at, at, fingerprint=name, severity=severity, incident=name, touchpoint=PLACES[name]),
            )

    @rule(name=NAMES)
    def worsens(self, name: str) -> None:
        if name in self.open:
            self.publish(Change.UPDATED, Why.WORSENED, self.open[name])

    @rule(name=NAMES)
    def escalates(self, name: str) -> None:
        if name in self.open and self.open[name].severity == "warning":
            graver = msgspec.structs.replace(self.open[name], severity="critical")
            self.publish(Change.UPDATED, Why.ESCALATED, graver)

    @rule(name=NAMES)
    def resolves(self, name: str) -> None:
        if name in self.open:
            over = msgspec.structs.replace(self.open[name], state="resolved", ended_at=rfc3339(self.now))
            self.publish(Change.RESOLVED, Why.RECOVERED, over)

    @rule(matcher=st.sampled_from(["severity=warning", "severity=critical"]), minutes=st.integers(1, 40))
    def is_silenced(self, matcher: str, minutes: int) -> None:
        name = self.record("silence", f"silence/{self.records}", minutes, (matcher,))
        self.silences.note(name)

    @rule()
    def silences_are_ended(self) -> None:
        for silence in self.silences.in_force(self.now):
            self.silences.note(self.record("silence.expired", f"silence/{silence.id}"))

    @rule(name=NAMES, kind=st.sampled_from(["ack", "snooze"]), minutes=st.integers(1, 30))
    def somebody_acts(self, name: str, kind: str, minutes: int) -> None:
        if name in self.open:
            self.actions.note(self.record(kind, name, minutes))
            self.seen.add((name, self.open[name].detected_at))

    @rule(minutes=st.sampled_from([0.1, 1, 5, 20]))
    def time_passes(self, minutes: float) -> None:
        until = self.now + round(minutes * MINUTE)
        while self.now < until:
            self.now = min(until, self.now + 30 * SECOND)
            self.looks()

    @rule()
    def the_broker_hangs_or_goes_on(self) -> None:
        self.broker_hangs = not self.broker_hangs

    @rule(minutes=st.sampled_from([0, 20]))
    def the_judges_fall_behind_or_catch_up(self, minutes: int) -> None:
        self.behind = minutes * MINUTE

    @precondition(lambda self: self.announcer is not None)
    @rule()
    def dies(self) -> None:
        self.announcer = None
        self.forgotten |= {
            (taken.fingerprint, rfc3339(taken.detected_at or 0))
            for taken in self.pen.unwritten
            if taken.action == NOTIFYING
        }

    @precondition(lambda self: self.announcer is None)
    @rule()
    def comes_back(self) -> None:
        self.restarts += 1
        self.start_worker()

    # What must hold

    @invariant()
    def nothing_is_sent_twice_without_a_restart_and_hardly_with_one(self) -> None:
        assert all(times <= 1 + self.restarts for times in self.times.values())
        assert all(times <= 1 + self.restarts for times in self.digested.values())

    def teardown(self) -> None:
        """Once all is quiet: what is open was heard of, and so was the end of what was heard of."""
        if self.announcer is None:
            self.comes_back()
        self.broker_hangs, self.behind = False, 0
        self.silences_are_ended()
        self.time_passes(35)
        others = OpenAnomalies(self.open.values())
        for anomaly in self.open.values():
            known = (anomaly.fingerprint, anomaly.detected_at) in self.heard | self.seen
            assert known or others.inhibitor_of(anomaly), "open, and nobody heard of it"
        over = {(t.anomaly.fingerprint, t.anomaly.detected_at) for t in self.log if t.change is Change.RESOLVED}
        assert self.heard & over <= self.ended | self.forgiven, "the end of what was sent is missing"
        if not self.restarts:
            assert self.ended <= self.heard, "an end without a beginning"

    # The world around it

    def publish(self, change: Change, why: Why, anomaly: Anomaly) -> None:
        self.now += SECOND
        transition = Transition(f"{change}{len(self.log)}", change, self.now, anomaly, why)
        self.log.append(transition)
        if change is Change.RESOLVED:
            self.open.pop(anomaly.fingerprint)
        else:
            self.open[anomaly.fingerprint] = anomaly
        if self.announcer is not None:
            self.announcer.handle(transition)
            self.looks()

    def record(self, action: str, subject: str, minutes: int = 0, matchers: tuple[str, ...] = ()) -> Taken:
        self.records += 1
        self.now += SECOND  # two silences that meet within a millisecond leave no moment to notify in
        anomaly = self.open.get(subject)
        return Taken(
            source="/x",
            id=str(self.records),
            fingerprint=subject,
            time=self.now,
            action=action,
            until=self.now + minutes * MINUTE if minutes else None,
            matchers=matchers,
            severity=anomaly.severity if anomaly else None,
        )

    def looks(self) -> None:
        if self.announcer is not None:
            self.announcer.look_after(reminds=True)
            if not self.broker_hangs:
                for taken in self.pen.unwritten:
                    self.actions.note(taken)
                self.pen.unwritten.clear()
            if self.announcer.delivered:
                self.committed = len(self.log)

    def start_worker(self) -> None:
        dispatch = Dispatch(
            Titles({}),
            UTC,
            actions=self.actions,
            muting=Muting(self.silences),
            repeats=Repeats(Escalations(), RepeatIntervals(), self.actions),
            open_anomalies=lambda: list(self.open.values()),
        )
        self.pen = Pen()
        self.announcer = Announcer(
            dispatch,
            self,  # type: ignore[arg-type]
            lambda: self.now,
            lambda: self.now - self.behind,
            lambda *_: None,
            lambda: list(self.open.values()),
            grouping=Grouping(Waits(0, 10 * SECOND, 30 * SECOND)),
            recorder=self.pen,
        )
        dispatch.reminders.take_over(list(self.open.values()), self.now)
        unread = self.log[self.committed :]
        self.over_while_down |= {
            (t.anomaly.fingerprint, t.anomaly.detected_at)
            for t in unread
            if t.change is Change.RESOLVED
            and (t.anomaly.fingerprint, t.anomaly.detected_at) not in self.heard
            and self.now - t.time > STALE_MS
        }
        self.forgiven |= self.forgotten
        self.forgotten.clear()
        for transition in unread:
            self.announcer.handle(transition)
        self.looks()


TestNotificationLifecycle = Courses.TestCase
TestNotificationLifecycle.settings = settings(
    max_examples=int(os.environ.get("PHAROS_COURSES", "200")),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # shrinking a failure may take minutes: what happened is shown all the same
)
