"""What is asked for at single events, of whom, and what has to be read again after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from streams.linkage.clerk import settled
from streams.linkage.single_event_clerk import Reception, SingleEventClerk
from streams.records.action import ActionRecord
from streams.records.request import Ending, RequestStep, Stage
from streams.records.single_event import SingleEvent
from streams.register.single_events import SingleEventLog
from streams.settings.settings import LinkageWebhook, OwnerTable, SingleEventRule

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 1_794_327_150_000
HOOK = LinkageWebhook(url_env="URL", secret_env="SECRET")


def event(name: str = "1", age_s: float = 0, **scope: str) -> SingleEvent:
    return SingleEvent(
        rule="r",
        event_type="survey.answered",
        event_source="/s",
        event_id=name,
        time=NOW - round(age_s * 1000),
        scope=scope,
        ids={"order_id": f"TB{name}"},
    )


class Desk:
    """A clerk, its ledger, and whoever writes."""

    def __init__(self, **changed: Any) -> None:
        owner = OwnerTable("care", "store", {"s1": "desk-1", "s2": "desk-2"})
        fields: dict[str, Any] = {"per_minute": 2, "webhook": HOOK} | changed
        self.ledger = SingleEventLog()
        self.clerk = SingleEventClerk(
            [SingleEventRule("r", ("survey.answered",), "ticket.open", owner, **fields)], self.ledger
        )

    def take(self, *events: SingleEvent, now: int = NOW, first: int = 0) -> list[Reception]:
        receptions = []
        for offset, each in enumerate(events, first):
            reception, step = self.clerk.take(offset, each, now)
            if step is not None:
                self.ledger.note(step)
            receptions.append(reception)
        return receptions

    def digests(self, now: int) -> list[RequestStep]:
        steps = list(self.clerk.due_digests(now))
        for step in steps:
            self.ledger.note(step)
            self.clerk.written(step)
        return steps


def test_an_event_is_asked_about_once_and_goes_to_the_owner_of_its_store() -> None:
    desk = Desk()
    ((_, step), again) = desk.clerk.take(7, event(store="s1"), NOW), None
    assert step is not None
    assert step.data.events is not None
    desk.ledger.note(step)
    again = desk.take(event(store="s1"), now=NOW + 60_000)

    assert (step.stage, step.data.events.owner, step.data.events.first) == (Stage.REQUESTED, "desk-1", 7)
    assert step.data.request == event().request
    assert again == [Reception.KNOWN]


def test_who_has_no_place_in_the_table_goes_to_the_default() -> None:
    desk = Desk()

    assert [desk.clerk.owner_of(each) for each in (event(), event(store="s9"), event(store="s2"))] == [
        "care", "care", "desk-2",
    ]  # fmt: skip


def test_no_step_names_a_person() -> None:
    desk = Desk(per_minute=1)
    desk.take(event("1"), event("2"), event("3"))
    steps = [step for entry, _ in desk.ledger.unfinished(NOW) for step in entry.steps] + desk.digests(NOW + 60_000)

    assert len(steps) == 2
    assert all("TB" not in repr(step) for step in steps)


def test_what_is_older_than_fifteen_minutes_is_stale() -> None:
    desk = Desk()

    assert desk.take(event("1", age_s=900), event("2", age_s=900.001)) == [Reception.ASKED, Reception.STALE]


def test_an_event_of_a_rule_that_is_gone_is_asked_about_by_nobody() -> None:
    desk = Desk()
    clerk = SingleEventClerk([], desk.ledger)

    assert clerk.take(0, event(), NOW).reception is Reception.NO_RULE


def test_the_rest_of_a_minute_is_one_request_when_the_minute_is_over() -> None:
    desk = Desk()
    taken = desk.take(*(event(str(number), store="s1") for number in range(5)))
    early = desk.digests(NOW)
    (digest,) = desk.digests(NOW + 60_000)

    assert taken == [Reception.ASKED] * 2 + [Reception.DIGEST] * 3
    assert early == []
    assert digest.data.events is not None
    assert (digest.data.events.count, digest.data.events.owner) == (3, "desk-1")
    assert (digest.data.events.first, digest.data.events.last) == (2, 4)
    assert [kept.event.event_id for kept in desk.clerk.events_of(digest)] == ["2", "3", "4"]
    assert desk.take(event("3"), now=NOW + 60_000) == [Reception.KNOWN]
    assert desk.digests(NOW + 120_000) == []


def test_a_digest_for_several_owners_goes_to_the_default() -> None:
    desk = Desk(per_minute=1)
    desk.take(event("1"), event("2", store="s1"), event("3", store="s2"))
    (digest,) = desk.digests(NOW + 60_000)

    assert digest.data.events is not None
    assert digest.data.events.owner == "care"


def test_a_clock_that_is_set_back_makes_no_second_digest_in_a_minute() -> None:
    desk = Desk(per_minute=1)
    desk.take(event("1"), event("2"))
    later = NOW + 60_000
    first = desk.digests(later)
    desk.take(event("3"), event("4"), now=NOW, first=2)
    second, third = desk.digests(later), desk.digests(later + 60_000)

    assert [len(found) for found in (first, second, third)] == [1, 0, 1]


def test_the_number_in_a_minute_is_known_to_whoever_takes_over() -> None:
    desk = Desk()
    desk.take(event("1"), event("2"))
    successor = SingleEventClerk(list(desk.clerk._rules.values()), desk.ledger)

    assert successor.take(2, event("3"), NOW).reception is Reception.DIGEST


@pytest.mark.parametrize(("decision", "standing"), [("approve", "requested"), ("decline", "settled")])
def test_what_needs_an_approval_is_asked_for_after_it_only(decision: str, standing: str) -> None:
    desk = Desk(approval="operator", valid_s=60)
    desk.take(event())
    before = desk.clerk.follow_up(NOW), desk.clerk.to_deliver(NOW, 9)
    (proposal,) = [entry.steps[0] for entry, _ in desk.ledger.unfinished(NOW)]
    taken = ActionRecord(
        source="/p", id="1", fingerprint=proposal.fingerprint, time=NOW + 1, action=decision, actor="li",
        request=proposal.data.request,
    )  # fmt: skip
    assert desk.ledger.decide(taken)
    (step,) = desk.clerk.follow_up(NOW + 2)

    assert before == ([], ([], []))
    assert step.id.endswith(standing)
    assert step.data.actor == "li"


def test_what_nobody_approves_in_time_is_over_and_held_no_longer() -> None:
    desk = Desk(approval="operator", valid_s=60)
    desk.take(event())
    held = desk.clerk.held(NOW)
    (step,) = desk.clerk.follow_up(NOW + 100_000)
    desk.ledger.note(step)

    assert held == 0
    assert step.data.outcome is Ending.EXPIRED
    assert desk.clerk.held(NOW + 100_000) is None


def test_the_offset_of_what_is_not_delivered_yet_is_held_and_then_let_go() -> None:
    desk = Desk(per_minute=1)
    desk.take(event("1"), event("2"), event("3"), first=5)
    (first,), _ = desk.clerk.to_deliver(NOW, 8)
    held = [desk.clerk.held(NOW)]
    desk.ledger.note(settled(first, Ending.DELIVERED, NOW))
    held.append(desk.clerk.held(NOW))
    (digest,) = desk.digests(NOW + 60_000)
    held.append(desk.clerk.held(NOW))
    desk.ledger.note(settled(digest, Ending.REJECTED, NOW))

    assert [*held, desk.clerk.held(NOW)] == [5, 6, 6, None]


def test_a_rule_without_a_webhook_holds_nothing_but_the_rest_of_the_minute() -> None:
    desk = Desk(per_minute=1, webhook=None)
    desk.take(event("1"), event("2"), first=5)
    held = desk.clerk.held(NOW)
    desk.digests(NOW + 60_000)

    assert (held, desk.clerk.held(NOW + 60_000)) == (6, None)


def test_after_a_crash_what_is_not_delivered_waits_until_its_event_is_read_again() -> None:
    desk = Desk()
    desk.take(event("1"))
    desk.clerk.forget()
    ahead = desk.clerk.to_deliver(NOW, 0)
    read = desk.take(event("1"))
    ready, lost = desk.clerk.to_deliver(NOW, 1)

    assert (ahead, read, lost) == (([], []), [Reception.KNOWN], [])
    assert [kept.event.ids for kept in desk.clerk.events_of(ready[0])] == [{"order_id": "TB1"}]


def test_an_event_that_the_topic_has_no_more_is_lost_and_said_to_be() -> None:
    desk = Desk()
    desk.take(event("1"))
    desk.clerk.forget()

    ready, lost = desk.clerk.to_deliver(NOW, 1)
    assert (ready, [step.data.request for step in lost]) == ([], [event("1").request])


def test_beyond_a_thousand_open_requests_events_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.linkage.single_event_clerk.MOST_OPEN", 3)
    desk = Desk(per_minute=100)
    events: Sequence[SingleEvent] = [event(str(number)) for number in range(5)]

    assert desk.take(*events) == [Reception.ASKED] * 3 + [Reception.FULL] * 2
