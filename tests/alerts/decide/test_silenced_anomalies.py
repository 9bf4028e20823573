"""What a silence keeps from people, and what it does not."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.reminders import SETTLE_MS
from streams.alerts.decide.silence_care import SilenceCare
from streams.alerts.decide.stages import STALE_MS, Ruling
from streams.alerts.words.message import Titles
from streams.records.action import NOTIFYING, SilenceDeed, Taken
from streams.records.anomaly import Change, Transition, Why
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from streams.register.muting import Muting
from streams.register.silences import SilenceBook
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000
OVER = START + 9 * MINUTE


def silence(at: int = START, minutes: int = 60, *matchers: str, **fields: Any) -> Taken:
    return Taken(
        source="/pharos/api",
        id=f"made{at}",
        fingerprint=f"silence/s{at}",
        time=at,
        action="silence",
        until=at + minutes * MINUTE,
        matchers=matchers or ("payment_method=alipay",),
        **fields,
    )


class Desk:
    """A dispatch with silences, and a shorthand for its rulings."""

    def __init__(self, *silences: Taken) -> None:
        self.silences = SilenceBook()
        self.actions = ActionBook()
        self.dispatch = Dispatch(Titles({}), UTC, actions=self.actions, muting=Muting(self.silences))
        for taken in silences:
            self.silences.note(taken)

    def rule(self, transition: Transition, clock: int = 0) -> Ruling:
        return self.dispatch.handle(transition, clock or transition.time)[0]

    def reminded(self, clock: int, *transitions: Transition) -> list[str]:
        return [n.title for n in self.dispatch.reminders.remind([t.anomaly for t in transitions], clock)]

    def made_up(self, clock: int, *transitions: Transition) -> list[str]:
        return [n.title for n in self.dispatch.reminders.missed([t.anomaly for t in transitions], clock)]


def test_what_is_silenced_from_the_beginning_is_never_sent_and_neither_is_its_end(transition: Make) -> None:
    desk = Desk(silence())
    opened = desk.rule(transition())
    graver = desk.rule(transition(Change.UPDATED, Why.ESCALATED, START + MINUTE))
    over = desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved"))

    assert [opened, graver, over] == [Ruling.SILENCED, Ruling.SILENCED, Ruling.UNANNOUNCED]


def test_the_end_of_what_was_sent_is_sent_though_it_is_silenced_by_then(transition: Make) -> None:
    desk = Desk()
    opened = desk.rule(transition())
    desk.silences.note(silence(START + MINUTE))
    worse = desk.rule(transition(Change.UPDATED, Why.WORSENED, START + 2 * MINUTE))
    over = desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved"))

    assert [opened, worse, over] == [Ruling.NOTIFY, Ruling.SILENCED, Ruling.NOTIFY]


def test_when_a_silence_is_over_what_is_still_open_is_sent_once_and_then_its_end(transition: Make) -> None:
    desk = Desk(silence(minutes=10))
    desk.rule(transition())
    sent = [desk.reminded(START + minute * MINUTE, transition()) for minute in (5, 10, 11)]
    over = desk.rule(transition(Change.RESOLVED, at=START + 20 * MINUTE, state="resolved"))

    assert [len(each) for each in sent] == [0, 1, 0]
    assert sent[1][0].startswith("[silence over, CRITICAL]")
    assert over is Ruling.NOTIFY


def test_a_silence_that_follows_on_another_keeps_quiet_without_a_gap(transition: Make) -> None:
    desk = Desk(silence(minutes=10), silence(START + 9 * MINUTE, 10))
    desk.rule(transition())

    assert [len(desk.reminded(START + minute * MINUTE, transition())) for minute in (9, 12, 18, 19)] == [0, 0, 0, 1]


def test_a_silence_for_warnings_lets_through_what_becomes_critical_and_does_not_remind_of_it(transition: Make) -> None:
    desk = Desk(silence(START, 60, "severity=warning"))
    opened = desk.rule(transition(severity="warning"))
    graver = transition(Change.UPDATED, Why.ESCALATED, START + MINUTE)

    assert [opened, desk.rule(graver)] == [Ruling.SILENCED, Ruling.NOTIFY]
    assert desk.reminded(START + 2 * MINUTE, graver) == []


def test_the_digest_after_catching_up_leaves_out_what_is_silenced_until_that_is_over(transition: Make) -> None:
    clock = START + STALE_MS + MINUTE
    desk = Desk(silence(clock, 10))
    held = desk.rule(transition(), clock)

    assert held is Ruling.HELD
    assert desk.dispatch.digests(clock, clock) == []
    assert len(desk.reminded(clock + 10 * MINUTE, transition())) == 1


def test_after_a_restart_what_was_silenced_when_it_opened_counts_as_unsent(transition: Make) -> None:
    desk = Desk(silence(START - MINUTE))
    desk.dispatch.reminders.take_over([transition().anomaly], START + 2 * MINUTE)

    assert desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved")) is Ruling.UNANNOUNCED


def test_after_a_restart_what_was_sent_before_it_was_silenced_has_its_end_sent(transition: Make) -> None:
    desk = Desk(silence(START + MINUTE))
    desk.actions.note(notified_record(transition().anomaly, START))
    desk.dispatch.reminders.take_over([transition().anomaly], START + 2 * MINUTE)

    assert desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved")) is Ruling.NOTIFY


def test_after_a_restart_what_nobody_was_notified_of_is_sent_once_its_opening_would_have_been_read(
    transition: Make,
) -> None:
    restart = START + 40 * MINUTE
    desk = Desk(silence(START - MINUTE, 10))
    desk.dispatch.reminders.take_over([transition().anomaly], restart)
    made_up = [desk.made_up(restart + wait, transition()) for wait in (0, SETTLE_MS - 1, SETTLE_MS, SETTLE_MS + 1)]

    assert [len(one) for one in made_up] == [0, 0, 1, 0]
    assert made_up[2][0].startswith("[silence over, CRITICAL]")
    assert desk.rule(transition(Change.RESOLVED, at=restart + MINUTE, state="resolved")) is Ruling.NOTIFY


def test_after_a_restart_what_is_silenced_unsent_is_sent_when_that_is_over(transition: Make) -> None:
    desk = Desk(silence(START + 16 * MINUTE, 50))
    desk.dispatch.reminders.take_over([transition().anomaly], START + 60 * MINUTE)
    made_up = desk.made_up(START + 61 * MINUTE, transition())
    reminded = [desk.reminded(START + minute * MINUTE, transition()) for minute in (61, 66, 67)]

    assert made_up == []
    assert [len(one) for one in reminded] == [0, 1, 0]


def test_after_a_restart_what_was_silenced_at_first_and_acknowledged_is_not_sent_again(transition: Make) -> None:
    desk = Desk(silence(START - MINUTE, 2))
    desk.actions.note(
        Taken(source="/x", id="a", fingerprint="f1", time=START + MINUTE, action="ack", severity="critical")
    )
    desk.dispatch.reminders.take_over([transition().anomaly], START + 2 * MINUTE)

    assert desk.made_up(START + 3 * MINUTE, transition()) == []


def test_an_opening_that_is_read_after_a_restart_is_sent_unless_it_was_sent(transition: Make) -> None:
    unsent, sent, perhaps = Desk(), Desk(), Desk()
    sent.actions.note(notified_record(transition().anomaly, START))
    perhaps.actions.note(notified_record(transition().anomaly, START, action=NOTIFYING))
    rulings, made_up, ends = [], [], []
    for desk in (unsent, sent, perhaps):
        desk.dispatch.reminders.take_over([transition().anomaly], START + MINUTE)
        rulings.append(desk.rule(transition(), START + MINUTE))
        made_up += desk.made_up(START + 2 * MINUTE, transition())
        ends.append(desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved")))

    assert rulings == [Ruling.NOTIFY, Ruling.LOGGED, Ruling.NOTIFY]
    assert made_up == []
    assert ends == [Ruling.NOTIFY] * 3


def test_the_end_of_what_somebody_may_have_heard_is_sent_though_it_is_silenced_after_a_restart(
    transition: Make,
) -> None:
    desk = Desk(silence(START + MINUTE))
    desk.actions.note(notified_record(transition().anomaly, START, action=NOTIFYING))
    desk.dispatch.reminders.take_over([transition().anomaly], START + 2 * MINUTE)
    opened = desk.rule(transition(), START + 2 * MINUTE)

    assert opened is Ruling.SILENCED
    assert desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved")) is Ruling.NOTIFY


def test_what_another_worker_sent_meanwhile_counts_as_sent_by_whoever_takes_over_again(transition: Make) -> None:
    desk = Desk(silence(START - MINUTE, 10))
    silenced = desk.rule(transition())
    desk.actions.note(notified_record(transition().anomaly, START + 10 * MINUTE))
    desk.dispatch.reminders.take_over([transition().anomaly], START + 40 * MINUTE)
    reminded = desk.reminded(START + 40 * MINUTE, transition())

    assert (silenced, reminded) == (Ruling.SILENCED, [])
    assert desk.rule(transition(Change.RESOLVED, at=START + 41 * MINUTE, state="resolved")) is Ruling.NOTIFY


def test_what_comes_again_under_one_silence_is_sent_again_under_another_id(transition: Make) -> None:
    ids = set()
    for minute in (0, 5):
        desk = Desk(silence(START - MINUTE, 10))
        anomaly = transition(detected_at=rfc3339(START + minute * MINUTE)).anomaly
        desk.dispatch.reminders.take_over([anomaly], START + 20 * MINUTE)
        ids |= {sent.id for sent in desk.dispatch.reminders.missed([anomaly], START + 21 * MINUTE)}

    assert len(ids) == 2


def test_a_planned_silence_keeps_quiet_from_its_beginning_and_one_called_off_tells_nothing_again(
    transition: Make,
) -> None:
    planned = msgspec.structs.replace(silence(START, 60), begins=START + 30 * MINUTE)
    called_off = Taken(
        source="/x", id="e", fingerprint=planned.fingerprint, time=START + 5 * MINUTE, action=SilenceDeed.EXPIRE.value
    )
    kept, dropped = Desk(planned), Desk(planned, called_off)
    for desk in (kept, dropped):
        assert desk.rule(transition()) is Ruling.NOTIFY

    assert [len(kept.reminded(START + minute * MINUTE, transition())) for minute in (6, 31, 59, 61)] == [0, 0, 0, 1]
    assert [len(dropped.reminded(START + minute * MINUTE, transition())) for minute in (6, 31, 59, 61)] == [0, 0, 0, 0]


def test_a_silence_that_ended_while_nobody_ran_is_made_up_for_with_the_same_id(transition: Make) -> None:
    ids = set()
    for clock in (START + 11 * MINUTE, START + 12 * MINUTE):
        desk = Desk(silence(START - MINUTE, 10))
        desk.actions.note(notified_record(transition().anomaly, START - 2 * MINUTE))
        desk.dispatch.reminders.take_over([transition().anomaly], clock)
        ids |= {sent.id for sent in desk.dispatch.reminders.remind([transition().anomaly], clock)}

    assert len(ids) == 1


def test_a_snooze_that_ends_within_a_silence_waits_for_the_silence(transition: Make) -> None:
    desk = Desk(silence(START + MINUTE, 30))
    desk.rule(transition())
    desk.actions.note(
        Taken(
            source="/x",
            id="z",
            fingerprint="f1",
            time=START + 1,
            action="snooze",
            until=START + 5 * MINUTE,
            severity="critical",
        )
    )

    assert [len(desk.reminded(START + minute * MINUTE, transition())) for minute in (4, 6, 30, 31)] == [0, 0, 0, 1]


def test_a_silence_that_ends_on_resolve_is_ended_once_by_a_record(transition: Make) -> None:
    book = SilenceBook()
    book.note(silence(end_on_resolve=True))
    anomaly = transition().anomaly
    ended: list[tuple[int, Any]] = []
    care = SilenceCare(book, lambda: ended, iter("abc").__next__)
    while_open = care.due([anomaly], START + MINUTE)
    ended.append((START + 2 * MINUTE, anomaly))
    after, again = care.due([], START + 3 * MINUTE), care.due([], START + 4 * MINUTE)

    assert (while_open, again) == ([], [])
    assert [(taken.action, taken.actor, taken.fingerprint) for taken in after] == [
        ("silence.expired", "pharos", f"silence/s{START}")
    ]
    book.note(after[0])
    assert book.silencing(anomaly, START + 5 * MINUTE) == ()
