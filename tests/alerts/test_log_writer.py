"""What is written on pharos-actions when: what goes out, what receivers have, and steps of escalation."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.escalation import Chain, Escalations, Step
from streams.alerts.decide.reminders import SETTLE_MS
from streams.alerts.decide.repeats import RepeatIntervals, Repeats
from streams.alerts.queue.lane import LaneState
from streams.alerts.words.message import Titles
from streams.records.action import ESCALATED, NOTIFIED, NOTIFYING, Taken
from streams.records.anomaly import Change, Transition
from streams.register.actions import ActionBook
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.alerts.words.message import Notification
    from streams.records.anomaly import Anomaly

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


class Slow:
    """An outbox whose receivers take what they were given when the test says so, and a topic likewise."""

    def __init__(self) -> None:
        self.queued: list[Notification] = []
        self.sent: list[Notification] = []
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
        self.sent += self.queued
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
    notify.handle(transition())
    notify.look_after(reminds=False)
    going_out = [taken.action for taken in slow.records]
    slow.take()
    notify.look_after(reminds=False)
    there = [(taken.action, taken.note) for taken in slow.records], notify.delivered
    slow.waiting = 0

    assert going_out == [NOTIFYING]
    assert there == ([(NOTIFYING, "dingtalk, pager"), (NOTIFIED, "dingtalk, pager")], False)
    assert notify.delivered


def test_an_end_is_not_written_down(transition: Make, slow: Slow) -> None:
    book = ActionBook()
    book.note(notified_record(transition().anomaly, START))
    notify = announcer(slow, lambda: START + MINUTE, transition().anomaly, book=book)
    notify.look_after(reminds=True)
    notify.handle(transition(Change.RESOLVED, at=START + MINUTE, state="resolved"))
    notify.look_after(reminds=True)
    slow.take()

    assert [sent.kind for sent in slow.sent] == [Change.RESOLVED]
    assert slow.records == []


def test_a_step_of_a_chain_stands_on_the_time_line_once(transition: Make, slow: Slow) -> None:
    book = ActionBook()
    book.note(notified_record(transition().anomaly, START))
    steps = (Step(1, 5 * MINUTE, ("lead",)),)
    insistence = Repeats(Escalations([Chain((), steps)]), RepeatIntervals(), book)
    dispatch = Dispatch(Titles({}), UTC, actions=book, repeats=insistence)
    clock = [START + MINUTE]
    notify = Announcer(
        dispatch, slow, lambda: clock[0], lambda: clock[0], lambda *_: None, lambda: [transition().anomaly],  # type: ignore[arg-type]
        recorder=slow,
    )  # fmt: skip
    for minute in (1, 6, 7):
        clock[0] = START + minute * MINUTE
        notify.look_after(reminds=True)
        slow.take()

    assert [(taken.action, taken.receivers) for taken in slow.records] == [
        (NOTIFYING, ("lead",)),
        (ESCALATED, ("lead",)),
    ]


def test_what_nobody_was_notified_of_before_a_restart_is_made_up_for_by_one_worker(
    transition: Make, slow: Slow
) -> None:
    clock = [START + 40 * MINUTE]
    notify = announcer(slow, lambda: clock[0], transition().anomaly)
    sent = []
    for wait, reminds in ((0, True), (SETTLE_MS, False), (1, True), (SETTLE_MS, True), (1, True)):
        clock[0] += wait
        notify.look_after(reminds=reminds)
        slow.take()
        sent.append([one.title.partition("]")[0] for one in slow.sent])

    assert sent == [[], [], [], ["[still open, CRITICAL"], ["[still open, CRITICAL"]]
