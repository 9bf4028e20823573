"""A detractor a second for ten minutes: what the ticket system gets, whenever the worker dies. The clock is ours.

`test_a_detractor_a_second.py` does it by the clock of the wall.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from streams.events.event_time import event_time_ms
from streams.records.single_event import SingleEvent
from tests.app.support.single_event_world import NOW

if TYPE_CHECKING:
    from tests.app.support.single_event_world import World

BEGIN = NOW // 60_000 * 60_000
DETRACTORS = 600
PER_MINUTE = 20


def detractor(second: int) -> tuple[int, SingleEvent]:
    """The one of that second, at the offset of its number."""
    event = SingleEvent(
        rule="r", event_type="survey.answered", event_source="/surveys", event_id=str(second),
        time=BEGIN + 1_000 * second, scope={}, ids={"order_id": f"TB{second}"},
    )  # fmt: skip
    return second, event


@pytest.mark.parametrize(
    ("dies", "back", "digests"),
    [
        # While messages are made one by one, and while the rest of the minute waits: each minute has one digest of 40.
        (305, 315, dict.fromkeys(range(1, 11), 40)),
        (345, 355, dict.fromkeys(range(1, 11), 40)),
        # Over the end of minute 5: twenty of the forty that were left are asked about in minute 6, whose digest has the
        # other twenty and all sixty of its own.
        (345, 375, dict.fromkeys(range(1, 6), 40) | {7: 80} | dict.fromkeys(range(8, 11), 40)),
    ],
    ids=["before the twentieth", "after it", "over the end of the minute"],
)
async def test_ten_minutes_of_detractors_are_twenty_messages_and_one_digest_a_minute(
    served: Any, dies: int, back: int, digests: dict[int, int]
) -> None:
    world = await served(per_minute=PER_MINUTE)
    begin = await minutes_of(world, range(dies), 0)
    await minutes_of(world, range(back, DETRACTORS + 61), begin)

    bodies = {body["data"]["request"]: body for body in world.bodies}
    told = Counter(record["id"] for body in bodies.values() for record in body["data"]["records"])
    made = {request: (body, minute_of(body)) for request, body in bodies.items()}
    messages = Counter(minute for body, minute in made.values() if len(body["data"]["records"]) == 1)
    found = {minute: len(body["data"]["records"]) for body, minute in made.values() if len(body["data"]["records"]) > 1}

    assert told == Counter({str(second): 1 for second in range(DETRACTORS)})
    assert messages == dict.fromkeys(range(10), PER_MINUTE)
    assert found == digests
    assert len(bodies) == sum(messages.values()) + len(digests)
    assert all(body == bodies[body["data"]["request"]] for body in world.bodies)


async def minutes_of(world: World, seconds: range, begin: int) -> int:
    """A worker that looks every second, and begins at an offset; where its successor has to begin."""
    async with world.worker() as one:
        position = begin
        for second in seconds:
            world.now = BEGIN + 1_000 * second
            events = [detractor(number) for number in range(position, min(second + 1, DETRACTORS))]
            await one.agent.take(events)
            position += len(events)
            begin = await one.agent.look_after(position)
            await asyncio.sleep(0.002)  # the webhook goes on beside it
        while seconds.stop > DETRACTORS and begin < DETRACTORS:
            begin = await one.agent.look_after(position)
            await asyncio.sleep(0.002)
    return begin


def minute_of(body: Any) -> int:
    """In which a request was made."""
    return ((event_time_ms(body["time"]) or 0) - BEGIN) // 60_000
