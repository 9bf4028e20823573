"""What the agent does about events, between topics that are played here."""

from __future__ import annotations

from typing import Any

import pytest

from streams.app import single_event_agent, step_writer
from streams.delivery.backoff import Backoff
from streams.delivery.written import Delivery
from streams.settings.settings import Settings
from streams.transport.clients.linkage_reader import UnwrittenError
from tests.app.support.single_event_world import World, numbered
from tests.support.embedded_workers import until


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_writer, "Backoff", lambda: Backoff(first_s=0.001, longest_s=0.001))


async def test_without_a_webhook_the_request_on_the_topic_is_all_and_nothing_is_held() -> None:
    world = World()
    async with world.worker() as one:
        await one.agent.take(numbered("a", "b", first=4))
        begin = await one.agent.look_after(6)

        assert (one.count("asked"), one.count("reached"), begin) == (2.0, 2.0, 6)
    assert world.kinds() == ["requested", "requested"]
    assert all(b"TB" not in value for value in world.log)


async def test_a_crash_after_the_request_was_written_and_before_the_commit_asks_only_once(served: Any) -> None:
    world = await served()
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
    async with world.worker() as two:
        await two.agent.take(numbered("a"))
        begin = await two.agent.look_after(1)
        await until(lambda: world.kinds() == ["requested", "settled"])

        assert begin == 0
        assert (two.count("asked"), two.count("known"), two.count("reached")) == (0.0, 1.0, 1.0)
        assert await two.agent.look_after(1) == 1
    assert [record["ids"] for body in world.bodies for record in body["data"]["records"]] == [{"order_id": "TBa"}]


async def test_the_digest_of_a_minute_brings_the_webhook_a_list_of_ids(served: Any) -> None:
    world = await served(per_minute=1)
    async with world.worker() as one:
        await one.agent.take(numbered(*"abc"))
        world.now += 60_000
        await one.agent.take([])
        await one.agent.look_after(3)
        await until(lambda: world.kinds().count("settled") == 2)

        assert (one.count("asked"), one.count("digest"), one.count("reached")) == (1.0, 2.0, 3.0)
    (digest,) = [body for body in world.bodies if body["data"]["events"].get("count")]
    assert [record["ids"]["order_id"] for record in digest["data"]["records"]] == ["TBb", "TBc"]
    assert all(b"TB" not in value for value in world.log)


async def test_a_webhook_that_refuses_is_counted_as_failed(served: Any) -> None:
    world = await served()
    world.status = 400
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
        await one.agent.look_after(1)
        await until(lambda: one.count("failed") == 1.0)

        assert one.count("reached") == 0.0


async def test_where_the_brokers_take_nothing_the_event_is_not_passed_over() -> None:
    world = World()
    world.deliveries = [Delivery.REFUSED] * 20
    async with world.worker() as one:
        with pytest.raises(UnwrittenError):
            await one.agent.take(numbered("a"))
        world.deliveries = []
        await one.agent.forget()
        await one.agent.take(numbered("a"))

    assert world.kinds() == ["requested"]


async def test_an_event_that_its_topic_has_lost_ends_its_request(served: Any) -> None:
    world = await served()
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
    async with world.worker() as two:
        begin = await two.agent.look_after(5)

        assert begin == 5
        assert two.count("failed") == 1.0
    assert world.kinds() == ["requested", "settled"]
    assert b"no longer on pharos-single-events" in world.log[-1]


async def test_an_event_of_a_rule_that_is_gone_is_dropped_and_what_waits_for_it_ends(served: Any) -> None:
    world = await served()
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
        world.settings = Settings()
    async with world.worker() as two:
        await two.agent.take(numbered("a", "b"))
        after = await two.agent.look_after(2), await two.agent.look_after(2)

        assert two.count("dropped") == 2.0
    assert world.kinds() == ["requested", "settled"]
    assert after == (2, 2)


async def test_the_owner_hears_of_an_event_and_of_no_person(served: Any) -> None:
    world = await served(message=True, note="Call back.")
    world.messages.open(world.tell)
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
        await one.agent.look_after(1)
        await until(lambda: one.count("reached") == 1.0)

    (message,) = world.told
    assert (message.title, message.lanes) == ("r: survey.answered", ("care",))
    assert [line for line in message.lines if "store" in line.lower() or "Call" in line] == ["store: s1", "Call back."]
    assert "TB" not in repr(message)
    assert len(world.bodies) == 1


async def test_the_number_of_a_digest_is_all_that_a_chat_hears() -> None:
    world = World(message=True, per_minute=1)
    world.messages.open(world.tell)
    async with world.worker() as one:
        await one.agent.take(numbered(*"abc"))
        world.now += 60_000
        await one.agent.take([])
        await one.agent.look_after(3)
        await until(lambda: one.count("reached") == 3.0)

    assert sorted(message.title for message in world.told) == ["r: 2 more events", "r: survey.answered"]
    assert "TB" not in repr(world.told)


async def test_a_message_is_told_once_while_the_webhook_is_tried_again(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_event_agent, "Backoff", lambda: Backoff(first_s=0.001, longest_s=0.001))
    world = await served(message=True)
    world.messages.open(world.tell)
    world.status = 503
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
        await one.agent.look_after(1)
        await until(lambda: len(world.bodies) >= 3)
        world.status = 201
        await until(lambda: one.count("reached") == 1.0)

    assert len(world.told) == 1


async def test_a_message_that_its_receiver_has_not_taken_yet_is_not_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_event_agent, "Backoff", lambda: Backoff(first_s=0.001, longest_s=0.001))
    monkeypatch.setattr("streams.app.owner_messages._LOOK_S", 0.01)
    world = World(message=True)
    world.messages.open(world.tell)
    world.hears = False
    async with world.worker() as one:
        await one.agent.take(numbered("a"))
        begin = await one.agent.look_after(1)
        await until(lambda: len(world.told) == 1)
        before = world.kinds()
        world.messages.ended(world.told[0].id, False)
        await until(lambda: one.count("failed") == 1.0)

    assert (begin, before, len(world.told)) == (0, ["requested"], 1)
