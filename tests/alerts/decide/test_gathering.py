"""News of one trouble are told together; what is critical does not wait for that."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from streams.alerts.announcer import Announcer
from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.gathering import Gathering, Waits
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


def told(transition: Transition) -> Notification:
    return compose(transition, Titles({}), {}, UTC)


def opened(make: Make, name: str, severity: str = "warning", **fields: Any) -> Notification:
    return told(make(fingerprint=name, severity=severity, **fields))


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


def test_what_comes_within_the_wait_leaves_together_and_other_troubles_apart(transition: Make) -> None:
    gathering = Gathering(WAITS)
    gathering.put(opened(transition, "a"), START)
    gathering.put(opened(transition, "b"), START + 20 * SECOND)
    gathering.put(opened(transition, "c", touchpoint="page"), START + 20 * SECOND)

    assert names(gathering.take(START + 29 * SECOND)) == []
    assert names(gathering.take(START + 30 * SECOND)) == [["a", "b"]]
    assert names(gathering.take(START + 50 * SECOND)) == [["c"]]
    assert gathering.waiting == 0


def test_a_critical_takes_what_waits_with_it_and_never_waits_for_the_interval(transition: Make) -> None:
    gathering = Gathering(WAITS)
    gathering.put(opened(transition, "a"), START)
    gathering.put(opened(transition, "b", "critical"), START + 5 * SECOND)
    together = names(gathering.take(START + 15 * SECOND))
    gathering.put(opened(transition, "c", "critical"), START + 20 * SECOND)

    assert together == [["a", "b"]]
    assert names(gathering.take(START + 30 * SECOND)) == [["c"]]


def test_later_news_wait_for_the_interval_and_a_trouble_that_is_quiet_begins_anew(transition: Make) -> None:
    gathering = Gathering(WAITS)
    gathering.put(opened(transition, "a"), START)
    gathering.take(START + 30 * SECOND)
    gathering.put(opened(transition, "b"), START + MINUTE)
    early, late = gathering.take(START + 5 * MINUTE), gathering.take(START + 5 * MINUTE + 30 * SECOND)
    gathering.take(START + 20 * MINUTE)
    gathering.put(opened(transition, "c"), START + 20 * MINUTE)

    assert (names(early), names(late)) == ([], [["b"]])
    assert names(gathering.take(START + 20 * MINUTE + 30 * SECOND)) == [["c"]]


def test_what_is_over_before_it_was_told_leaves_untold(transition: Make) -> None:
    gathering = Gathering(WAITS)
    gathering.put(opened(transition, "a"), START)
    gathering.put(opened(transition, "b"), START)
    over = transition(Change.RESOLVED, at=START + SECOND, fingerprint="a", severity="warning", state="resolved")
    gathering.put(told(over), START + SECOND)

    assert names(gathering.take(START + 30 * SECOND)) == [["b"]]


def test_the_end_of_what_was_told_waits_on_when_the_same_comes_and_goes_again(transition: Make) -> None:
    gathering = Gathering(WAITS)
    gathering.put(opened(transition, "a"), START)
    first = names(gathering.take(START + 30 * SECOND))
    for at, change in ((40, Change.RESOLVED), (50, Change.OPENED), (60, Change.RESOLVED)):
        detected = rfc3339(START + (0 if at == 40 else 50 * SECOND))
        news = transition(change, at=START + at * SECOND, fingerprint="a", severity="warning", detected_at=detected)
        gathering.put(told(news), START + at * SECOND)

    assert first == [["a"]]
    ((left,),) = gathering.take(START + 10 * MINUTE)
    assert (left.kind, left.anomalies[0].detected_at) == (Change.RESOLVED, rfc3339(START))


def test_one_message_holds_the_gravest_in_full_and_the_rest_by_title(transition: Make) -> None:
    first, grave = opened(transition, "a"), opened(transition, "b", "critical")
    message = together_of([first, grave])

    assert (message.title, message.severity.value) == (grave.title, "critical")
    assert message.lines[0] == first.title
    assert message.lines[-1] == grave.lines[-1]
    assert [anomaly.fingerprint for anomaly in message.anomalies] == ["a", "b"]


class Sink:
    def __init__(self) -> None:
        self.got: list[list[str]] = []

    def put_together(self, notifications: Sequence[Notification]) -> None:
        self.got.append([f"{one.anomalies[0].fingerprint} {one.kind.rpartition('.')[2]}" for one in notifications])

    def states(self) -> dict[str, LaneState]:
        return {}


def test_a_silence_takes_effect_on_what_waits_already(transition: Make) -> None:
    sink, book = Sink(), SilenceBook()
    clock = [START]
    dispatch = Dispatch(Titles({}), UTC, muting=Muting(book))
    announcer = Announcer(
        dispatch, sink, lambda: clock[0], lambda: clock[0], lambda *_: None, gathering=Gathering(WAITS)  # type: ignore[arg-type]
    )  # fmt: skip
    announcer.tell(transition())
    waiting = announcer.delivered
    book.note(silence("payment_method=alipay"))
    clock[0] = START + 30 * SECOND
    announcer.look_after(reminds=False)
    over = transition(Change.RESOLVED, Why.RECOVERED, START + 40 * SECOND, state="resolved")
    announcer.tell(over)
    announcer.look_after(reminds=False)

    assert (waiting, announcer.delivered) == (False, True)
    assert sink.got == []


def test_news_that_a_silence_holds_back_leave_without_it_where_the_anomaly_has_grown_graver(transition: Make) -> None:
    sink, book = Sink(), SilenceBook()
    dispatch = Dispatch(Titles({}), UTC, muting=Muting(book))
    announcer = Announcer(
        dispatch, sink, lambda: START, lambda: START, lambda *_: None, gathering=Gathering(WAITS)  # type: ignore[arg-type]
    )  # fmt: skip
    announcer.tell(transition(severity="warning"))
    book.note(silence("severity=warning"))
    announcer.tell(transition(Change.UPDATED, Why.ESCALATED, START + SECOND, severity="critical"))
    (news,) = [dispatch.still_news(gathered, START) for gathered in announcer._gathering.take(START + MINUTE)]

    assert [one.kind for one in news] == [Change.UPDATED]
    assert dispatch.routing.told == {"f1"}
