"""A worker that comes back to a long backlog: one message for people, one incident of each anomaly for systems."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.routes import Routes
from streams.alerts.decide.stages import Ruling
from streams.alerts.queue.budget import Allowance
from streams.alerts.queue.outbox import Outbox
from streams.alerts.queue.robot import Member
from streams.alerts.receivers import pagerduty
from streams.alerts.words.message import DIGEST, Titles
from streams.alerts.words.voice import Voice
from streams.delivery.result import DELIVERED
from streams.records.action import NOTIFIED, Taken
from streams.records.anomaly import Change, Transition, Why
from streams.register.actions import ActionBook
from streams.settings.settings import RouteSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.alerts.words.message import Notification
    from streams.delivery.result import Result
    from streams.records.anomaly import Anomaly

    Make = Callable[..., Transition]

START = 1_762_790_400_000
MINUTE = 60_000


class Keeper:
    """A receiver that keeps what it gets."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.got: list[Notification] = []

    async def deliver(self, notification: Notification) -> Result:
        self.got.append(notification)
        return DELIVERED


class Shop:
    """The topics, which outlive a worker; people's chat, and PagerDuty."""

    def __init__(self, counts: Any, routes: Routes | None = None) -> None:
        self.counts = counts
        self.actions = ActionBook()
        self.chat, self.second_chat, self.pager = Keeper("chat"), Keeper("second"), Keeper("pager")
        self.open: dict[str, Anomaly] = {}
        self.now = START
        self.waiting = 0
        self._routes = routes

    def put(self, taken: Taken) -> None:
        self.actions.note(taken)

    async def lives(self, log: Sequence[Transition], handled: Callable[[], int] | None = None) -> None:
        """One worker reads the log record by record, while its clock goes on by half a second, and then goes."""
        members = [
            Member(self.chat, Allowance(digest_above=5)),
            Member(self.second_chat, Allowance(digest_above=5)),
            Member(self.pager, pagerduty.ALLOWANCE),
        ]
        outbox = Outbox(members, self.counts, lambda: 0.5, lambda: self.now / 1000)
        outbox.start()
        dispatch = Dispatch(
            Titles({}),
            UTC,
            actions=self.actions,
            routes=self._routes,
            open_anomalies=lambda: list(self.open.values()),
        )
        announcer = Announcer(
            dispatch,
            outbox,
            lambda: self.now,
            handled or (lambda: self.now),
            lambda *_: None,
            lambda: list(self.open.values()),
            recorder=self,
        )
        dispatch.reminders.take_over(list(self.open.values()), self.now)
        for transition in [*log, *[None] * 150]:
            self.now += 500
            if transition is not None:
                announcer.handle(transition)
            announcer.look_after(reminds=True)
            await asyncio.wait_for(outbox.drain(), 1.0)
            for _ in range(3):
                await asyncio.sleep(0)
        announcer.look_after(reminds=True)
        await outbox.stop()


@pytest.fixture
def shop(counts: Any) -> Shop:
    return Shop(counts)


@pytest.fixture
def backlog(transition: Make) -> list[Transition]:
    """Of an hour ago: two anomalies that opened, got worse and graver."""
    return [
        transition(change, why, START + minute * MINUTE, fingerprint=name, severity=severity, scope={"store": name})
        for minute, (change, why, severity) in enumerate(
            [
                (Change.OPENED, Why.OPENED, "warning"),
                (Change.UPDATED, Why.WORSENED, "warning"),
                (Change.UPDATED, Why.ESCALATED, "critical"),
                (Change.UPDATED, Why.WORSENED, "critical"),
            ]
        )
        for name in ("f1", "f2")
    ]


def incidents(shop: Shop) -> dict[str, list[str]]:
    """What PagerDuty makes of what it gets: actions by key."""
    found: dict[str, list[str]] = {}
    for sent in shop.pager.got:
        event = pagerduty.event_of(sent, Voice())
        found.setdefault(event["dedup_key"], []).append(event["event_action"])
    return found


