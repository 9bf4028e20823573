"""Which steps of a request are written, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.linkage.clerk import GRACE_MS, MOST_OPEN, Clerk, Ruling, settled
from streams.records.action import Taken
from streams.records.anomaly import Anomaly, Change, Transition
from streams.records.instant import rfc3339
from streams.records.request import Ending, Stage, Step
from streams.register.requests import Ledger, Standing
from streams.settings.settings import LinkageRule, LinkageWebhook
from tests.support.sample_anomaly import sample_anomaly

if TYPE_CHECKING:
    from collections.abc import Callable

HOOK = LinkageWebhook(url_env="URL", secret_env="SECRET")
START = 1_794_327_150_000
VALID_MS = 900_000


def written(clerk: Clerk, ledger: Ledger, transition: Transition, now: int) -> list[Step]:
    steps = [ruled.step for ruled in clerk.rule(transition, now) if ruled.step is not None]
    for step in steps:
        ledger.note(step)
    return steps


def said(action: str, step: Step, time: int, actor: str = "li") -> Taken:
    return Taken(
        source="/pharos/api", id=f"{action}{time}", fingerprint=step.fingerprint, time=time, action=action, actor=actor,
        note="because", request=step.data.request,
    )  # fmt: skip


def test_without_approval_the_action_is_requested_once_however_often_the_transition_is_read(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    ledger = Ledger()
    clerk = Clerk([rule(note="stop it")], ledger)
    first, again = written(clerk, ledger, transition(), now), list(clerk.rule(transition(), now))

    assert [step.stage for step in first] == [Stage.REQUESTED]
    assert (first[0].data.action, first[0].data.actor, first[0].data.note) == ("campaign.pause", "pharos", "stop it")
    assert first[0].data.anomaly == transition().anomaly
    assert [ruled.ruling for ruled in again] == [Ruling.KNOWN]
    assert list(ledger.unfinished(now)) == []


def test_ids_are_those_of_rule_and_transition(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    def ids(name: str, of: str, at: int) -> list[str]:
        return [step.id for step in written(Clerk([rule(name=name)], Ledger()), Ledger(), transition(of), at)]

    assert ids("a", "t1", now) == ids("a", "t1", now + 60_000)
    assert len({*ids("a", "t1", now), *ids("b", "t1", now), *ids("a", "t2", now)}) == 3


def test_an_approval_leads_to_a_request_with_the_anomaly_as_it_is_then(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    ledger = Ledger()
    clerk = Clerk([rule(approval="operator")], ledger)
    (proposed,) = written(clerk, ledger, transition(), now)
    assert list(clerk.follow_up(now, lambda _: transition().anomaly)) == []

    assert ledger.decide(said("approve", proposed, now + 1_000))
    worse = transition(value=0.2).anomaly
    (requested,) = clerk.follow_up(now + 2_000, lambda _: worse)
    ledger.note(requested)

    assert proposed.stage is Stage.PROPOSED
    assert (requested.stage, requested.data.actor, requested.data.anomaly) == (Stage.REQUESTED, "li", worse)
    assert requested.data.until == rfc3339(now + 2_000 + VALID_MS)
    assert list(clerk.follow_up(now + 2_000, lambda _: worse)) == []


@pytest.mark.parametrize(
    ("decision", "after", "state", "ending"),
    [
        ("decline", 5_000, "firing", Ending.DECLINED),
        (None, VALID_MS + GRACE_MS + 1, "firing", Ending.EXPIRED),
        (None, 5_000, "resolved", Ending.OVER),
    ],
)
def test_a_proposal_that_is_not_approved_is_settled(
    rule: Callable[..., LinkageRule],
    transition: Callable[..., Transition],
    now: int,
    decision: str | None,
    after: int,
    state: str,
    ending: Ending,
) -> None:
    ledger = Ledger()
    clerk = Clerk([rule(approval="admin")], ledger)
    (proposed,) = written(clerk, ledger, transition(), now)
    if decision:
        ledger.decide(said(decision, proposed, now + 1_000))
    (step,) = clerk.follow_up(now + after, lambda _: transition(state=state).anomaly)

    assert (step.stage, step.data.outcome, step.data.anomaly) == (Stage.SETTLED, ending, None)
    assert step.data.actor == ("li" if decision else "pharos")


def test_the_first_decision_counts_and_none_after_the_end(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    ledger = Ledger()
    (proposed,) = written(Clerk([rule(approval="admin")], ledger), ledger, transition(), now)

    assert not ledger.decide(said("approve", proposed, now + VALID_MS + 1))
    assert not ledger.decide(said("ack", proposed, now))
    assert ledger.decide(said("decline", proposed, now + 1))
    assert not ledger.decide(said("approve", proposed, now + 2))
    (entry,) = [entry for entry, _ in ledger.unfinished(now)]
    assert entry.standing(now) is Standing.DECLINED


def test_an_approval_in_time_that_was_read_late_still_counts_within_the_grace(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    ledger = Ledger()
    clerk = Clerk([rule(approval="admin")], ledger)
    (proposed,) = written(clerk, ledger, transition(), now)
    late = now + VALID_MS + GRACE_MS

    assert list(clerk.follow_up(late, lambda _: None)) == []
    assert ledger.decide(said("approve", proposed, now + VALID_MS))
    assert [step.stage for step in clerk.follow_up(late, lambda _: None)] == [Stage.REQUESTED]


def test_with_a_webhook_a_request_is_open_until_it_is_settled(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    ledger = Ledger()
    clerk = Clerk([rule(webhook=HOOK)], ledger)
    (requested,) = written(clerk, ledger, transition(), now)

    assert clerk.to_deliver(now) == [requested]
    ledger.note(settled(requested, Ending.DELIVERED, now + 1))
    assert clerk.to_deliver(now) == []


def test_when_too_many_wait_no_more_is_asked_for(
    rule: Callable[..., LinkageRule], transition: Callable[..., Transition], now: int
) -> None:
    ledger = Ledger()
    clerk = Clerk([rule(webhook=HOOK)], ledger)
    (one,) = written(clerk, ledger, transition("first"), now)
    for number in range(MOST_OPEN - 1):
        ledger.note(msgspec.structs.replace(one, data=msgspec.structs.replace(one.data, request=f"q{number}")))

    assert [ruled.ruling for ruled in clerk.rule(transition("one more"), now)] == [Ruling.FULL]


moves = st.lists(
    st.sampled_from(["approve", "decline", "wait", "resolve", "restart", "follow", "read again", "deliver"]),
    max_size=15,
)


class Course:
    """What a log of steps and decisions becomes, move by move; `restart` reads it from its beginning."""

    def __init__(self, made: LinkageRule) -> None:
        self.rules, self.ledger, self.now, self.state = [made], Ledger(), START, "firing"
        self.log: list[Step | Taken] = []
        self.opened = Transition("t", Change.OPENED, START, self.anomaly())
        for step in self.asked():
            self.put(step)

    def anomaly(self) -> Anomaly:
        return sample_anomaly(rfc3339(START), rfc3339(START), state=self.state)

    def asked(self) -> list[Step]:
        return [ruled.step for ruled in Clerk(self.rules, self.ledger).rule(self.opened, self.now) if ruled.step]

    def put(self, record: Step | Taken) -> None:
        self.log.append(record)
        self.read(record)

    def read(self, record: Step | Taken) -> None:
        if isinstance(record, Taken):
            self.ledger.decide(record)
        else:
            self.ledger.note(record)

    @property
    def steps(self) -> list[Step]:
        return [record for record in self.log if isinstance(record, Step)]

    @property
    def decisions(self) -> list[str]:
        return [record.action for record in self.log if isinstance(record, Taken)]

    def move(self, kind: str) -> None:
        self.now += 1_000
        clerk = Clerk(self.rules, self.ledger)
        if kind in {"approve", "decline"}:
            self.put(said(kind, self.steps[0], self.now))
        moves: dict[str, Callable[[], object]] = {
            "wait": lambda: setattr(self, "now", self.now + VALID_MS),
            "resolve": lambda: setattr(self, "state", "resolved"),
            "restart": self.restart,
            "follow": lambda: [self.put(step) for step in clerk.follow_up(self.now, lambda _: self.anomaly())],
            "deliver": lambda: [
                self.put(settled(step, Ending.DELIVERED, self.now)) for step in clerk.to_deliver(self.now)
            ],
            "read again": lambda: [self.put(step) for step in self.asked()],
        }
        moves.get(kind, lambda: None)()

    def restart(self) -> None:
        self.ledger = Ledger()
        for record in self.log:
            self.read(record)


@given(moves, st.booleans(), st.booleans())
def test_whatever_happens_a_request_goes_forward_and_is_made_at_most_once(
    kinds: list[str], approval: bool, webhook: bool
) -> None:
    made = LinkageRule("r", "act", approval="admin" if approval else "", webhook=HOOK if webhook else None)
    course = Course(made)
    for kind in kinds:
        course.move(kind)
    stages = [step.stage for step in course.steps]

    assert len(set(stages)) == len(stages)
    assert stages == sorted(stages, key=list(Stage).index)
    if approval and Stage.REQUESTED in stages:
        assert course.decisions[0] == "approve"
