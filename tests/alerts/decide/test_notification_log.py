"""What pharos-actions says of who was notified."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.notification_log import NOTHING, NotificationLog
from streams.alerts.words.message import Titles
from streams.records.action import ESCALATED, NOTIFIED, NOTIFY_SOURCE, NOTIFYING, Taken
from streams.records.anomaly import Change, Transition
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


def test_what_goes_out_may_be_known_and_what_was_delivered_is(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    log = NotificationLog(book)
    at_first = log.of(anomaly)
    book.note(notified_record(anomaly, START, "wecom", action=NOTIFYING))
    going_out = log.of(anomaly)
    book.note(notified_record(anomaly, START + MINUTE, "wecom"))
    book.note(notified_record(anomaly, START + 2 * MINUTE, "wecom", "pager"))

    assert at_first == NOTHING
    assert going_out == (("wecom",), None, False)
    assert log.of(anomaly) == (("pager", "wecom"), START + MINUTE, True)


def test_an_entry_is_made_once_and_again_where_more_are_notified(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    log = NotificationLog(book)
    book.note(notified_record(anomaly, START, "a", "b"))

    assert log.entry_for(NOTIFIED, anomaly, ("b", "a"), START) is None
    assert log.entry_for(NOTIFIED, anomaly, (), START) is None
    more = log.entry_for(NOTIFIED, anomaly, ("a", "c"), START + MINUTE)
    assert more is not None
    assert (more.action, more.source, more.note, more.receivers) == (NOTIFIED, NOTIFY_SOURCE, "a, c", ("a", "c"))
    assert log.entry_for(NOTIFYING, anomaly, ("a",), START) is not None


def test_what_others_call_told_and_what_is_of_an_earlier_episode_says_nothing(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    earlier = transition(detected_at=rfc3339(START - MINUTE)).anomaly
    book.note(notified_record(earlier, START))
    book.note(Taken(source="/crm", id="1", fingerprint="f1", time=START, action="told", receivers=("buyers",)))
    log = NotificationLog(book)

    assert log.of(anomaly) == NOTHING
    assert log.of(earlier).delivered_at == START


def test_whom_a_chain_reached_hears_of_the_end_after_a_restart_too(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    step = notified_record(anomaly, START + 5 * MINUTE, "lead", action=ESCALATED)
    for taken in (notified_record(anomaly, START, "duty"), step):
        book.note(taken)
    dispatch = Dispatch(Titles({}), UTC, actions=book)
    dispatch.reminders.take_over([anomaly], START + 6 * MINUTE)
    _, end = dispatch.handle(transition(Change.RESOLVED, at=START + 9 * MINUTE, state="resolved"), START + 9 * MINUTE)

    assert end is not None
    assert end.lanes == ("duty", "lead")
