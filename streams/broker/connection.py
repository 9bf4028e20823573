"""How every Kafka client of ours reaches the brokers: addresses, encryption and credentials, for each library."""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from streams.settings.secrets import ConfigurationError, read_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings.settings import Settings


@dataclass(frozen=True)
class Connection:
    """The way to the brokers. Its text never holds a secret.

    Attributes:
        broker: host:port, several separated by commas.
        protocol: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
        mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 where the protocol is one of SASL.
        ca_file: PEM of the authorities that sign the brokers' certificates; empty: those that this machine trusts.
        cert_file: PEM of the certificate that we show; empty: none.
        key_file: PEM of its key.
        verify_host: whether a broker's certificate must bear the name by which it is called.

    """

    broker: str
    protocol: str = "PLAINTEXT"
    mechanism: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    key_password: str = field(default="", repr=False)
    verify_host: bool = True

    @classmethod
    def of(cls, settings: Settings, environment: Mapping[str, str]) -> Self:
        """As the settings say. Raises ConfigurationError where a secret or a file of PEM cannot be read."""
        security = settings.security
        made = cls(
            broker=",".join(address.strip() for address in settings.broker.split(",")),
            protocol=security.protocol,
            mechanism=security.mechanism,
            username=security.username,
            password=read_secret("security", security.password_env, security.password_file, environment),
            ca_file=security.ca_file,
            cert_file=security.cert_file,
            key_file=security.key_file,
            key_password=read_secret("security", security.key_password_env, security.key_password_file, environment),
            verify_host=security.verify_host,
        )
        if made.encrypted:
            made.ssl_context()
        return made

    @property
    def encrypted(self) -> bool:
        return self.protocol in ("SSL", "SASL_SSL")

    @property
    def authenticated(self) -> bool:
        """Whether a user name and a password are asked for."""
        return self.protocol.startswith("SASL_")

    @property
    def identity(self) -> str:
        """Who the brokers take us for, in words."""
        if self.authenticated:
            return f"user {self.username}"
        return f"the owner of {self.cert_file}" if self.cert_file else "anybody"

    def ssl_context(self) -> ssl.SSLContext:
        """Raises ConfigurationError, which names the file."""
        return _context(self.ca_file, self.cert_file, self.key_file, self.key_password, self.verify_host)

    def for_librdkafka(self, more: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration of a client of confluent-kafka, with `more` of its own."""
        found: dict[str, Any] = {"bootstrap.servers": self.broker, "security.protocol": self.protocol}
        if self.authenticated:
            found |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.username,
                "sasl.password": self.password,
            }
        if self.encrypted:
            named = {
                "ssl.ca.location": self.ca_file,
                "ssl.certificate.location": self.cert_file,
                "ssl.key.location": self.key_file,
                "ssl.key.password": self.key_password,
            }
            found |= {name: value for name, value in named.items() if value}
            found["ssl.endpoint.identification.algorithm"] = "https" if self.verify_host else "none"
        return found | dict(more)

    def for_quiet_librdkafka(self, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The same for a client whose log is of no use: errors are raised."""
        quiet = logging.getLogger(f"{__name__}.librdkafka")
        quiet.setLevel(logging.CRITICAL)
        return self.for_librdkafka({"logger": quiet, **(more or {})})

    def for_aiokafka(self) -> dict[str, Any]:
        """The arguments that every client of aiokafka takes."""
        found: dict[str, Any] = {"bootstrap_servers": self.broker.split(","), "security_protocol": self.protocol}
        if self.authenticated:
            found |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        if self.encrypted:
            found["ssl_context"] = self.ssl_context()
        return found

    def for_faust(self) -> Any:
        """Faust's `broker_credentials`; None where brokers ask for nothing."""
        from faust.auth import SASLCredentials, SSLCredentials  # noqa: PLC0415 - what has no worker needs no Faust

        context = self.ssl_context() if self.encrypted else None
        if self.authenticated:
            return SASLCredentials(
                username=self.username, password=self.password, ssl_context=context, mechanism=self.mechanism
            )
        return None if context is None else SSLCredentials(context)


@cache
def _context(ca_file: str, cert_file: str, key_file: str, key_password: str, verify_host: bool) -> ssl.SSLContext:
    """Cached: a worker has a client for every source partition, and reading authorities takes milliseconds."""
    for name, file in (("ca_file", ca_file), ("cert_file", cert_file), ("key_file", key_file)):
        if file:
            _readable(name, file)
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca_file or None)
    except ssl.SSLError:
        raise ConfigurationError(f"security.ca_file: {ca_file} has no PEM certificate; check the file") from None
    context.check_hostname = verify_host
    if cert_file:
        try:
            # Always with a password: without one OpenSSL would ask for it on the terminal.
            context.load_cert_chain(cert_file, key_file, lambda: key_password)
        except ssl.SSLError as error:
            raise ConfigurationError(
                f"security.cert_file: {cert_file} and {key_file} are not a PEM certificate with its key, or the key's "
                f"password (key_password_file, key_password_env) is wrong ({error.reason or 'no reason given'})"
            ) from None
    return context


def _readable(name: str, file: str) -> None:
    try:
        Path(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"security.{name}: {file} cannot be read ({error.strerror}); check the path and its permissions"
        ) from None
