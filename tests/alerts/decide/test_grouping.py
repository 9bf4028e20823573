"""News of one trouble leave together; what is critical does not wait for that."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.grouping import Grouping, Waits
from streams.alerts.words.bundle import together_of
from streams.alerts.words.message import Titles, compose
from streams.records.action import Taken
from streams.records.anomaly import Change, Transition, Why
from streams.records.instant import rfc3339
from streams.register.muting import Muting
from streams.register.silences import SilenceBook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.alerts.queue.lane import LaneState
    from streams.alerts.words.message import Notification

    Make = Callable[..., Transition]

START = 1_762_790_400_000
SECOND, MINUTE = 1_000, 60_000
WAITS = Waits(critical=10 * SECOND, other=30 * SECOND, interval=5 * MINUTE)


def composed(transition: Transition) -> Notification:
    return compose(transition, Titles({}), {}, UTC)


def opened(make: Make, name: str, severity: str = "warning", **fields: Any) -> Notification:
    return composed(make(fingerprint=name, severity=severity, **fields))


def silence(matcher: str) -> Taken:
    return Taken(
        source="/x",
        id="1",
        fingerprint="silence/1",
        time=START,
        action="silence",
        until=START + MINUTE,
        matchers=(matcher,),
    )


def names(taken: Sequence[Sequence[Notification]]) -> list[list[str]]:
    return [[one.anomalies[0].fingerprint for one in group] for group in taken]


def test_what_comes_within_the_wait_leaves_together_and_other_groups_apart(transition: Make) -> None:
    grouping = Grouping(WAITS)
    grouping.put(opened(transition, "a"), START)
    grouping.put(opened(transition, "b"), START + 20 * SECOND)
    grouping.put(opened(transition, "c", touchpoint="page"), START + 20 * SECOND)

    assert names(grouping.take(START + 29 * SECOND)) == []
    assert names(grouping.take(START + 30 * SECOND)) == [["a", "b"]]
    assert names(grouping.take(START + 50 * SECOND)) == [["c"]]
    assert grouping.waiting == 0


def test_a_critical_takes_what_waits_with_it_and_never_waits_for_the_interval(transition: Make) -> None:
    grouping = Grouping(WAITS)
    grouping.put(opened(transition, "a"), START)
    grouping.put(opened(transition, "b", "critical"), START + 5 * SECOND)
    together = names(grouping.take(START + 15 * SECOND))
    grouping.put(opened(transition, "c", "critical"), START + 20 * SECOND)

    assert together == [["a", "b"]]
    assert names(grouping.take(START + 30 * SECOND)) == [["c"]]


def test_later_news_wait_for_the_interval_and_a_group_that_is_quiet_begins_anew(transition: Make) -> None:
    grouping = Grouping(WAITS)
    grouping.put(opened(transition, "a"), START)
    grouping.take(START + 30 * SECOND)
    grouping.put(opened(transition, "b"), START + MINUTE)
    early, late = grouping.take(START + 5 * MINUTE), grouping.take(START + 5 * MINUTE + 30 * SECOND)
    grouping.take(START + 20 * MINUTE)
    grouping.put(opened(transition, "c"), START + 20 * MINUTE)

    assert (names(early), names(late)) == ([], [["b"]])
    assert names(grouping.take(START + 20 * MINUTE + 30 * SECOND)) == [["c"]]


def test_what_people_were_notified_of_in_another_way_is_dropped_but_for_its_end(transition: Make) -> None:
    grouping = Grouping(WAITS)
    again = {"detected_at": rfc3339(START + SECOND)}
    over = transition(Change.RESOLVED, at=START, fingerprint="a", severity="warning", state="resolved")
    for news in (
        opened(transition, "a"), opened(transition, "b"), composed(over), opened(transition, "a", **again)
    ):  # fmt: skip
        grouping.put(news, START)
    grouping.drop(over.anomaly.episode)
    (left,) = grouping.take(START + 30 * SECOND)

    assert [(one.anomalies[0].fingerprint, one.kind) for one in left] == [
        ("b", Change.OPENED), ("a", Change.RESOLVED), ("a", Change.OPENED),
    ]  # fmt: skip


def test_one_message_holds_the_gravest_in_full_and_the_rest_by_title(transition: Make) -> None:
    first, grave = opened(transition, "a"), opened(transition, "b", "critical")
    message = together_of([first, grave])

    assert (message.title, message.severity.value) == (grave.title, "critical")
    assert message.lines[0] == first.title
    assert message.lines[-1] == grave.lines[-1]
    assert [anomaly.fingerprint for anomaly in message.anomalies] == ["a", "b"]


class Shop:
    """An announcer with groups, silences and a clock; what went out, by message."""

    def __init__(self) -> None:
        self.now = START
        self.silences = SilenceBook()
        self.got: list[list[str]] = []
        self.dispatch = Dispatch(Titles({}), UTC, muting=Muting(self.silences))
        self.announcer = Announcer(
            self.dispatch,
            self,  # type: ignore[arg-type]
            lambda: self.now,
            lambda: self.now,
            lambda *_: None,
            grouping=Grouping(WAITS),
        )

    def put_together(self, notifications: Sequence[Notification]) -> None:
        self.got.append([f"{one.anomalies[0].fingerprint} {one.kind.rpartition('.')[2]}" for one in notifications])

    def states(self) -> dict[str, LaneState]:
        return {}

    def reads(self, *news: Transition) -> None:
        for transition in news:
            self.now = max(self.now, transition.time)
            self.announcer.handle(transition)

    def looks(self, seconds: int, *, reminds: bool = True) -> None:
        self.now = START + seconds * SECOND
        self.announcer.look_after(reminds=reminds)


def test_what_is_over_before_it_left_its_group_leaves_with_nobody_notified(transition: Make) -> None:
    shop = Shop()
    shop.looks(0)
    shop.reads(
        transition(at=START + SECOND, fingerprint="a", severity="warning"),
        transition(at=START + SECOND, fingerprint="b", severity="warning"),
        transition(Change.RESOLVED, at=START + 2 * SECOND, fingerprint="a", severity="warning", state="resolved"),
    )
    shop.looks(40)

    assert shop.got == [["b opened"]]


def test_what_another_worker_may_have_notified_of_has_its_end_sent(transition: Make) -> None:
    shop = Shop()
    shop.reads(
        transition(severity="warning"),
        transition(Change.RESOLVED, at=START + 2 * SECOND, severity="warning", state="resolved"),
    )
    shop.looks(40)

    assert shop.got == [["f1 opened", "f1 resolved"]]


def test_the_end_of_what_was_sent_waits_on_when_the_same_comes_and_goes_again(transition: Make) -> None:
    shop = Shop()
    shop.looks(0)
    again = {"severity": "warning", "detected_at": rfc3339(START + 50 * SECOND)}
    shop.reads(transition(at=START + SECOND, severity="warning"))
    shop.looks(40)
    shop.reads(
        transition(Change.RESOLVED, at=START + 41 * SECOND, severity="warning", state="resolved"),
        transition(at=START + 50 * SECOND, **again),
        transition(Change.RESOLVED, at=START + 60 * SECOND, state="resolved", **again),
    )
    shop.looks(600)

    assert shop.got == [["f1 opened"], ["f1 resolved"]]


def test_a_silence_takes_effect_on_what_waits_already(transition: Make) -> None:
    shop = Shop()
    shop.reads(transition())
    waiting = shop.announcer.delivered
    shop.silences.note(silence("payment_method=alipay"))
    shop.looks(30, reminds=False)
    shop.reads(transition(Change.RESOLVED, Why.RECOVERED, START + 40 * SECOND, state="resolved"))
    shop.looks(40, reminds=False)

    assert (waiting, shop.announcer.delivered) == (False, True)
    assert shop.got == []


def test_news_that_a_silence_holds_back_leave_without_it_where_the_anomaly_has_grown_graver(transition: Make) -> None:
    shop = Shop()
    shop.reads(transition(severity="warning"))
    shop.silences.note(silence("severity=warning"))
    shop.reads(transition(Change.UPDATED, Why.ESCALATED, START + SECOND, severity="critical"))
    shop.looks(50, reminds=False)
    shop.reads(transition(Change.RESOLVED, at=START + 55 * SECOND, state="resolved"))
    shop.looks(3600, reminds=False)

    assert shop.got == [["f1 updated"], ["f1 resolved"]]
