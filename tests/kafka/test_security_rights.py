"""Worker, sender and subscriber have the rights of docs/security.md: these suffice, and each is needed."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import confluent_kafka
import pytest
from confluent_kafka.admin import AclOperation, AdminClient

from streams.broker.connection import Connection
from streams.settings.settings import SecuritySettings, Settings
from streams.transport.clients.topics import TopicsError, prepare_topics
from tests.kafka.support.documented_rights import exactly, implied
from tests.kafka.support.secure_kafka import PASSWORD, by_scram

pytestmark = pytest.mark.kafka


def worker_settings(broker: Any) -> Settings:
    address, security = by_scram(broker)
    return Settings(broker=address, security=SecuritySettings(**security))


def test_a_worker_that_lacks_a_right_is_told_which_and_how_to_get_it(secured: Any) -> None:
    settings = worker_settings(secured)
    connection = Connection.of(settings, {"KAFKA_PASSWORD": PASSWORD})
    admin = AdminClient({"bootstrap.servers": secured.address})
    optional = AclOperation.DESCRIBE_CONFIGS
    rights = [right for right in secured.rights if right.principal == "User:pharos"]
    assert len(rights) > 20
    asyncio.run(prepare_topics(settings, connection))

    for right in rights:
        (gone,) = admin.delete_acls([exactly(right)]).values()
        assert len(gone.result(20.0)) == 1
        expected = right.operation is not optional and not implied(right)
        try:
            said = refusal(settings, connection, expected=expected)
        finally:
            for made in admin.create_acls([right]).values():
                made.result(20.0)
        assert bool(said) is expected, f"{right}: {said}"
        if said:
            assert right.name in said
            assert "kafka-acls.sh --bootstrap-server" in said
            assert right.operation.name.title() in said
            assert PASSWORD not in said
    assert not refusal(settings, connection, expected=False)


def refusal(settings: Settings, connection: Connection, *, expected: bool) -> str:
    """What a start says; ACLs take a moment to reach the broker, so what is expected is waited for."""
    deadline = time.monotonic() + (5.0 if expected else 1.0)
    said = ""
    while time.monotonic() < deadline:
        try:
            asyncio.run(prepare_topics(settings, connection))
            said = ""
        except TopicsError as error:
            said = str(error)
        if bool(said) is expected:
            return said
        time.sleep(0.1)
    return said


def test_a_sender_sends_and_a_subscriber_reads_with_the_rights_of_the_document(secured: Any) -> None:
    ca = str(secured.folder / "ca.pem")

    def client(user: str) -> Connection:
        return Connection(secured.address_of("SCRAM"), "SASL_SSL", "SCRAM-SHA-512", user, PASSWORD, ca)

    failures: list[Any] = []
    tried = (("shop", "visits"), ("shop", "pharos-cells"), ("desk", "visits"), ("desk", "pharos-actions"))
    for user, topic in tried:
        producer = confluent_kafka.Producer(client(user).for_librdkafka({"delivery.timeout.ms": 5_000}))
        producer.produce(topic, b"{}", on_delivery=lambda error, message: failures.append((message.topic(), error)))
        producer.flush(20.0)
    outcomes = [(topic, error and error.name()) for topic, error in failures]
    denied = "TOPIC_AUTHORIZATION_FAILED"
    assert outcomes == [("visits", None), ("pharos-cells", denied), ("visits", denied), ("pharos-actions", None)]

    reader = confluent_kafka.Consumer(
        client("desk").for_librdkafka(
            {"group.id": "desk-1", "auto.offset.reset": "earliest", "enable.partition.eof": True}
        )
    )
    reader.subscribe(["pharos-anomalies"])
    message = reader.poll(30.0)
    reader.close()
    assert message is not None
    assert message.error() is None or message.error().name() == "_PARTITION_EOF"
