"""What stands between us and the brokers, out of what librdkafka says, and the sentence for it."""

from __future__ import annotations

import contextlib
import enum
import re
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.broker.connection import Connection

_PROBE_LIMIT_S = 3.0
_PLACE = re.compile(r"://(?P<host>[^/]+):(?P<port>\d+)/")
_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED


class Obstacle(enum.Enum):
    """Why no broker answers us. The first two may pass by themselves, the others stay until somebody acts."""

    SILENT = "nobody answers"
    CLOSED = "connections are closed at once"
    CREDENTIALS = "user name and password are refused"
    CERTIFICATE = "our certificate is refused or missing"
    AUTHORITY = "the broker's certificate is signed by an unknown authority"
    HOST_NAME = "the broker's certificate is for another host name"
    EXPIRED = "the broker's certificate is no longer valid"
    PROTOCOL = "the broker speaks another protocol on that port"


PASSING = (Obstacle.SILENT, Obstacle.CLOSED)

# The first that occurs in what librdkafka says.
_SIGNS = (
    ("certificate verify failed", Obstacle.AUTHORITY),
    ("alert bad certificate", Obstacle.CERTIFICATE),
    ("alert certificate", Obstacle.CERTIFICATE),  # required, unknown, expired
    ("alert unknown ca", Obstacle.CERTIFICATE),
    ("plaintext broker listener", Obstacle.PROTOCOL),
    ("current sasl state", Obstacle.PROTOCOL),
    ("security.protocol", Obstacle.PROTOCOL),
    ("wrong version number", Obstacle.PROTOCOL),
    ("sasl authentication error", Obstacle.CREDENTIALS),
    ("mechanism handshake failed", Obstacle.CREDENTIALS),
    ("connection closed by peer", Obstacle.CLOSED),
)


def obstacle_in(said: str) -> Obstacle:
    """What a line of librdkafka tells; SILENT for what may pass by itself.

    >>> obstacle_in("ssl://k:9093/1: SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?")
    <Obstacle.PROTOCOL: 'the broker speaks another protocol on that port'>
    """
    text = said.lower()
    return next((obstacle for sign, obstacle in _SIGNS if sign in text), Obstacle.SILENT)


def verified(connection: Connection, said: str) -> Obstacle:
    """Why exactly a broker's certificate is refused: librdkafka has one word for all reasons, Python has more."""
    place = _PLACE.search(said)
    if place is None:
        return Obstacle.AUTHORITY
    host, port = place["host"].strip("[]"), int(place["port"])
    with contextlib.suppress(OSError):
        try:
            with (
                socket.create_connection((host, port), _PROBE_LIMIT_S) as plain,
                connection.ssl_context().wrap_socket(plain, server_hostname=host),
            ):
                pass
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in _OTHER_NAME:
                return Obstacle.HOST_NAME
            if error.verify_code == _EXPIRED:
                return Obstacle.EXPIRED
    return Obstacle.AUTHORITY


def sentence(obstacle: Obstacle, at: Connection, said: str) -> str:
    """What is wrong and what to do. No secret stands in it."""
    certificate = f"the certificate of the broker at {at.broker}"
    ours = f"refuse {at.cert_file}" if at.cert_file else "ask for a client certificate"
    sentences = {
        Obstacle.SILENT: (
            f"no Kafka broker answers at {at.broker} ({said})",
            "start one (`pharos broker`), or set --broker",
        ),
        Obstacle.CLOSED: (
            f"the broker at {at.broker} closes every connection at once",
            f"it may not speak {at.protocol} on that port: correct the port or security.protocol",
        ),
        Obstacle.PROTOCOL: (
            f"the broker at {at.broker} does not speak {at.protocol} on that port",
            "correct the port or security.protocol",
        ),
        Obstacle.CREDENTIALS: (
            f"the brokers at {at.broker} refuse user {at.username} by {at.mechanism}",
            "correct security.username, its password, or security.mechanism",
        ),
        Obstacle.CERTIFICATE: (
            f"the brokers at {at.broker} {ours}",
            "set security.cert_file and key_file to one that an authority of the brokers has signed",
        ),
        Obstacle.AUTHORITY: (
            f"{certificate} is not signed by {at.ca_file or 'the authorities of this machine'}",
            "set security.ca_file to the PEM of the authority that signs the brokers' certificates",
        ),
        Obstacle.HOST_NAME: (
            f"{certificate} is for another host name",
            "use a name that is in it (broker, advertised.listeners), or have a new one made",
        ),
        Obstacle.EXPIRED: (f"{certificate} has expired", "have a new one made"),
    }
    return ": ".join(sentences[obstacle])
