"""What the Faust app is told of the brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faust.auth import SASLCredentials

from streams.broker.connection import Connection
from streams.settings.settings import Settings
from streams.transport.driver.faust_app import new_app

if TYPE_CHECKING:
    from pathlib import Path


async def test_every_bootstrap_server_reaches_the_clients(tmp_path: Path) -> None:
    app = new_app(Settings(state_dir=str(tmp_path)), Connection("kafka-1:9092,kafka-2:9093"))

    assert [(url.host, url.port) for url in app.transport.url] == [("kafka-1", 9092), ("kafka-2", 9093)]
    assert app.conf.broker_credentials is None


async def test_who_we_are_reaches_the_clients(tmp_path: Path) -> None:
    connection = Connection("kafka-1:9092", "SASL_PLAINTEXT", "SCRAM-SHA-512", "pharos", "secret")

    credentials = new_app(Settings(state_dir=str(tmp_path)), connection).conf.broker_credentials

    assert isinstance(credentials, SASLCredentials)
    assert (credentials.username, credentials.password) == ("pharos", "secret")
