"""What librdkafka says, and what is made of it."""

from __future__ import annotations

import pytest

from streams.broker.connection import Connection
from streams.broker.obstacle import Obstacle, obstacle_in, sentence, verified

WAY = Connection("k:9093", "SASL_SSL", "SCRAM-SHA-512", "pharos", "secret-word", "ca.pem", key_password="other-secret")


@pytest.mark.parametrize(
    ("said", "obstacle"),
    [
        ("k:9093/bootstrap: Connect to ipv4#127.0.0.1:9093 failed: Connection refused", Obstacle.SILENT),
        ("Disconnected: connection closed by peer: receive 0 after POLLIN", Obstacle.CLOSED),
        ("SASL authentication error: Authentication failed during authentication", Obstacle.CREDENTIALS),
        ("SASL PLAIN mechanism handshake failed: Broker: Unsupported SASL mechanism", Obstacle.CREDENTIALS),
        ("SASL PLAIN mechanism handshake failed: Request not valid in current SASL state", Obstacle.PROTOCOL),
        ("SSL handshake failed: certificate verify failed: broker certificate could not be", Obstacle.AUTHORITY),
        ("Receive failed: SSL routines::ssl/tls alert bad certificate: SSL alert number 42", Obstacle.CERTIFICATE),
        ("tlsv13 alert certificate required: SSL alert number 116", Obstacle.CERTIFICATE),
        ("SSL connection closed by peer: connecting to a PLAINTEXT broker listener?", Obstacle.PROTOCOL),
    ],
)
def test_each_obstacle_has_its_signs(said: str, obstacle: Obstacle) -> None:
    assert obstacle_in(said) is obstacle


@pytest.mark.parametrize("obstacle", Obstacle)
def test_a_sentence_names_the_place_and_the_remedy_and_no_secret(obstacle: Obstacle) -> None:
    text = sentence(obstacle, WAY, "refused")

    assert "k:9093" in text
    assert ": " in text
    assert "secret" not in text


def test_a_certificate_that_cannot_be_looked_at_again_is_one_nobody_we_trust_signed() -> None:
    way = Connection("127.0.0.1:1", "SSL")

    assert verified(way, "ssl://127.0.0.1:1/bootstrap: certificate verify failed") is Obstacle.AUTHORITY
    assert verified(way, "no place in it") is Obstacle.AUTHORITY
