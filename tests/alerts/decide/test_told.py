"""What pharos-actions says of who was told, and what is written there when."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.escalation import Chain, Escalations, Step
from streams.alerts.decide.insistence import Insistence, Repeats
from streams.alerts.decide.takeover import SETTLE_MS
from streams.alerts.decide.told import Told
from streams.alerts.queue.lane import LaneState
from streams.alerts.words.message import Titles
from streams.records.action import ESCALATED, NOTIFY_SOURCE, TELLING, TOLD, Taken
from streams.records.anomaly import Change, Transition
from streams.records.instant import rfc3339
from streams.register.actions import ActionBook
from tests.support.told_record import told_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.alerts.words.message import Notification
    from streams.records.anomaly import Anomaly

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


def test_what_goes_out_may_be_known_and_what_was_delivered_is(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    told = Told(book)
    at_first = (told.perhaps(anomaly), told.since(anomaly), told.whom(anomaly))
    book.note(told_record(anomaly, START, "wecom", action=TELLING))
    going_out = (told.perhaps(anomaly), told.since(anomaly), told.whom(anomaly))
    book.note(told_record(anomaly, START + MINUTE, "wecom"))
    book.note(told_record(anomaly, START + 2 * MINUTE, "wecom", "pager"))

    assert at_first == (False, None, ())
    assert going_out == (True, None, ("wecom",))
    assert (told.since(anomaly), told.whom(anomaly)) == (START + MINUTE, ("pager", "wecom"))


def test_a_record_is_made_once_and_again_where_more_are_told(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    told = Told(book)
    book.note(told_record(anomaly, START, "a", "b"))

    assert told.record(TOLD, anomaly, ("b", "a"), START) is None
    assert told.record(TOLD, anomaly, (), START) is None
    more = told.record(TOLD, anomaly, ("a", "c"), START + MINUTE)
    assert more is not None
    assert (more.action, more.source, more.note, more.receivers) == (TOLD, NOTIFY_SOURCE, "a, c", ("a", "c"))
    assert told.record(TELLING, anomaly, ("a",), START) is not None


def test_what_others_call_told_and_what_is_of_an_earlier_incident_says_nothing(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    earlier = transition(detected_at=rfc3339(START - MINUTE)).anomaly
    book.note(told_record(earlier, START))
    book.note(Taken(source="/crm", id="1", fingerprint="f1", time=START, action="told", receivers=("buyers",)))

    assert Told(book).whom(anomaly) == ()
    assert Told(book).since(earlier) == START


def test_whom_a_chain_reached_hears_of_the_end_after_a_restart_too(transition: Make) -> None:
    anomaly, book = transition().anomaly, ActionBook()
    step = told_record(anomaly, START + 5 * MINUTE, "lead", action=ESCALATED)
    for taken in (told_record(anomaly, START, "duty"), step):
        book.note(taken)
    dispatch = Dispatch(Titles({}), UTC, actions=book)
    dispatch.resume([anomaly], START + 6 * MINUTE)
    _, end = dispatch.handle(transition(Change.RESOLVED, at=START + 9 * MINUTE, state="resolved"), START + 9 * MINUTE)

    assert end is not None
    assert end.lanes == ("duty", "lead")


class Slow:
    """An outbox whose receivers take what they were given when the test says so, and a topic likewise."""

    def __init__(self) -> None:
        self.queued: list[Notification] = []
        self.told: list[Notification] = []
        self.records: list[Taken] = []
        self.waiting = 0

    def put(self, notification: Notification | Taken) -> None:
        if isinstance(notification, Taken):
            self.records.append(notification)
            self.waiting += 1
        else:
            self.put_together([notification])

    def put_together(self, notifications: Sequence[Notification]) -> None:
        self.queued += notifications

    def states(self) -> dict[str, LaneState]:
        return {"dingtalk": LaneState(len(self.queued), 0, ""), "pager": LaneState(0, 0, "")}

    def take(self) -> None:
        self.told += self.queued
        self.queued.clear()


@pytest.fixture
def slow() -> Slow:
    return Slow()


def announcer(slow: Slow, clock: Callable[[], int], *still_open: Anomaly, book: ActionBook | None = None) -> Announcer:
    dispatch = Dispatch(Titles({}), UTC, actions=book)
    return Announcer(
        dispatch, slow, clock, clock, lambda *_: None, lambda: list(still_open), recorder=slow  # type: ignore[arg-type]
    )  # fmt: skip


def test_it_is_written_that_something_goes_out_then_that_it_is_there_and_then_its_reading_is_done(
    transition: Make, slow: Slow
) -> None:
    notify = announcer(slow, lambda: START)
    notify.tell(transition())
    notify.look_after(reminds=False)
    going_out = [taken.action for taken in slow.records]
    slow.take()
    notify.look_after(reminds=False)
    there = [(taken.action, taken.note) for taken in slow.records], notify.delivered
    slow.waiting = 0

    assert going_out == [TELLING]
    assert there == ([(TELLING, "dingtalk, pager"), (TOLD, "dingtalk, pager")], False)
    assert notify.delivered


def test_an_end_is_not_written_down(transition: Make, slow: Slow) -> None:
    book = ActionBook()
    book.note(told_record(transition().anomaly, START))
    notify = announcer(slow, lambda: START + MINUTE, transition().anomaly, book=book)
    notify.look_after(reminds=True)
    notify.tell(transition(Change.RESOLVED, at=START + MINUTE, state="resolved"))
    notify.look_after(reminds=True)
    slow.take()

    assert [told.kind for told in slow.told] == [Change.RESOLVED]
    assert slow.records == []


def test_a_step_of_a_chain_stands_on_the_time_line_once(transition: Make, slow: Slow) -> None:
    book = ActionBook()
    book.note(told_record(transition().anomaly, START))
    steps = (Step(1, 5 * MINUTE, ("lead",)),)
    insistence = Insistence(Escalations([Chain((), steps)]), Repeats(), book)
    dispatch = Dispatch(Titles({}), UTC, actions=book, insistence=insistence)
    clock = [START + MINUTE]
    notify = Announcer(
        dispatch, slow, lambda: clock[0], lambda: clock[0], lambda *_: None, lambda: [transition().anomaly],  # type: ignore[arg-type]
        recorder=slow,
    )  # fmt: skip
    for minute in (1, 6, 7):
        clock[0] = START + minute * MINUTE
        notify.look_after(reminds=True)
        slow.take()

    assert [(taken.action, taken.receivers) for taken in slow.records] == [(TELLING, ("lead",)), (ESCALATED, ("lead",))]


def test_what_nobody_was_told_of_before_a_restart_is_made_up_for_by_one_worker(transition: Make, slow: Slow) -> None:
    clock = [START + 40 * MINUTE]
    notify = announcer(slow, lambda: clock[0], transition().anomaly)
    told = []
    for wait, reminds in ((0, True), (SETTLE_MS, False), (1, True), (SETTLE_MS, True), (1, True)):
        clock[0] += wait
        notify.look_after(reminds=reminds)
        slow.take()
        told.append([one.title.partition("]")[0] for one in slow.told])

    assert told == [[], [], [], ["[still open, CRITICAL"], ["[still open, CRITICAL"]]
