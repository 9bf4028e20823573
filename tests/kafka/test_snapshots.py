"""Snapshots in a compacted topic, and the topics that Pharos makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from faust.types import TP

from streams.broker.admin import BrokerUnreachableError
from streams.broker.connection import Connection
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.transport.clients.topics import TopicsError, prepare_topics
from streams.transport.flush.flush import FlushFailedError, OutRecord, TransactionalFlusher
from streams.transport.log.keeper import Save, Saved
from streams.transport.log.topic_keeper import TopicKeeper
from tests.kafka.support.kafka_reading import visible

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [
    pytest.mark.kafka,
    # A producer of aiokafka that is stopped while it connects may leave the socket to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def save(offset: int, *names: str, keep: frozenset[str] | None = None) -> Save:
    items = [(name, f"{name}@{offset}".encode()) for name in names]
    return Save(offset, items, frozenset(names) if keep is None else keep)


@pytest.fixture
def new_keeper(kafka: Any, kafka_cells: None, new_topic: Callable[..., str]) -> Callable[[], TopicKeeper]:
    source = TP(new_topic(), 0)

    def make() -> TopicKeeper:
        return TopicKeeper(
            Connection(kafka.address),
            "k",
            source,
            0,
            TransactionalFlusher(Connection(kafka.address), f"k-{source.topic}", "k"),
        )

    return make


async def test_nothing_was_saved_at_first(new_keeper: Callable[[], TopicKeeper]) -> None:
    keeper = new_keeper()
    await keeper.open()

    assert await keeper.load() is None
    await keeper.close()


async def test_the_newest_of_each_item_comes_back_and_what_is_not_kept_is_gone(
    new_keeper: Callable[[], TopicKeeper],
) -> None:
    keeper = new_keeper()
    await keeper.open()
    await keeper.save(save(5, "a", "b", "old"))
    await keeper.save(save(9, "b", keep=frozenset({"a", "b"})))
    await keeper.close()
    successor = new_keeper()
    await successor.open()

    assert await successor.load() == Saved(9, {"a": b"a@5", "b": b"b@9"})
    await successor.close()


async def test_an_owner_that_was_replaced_can_save_no_more(new_keeper: Callable[[], TopicKeeper]) -> None:
    zombie, owner = new_keeper(), new_keeper()
    await zombie.open()
    await zombie.save(save(5, "a"))
    await owner.open()
    await owner.load()
    await owner.save(save(9, "a"))
    with pytest.raises(FlushFailedError):
        await zombie.save(save(7, "a"))

    assert await owner.load() == Saved(9, {"a": b"a@9"})
    await owner.close()


async def test_output_is_seen_with_the_save(
    kafka: Any, new_keeper: Callable[[], TopicKeeper], new_topic: Callable[..., str]
) -> None:
    out = new_topic()
    keeper = new_keeper()
    await keeper.open()
    await keeper.save(save(5, "a")._replace(records=[OutRecord(out, b"value", key=b"key")]))
    await keeper.close()

    assert [(message.key(), message.value()) for message in visible(kafka.address, out)] == [(b"key", b"value")]


async def test_a_worker_without_source_topics_is_told_which_are_missing(kafka: Any) -> None:
    with pytest.raises(TopicsError, match="source topic orders does not exist"):
        await prepare_topics(Settings(broker=kafka.address, cells_partitions=1))


async def test_own_topics_are_made_once_and_counts_must_fit(kafka_run: Any, tmp_path: Any) -> None:
    from confluent_kafka.admin import AdminClient, NewTopic

    broker = kafka_run.KafkaBroker(0, tmp_path)
    broker.start()
    try:
        admin = AdminClient({"bootstrap.servers": broker.address})
        for made in admin.create_topics([NewTopic(topic, 3, 1) for topic in SOURCE_TOPICS]).values():
            made.result(20.0)
        settings = Settings(broker=broker.address, cells_partitions=2)

        sources = dict.fromkeys(SOURCE_TOPICS, 3) | {ACTIONS_TOPIC: 1}
        assert await prepare_topics(settings) == sources
        assert await prepare_topics(settings) == sources
        with pytest.raises(TopicsError, match="pharos-cells has 2 partitions"):
            await prepare_topics(Settings(broker=broker.address, cells_partitions=4))
    finally:
        broker.stop()


async def test_a_broker_that_is_not_there_is_named(kafka_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.broker.admin.PATIENCE_S", 1.0)
    address = f"127.0.0.1:{kafka_run.free_port()}"
    with pytest.raises(BrokerUnreachableError, match=f"no Kafka broker answers at {address}"):
        await prepare_topics(Settings(broker=address))
