"""What must hold of the setting `security` beyond types."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings.settings import SecuritySettings

_OF_SASL = ("mechanism", "username", "password_env", "password_file")
_OF_TLS = ("ca_file", "cert_file", "key_file", "key_password_env", "key_password_file")


def check_security(security: SecuritySettings) -> Iterator[tuple[str, str]]:
    """All faults: the field, and what to do about it."""
    yield from _check_sasl(security)
    yield from _check_tls(security)
    for secret in ("password", "key_password"):
        if getattr(security, f"{secret}_env") and getattr(security, f"{secret}_file"):
            yield f"{secret}_file", f"{secret}_env names another place for it: keep one of them"


def _check_sasl(security: SecuritySettings) -> Iterator[tuple[str, str]]:
    protocol = security.protocol
    if not protocol.startswith("SASL_"):
        for field in _OF_SASL:
            if getattr(security, field):
                yield field, f"{protocol} asks for none: remove it, or set protocol to SASL_SSL"
        return
    if not security.mechanism:
        yield "mechanism", f"{protocol} needs PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    if not security.username:
        yield "username", f"{protocol} needs the name of the user"
    if not (security.password_env or security.password_file):
        yield "password_env", "name the variable that holds the password, or its file by password_file"


def _check_tls(security: SecuritySettings) -> Iterator[tuple[str, str]]:
    if not security.protocol.endswith("SSL"):
        for field in _OF_TLS:
            if getattr(security, field):
                yield field, f"{security.protocol} encrypts nothing: set protocol to SSL or SASL_SSL"
    for field, other in (("cert_file", "key_file"), ("key_file", "cert_file")):
        if getattr(security, field) and not getattr(security, other):
            yield field, f"a certificate goes with its key: set {other} too"
