"""Who waits for a notification hears what became of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from streams.alerts.queue.outbox import Outbox
from streams.alerts.queue.robot import Member
from streams.delivery.backoff import Backoff
from streams.delivery.result import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.alerts.words.message import Notification


class Answering:
    """Answers every attempt alike, after the first ones of `before`."""

    def __init__(self, name: str, always: Outcome, *before: Outcome) -> None:
        self.name = name
        self._always = always
        self._before = list(before)

    async def deliver(self, _notification: Notification) -> Result:
        return Result(self._before.pop(0) if self._before else self._always)


async def told(
    counts: Any, receiver: Answering, *notifications: Notification, **options: Any
) -> list[tuple[str, bool]]:
    ends: list[tuple[str, bool]] = []
    backoff = Backoff(first_s=0.001, longest_s=0.002, deadline_s=0.05)
    outbox = Outbox(
        [Member(receiver)],
        counts,
        lambda: 0.5,
        asyncio.get_running_loop().time,
        backoff=backoff,
        on_end=lambda name, delivered: ends.append((name, delivered)),
    )
    outbox.start()
    for notification in notifications:
        outbox.put(notification)
    await asyncio.sleep(0.2)
    await outbox.stop(0.0)
    return ends


async def test_what_is_delivered_is_told_once_though_it_took_several_attempts(
    counts: Any, notification: Callable[..., Notification]
) -> None:
    one = notification()

    assert await told(counts, Answering("a", Outcome.DELIVERED, Outcome.RETRY), one) == [(one.id, True)]


async def test_what_is_refused_or_waits_too_long_is_told_as_missed(
    counts: Any, notification: Callable[..., Notification]
) -> None:
    one = notification()

    for always in (Outcome.REJECTED, Outcome.RETRY):
        ends = await told(counts, Answering("a", always), one)
        assert ends[0] == (one.id, False)
        assert (one.id, True) not in ends
