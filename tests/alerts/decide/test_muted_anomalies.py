"""Maintenance and inhibition: what is not sent, and what is sent when they are over."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from streams.alerts.decide.announcements import Announcements
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.stages import Ruling
from streams.alerts.words.message import MAINTENANCE, Titles
from streams.records.anomaly import Anomaly, Change, Transition, Why
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from streams.register.maintenance import Window, windows_of
from streams.register.muting import Muting
from streams.register.silences import SilenceBook
from streams.settings.settings import MaintenanceSettings
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000  # 16:00 UTC
MINUTE, DAY = 60_000, 86_400_000
OVER = START + 9 * MINUTE


def window(begins: int = START - MINUTE, ends: int = START + 10 * MINUTE) -> tuple[Window, ...]:
    once = MaintenanceSettings("move", ("payment_method=alipay",), rfc3339(begins), rfc3339(ends))
    return windows_of([once], UTC)


def daily() -> tuple[Window, ...]:
    again = MaintenanceSettings("nightly", ("payment_method=alipay",), opens="15:59", closes="16:10")
    return windows_of([again], UTC)


class Desk:
    def __init__(self, windows: tuple[Window, ...] = (), *known: Anomaly) -> None:
        self.known = list(known)
        self.actions = ActionBook()
        muting = Muting(SilenceBook(), windows)
        self.dispatch = Dispatch(
            Titles({}), UTC, actions=self.actions, muting=muting, open_anomalies=lambda: self.known
        )

    def rule(self, transition: Transition) -> Ruling:
        return self.dispatch.handle(transition, transition.time)[0]

    def reminded(self, clock: int, *anomalies: Anomaly) -> list[str]:
        return [sent.title for sent in self.dispatch.reminders.remind(anomalies, clock)]


def test_what_opens_in_maintenance_is_sent_at_its_end_if_it_is_still_broken(transition: Make) -> None:
    for windows in (window(), daily()):
        desk = Desk(windows)
        opened = desk.rule(transition())
        sent = [desk.reminded(START + minute * MINUTE, transition().anomaly) for minute in (5, 10, 11)]
        over = desk.rule(transition(Change.RESOLVED, at=START + 20 * MINUTE, state="resolved"))

        assert (opened, over) == (Ruling.MAINTENANCE, Ruling.NOTIFY)
        assert [len(one) for one in sent] == [0, 1, 0]
        assert sent[1][0].startswith("[maintenance over, CRITICAL]")


def test_what_was_sent_before_maintenance_is_fired_again_after_it(transition: Make) -> None:
    desk = Desk(window(START + MINUTE))
    opened = desk.rule(transition())
    worse = desk.rule(transition(Change.UPDATED, Why.WORSENED, START + 2 * MINUTE))
    sent = [desk.reminded(START + minute * MINUTE, transition().anomaly) for minute in (2, 10)]

    assert (opened, worse) == (Ruling.NOTIFY, Ruling.MAINTENANCE)
    assert [len(one) for one in sent] == [0, 1]


def test_what_is_over_before_the_end_of_maintenance_was_never_sent(transition: Make) -> None:
    desk = Desk(window())
    desk.rule(transition())

    assert desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved")) is Ruling.UNANNOUNCED
    assert desk.reminded(START + 10 * MINUTE) == []


def test_maintenance_elsewhere_keeps_nothing_quiet(transition: Make) -> None:
    assert Desk(window()).rule(transition(scope={"payment_method": "wechat"})) is Ruling.NOTIFY


def announced(desk: Announcements, clock: int, *known: Anomaly) -> list[str]:
    return [announcement.notification.title for announcement in desk.due(known, clock)]


def test_beginning_and_end_are_announced_once_with_what_is_still_open(transition: Make) -> None:
    said = Announcements(window(), ActionBook(), Titles({}), UTC)
    titles = [announced(said, START + minute * MINUTE, transition().anomaly) for minute in (-2, -1, 0, 9, 10, 11)]

    assert titles == [
        [],
        ["Maintenance begins: move, until 2025-11-10 16:10:00 +00:00"],
        [],
        [],
        ["Maintenance is over: move; still open: 1"],
        [],
    ]


def test_an_announcement_that_is_on_the_topic_is_not_made_again_after_a_restart() -> None:
    book = ActionBook()
    first = Announcements(window(), book, Titles({}), UTC).due([], START)
    again = Announcements(window(), book, Titles({}), UTC).due([], START)
    book.note(first[0].record)
    after = Announcements(window(), book, Titles({}), UTC).due([], START)

    assert first[0].notification.kind == MAINTENANCE
    assert [one.notification.id for one in again] == [first[0].notification.id]
    assert after == []


def test_a_window_that_recurs_is_announced_every_time() -> None:
    said = Announcements(daily(), ActionBook(), Titles({}), UTC)

    assert [len(said.due([], START + day * DAY)) for day in range(3)] == [1, 1, 1]


def test_what_another_speaks_for_is_listed_in_its_message_and_not_sent(transition: Make) -> None:
    desk = Desk()
    _, whole = desk.dispatch.handle(transition(fingerprint="whole", scope={}), START)
    part = desk.rule(transition(fingerprint="part", severity="warning"))
    _, worse = desk.dispatch.handle(
        transition(Change.UPDATED, Why.WORSENED, START + MINUTE, fingerprint="whole", scope={}), START + MINUTE
    )
    ended = desk.rule(transition(Change.RESOLVED, at=OVER, fingerprint="part", state="resolved"))

    assert (part, ended) == (Ruling.INHIBITED, Ruling.UNANNOUNCED)
    assert whole is not None
    assert worse is not None
    assert not any(line.startswith("Not told by themselves") for line in whole.lines)
    assert any(
        line.startswith("Not told by themselves: payment_success: 71.0%, expected 97.0% (payment_method")
        for line in worse.lines
    )


def test_what_is_still_open_when_that_is_over_is_sent_unless_it_was_before(transition: Make) -> None:
    whole: dict[str, Any] = {"fingerprint": "whole", "scope": {}}
    for part_first, expected in ((False, 1), (True, 0)):
        desk = Desk()
        part = transition(fingerprint="part", severity="warning")
        for opened in (part, transition(**whole)) if part_first else (transition(**whole), part):
            desk.rule(opened)
        before = desk.reminded(START + MINUTE, part.anomaly)
        desk.rule(transition(Change.RESOLVED, at=OVER, state="resolved", **whole))
        after = desk.reminded(OVER + MINUTE, part.anomaly)

        assert (before, len(after)) == ([], expected)


def test_after_a_restart_what_another_speaks_for_counts_as_unsent(transition: Make) -> None:
    whole, part = transition(fingerprint="whole", scope={}).anomaly, transition(fingerprint="part").anomaly
    desk = Desk((), whole, part)
    desk.dispatch.reminders.take_over([whole, part], START + MINUTE)
    over = desk.rule(transition(Change.RESOLVED, at=OVER, fingerprint="part", state="resolved"))

    assert over is Ruling.UNANNOUNCED


def test_what_another_spoke_for_until_it_ended_while_nobody_ran_is_sent_after_a_restart(transition: Make) -> None:
    restart = OVER + 16 * MINUTE
    part = transition(fingerprint="part").anomaly
    desk = Desk((), part)
    desk.dispatch.reminders.take_over([part], restart)
    made_up = desk.dispatch.reminders.missed([part], restart + MINUTE)
    end = transition(Change.RESOLVED, at=restart + 2 * MINUTE, fingerprint="part", state="resolved")

    assert [sent.title.partition("]")[0] for sent in made_up] == ["[still open, CRITICAL"]
    assert desk.rule(end) is Ruling.NOTIFY


def test_what_was_sent_before_another_spoke_for_it_is_not_sent_again_when_that_is_over(transition: Make) -> None:
    part = transition(fingerprint="part").anomaly
    whole = transition(fingerprint="whole", scope={}, detected_at=rfc3339(START + MINUTE)).anomaly
    desk = Desk((), whole, part)
    desk.actions.note(notified_record(part, START))
    desk.dispatch.reminders.take_over([whole, part], START + 2 * MINUTE)
    before = desk.reminded(START + 2 * MINUTE, part)
    desk.known.remove(whole)

    assert (before, desk.reminded(START + 3 * MINUTE, part)) == ([], [])


def test_what_another_that_is_open_speaks_for_after_a_restart_is_sent_when_that_is_over_if_it_was_not(
    transition: Make,
) -> None:
    part = transition(fingerprint="part").anomaly
    whole = transition(fingerprint="whole", scope={}, detected_at=rfc3339(START + MINUTE)).anomaly
    desk = Desk((), whole, part)
    desk.dispatch.reminders.take_over([whole, part], START + 2 * MINUTE)
    made_up = desk.dispatch.reminders.missed([whole, part], START + 3 * MINUTE)
    before = desk.reminded(START + 3 * MINUTE, part)
    desk.known.remove(whole)

    assert [sent.anomalies[0].fingerprint for sent in made_up] == ["whole"]
    assert (before, len(desk.reminded(START + 4 * MINUTE, part))) == ([], 1)
