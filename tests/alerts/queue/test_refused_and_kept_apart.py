"""What becomes of a digest that is refused, and what systems get that keep each anomaly by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from streams.alerts.queue.budget import Allowance
from streams.alerts.words.message import ACKNOWLEDGED, DIGEST
from streams.delivery.result import DELIVERED, Cause, Outcome, Result
from tests.support.group_simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification

    Make = Callable[..., Notification]

TOO_FAST = Result(Outcome.RETRY, "errcode 130101", 600.0, Cause.THROTTLED)
BUSY = Result(Outcome.RETRY, "timeout", cause=Cause.TIMEOUT)
TOO_LONG = Result(Outcome.REJECTED, "errcode 460101", cause=Cause.TOO_LONG)


def test_a_digest_that_is_refused_for_its_content_goes_line_by_line_and_only_what_is_refused_is_lost(
    notification: Make, counts: Any
) -> None:
    refused = Result(Outcome.REJECTED, "errcode 430102", cause=Cause.REFUSED)

    def answer(_: str, told: Notification, now: float) -> Result:
        if now < 5.0:
            return BUSY
        return refused if any("n3" in line for line in (told.title, *told.lines)) else DELIVERED

    storm = Simulation(counts, answer=answer)
    storm.play([(0.1 * n, notification(f"n{n}", "warning", f"f{n}")) for n in range(9)])

    assert storm.titles()[:8] == [f"[X] n{n}" for n in range(9) if n != 3]
    assert counts.seen["a", "dropped"] == 1
    assert counts.failures["a", "refused"] == 3  # the digest, the line, and what says which line is lost; then no more


KEPT_APART = Allowance(hears_acks=True, apart=True)


def test_a_system_that_was_down_for_long_gets_the_newest_of_each_anomaly_and_no_digest(
    notification: Make, counts: Any
) -> None:
    down = Simulation(counts, allowance=KEPT_APART, answer=lambda _, told, now: BUSY if now < 2_000.0 else DELIVERED)
    opened = [notification(f"o{n}", "critical", f"f{n}") for n in range(20)]
    acked = msgspec.structs.replace(notification("a1", "critical", "f1"), kind=ACKNOWLEDGED)
    ended = msgspec.structs.replace(notification("e0", "critical", "f0"), kind="pharos.anomaly.resolved")
    news = [(0.0, one) for one in (*opened, acked, ended)]
    down.play([*news, (2_100.0, notification("late", "warning", "f99"))], until=4_000.0)

    assert not any(arrival.notification.kind == DIGEST for arrival in down.arrivals)
    assert [arrival.notification.id for arrival in down.arrivals] == [
        "late", *(f"o{n}" for n in range(1, 20)), "a1", "e0",
    ]  # fmt: skip
    assert counts.seen["a", "dropped"] == 22


def test_what_a_system_refuses_for_its_content_is_not_sent_again(notification: Make, counts: Any) -> None:
    def answer(_: str, told: Notification, now: float) -> Result:
        return TOO_LONG if told.id == "n1" else DELIVERED

    picky = Simulation(counts, allowance=KEPT_APART, answer=answer)
    picky.play([(float(n), notification(f"n{n}", "warning", f"f{n}")) for n in range(4)])

    assert [arrival.notification.id for arrival in picky.attempts] == ["n0", "n1", "n2", "n3"]
    assert counts.seen["a", "dropped"] == 1


def test_where_a_system_stands_in_for_a_chat_it_gets_a_digest_in_parts(notification: Make, counts: Any) -> None:
    members = Simulation(
        counts,
        ("chat", "hook"),
        answer=lambda name, *_: TOO_FAST if name == "chat" else DELIVERED,
        others={"hook": Allowance(apart=True)},
    )
    parts = tuple(notification(f"n{n}", "critical", f"f{n}") for n in range(3))
    digest = msgspec.structs.replace(notification("d", "critical"), kind=DIGEST, parts=parts)
    members.play([(0.0, digest)])

    assert [arrival.notification.id for arrival in members.arrivals] == ["n0", "n1", "n2"]
