"""What an ack and a snooze keep from people, and what they do not."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.stages import STALE_MS, Ruling
from streams.alerts.words.message import ACKNOWLEDGED, Titles
from streams.records.action import NOTIFYING, Taken
from streams.records.anomaly import Anomaly, Change, Transition, Why
from streams.register.actions import ActionBook
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


def taken(action: str, at: int = START + MINUTE, minutes: int = 60, **fields: Any) -> Taken:
    given: dict[str, Any] = {"source": "/pharos/api", "fingerprint": "f1", "severity": "critical"}
    until = None if action == "feedback" else at + minutes * MINUTE
    return Taken(id=f"{action}{at}", action=action, time=at, until=until, **(given | fields))


class Desk:
    """A dispatch with the actions of people, and a shorthand for its rulings."""

    def __init__(self, *actions: Taken) -> None:
        self.book = ActionBook()
        self.dispatch = Dispatch(Titles({}), UTC, actions=self.book)
        self.acts(*actions)

    def acts(self, *actions: Taken) -> None:
        for action in actions:
            self.book.note(action)

    def rule(self, transition: Transition, clock: int = 0) -> Ruling:
        return self.dispatch.handle(transition, clock or transition.time)[0]


def test_an_ack_lets_worsening_escalation_and_the_end_through(transition: Make) -> None:
    desk = Desk()
    opened = desk.rule(transition(severity="warning"))
    desk.acts(taken("ack", severity="warning"))
    worse = desk.rule(transition(Change.UPDATED, Why.WORSENED, START + 2 * MINUTE, severity="warning"))
    graver = desk.rule(transition(Change.UPDATED, Why.ESCALATED, START + 3 * MINUTE))
    over = desk.rule(transition(Change.RESOLVED, at=START + 9 * MINUTE, state="resolved"))

    assert [opened, worse, graver, over] == [Ruling.NOTIFY] * 4


def test_an_opening_that_comes_again_after_a_restart_is_not_sent_to_who_has_acked_it(transition: Make) -> None:
    again = Desk(taken("ack"), notified_record(transition().anomaly, START, action=NOTIFYING))
    opened = again.rule(transition(), START + 2 * MINUTE)
    over = again.rule(transition(Change.RESOLVED, at=START + 9 * MINUTE, state="resolved"))

    assert (opened, over) == (Ruling.ACKED, Ruling.NOTIFY)


def test_the_next_incident_is_sent_although_the_last_was_acked_and_snoozed(transition: Make) -> None:
    desk = Desk(taken("ack", detected_at=START), taken("snooze"))
    after = transition(at=START + 30 * MINUTE, detected_at="2025-11-10T16:30:00.000Z")

    assert desk.rule(after) is Ruling.NOTIFY


def test_a_snooze_holds_back_what_gets_worse_and_not_the_end(transition: Make) -> None:
    desk = Desk()
    opened = desk.rule(transition())
    desk.acts(taken("snooze"))
    worse = desk.rule(transition(Change.UPDATED, Why.WORSENED, START + 2 * MINUTE))
    over = desk.rule(transition(Change.RESOLVED, at=START + 9 * MINUTE, state="resolved"))

    assert [opened, worse, over] == [Ruling.NOTIFY, Ruling.SNOOZED, Ruling.NOTIFY]


def test_a_snooze_ends_when_the_severity_rises(transition: Make) -> None:
    desk = Desk(taken("snooze", severity="warning"))
    worse = desk.rule(transition(Change.UPDATED, Why.WORSENED, START + 2 * MINUTE, severity="warning"))
    graver = desk.rule(transition(Change.UPDATED, Why.ESCALATED, START + 3 * MINUTE))

    assert [worse, graver] == [Ruling.SNOOZED, Ruling.NOTIFY]


def test_what_was_snoozed_before_anybody_heard_of_it_ends_unheard(transition: Make) -> None:
    desk = Desk(taken("snooze", START))
    opened = desk.rule(transition())
    over = desk.rule(transition(Change.RESOLVED, at=START + 9 * MINUTE, state="resolved"))

    assert [opened, over] == [Ruling.SNOOZED, Ruling.UNANNOUNCED]


def remind(desk: Desk, clock: int, *anomalies: Anomaly) -> list[Notification]:
    return desk.dispatch.reminders.remind(anomalies, clock)


def test_when_a_snooze_is_over_what_is_still_open_is_sent_once(transition: Make) -> None:
    desk = Desk(taken("snooze", minutes=10))
    still = transition().anomaly
    sent = [remind(desk, START + minute * MINUTE, still) for minute in (10, 11, 12)]

    assert [len(reminders) for reminders in sent] == [0, 1, 0]
    assert sent[1][0].title.startswith("[snooze over, CRITICAL] ")
    assert sent[1][0].kind == Change.UPDATED
    assert desk.rule(transition(Change.RESOLVED, at=START + 20 * MINUTE, state="resolved")) is Ruling.NOTIFY


def test_after_a_restart_a_reminder_may_come_again_and_its_id_is_the_same(transition: Make) -> None:
    clock = START + 12 * MINUTE
    first, second = (remind(Desk(taken("snooze", minutes=10)), clock, transition().anomaly)[0] for _ in range(2))

    assert first.id == second.id
    assert first.id != remind(Desk(taken("snooze", START, minutes=10)), clock, transition().anomaly)[0].id


def test_a_snooze_that_was_over_long_ago_reminds_nobody(transition: Make) -> None:
    desk = Desk(taken("snooze", minutes=10))

    assert remind(desk, START + 11 * MINUTE + STALE_MS + 1, transition().anomaly) == []


@pytest.mark.parametrize(
    "changes",
    [{"state": "resolved"}, {"severity": "info"}, {"caused_by": "f0"}, {"detected_at": "2025-11-10T16:05:00.000Z"}],
)
def test_nobody_is_reminded_of_what_is_over_harmless_a_symptom_or_another_incident(
    transition: Make, changes: dict[str, str]
) -> None:
    other = msgspec.structs.replace(transition().anomaly, **changes)

    assert remind(Desk(taken("snooze", minutes=10)), START + 12 * MINUTE, other) == []


def test_who_has_acked_meanwhile_is_not_reminded(transition: Make) -> None:
    desk = Desk(taken("snooze", minutes=10), taken("ack", START + 5 * MINUTE))

    assert remind(desk, START + 12 * MINUTE, transition().anomaly) == []


def test_the_digest_leaves_out_what_is_snoozed_until_the_snooze_is_over(transition: Make) -> None:
    clock = START + 60 * MINUTE
    desk = Desk(taken("snooze", clock - MINUTE, minutes=10))
    held = [desk.rule(transition(fingerprint=name), clock) for name in ("f1", "f2")]
    (digest,) = desk.dispatch.digests(clock, clock)
    reminders = remind(desk, clock + 10 * MINUTE, transition().anomaly)

    assert held == [Ruling.HELD, Ruling.HELD]
    assert [one.fingerprint for one in digest.anomalies] == ["f2"]
    assert [one.anomalies[0].fingerprint for one in reminders] == ["f1"]


def test_that_somebody_has_what_was_sent_is_said_once_and_again_after_a_restart(transition: Make) -> None:
    desk = Desk()
    desk.rule(transition())
    still = [transition().anomaly]
    before = desk.dispatch.reminders.acknowledge(still, START + MINUTE)
    desk.acts(taken("ack", minutes=10))
    said = [desk.dispatch.reminders.acknowledge(still, START + minute * MINUTE) for minute in (2, 3, 12)]
    desk.acts(taken("ack", START + 20 * MINUTE))
    anew = desk.dispatch.reminders.acknowledge(still, START + 21 * MINUTE)
    restarted = Desk(taken("ack"), notified_record(still[0], START))
    restarted.dispatch.reminders.take_over(still, START + 5 * MINUTE)
    after = restarted.dispatch.reminders.acknowledge(still, START + 5 * MINUTE)

    assert before == []
    assert [len(acks) for acks in said] == [1, 0, 0]
    assert [ack.id for ack in (*anew, *after)] == [said[0][0].id] * 2
    assert said[0][0].kind == ACKNOWLEDGED
    assert said[0][0].anomalies == (still[0],)


def test_an_ack_of_what_nobody_was_notified_of_is_no_news(transition: Make) -> None:
    desk = Desk(taken("ack"))

    assert desk.dispatch.reminders.acknowledge([transition().anomaly], START + 2 * MINUTE) == []


class Sink:
    """An outbox that takes all."""

    def __init__(self) -> None:
        self.put_in: list[Notification] = []

    def put(self, notification: Notification) -> None:
        self.put_in.append(notification)

    def states(self) -> dict[str, Any]:
        return {}


def test_of_several_workers_only_the_one_that_should_tells_of_acks_and_reports_do_not_list_them(
    transition: Make,
) -> None:
    sink = Sink()
    desk = Desk(notified_record(transition().anomaly, START), taken("ack", minutes=30))
    listed: list[Notification] = []
    clock = START + 12 * MINUTE
    announcer = Announcer(
        desk.dispatch,
        sink,  # type: ignore[arg-type]
        lambda: clock,
        lambda: clock,
        lambda *_: None,
        lambda: [transition().anomaly],
        listed.append,
    )
    announcer.look_after(reminds=False)
    before = list(sink.put_in)
    announcer.look_after(reminds=True)
    announcer.look_after(reminds=True)

    assert before == listed == []
    assert [sent.kind for sent in sink.put_in] == [ACKNOWLEDGED]


def test_of_several_workers_only_the_one_that_should_reminds(transition: Make) -> None:
    sink = Sink()
    desk = Desk(taken("snooze", minutes=10))
    clock = START + 12 * MINUTE
    announcer = Announcer(
        desk.dispatch, sink, lambda: clock, lambda: clock, lambda *_: None, lambda: [transition().anomaly]  # type: ignore[arg-type]
    )  # fmt: skip
    announcer.look_after(reminds=False)
    before = list(sink.put_in)
    announcer.look_after(reminds=True)
    announcer.look_after(reminds=True)

    assert before == []
    assert len(sink.put_in) == 1
