"""Each receiver in its own time; nothing is lost in silence."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams.alerts.queue.outbox import Outbox
from streams.alerts.queue.robot import Member
from streams.delivery.backoff import Backoff
from streams.delivery.result import Cause, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.alerts.words.message import Notification

    Make = Callable[..., Notification]

QUICK = Backoff(first_s=0.001, longest_s=0.002, deadline_s=5.0)
SECRET = "https://hooks/secret-token"


class Scripted:
    """Answers with the given results in turn, then delivers; a number is slept, an exception raised."""

    def __init__(self, name: str, *script: Any) -> None:
        self.name = name
        self.got: list[str] = []
        self._script = list(script)

    async def deliver(self, notification: Notification) -> Result:
        answer = self._script.pop(0) if self._script else Result(Outcome.DELIVERED)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = Result(Outcome.DELIVERED)
        if answer.outcome is Outcome.DELIVERED:
            self.got.append(notification.title)
        return answer


RETRY = Result(Outcome.RETRY, "status 503")


@pytest.fixture(name="outbox")
def _outbox(counts: Any) -> Callable[..., Outbox]:
    def make(receivers: Iterable[Scripted], capacity: int = 100, backoff: Backoff = QUICK) -> Outbox:
        clock = asyncio.get_running_loop().time
        return Outbox([Member(receiver) for receiver in receivers], counts, lambda: 0.5, clock, capacity, backoff)

    return make


async def test_everyone_gets_everything_in_order(
    outbox: Callable[..., Outbox], notification: Make, counts: Any
) -> None:
    receivers = [Scripted("a"), Scripted("b")]
    box = outbox(receivers)
    box.start()
    for number in range(5):
        box.put(notification(str(number)))
    await box.drain()
    assert [r.got for r in receivers] == [[f"[X] {n}" for n in range(5)]] * 2
    assert counts.seen == {("a", "delivered"): 5, ("b", "delivered"): 5}
    assert await box.stop() == 0


async def test_a_slow_receiver_delays_no_other(outbox: Callable[..., Outbox], notification: Make) -> None:
    slow, quick = Scripted("slow", 30.0), Scripted("quick")
    box = outbox([slow, quick])
    box.start()
    for number in range(3):
        box.put(notification(str(number)))
    await asyncio.sleep(0.05)
    assert len(quick.got) == 3
    assert slow.got == []
    assert box.states()["slow"].queued == 3
    assert await box.stop(grace_s=0.01) == 3


async def test_info_is_sent_to_nobody(outbox: Callable[..., Outbox], notification: Make, counts: Any) -> None:
    box = outbox([Scripted("a")])
    box.start()
    box.put(notification(severity="info"))
    await box.stop()
    assert not counts.seen


async def test_failures_are_retried_in_order(outbox: Callable[..., Outbox], notification: Make, counts: Any) -> None:
    receiver = Scripted("a", RETRY, RETRY, RuntimeError(SECRET))
    box = outbox([receiver])
    box.start()
    box.put(notification("1"))
    box.put(notification("2"))
    await box.drain()
    assert receiver.got == ["[X] 1", "[X] 2"]
    assert counts.seen == {("a", "retried"): 3, ("a", "delivered"): 2}
    assert box.states()["a"] == (0, 0, "")
    await box.stop()


async def test_what_is_rejected_is_counted_and_shown(
    outbox: Callable[..., Outbox], notification: Make, counts: Any
) -> None:
    receiver = Scripted("a", Result(Outcome.REJECTED, "status 410"))
    box = outbox([receiver])
    box.start()
    box.put(notification("1"))
    await box.drain()
    assert counts.seen == {("a", "rejected"): 1, ("a", "dropped"): 1}
    assert box.states()["a"] == (0, 1, "status 410")
    box.put(notification("2"))
    await box.drain()
    assert receiver.got == ["[X] 2", "[DIGEST] 1 notification could not be delivered"]
    await box.stop()


async def test_what_would_come_after_the_deadline_is_told_by_number_after_the_next_that_gets_through(
    outbox: Callable[..., Outbox], notification: Make, counts: Any
) -> None:
    receiver = Scripted("a", Result(Outcome.RETRY, "status 429", 0.2))
    box = outbox([receiver], backoff=Backoff(first_s=0.001, longest_s=0.002, deadline_s=0.1))
    box.start()
    for number in range(3):
        box.put(notification(str(number)))
    await box.drain()
    assert receiver.got == []
    await asyncio.sleep(0.2)
    box.put(notification("3"))
    await box.drain()
    assert receiver.got == ["[X] 3", "[DIGEST] 3 notifications could not be delivered one by one"]
    assert counts.seen == {("a", "retried"): 1, ("a", "dropped"): 3, ("a", "delivered"): 2}
    await box.stop()


async def test_a_full_queue_lets_the_oldest_go_that_is_not_critical_and_says_so(
    outbox: Callable[..., Outbox], notification: Make, counts: Any
) -> None:
    receiver = Scripted("a")
    box = outbox([receiver], capacity=3)
    for number, severity in enumerate(["critical", "warning", "critical", "warning", "warning"]):
        box.put(notification(str(number), severity))
    box.start()
    await box.drain()
    assert receiver.got == [
        "[X] 0",  # criticals first
        "[X] 2",
        "[X] 4",
        "[DIGEST] 2 notifications could not be delivered one by one",
    ]
    assert counts.seen["a", "dropped"] == 2
    await box.stop()


async def test_a_queue_full_of_critical_ones_lets_the_oldest_go(
    outbox: Callable[..., Outbox], notification: Make
) -> None:
    receiver = Scripted("a")
    box = outbox([receiver], capacity=2)
    for number in range(4):
        box.put(notification(str(number), "critical"))
    box.start()
    await box.drain()
    assert receiver.got[:2] == ["[X] 2", "[X] 3"]
    await box.stop()


async def test_the_end_counts_what_is_left_and_says_so(
    outbox: Callable[..., Outbox], notification: Make, counts: Any, caplog: pytest.LogCaptureFixture
) -> None:
    box = outbox([Scripted("a", 30.0)])
    box.start()
    box.put(notification("1"))
    box.put(notification("2"))
    with caplog.at_level(logging.WARNING):
        assert await box.stop(grace_s=0.01) == 2
    assert counts.seen == {("a", "dropped"): 2}
    assert "2 notifications were not delivered" in caplog.text


async def test_no_log_line_holds_what_an_exception_says(
    outbox: Callable[..., Outbox], notification: Make, caplog: pytest.LogCaptureFixture
) -> None:
    box = outbox([Scripted("a", RuntimeError(SECRET), RuntimeError(SECRET))])
    box.start()
    box.put(notification())
    with caplog.at_level(logging.DEBUG):
        await box.drain()
        await box.stop()
    assert "secret-token" not in caplog.text
    assert "RuntimeError" in caplog.text


async def test_failures_are_counted_by_one_of_a_few_reasons(
    outbox: Callable[..., Outbox], notification: Make, counts: Any
) -> None:
    refused = Result(Outcome.RETRY, "status 503", cause=Cause.OUT_OF_ORDER)
    box = outbox([Scripted("a", refused, RuntimeError(SECRET))])
    box.start()
    box.put(notification())
    await box.drain()
    await box.stop()

    assert counts.failures == {("a", "out_of_order"): 1, ("a", "error"): 1}
    assert [name for name, seconds in counts.took if seconds >= 0] == ["a"]


class Kept(Scripted):
    """Wants to be kept up."""

    kept_up = 0

    async def keep_up(self) -> None:
        while True:
            self.kept_up += 1
            await asyncio.sleep(0.001)


async def test_a_receiver_that_forgets_is_kept_up_until_the_end(outbox: Callable[..., Outbox]) -> None:
    receiver = Kept("a")
    box = outbox([receiver])
    box.start()
    await asyncio.sleep(0.02)
    await box.stop()
    ended = receiver.kept_up
    await asyncio.sleep(0.01)

    assert ended > 1
    assert receiver.kept_up == ended


async def test_all_that_may_be_counted_is_known_beforehand_drops_by_group(counts: Any, notification: Make) -> None:
    refused = Result(Outcome.REJECTED, "status 400", cause=Cause.REFUSED)
    members = [Member(Scripted("a", refused), group="duty"), Member(Scripted("b", refused), group="duty")]
    box = Outbox([*members, Member(Scripted("alone", RETRY))], counts, lambda: 0.5, asyncio.get_running_loop().time)
    box.start()
    box.put(notification("lost"))
    await box.drain()
    await box.stop()

    assert set(counts.seen) <= set(box.outcomes())
    assert {("duty", "dropped"), ("alone", "retried"), ("alone", "delivered")} <= set(counts.seen)
    assert ("a", "dropped") not in box.outcomes()


async def test_who_is_named_is_told_and_nobody_else(outbox: Callable[..., Outbox], notification: Make) -> None:
    receivers = [Scripted("a"), Scripted("b")]
    box = outbox(receivers)
    box.start()
    for name, lanes in (("1", ("b",)), ("2", ()), ("3", None)):
        box.put(msgspec.structs.replace(notification(name), lanes=lanes))
    await box.drain()
    assert [receiver.got for receiver in receivers] == [["[X] 3"], ["[X] 1", "[X] 3"]]
    await box.stop()
