"""`pharos topics` and `pharos check` on Apache Kafka."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic

from streams.catalogue.load import SHIPPED, load
from streams.cli import main
from streams.configuration.load import configure
from streams.settings.settings import SOURCE_TOPICS, Settings
from streams.topics.names import ACTIONS_TOPIC
from streams.topics.wanted import own_topics, wanted_topics
from streams.transport.clients.topics import TopicsError, prepare_topics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def fresh(kafka_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A broker without topics: their names are fixed."""
    broker = kafka_run.KafkaBroker(0, tmp_path_factory.mktemp("topics"), {"message.max.bytes": "2097152"})
    broker.start()
    yield broker
    broker.stop()


def change(address: str, topic: str, key: str, value: str) -> None:
    """As the remedy of a finding says. The controller has it at once, the broker that answers for it a little later."""
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    admin = AdminClient({"bootstrap.servers": address})
    (done,) = admin.incremental_alter_configs(
        [ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])]
    ).values()
    done.result(20.0)
    deadline = time.monotonic() + 20.0
    while _setting(admin, topic, key) != value:
        assert time.monotonic() < deadline, f"{key} of {topic} does not become {value}"
        time.sleep(0.05)


def _setting(admin: AdminClient, topic: str, key: str) -> str:
    (told,) = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)]).values()
    return str(told.result(20.0)[key].value)


def test_topics_are_shown_made_and_verified(fresh: Any, capsys: pytest.CaptureFixture[str]) -> None:
    topics = ["topics", "--broker", fresh.address]

    assert main(topics) == 1
    shown = capsys.readouterr().out
    assert "wrong  source topic orders does not exist: " in shown
    assert "wrong  topic pharos-cells does not exist: " in shown
    assert main(["check", "--broker", fresh.address]) == 1
    assert "pharos topics --create" in capsys.readouterr().out

    assert main([*topics, "--create", "--replication-factor", "3"]) == 1
    assert "set replication_factor to the number of brokers at most" in capsys.readouterr().err

    made = [*topics, "--create", "--partitions", "3", "--source-partitions", "visits=2", "--cells-partitions", "2"]
    assert main(made) == 0
    table = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert [table[name][0] for name in ("orders", "visits", "pharos-cells", "pharos-verdicts")] == ["3", "2", "2", "1"]
    assert set(table) == {"topic", *SOURCE_TOPICS, *(topic.name for topic in own_topics(Settings()))}
    assert main([*topics, "--cells-partitions", "2"]) == 0


async def test_mapped_and_declared_sources_are_shown_and_demanded_and_those_of_webhooks_are_made(
    fresh: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "catalogue.yaml").write_text(
        "events: [{type: locker.opened, topic: lockers, fields: {locker_id: id}}]\n" + SHIPPED.read_text()
    )
    config = tmp_path / "pharos.yaml"
    config.write_text(
        f"broker: {fresh.address}\ncells_partitions: 2\ncatalogue: {tmp_path}/catalogue.yaml\n"
        "mappings: {shopify: {topics: [shop.orders]}, rows: {intake: false, topics: [erp.rows]}}\n"
    )
    catalogue, settings = load(tmp_path / "catalogue.yaml"), configure(config)

    assert main(["topics", "--config", str(config)]) == 1
    shown = capsys.readouterr().out
    for topic in ("lockers", "shop.orders", "erp.rows"):
        assert f"wrong  source topic {topic} does not exist: create it before the worker starts" in shown
    assert "pharos-raw-shopify does not exist" in shown
    assert "pharos-raw-rows" not in shown
    with pytest.raises(TopicsError, match=r"source topic .* does not exist: .*and 2 more"):
        await prepare_topics(settings, vocabulary=catalogue.vocabulary)

    admin = AdminClient({"bootstrap.servers": fresh.address})
    for made in admin.create_topics([NewTopic(name, 1, 1) for name in ("lockers", "shop.orders", "erp.rows")]).values():
        made.result(20.0)
    sources = await prepare_topics(settings, vocabulary=catalogue.vocabulary)
    assert sources.keys() == {*SOURCE_TOPICS, "lockers", "shop.orders", "erp.rows", "pharos-raw-shopify", ACTIONS_TOPIC}
    assert _setting(admin, "pharos-raw-shopify", "max.message.bytes") == "2097152"
    assert main(["topics", "--config", str(config)]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} >= sources.keys()


async def test_a_mismatch_that_endangers_counts_stops_a_worker_until_its_remedy_is_done(
    fresh: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(broker=fresh.address, cells_partitions=2)
    await prepare_topics(settings)
    change(fresh.address, "pharos-cells", "cleanup.policy", "compact")

    with pytest.raises(
        TopicsError, match=r"pharos-cells has cleanup\.policy compact: .*cleanup\.policy=delete"
    ) as told:
        await prepare_topics(settings)

    remedy = str(told.value).rpartition("--add-config ")[2]
    change(fresh.address, "pharos-cells", *remedy.split("="))
    await prepare_topics(settings)


async def test_what_is_merely_unusual_stops_nobody(
    fresh: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    change(fresh.address, "orders", "compression.type", "gzip")
    try:
        assert main(["topics", "--broker", fresh.address, "--cells-partitions", "2"]) == 0
        assert "note   topic orders is kept as gzip: " in capsys.readouterr().out
        await prepare_topics(Settings(broker=fresh.address, cells_partitions=2))
        assert "orders is kept as gzip" in caplog.text
    finally:
        change(fresh.address, "orders", "compression.type", "producer")


def test_check_has_a_line_for_each_thing_it_looked_at(fresh: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--broker", fresh.address, "--cells-partitions", "2"]) == 0

    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ok")]
    for number, what in enumerate(
        (
            "1 broker at",
            "librdkafka",
            f"{len(wanted_topics(Settings()))} topics exist and are configured right",
            "has all the rights that a worker needs",
            "Kafka 4.0",
            "clock",
        )
    ):
        assert what in lines[number]
