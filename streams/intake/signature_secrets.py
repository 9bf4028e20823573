"""The signatures of all mappings that take webhooks, with their secrets out of a variable or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.intake.signature import Signature
from streams.settings.secrets import ConfigurationError, read_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings.mapping import MappingSettings, SignatureSettings

_MOST_SECRETS: Final = 2


def signatures_of(
    mappings: Mapping[str, MappingSettings], environment: Mapping[str, str]
) -> dict[str, Signature | None]:
    """By name of each mapping with an intake; None where no secret is named, so that a token is asked for.

    Raises ConfigurationError, which names the setting and never the secret.
    """
    return {
        name: _signature(f"mappings.{name}.signature", mapping.signature, environment)
        for name, mapping in mappings.items()
        if mapping.intake
    }


def _signature(place: str, settings: SignatureSettings | None, environment: Mapping[str, str]) -> Signature | None:
    if settings is None:
        return None
    found = read_secret(place, settings.secret_env, settings.secret_file, environment)
    if not found:
        return None
    if not settings.header:
        raise ConfigurationError(f"{place}: no header is named; write the one that the sender signs in")
    # A file may hold the new secret and the one before it, each on a line; a variable is one secret, whatever is in it.
    lines = [found] if settings.secret_env else [line.strip() for line in found.splitlines() if line.strip()]
    if len(lines) > _MOST_SECRETS:
        raise ConfigurationError(
            f"{place}: the file {settings.secret_file} has {len(lines)} lines; keep the secret and the one before it"
        )
    return Signature(settings, tuple(lines))
