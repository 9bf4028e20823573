"""Telling brokers apart."""

from __future__ import annotations

import socket

import pytest

from streams.broker import admin
from streams.broker.admin import BrokerUnreachableError, Obstacle
from streams.broker.connection import Connection
from streams.broker.detection import BrokerKind, identify
from streams.broker.embedded import EmbeddedBroker


@pytest.mark.embedded
def test_an_embedded_broker_is_recognised_and_each_life_has_its_name() -> None:
    lives = set()
    for _ in range(2):
        with EmbeddedBroker(0, {"orders": 1}) as broker:
            identity = identify(Connection(broker.address))
        assert identity.kind is BrokerKind.EMBEDDED
        lives.add(identity.life)

    assert len(lives) == 2
    assert "" not in lives


def test_where_nobody_answers_that_is_said_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "PATIENCE_S", 0.3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    with pytest.raises(
        BrokerUnreachableError, match=f"no Kafka broker answers at 127.0.0.1:{port}.*--broker"
    ) as refused:
        identify(Connection(f"127.0.0.1:{port}"))

    assert refused.value.obstacle is Obstacle.SILENT
