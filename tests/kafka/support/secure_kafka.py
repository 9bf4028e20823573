"""A Kafka that asks who you are: certificates, users, and a listener for each way in."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse, battery"
KEY_PASSWORD = "staple"
LISTENERS = {"SCRAM": "SASL_SSL", "PLAIN": "SASL_PLAINTEXT", "MUTUAL": "SSL", "ELSEWHERE": "SASL_SSL"}
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


def make_certificates(folder: Path) -> None:
    """PEM files: authority `ca`, brokers `here` (127.0.0.1) and `elsewhere`, `client`; `other` is a stranger."""
    for name in ("ca", "other"):
        _openssl(
            folder, f"req -x509 -nodes -days 2 -subj /CN={name}", *_EC, "-keyout", f"{name}.key", "-out", f"{name}.pem"
        )
    _certificate(folder, "here", "subjectAltName=IP:127.0.0.1")
    _certificate(folder, "elsewhere", "subjectAltName=DNS:kafka.example")
    _certificate(folder, "client", "extendedKeyUsage=clientAuth")
    _openssl(folder, f"ec -aes256 -passout pass:{KEY_PASSWORD} -in client.key -out client.locked.key")
    for name in ("here", "elsewhere"):
        parts = [(folder / f"{name}.{part}").read_text() for part in ("key", "pem")]
        (folder / f"{name}.store.pem").write_text("".join(parts))


def secure_broker(kafka_run: Any, folder: Path) -> Any:
    """A KafkaBroker that is not started. Who comes by its PLAINTEXT listener is an administrator."""
    make_certificates(folder)
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    overrides = {
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "here.store.pem"),
        "listener.name.elsewhere.ssl.keystore.type": "PEM",
        "listener.name.elsewhere.ssl.keystore.location": str(folder / "elsewhere.store.pem"),
        "listener.name.mutual.ssl.client.auth": "required",
        "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.elsewhere.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.plain.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.plain.plain.sasl.jaas.config": f'{plain} required user_pharos="{PASSWORD}";',
        "listener.name.scram.scram-sha-256.sasl.jaas.config": f"{scram} required;",
        "listener.name.scram.scram-sha-512.sasl.jaas.config": f"{scram} required;",
        "listener.name.elsewhere.scram-sha-512.sasl.jaas.config": f"{scram} required;",
        "connection.failed.authentication.delay.ms": "100",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    broker = kafka_run.KafkaBroker(0, folder / "kafka", overrides, LISTENERS)
    broker.folder = folder
    return broker


def add_user(address: str, name: str, mechanism: int = ScramMechanism.SCRAM_SHA_512) -> None:
    """A user of SCRAM with PASSWORD."""
    wanted = UserScramCredentialUpsertion(name, ScramCredentialInfo(mechanism, 4096), PASSWORD.encode())
    admin = AdminClient({"bootstrap.servers": address})
    admin.alter_user_scram_credentials([wanted])[name].result(20.0)


def by_scram(broker: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    ca = str(broker.folder / "ca.pem")
    security = {"protocol": "SASL_SSL", "mechanism": "SCRAM-SHA-512", "username": "pharos", "ca_file": ca}
    return broker.address_of("SCRAM"), security | {"password_env": "KAFKA_PASSWORD"} | more


def by_plain(broker: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    (broker.folder / "password").write_text(PASSWORD + "\n")
    security = {"protocol": "SASL_PLAINTEXT", "mechanism": "PLAIN", "username": "pharos"}
    return broker.address_of("PLAIN"), security | {"password_file": str(broker.folder / "password")} | more


def by_certificate(broker: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    files = {"ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.locked.key"}
    security = {"protocol": "SSL", **{key: str(broker.folder / name) for key, name in files.items()}}
    return broker.address_of("MUTUAL"), security | {"key_password_env": "KEY_PASSWORD"} | more


def _certificate(folder: Path, name: str, extension: str) -> None:
    (folder / f"{name}.ext").write_text(extension)
    _openssl(folder, f"req -nodes -subj /CN={name}", *_EC, "-keyout", f"{name}.key", "-out", f"{name}.csr")
    _openssl(
        folder,
        f"x509 -req -days 2 -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile {name}.ext",
        *("-out", f"{name}.pem"),
    )


def _openssl(folder: Path, command: str, *more: str) -> None:
    subprocess.run(["openssl", *command.split(), *more], check=True, capture_output=True, cwd=folder)
