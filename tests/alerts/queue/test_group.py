"""Who is sent what, and when: with a clock that the test moves."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.queue.budget import Allowance, Hold, Limit
from streams.alerts.queue.group import Moment, Wait
from streams.alerts.receivers import slack
from streams.alerts.words.message import ACKNOWLEDGED, DIGEST
from streams.delivery.result import DELIVERED, Cause, Outcome, Result
from tests.support.group_simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streams.alerts.words.message import Notification
    from tests.support.group_simulation import Arrival

    Make = Callable[..., Notification]

TOO_FAST = Result(Outcome.RETRY, "errcode 130101", 600.0, Cause.THROTTLED)
BUSY = Result(Outcome.RETRY, "timeout", cause=Cause.TIMEOUT)
WRONG_KEY = Result(Outcome.REJECTED, "errcode 310000", 300.0, Cause.CREDENTIALS)
TOO_LONG = Result(Outcome.REJECTED, "errcode 460101", cause=Cause.TOO_LONG)


def at_rate(notification: Make, per_minute: int, minutes: int, critical_every: int = 0) -> list[tuple[float, Any]]:
    """Alerts at an even rate, every so many of them critical."""
    count = per_minute * minutes
    return [
        (
            60.0 * minutes * number / count,
            notification(
                f"n{number}",
                "critical" if critical_every and number % critical_every == 0 else "warning",
                about=f"f{number}",
            ),
        )
        for number in range(count)
    ]


def most_in_a_minute(arrivals: Sequence[Arrival]) -> int:
    times = [arrival.at for arrival in arrivals]
    return max((sum(1 for t in times if at <= t < at + 60.0) for at in times), default=0)


def test_five_hundred_alerts_a_minute_become_at_most_eighteen_messages_and_nothing_is_lost(
    notification: Make, counts: Any
) -> None:
    storm = Simulation(counts)
    storm.play(at_rate(notification, 500, 10))

    told = counts.seen
    assert most_in_a_minute(storm.attempts) <= 18
    singles = sum(1 for arrival in storm.arrivals if arrival.notification.kind != DIGEST)
    assert singles + told["a", "digested"] == 5_000
    assert told["a", "dropped"] == 0
    assert max(seconds for _, seconds in counts.took) < 30.0


def test_in_a_storm_of_five_hundred_a_minute_criticals_that_fit_come_within_ten_seconds(
    notification: Make, counts: Any
) -> None:
    storm = Simulation(counts)
    puts = at_rate(notification, 500, 10, critical_every=84)  # six a minute
    storm.play(puts)

    arrived = {arrival.notification.id: arrival.at for arrival in storm.arrivals}
    delays = [arrived[told.id] - at for at, told in puts if told.critical]
    assert len(delays) == 60
    assert max(delays) < 1.0
    assert most_in_a_minute(storm.attempts) <= 18


def test_more_criticals_than_fit_become_a_digest_of_all_that_waits(notification: Make, counts: Any) -> None:
    storm = Simulation(counts)
    criticals = [(0.0, notification(f"c{number}", "critical", f"f{number}")) for number in range(40)]
    storm.play([(0.0, notification("w", about="w")), *criticals])

    assert storm.titles() == ["[DIGEST] 41 notifications at once, of 41 anomalies"]
    assert storm.arrivals[0].notification.lines[0] == "[X] c0"
    assert storm.arrivals[0].notification.critical


@pytest.mark.parametrize("criticals_a_minute", [8, 14, 20])
def test_however_many_criticals_come_what_is_not_critical_is_told_too(
    notification: Make, counts: Any, criticals_a_minute: int
) -> None:
    storm = Simulation(counts)
    criticals = at_rate(notification, criticals_a_minute, 30, critical_every=1)
    others = [(10.0 * number, notification(f"w{number}", about=f"w{number}")) for number in range(180)]
    storm.play(sorted([*criticals, *others], key=lambda put: put[0]))

    assert counts.seen["a", "dropped"] == 0
    assert max(seconds for _, seconds in counts.took) < 300.0
    assert most_in_a_minute(storm.attempts) <= 18


def test_criticals_that_fit_go_one_by_one_however_many_come_at_once(notification: Make, counts: Any) -> None:
    burst = Simulation(counts)
    burst.play([(0.0, notification(f"c{number}", "critical", f"f{number}")) for number in range(18)])

    assert burst.titles() == [f"[X] c{number}" for number in range(18)]
    assert burst.arrivals[-1].at < 2.0


def test_a_digest_shows_the_newest_of_each_anomaly(notification: Make, counts: Any) -> None:
    storm = Simulation(counts, answer=lambda _, told, now: BUSY if now < 5.0 else DELIVERED)
    storm.play([(0.1 * n, notification(f"n{n}", "warning", f"f{n % 3}")) for n in range(9)])

    assert storm.titles() == ["[DIGEST] 9 notifications at once, of 3 anomalies"]
    assert storm.arrivals[0].notification.lines == ("[X] n6", "[X] n7", "[X] n8")
    assert counts.seen["a", "digested"] == 9


def test_a_backlog_of_five_is_sent_one_by_one(notification: Make, counts: Any) -> None:
    calm = Simulation(counts)
    calm.play([(0.0, notification(f"n{number}")) for number in range(5)])

    assert calm.titles() == [f"[X] n{number}" for number in range(5)]
    assert counts.seen == {("a", "delivered"): 5}


def test_a_robot_that_was_sent_too_much_is_left_alone_for_ten_minutes_and_the_next_takes_over_at_once(
    notification: Make, counts: Any
) -> None:
    def answer(robot: str, _: Notification, now: float) -> Result:
        return TOO_FAST if robot == "a" and now < 1.0 else DELIVERED

    pair = Simulation(counts, ("a", "b"), answer=answer)
    pair.play([(60.0 * minute, notification(f"n{minute}")) for minute in range(13)])

    assert pair.titles("b") == [f"[X] n{minute}" for minute in range(11)]
    assert pair.titles("a") == ["[X] n11", "[X] n12"]
    assert [arrival.at for arrival in pair.attempts if arrival.receiver == "a"] == [0.0, 660.0, 720.0]
    assert pair.arrivals[0].at < 1.0
    assert counts.failures == {("a", "throttled"): 1}


def test_alone_it_is_left_alone_too_and_then_gets_a_digest(notification: Make, counts: Any) -> None:
    single = Simulation(counts, answer=lambda _, told, now: TOO_FAST if now < 1.0 else DELIVERED)
    single.play([(float(number), notification(f"n{number}")) for number in range(30)])

    assert single.titles() == ["[DIGEST] 30 notifications at once, of 0 anomalies"]
    assert 600.0 <= single.arrivals[0].at < 601.0
    assert counts.seen["a", "dropped"] == 0


def test_a_critical_without_room_goes_to_the_next_and_what_can_wait_waits(notification: Make, counts: Any) -> None:
    pair = Simulation(counts, ("a", "b"))
    criticals = [(0.2 * number, notification(f"c{number}", "critical")) for number in range(20)]
    pair.play([*criticals, (4.5, notification("w"))])

    assert len(pair.titles("a")) == 19  # eighteen criticals, and later what waited
    assert pair.titles("b") == ["[X] c18", "[X] c19"]
    assert pair.titles("a")[-1] == "[X] w"
    assert Hold.LIMIT in pair.waits


def test_what_one_refuses_is_offered_to_the_next_and_counted_when_all_refuse(notification: Make, counts: Any) -> None:
    def answer(robot: str, told: Notification, _: float) -> Result:
        if told.title == "[X] long":
            return TOO_LONG
        return WRONG_KEY if robot == "a" else DELIVERED

    pair = Simulation(counts, ("a", "b"), answer=answer)
    pair.play([(0.0, notification("n1")), (1.0, notification("long")), (2.0, notification("n2"))])

    assert pair.titles("b") == ["[X] n1", "[X] n2", "[DIGEST] 1 notification could not be delivered"]
    assert [arrival.at for arrival in pair.attempts if arrival.receiver == "a"] == [0.0]
    assert pair.arrivals[-1].at < 3.0
    assert counts.seen["group", "dropped"] == 1


def test_nobody_waits_for_what_one_refuses_and_the_other_cannot_take_now(notification: Make, counts: Any) -> None:
    def answer(robot: str, told: Notification, _: float) -> Result:
        if robot == "b":
            return TOO_FAST
        return TOO_LONG if told.title == "[X] long" else DELIVERED

    pair = Simulation(counts, ("a", "b"), answer=answer)
    pair.play([(0.0, notification("long")), (0.0, notification("n1"))])

    assert pair.titles("a") == ["[X] n1", "[DIGEST] 1 notification could not be delivered"]
    assert pair.arrivals[0].at < 1.0


def test_a_number_that_could_not_be_told_is_part_of_the_next(notification: Make, counts: Any) -> None:
    def answer(_: str, told: Notification, now: float) -> Result:
        return TOO_LONG if "long" in told.title or (told.kind == DIGEST and now < 5.0) else DELIVERED

    single = Simulation(counts, answer=answer)
    puts = ["long-1", "long-2", "n1", "long-3", "n2"]
    single.play([(2.0 * number, notification(name)) for number, name in enumerate(puts)])

    assert single.titles() == [
        "[X] n1",
        "[X] n2",
        "[DIGEST] 3 notifications could not be delivered one by one",
    ]
    assert counts.seen["a", "dropped"] == 3


def test_what_comes_while_a_digest_fails_pushes_out_the_oldest_of_it(notification: Make, counts: Any) -> None:
    small = Simulation(counts, answer=lambda _, told, now: BUSY if now < 1.0 else DELIVERED, took_s=1.0, capacity=7)
    small.play([(0.1 * (number > 6), notification(f"n{number}")) for number in range(9)])

    assert small.titles()[0] == "[DIGEST] 7 notifications at once, of 0 anomalies"
    assert small.arrivals[0].notification.lines == tuple(f"[X] n{number}" for number in range(2, 9))
    assert counts.seen["a", "dropped"] == 2


def test_what_fails_for_a_wrong_key_is_kept_for_a_while_and_told_when_the_key_is_right(
    notification: Make, counts: Any
) -> None:
    single = Simulation(counts, answer=lambda _, told, now: WRONG_KEY if now < 500.0 else DELIVERED)
    single.play([(0.0, notification("n1")), (1.0, notification("n2"))])

    assert single.titles() == ["[X] n1", "[X] n2"]
    assert [round(arrival.at) for arrival in single.attempts] == [0, 300, 600, 600]
    assert counts.seen == {("a", "rejected"): 2, ("a", "delivered"): 2}


@pytest.mark.parametrize("took_s", [0.0, 0.5])
def test_slack_gets_one_a_second_counted_from_the_end_of_the_last(
    notification: Make, counts: Any, took_s: float
) -> None:
    channel = Simulation(counts, allowance=slack.ALLOWANCE, took_s=took_s)
    channel.play([(0.0, notification(f"n{number}")) for number in range(4)])

    assert [arrival.at for arrival in channel.arrivals] == pytest.approx([n * (1.0 + took_s) for n in range(4)])


@pytest.mark.parametrize(("hears", "told"), [(True, ["[X] n1", "[X] n2"]), (False, ["[X] n1"])])
def test_only_who_wants_to_hears_of_acknowledgements(
    notification: Make, counts: Any, hears: bool, told: list[str]
) -> None:
    pager = Simulation(counts, allowance=Allowance(hears_acks=hears))
    ack = msgspec.structs.replace(notification("n2"), kind=ACKNOWLEDGED)
    pager.play([(0.0, notification("n1")), (0.0, ack)])

    assert pager.titles() == told


def test_nothing_to_do_waits_for_ever(counts: Any) -> None:
    assert Simulation(counts).group.next(Moment(0.0)) == Wait(float("inf"), Hold.NOTHING)


@given(
    puts=st.lists(
        st.tuples(st.floats(0, 300), st.sampled_from(["critical", "warning"]), st.integers(0, 5)), max_size=80
    ),
    answers=st.lists(st.sampled_from([DELIVERED, DELIVERED, BUSY, TOO_FAST, TOO_LONG, WRONG_KEY]), max_size=60),
    robots=st.integers(1, 3),
    took_s=st.sampled_from([0.0, 0.1, 3.0]),
    capacity=st.sampled_from([7, 1_000]),
    digest_above=st.sampled_from([None, 5]),
)
def test_whatever_receivers_answer_budgets_hold_order_is_kept_and_nothing_is_lost(
    notification: Make,
    puts: list[tuple[float, str, int]],
    answers: list[Result],
    robots: int,
    took_s: float,
    capacity: int,
    digest_above: int | None,
) -> None:
    counts = Tally()
    left = list(answers)
    limit = Limit(4, 60.0)
    chaos = Simulation(
        counts,
        [f"r{number}" for number in range(robots)],
        Allowance((limit,), kept=1, digest_above=digest_above),
        lambda *_: left.pop(0) if left else DELIVERED,
        took_s,
        capacity,
    )
    coming = [
        (at, notification(f"{number}", severity, f"f{about}"))
        for number, (at, severity, about) in enumerate(sorted(puts))
    ]
    chaos.play(coming, until=20_000.0)
    undelivered = chaos.group.abandon()

    for robot in {arrival.receiver for arrival in chaos.attempts}:
        times = [arrival.at for arrival in chaos.attempts if arrival.receiver == robot]
        assert all(
            later - first - took_s >= 60.0 - 1e-6 for first, later in zip(times, times[limit.count :], strict=False)
        )
    single = [a.notification for a in chaos.arrivals if a.notification.kind != DIGEST]
    assert len({told.id for told in single}) == len(single)
    assert len(single) + counts["digested"] + counts["dropped"] == len(coming)
    assert undelivered <= counts["dropped"]
    criticals = [int(told.id) for told in single if told.critical]
    assert criticals == sorted(criticals)
    for about in range(6):
        of_one = [int(told.id) for told in single if told.anomalies[0].fingerprint == f"f{about}"]
        assert of_one == sorted(of_one)


class Tally(Counter[str]):
    """Outcomes, whoever they are of."""

    def notified(self, receiver: str, outcome: str, count: int = 1) -> None:
        self[outcome] += count

    def delivery_took(self, receiver: str, seconds: float) -> None:
        assert seconds >= 0

    def delivery_failed(self, receiver: str, reason: str) -> None:
        assert reason in set(Cause)