async def test_an_anomaly_of_a_backlog_is_sent_once_and_is_one_incident_under_its_own_key(
    shop: Shop, backlog: list[Transition]
) -> None:
    shop.now = START + 60 * MINUTE
    shop.open = {t.anomaly.fingerprint: t.anomaly for t in backlog}
    await shop.lives(backlog)

    assert [sent.title for sent in shop.chat.got] == ["[DIGEST] 2 anomalies are open that nobody was told of"]
    assert [line.partition("]")[0] for line in shop.chat.got[0].lines] == ["[CRITICAL", "[CRITICAL"]
    assert incidents(shop) == {"f1": ["trigger"], "f2": ["trigger"]}
    assert [(sent.kind, sent.title.partition("]")[0]) for sent in shop.pager.got] == [
        (Change.OPENED, "[CRITICAL"), (Change.OPENED, "[CRITICAL"),
    ]  # fmt: skip


async def test_judges_that_catch_up_bit_by_bit_make_one_digest(shop: Shop, backlog: list[Transition]) -> None:
    shop.now = START + 60 * MINUTE
    seconds = iter(range(10_000))
    await shop.lives(backlog, lambda: START + 44 * MINUTE + next(seconds) * 20_000)

    assert [sent.kind for sent in shop.chat.got] == [DIGEST]


async def test_a_restart_on_the_same_backlog_tells_nothing_again_and_ends_reach_the_incident(
    shop: Shop, backlog: list[Transition], transition: Make
) -> None:
    shop.now = START + 60 * MINUTE
    shop.open = {t.anomaly.fingerprint: t.anomaly for t in backlog}
    await shop.lives(backlog)
    await shop.lives(backlog)
    first = len(shop.chat.got)
    note = Taken(source="/p", id="1", fingerprint="f1", time=shop.now, action="ack", until=shop.now + 30 * MINUTE)
    shop.actions.note(note)
    del shop.open["f2"]
    ends = [transition(Change.RESOLVED, at=shop.now, fingerprint="f2", severity="critical", state="resolved")]
    await shop.lives([*backlog, *ends])

    assert first == 1
    assert [sent.kind for sent in shop.chat.got] == [DIGEST, Change.RESOLVED]
    assert incidents(shop) == {"f1": ["trigger", "acknowledge"], "f2": ["trigger", "resolve"]}


async def test_what_got_graver_since_it_was_sent_is_sent_though_it_is_late(
    shop: Shop, backlog: list[Transition]
) -> None:
    shop.open = {"f1": backlog[0].anomaly}
    shop.now = START + MINUTE
    await shop.lives(backlog[:1])
    shop.open = {"f1": backlog[-2].anomaly}
    shop.now = START + 60 * MINUTE
    await shop.lives([t for t in backlog if t.anomaly.fingerprint == "f1"])
    await shop.lives([t for t in backlog if t.anomaly.fingerprint == "f1"])

    assert [sent.kind for sent in shop.chat.got] == [Change.OPENED, DIGEST]
    assert incidents(shop) == {"f1": ["trigger", "trigger"]}
    assert {t.severity for t in shop.actions.of("f1") if t.action == NOTIFIED} == {"warning", "critical"}


async def test_each_receiver_gets_one_digest_however_the_routes_cross(counts: Any, backlog: list[Transition]) -> None:
    given = [
        RouteSettings(match=("severity=critical",), receivers=("second",), proceed=True),
        RouteSettings(match=("touchpoint=order",), receivers=("chat", "pager")),
    ]
    shop = Shop(counts, Routes.of(given, UTC))
    shop.now = START + 60 * MINUTE
    warning = [t for t in backlog if t.anomaly.fingerprint == "f1"][:1]
    await shop.lives([*warning, *(t for t in backlog if t.anomaly.fingerprint == "f2")])

    assert [[a.fingerprint for a in sent.anomalies] for sent in shop.chat.got] == [["f1", "f2"]]
    assert [[a.fingerprint for a in sent.anomalies] for sent in shop.second_chat.got] == [["f2"]]
    assert incidents(shop) == {"f1": ["trigger"], "f2": ["trigger"]}


def test_old_news_of_what_was_sent_is_outdated(transition: Make) -> None:
    dispatch = Dispatch(Titles({}), UTC)
    dispatch.handle(transition(severity="critical"), START)
    ruling, sent = dispatch.handle(transition(Change.UPDATED, at=START + MINUTE), START + 60 * MINUTE)

    assert (ruling, sent) == (Ruling.OUTDATED, None)
