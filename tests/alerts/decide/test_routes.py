"""Who is notified of what, and when."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from streams.alerts.decide.dispatch import Dispatch
from streams.alerts.decide.routes import Routes
from streams.alerts.decide.stages import STALE_MS, Ruling
from streams.alerts.words.message import Lanes, Titles
from streams.records.action import NOTIFYING
from streams.records.anomaly import Change, Transition, Why
from streams.register.actions import ActionBook
from streams.settings.settings import RouteSettings
from tests.support.notified_record import notified_record

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Transition]

START = 1_762_790_400_000  # 2025-11-10 16:00 UTC, a Monday
HOUR, MINUTE = 3_600_000, 60_000


def routes(*given: dict[str, Any]) -> Routes:
    return Routes.of(msgspec.convert(list(given), list[RouteSettings]), UTC)


def lanes(transition: Transition, *given: dict[str, Any], now: int = START) -> Lanes:
    return routes(*given).lanes(transition.anomaly, now)


def test_without_routes_everybody_is_notified(transition: Make) -> None:
    assert lanes(transition()) is None


def test_the_first_route_that_matches_decides(transition: Make) -> None:
    given = (
        {"match": ["touchpoint=logistics"], "receivers": ["transport"]},
        {"match": ["severity=critical", "payment_method=~ali.*"], "receivers": ["duty", "money"]},
        {"receivers": ["all"]},
    )

    assert lanes(transition(), *given) == ("duty", "money")
    assert lanes(transition(severity="warning"), *given) == ("all",)


def test_continue_adds_what_later_routes_say(transition: Make) -> None:
    given = (
        {"match": ["severity=critical"], "receivers": ["duty"], "continue": True},
        {"match": ["touchpoint=order"], "receivers": ["money"]},
        {"receivers": ["all"]},
    )

    assert lanes(transition(), *given) == ("duty", "money")


def test_a_route_holds_at_its_time_of_day_in_the_shops_zone(transition: Make) -> None:
    given = ({"days": ["mon"], "opens": "09:00", "closes": "18:00", "receivers": ["office"]}, {"receivers": ["night"]})

    assert lanes(transition(), *given) == ("office",)
    assert lanes(transition(), *given, now=START + 2 * HOUR) == ("night",)


def test_what_no_route_matches_goes_to_everybody(transition: Make) -> None:
    assert lanes(transition(), {"match": ["touchpoint=page"], "receivers": ["web"]}) is None


def test_what_is_routed_to_nobody_is_not_sent_and_neither_is_its_end_but_what_becomes_graver_is(
    transition: Make,
) -> None:
    given = ({"match": ["severity=warning"], "receivers": []}, {"receivers": ["duty"]})
    dispatch = Dispatch(Titles({}), UTC, routes=routes(*given))
    opened, nothing = dispatch.handle(transition(severity="warning"), START)
    over, _ = dispatch.handle(transition(Change.RESOLVED, at=START + MINUTE, severity="warning"), START + MINUTE)
    dispatch.handle(transition(at=START + 2 * MINUTE, severity="warning"), START + 2 * MINUTE)
    graver, sent = dispatch.handle(transition(Change.UPDATED, Why.ESCALATED, START + 3 * MINUTE), START + 3 * MINUTE)

    assert (opened, nothing, over, graver) == (Ruling.UNROUTED, None, Ruling.UNANNOUNCED, Ruling.NOTIFY)
    assert sent is not None
    assert sent.lanes == ("duty",)


def test_the_end_goes_to_all_who_were_notified_whatever_the_time_is_by_then(transition: Make) -> None:
    given = ({"opens": "09:00", "closes": "16:30", "receivers": ["office"]}, {"receivers": ["night"]})
    dispatch = Dispatch(Titles({}), UTC, routes=routes(*given))
    sent = [
        dispatch.handle(transition(), START)[1],
        dispatch.handle(transition(Change.UPDATED, Why.WORSENED, START + HOUR), START + HOUR)[1],
        dispatch.handle(transition(Change.RESOLVED, at=START + 2 * HOUR, state="resolved"), START + 2 * HOUR)[1],
    ]

    assert [one.lanes if one else None for one in sent] == [("office",), ("night",), ("night", "office")]


def test_after_a_restart_the_end_goes_to_all_who_may_have_heard_whatever_the_routes_say_by_then(
    transition: Make,
) -> None:
    given = ({"opens": "09:00", "closes": "16:30", "receivers": ["office"]}, {"receivers": ["night"]})
    book = ActionBook()
    book.note(notified_record(transition().anomaly, START, "office"))
    book.note(notified_record(transition().anomaly, START + HOUR, "night", "pager", action=NOTIFYING))
    dispatch = Dispatch(Titles({}), UTC, routes=routes(*given), actions=book)
    dispatch.reminders.take_over([transition().anomaly], START + HOUR)
    _, sent = dispatch.handle(transition(Change.RESOLVED, at=START + 2 * HOUR, state="resolved"), START + 2 * HOUR)

    assert sent is not None
    assert sent.lanes == ("night", "office", "pager")


def test_each_set_of_receivers_gets_a_digest_of_its_own(transition: Make) -> None:
    given = ({"match": ["payment_method=alipay"], "receivers": ["a"]}, {"receivers": ["b"]})
    dispatch = Dispatch(Titles({}), UTC, routes=routes(*given))
    clock = START + STALE_MS + MINUTE
    for name, method in (("f1", "alipay"), ("f2", "wechat"), ("f3", "alipay")):
        dispatch.handle(transition(fingerprint=name, scope={"payment_method": method}), clock)
    digests = dispatch.digests(clock, clock)

    assert {d.lanes: [a.fingerprint for a in d.anomalies] for d in digests} == {("a",): ["f1", "f3"], ("b",): ["f2"]}
