"""A topic that goes, or comes back as another one, while a worker reads it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import confluent_kafka
import pytest

from streams.transport.partitions import topic_ids
from streams.transport.partitions.log_bounds import LostTopicError
from streams.transport.partitions.topic_ids import Described, TopicIds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

SILENT = confluent_kafka.KafkaException(confluent_kafka.KafkaError(confluent_kafka.KafkaError._TRANSPORT))


class Told(TopicIds):
    """Answers one look after the other as it is told; then waits for ever."""

    def __init__(self, *answers: dict[str, str] | Exception, partitions: int = 2) -> None:
        self.answers = list(answers)
        self.partitions = partitions
        self._known = {}

    async def ask(self, topics: Collection[str]) -> dict[str, Described]:
        if not self.answers:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        self.partitions += 1
        return {name: Described(topic_id, self.partitions) for name, topic_id in answer.items()}


async def watch(
    *answers: dict[str, str] | Exception, heard: Callable[[Mapping[str, int]], None] = lambda _partitions: None
) -> None:
    await asyncio.wait_for(Told(*answers).watch(["orders", "pharos-cells"], heard, 0.001), 0.5)


async def test_an_id_is_asked_for_once_and_again_where_the_controller_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_ids, "_PAUSE_S", 0.001)
    told = Told(SILENT, {"orders": "1"}, {"orders": "2"})

    assert await told.read({"orders"}) == {"orders": "1"}
    assert await told.read({"orders"}) == {"orders": "1"}


async def test_a_topic_with_another_id_ends_the_worker() -> None:
    with pytest.raises(LostTopicError, match=r"orders: the topic was deleted and created again.*`pharos topics` tells"):
        await watch({"orders": "1"}, {"orders": "2"})


async def test_a_topic_that_two_looks_miss_ends_the_worker() -> None:
    with pytest.raises(
        LostTopicError, match=r"pharos-cells: the topic was deleted, .*delete the topic pharos-snapshots"
    ):
        await watch({"orders": "1", "pharos-cells": "3"}, {"orders": "1"}, {"orders": "1"})


async def test_a_broker_that_does_not_answer_or_does_not_know_yet_changes_nothing() -> None:
    with pytest.raises(TimeoutError):  # it goes on looking
        await watch({"orders": "1"}, SILENT, {}, SILENT, {"orders": "1"}, {}, {"orders": "1"})


async def test_it_tells_after_each_look_how_many_partitions_the_topics_have() -> None:
    heard: list[Mapping[str, int]] = []
    with pytest.raises(TimeoutError):
        await watch({"orders": "1"}, SILENT, {"orders": "1", "pharos-cells": "2"}, heard=heard.append)

    assert heard == [{"orders": 3}, {"orders": 4, "pharos-cells": 4}]
