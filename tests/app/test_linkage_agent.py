"""What the agent does about records, between a reader and a topic that are played here."""

from __future__ import annotations

from typing import Any

import pytest

from streams.app import step_writer
from streams.app.linkage_agent import LinkageAgent
from streams.catalogue.load import load
from streams.delivery.backoff import Backoff
from streams.delivery.written import Delivery
from streams.records.action import ActionRecord
from streams.records.action_event import encode as encode_action
from streams.records.anomaly import Change, Transition
from streams.records.instant import rfc3339
from streams.register.register import Register
from streams.settings.settings import LinkageRule, Settings
from streams.transport.clients.linkage_reader import UnwrittenError
from tests.app.support.step_topic import NOW, StepTopic
from tests.support.sample_anomaly import sample_anomaly

OPENED = Transition("t1", Change.OPENED, NOW, sample_anomaly(rfc3339(NOW - 60_000), rfc3339(NOW)))


class World(StepTopic):
    """Workers between which an anomaly has opened."""

    def __init__(self, *rules: LinkageRule) -> None:
        super().__init__(Settings(linkage=rules), "pharos_linkage_total")

    def worker(self) -> Any:
        """One that has read the topic to its end."""
        register = Register(load().metrics)
        register.transition(OPENED)
        return self.worker_of(LinkageAgent, register)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_writer, "Backoff", lambda: Backoff(first_s=0.001, longest_s=0.001))


async def test_a_crash_after_the_request_was_written_and_before_the_commit_asks_only_once() -> None:
    world = World(LinkageRule("r", "act"))
    async with world.worker() as one:
        await one.agent.link(OPENED)
    async with world.worker() as two:
        await two.agent.link(OPENED)

        assert two.count("requested") == 0.0
    assert world.kinds() == ["requested"]


async def test_what_may_or_may_not_have_been_written_is_written_again_with_the_same_id() -> None:
    world = World(LinkageRule("r", "act"))
    world.deliveries = [Delivery.LATE, Delivery.TAKEN]
    async with world.worker() as one:
        await one.agent.link(OPENED)

        assert one.count("requested") == 1.0
        assert len(one.register.requests) == 1
    assert len({value.split(b'"id":"')[1][:16] for value in world.log}) == 1


async def test_where_the_brokers_take_nothing_the_record_is_not_passed_over() -> None:
    world = World(LinkageRule("r", "act"))
    world.deliveries = [Delivery.REFUSED] * 20
    async with world.worker() as one:
        with pytest.raises(UnwrittenError):
            await one.agent.link(OPENED)
        world.deliveries = []
        await one.agent.link(OPENED)

    assert world.kinds() == ["requested"]


async def test_only_the_leader_follows_up_and_only_once() -> None:
    world = World(LinkageRule("r", "act", approval="operator", valid_s=60))
    async with world.worker() as one:
        await one.agent.link(OPENED)
        world.now += 120_000
        await one.agent.look_after(leads=False)
        before = world.kinds()
        await one.agent.look_after(leads=True)
        await one.agent.look_after(leads=True)

        assert one.count("expired") == 1.0
    assert before == ["proposed"]
    assert world.kinds() == ["proposed", "settled"]


async def test_what_happened_too_long_ago_is_counted_and_not_asked_for() -> None:
    world = World(LinkageRule("r", "act"))
    world.now += 3_600_000
    async with world.worker() as one:
        await one.agent.link(OPENED)

        assert one.count("stale") == 1.0
    assert world.log == []


async def test_an_action_that_is_read_before_its_anomaly_is_timed_when_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    times: list[float] = []
    other = sample_anomaly(rfc3339(NOW), rfc3339(NOW), fingerprint="f2")
    action = ActionRecord(source="/crm", id="1", fingerprint="f2", time=NOW + 9_000, action="told")
    async with world.worker() as one:
        monkeypatch.setattr(one.agent._context.metrics, "first_action", times.append)
        one.agent.time(encode_action(action))
        one.agent.time(b"no action")
        await one.agent.look_after(leads=False)
        early = list(times)
        one.register.transition(Transition("t2", Change.OPENED, NOW, other))
        await one.agent.look_after(leads=False)
        one.agent.time(encode_action(action))
        await one.agent.look_after(leads=False)

    assert early == []
    assert times == [9.0]
