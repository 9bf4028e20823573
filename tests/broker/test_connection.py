"""One way to the brokers for all clients, and no secret in what is shown of it."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from streams.broker.connection import Connection
from streams.configuration.load import configure
from streams.settings.secrets import ConfigurationError
from streams.settings.settings import SecuritySettings, Settings

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2-and-more"  # as a person would choose it


def settings(**security: Any) -> Settings:
    return Settings(broker="a:1, b:2", security=SecuritySettings(**security))


def scram(**more: Any) -> Settings:
    given = {"protocol": "SASL_PLAINTEXT", "mechanism": "SCRAM-SHA-512", "username": "pharos", "password_env": "PW"}
    return settings(**given | more)


def test_without_security_the_clients_get_addresses_only() -> None:
    plain = Connection.of(settings(), {})

    assert plain.for_librdkafka({}) == {"bootstrap.servers": "a:1,b:2", "security.protocol": "PLAINTEXT"}
    assert plain.for_aiokafka() == {"bootstrap_servers": ["a:1", "b:2"], "security_protocol": "PLAINTEXT"}
    assert plain.for_faust() is None


def test_each_library_gets_user_and_password_in_its_own_words() -> None:
    connection = Connection.of(scram(), {"PW": SECRET})

    assert connection.for_librdkafka({"client.id": "x"}) == {
        "bootstrap.servers": "a:1,b:2",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "pharos",
        "sasl.password": SECRET,
        "client.id": "x",
    }
    assert connection.for_aiokafka()["sasl_plain_password"] == SECRET
    faust = connection.for_faust()
    assert (faust.username, faust.password, faust.mechanism.value) == ("pharos", SECRET, "SCRAM-SHA-512")


def test_the_name_of_a_broker_is_verified_unless_one_says_otherwise() -> None:
    verifying = Connection.of(settings(protocol="SSL"), {})
    trusting = Connection.of(settings(protocol="SSL", verify_host=False), {})

    assert verifying.for_librdkafka({})["ssl.endpoint.identification.algorithm"] == "https"
    assert verifying.for_aiokafka()["ssl_context"].check_hostname is True
    assert trusting.for_librdkafka({})["ssl.endpoint.identification.algorithm"] == "none"
    assert trusting.for_aiokafka()["ssl_context"].check_hostname is False


def test_secrets_come_from_files_too_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text(f"{SECRET}\n")

    connection = Connection.of(scram(password_env="", password_file=str(tmp_path / "pw")), {})

    assert connection.password == SECRET
    assert SECRET not in f"{connection} {connection!r} {connection.for_faust()!r} {scram()!r}"
    assert pickle.loads(pickle.dumps(connection)) == connection


@pytest.mark.parametrize("field", ["ca_file", "cert_file"])
def test_a_file_that_is_not_there_is_named(field: str) -> None:
    key = {"key_file": "none.key"} if field == "cert_file" else {}

    with pytest.raises(ConfigurationError, match=rf"security\.{field}: none\.pem cannot be read .*check the path"):
        Connection.of(settings(protocol="SSL", **{field: "none.pem"}, **key), {})


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")

    with pytest.raises(ConfigurationError, match=r"ca\.pem has no PEM certificate"):
        Connection.of(settings(protocol="SSL", ca_file=str(tmp_path / "ca.pem")), {})


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("security: {protocol: SSLX}", "security.protocol", 'did you mean "SSL"'),
        ("security: {protocol: SASL_SSL}", "security.mechanism", "SCRAM-SHA-512"),
        ("security: {protocol: SASL_SSL, mechanism: PLAIN}", "security.username", "name of the user"),
        ("security: {protocol: SASL_SSL, mechanism: PLAIN, username: a}", "security.password_env", "password_file"),
        ("security: {password: hunter2-and-more}", "security.password", 'did you mean "password_'),
        ("security: {username: a}", "security.username", "set protocol to SASL_SSL"),
        ("security: {ca_file: ca.pem}", "security.ca_file", "encrypts nothing"),
        ("security: {protocol: SSL, cert_file: c.pem}", "security.cert_file", "set key_file too"),
        (
            "security: {protocol: SASL_SSL, mechanism: PLAIN, username: a, password_env: A, password_file: b}",
            "security.password_file",
            "keep one of them",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_said_with_place_and_remedy(
    text: str, place: str, what: str, tmp_path: Path
) -> None:
    file = tmp_path / "pharos.yaml"
    file.write_text(text)

    with pytest.raises(ConfigurationError) as refused:
        configure(file)

    assert f"{place}: " in str(refused.value)
    assert what in str(refused.value)
    assert SECRET not in str(refused.value)


def test_security_can_be_a_variable_or_a_flag() -> None:
    text = "protocol=SASL_SSL,mechanism=PLAIN,username=pharos,password_env=KAFKA_PASSWORD,verify_host=false"
    expected = SecuritySettings("SASL_SSL", "PLAIN", "pharos", "KAFKA_PASSWORD", verify_host=False)

    assert configure(environment={"PHAROS_SECURITY": text}).security == expected
    assert configure(flags={"security": text}).security == expected
    with pytest.raises(ConfigurationError, match=r"^--security: username: .*SASL_SSL"):
        configure(flags={"security": "username=pharos"})


def test_a_password_that_is_not_set_is_missed_by_the_name_of_its_variable() -> None:
    with pytest.raises(ConfigurationError, match="security: the variable PW is not set"):
        Connection.of(scram(), {})
