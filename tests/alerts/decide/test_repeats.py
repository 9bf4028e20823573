"""Repeats, and chains of escalation that an ack stops."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.escalation import Escalations
from streams.alerts.decide.repeats import RepeatIntervals, Repeats
from streams.alerts.decide.routes import Routes
from streams.alerts.words.message import Titles
from streams.records.action import Taken
from streams.records.anomaly import Change, Transition
from streams.register.actions import ActionBook
from streams.settings.settings import EscalationSettings, RouteSettings
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE, HOUR = 60_000, 3_600_000
CHAIN = {"match": ["severity=critical"], "steps": [{"receivers": ["second"]}, {"receivers": ["lead"]}]}


class Desk:
    """A dispatch that insists, and what it said minute by minute."""

    def __init__(self, *chains: dict[str, Any], book: ActionBook | None = None, repeats: Repeats | None = None) -> None:
        self.book = ActionBook() if book is None else book
        escalations = Escalations.of(msgspec.convert(list(chains), list[EscalationSettings]))
        self.dispatch = Dispatch(
            Titles({}),
            UTC,
            actions=self.book,
            routes=Routes.of([RouteSettings(("duty",))], UTC),
            repeats=Repeats(escalations, repeats or RepeatIntervals(), self.book),
        )

    def insists(self, clock: int, *transitions: Transition, record: bool = True) -> list[tuple[str, ...] | None]:
        found = self.dispatch.reminders.repeat([t.anomaly for t in transitions], clock)
        for _, taken in found if record else ():
            if taken is not None:
                self.book.note(taken)
        return [sent.lanes for sent, _ in found]


def acked(at: int, minutes: int = 30) -> Taken:
    return Taken(
        source="/x",
        id=f"a{at}",
        fingerprint="f1",
        time=at,
        action="ack",
        actor="li",
        until=at + minutes * MINUTE,
        severity="critical",
    )


def test_nobody_else_is_notified_without_a_chain(transition: Make) -> None:
    desk = Desk()
    desk.dispatch.handle(transition(), START)

    assert desk.insists(START + 59 * MINUTE, transition()) == []


def test_after_five_minutes_a_second_is_notified_and_after_fifteen_the_lead_each_once(transition: Make) -> None:
    desk = Desk(CHAIN)
    desk.dispatch.handle(transition(), START)
    said = {minute: desk.insists(START + minute * MINUTE, transition()) for minute in range(20)}

    assert {minute: lanes for minute, lanes in said.items() if lanes} == {5: [("second",)], 15: [("lead",)]}


def test_an_ack_stops_the_chain_and_when_it_runs_out_the_chain_begins_anew(transition: Make) -> None:
    desk = Desk(CHAIN)
    desk.dispatch.handle(transition(), START)
    desk.insists(START + 5 * MINUTE, transition())
    desk.book.note(acked(START + 6 * MINUTE))
    said = {minute: desk.insists(START + minute * MINUTE, transition()) for minute in range(6, 55)}

    assert {minute: lanes for minute, lanes in said.items() if lanes} == {41: [("second",)], 51: [("lead",)]}


def test_what_the_chain_does_not_match_or_nobody_was_notified_of_is_not_escalated(transition: Make) -> None:
    desk = Desk(CHAIN)
    desk.dispatch.handle(transition(severity="warning"), START)

    assert desk.insists(START + 59 * MINUTE, transition(severity="warning")) == []
    assert desk.insists(START + 59 * MINUTE, transition(fingerprint="f2")) == []


def test_a_step_that_is_on_the_topic_is_not_taken_again_after_a_restart_and_one_that_is_not_comes_once_more(
    transition: Make,
) -> None:
    first = Desk(CHAIN)
    first.dispatch.handle(transition(), START)
    first.insists(START + 5 * MINUTE, transition())
    first.insists(START + 15 * MINUTE, transition(), record=False)
    first.book.note(notified_record(transition().anomaly, START))
    again = Desk(CHAIN, book=first.book)
    again.dispatch.reminders.take_over([transition().anomaly], START + 16 * MINUTE)

    assert again.insists(START + 16 * MINUTE, transition()) == [("lead",)]
    assert again.insists(START + 17 * MINUTE, transition()) == []


def test_a_step_is_audited_with_who_was_notified(transition: Make) -> None:
    desk = Desk(CHAIN)
    desk.dispatch.handle(transition(), START)
    desk.insists(START + 5 * MINUTE, transition())
    (taken,) = desk.book.of("f1")

    assert (taken.action, taken.actor, taken.note) == ("escalated", "pharos", "step 1: second")


def test_the_end_goes_to_all_that_the_chain_reached(transition: Make) -> None:
    desk = Desk(CHAIN)
    desk.dispatch.handle(transition(), START)
    desk.insists(START + 15 * MINUTE, transition())
    end = START + 20 * MINUTE
    _, over = desk.dispatch.handle(transition(Change.RESOLVED, at=end, state="resolved"), end)

    assert over is not None
    assert over.lanes == ("duty", "lead", "second")


def test_what_is_open_is_sent_again_after_an_hour_if_it_is_critical_and_after_four_if_it_is_not(
    transition: Make,
) -> None:
    for severity, hours in (("critical", (1, 2, 3, 4, 5)), ("warning", (4,))):
        desk = Desk()
        desk.dispatch.handle(transition(severity=severity), START)
        said = [
            hour
            for hour in range(6)
            for minute in (0, 1)
            if desk.insists(START + hour * HOUR + minute * MINUTE, transition(severity=severity))
        ]

        assert tuple(said) == hours


def test_what_was_repeated_is_not_when_an_ack_that_came_after_it_runs_out(transition: Make) -> None:
    desk = Desk()
    desk.dispatch.handle(transition(), START)
    said = [desk.insists(START + HOUR, transition())]
    desk.book.note(acked(START + HOUR, 5))
    said += [desk.insists(START + HOUR + minute * MINUTE, transition()) for minute in (1, 6)]

    assert [len(one) for one in said] == [1, 0, 0]


def test_an_ack_stops_repeats_and_zero_means_never(transition: Make) -> None:
    desk, never = Desk(), Desk(repeats=RepeatIntervals(0, 0))
    for one in (desk, never):
        one.dispatch.handle(transition(), START)
    desk.book.note(acked(START + 50 * MINUTE))

    assert desk.insists(START + HOUR, transition()) == []
    assert never.insists(START + HOUR, transition()) == []


def test_after_a_restart_a_repeat_may_come_once_more_with_the_same_id_and_no_old_one_comes(transition: Make) -> None:
    ids, book = set(), ActionBook()
    book.note(notified_record(transition().anomaly, START))
    for _ in range(2):
        desk = Desk(book=book)
        desk.dispatch.reminders.take_over([transition().anomaly], START + HOUR + MINUTE)
        ids |= {sent.id for sent, _ in desk.dispatch.reminders.repeat([transition().anomaly], START + HOUR + MINUTE)}
    late = Desk(book=book)
    late.dispatch.reminders.take_over([transition().anomaly], START + HOUR + 40 * MINUTE)

    assert len(ids) == 1
    assert late.insists(START + HOUR + 40 * MINUTE, transition()) == []
