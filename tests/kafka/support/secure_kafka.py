"""A Kafka that asks who you are: certificates, users, and a listener for each way in."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

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


def secure_broker(kafka_run: Any, folder: Path, more: dict[str, str] | None = None) -> Any:
    """A KafkaBroker that is not started. Its PLAINTEXT listener lets everybody in, as administrators do."""
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
    }
    return kafka_run.KafkaBroker(0, folder / "kafka", overrides | (more or {}), LISTENERS)


def add_user(address: str, name: str, mechanism: int = ScramMechanism.SCRAM_SHA_512) -> None:
    """A user of SCRAM with PASSWORD."""
    wanted = UserScramCredentialUpsertion(name, ScramCredentialInfo(mechanism, 4096), PASSWORD.encode())
    admin = AdminClient({"bootstrap.servers": address})
    admin.alter_user_scram_credentials([wanted])[name].result(20.0)


def allow(address: str, user: str, kind: str, name: str, *operations: str, prefixed: bool = False) -> list[AclBinding]:
    """Adds ACLs; `kind` is topic, group, transactional_id or broker."""
    pattern = ResourcePatternType.PREFIXED if prefixed else ResourcePatternType.LITERAL
    bindings = [
        AclBinding(
            ResourceType[kind.upper()],
            name,
            pattern,
            f"User:{user}",
            "*",
            AclOperation[operation.upper()],
            AclPermissionType.ALLOW,
        )
        for operation in operations
    ]
    admin = AdminClient({"bootstrap.servers": address})
    for made in admin.create_acls(bindings).values():
        made.result(20.0)
    return bindings


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
