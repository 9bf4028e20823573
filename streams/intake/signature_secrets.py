"""The signatures of all mappings that take webhooks, with their secrets out of a variable or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.intake.signature import Signature
from streams.settings.secrets import ConfigurationError, read_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings.mapping import MappingSettings

_MOST_SECRETS: Final = 2


def signatures_of(
    mappings: Mapping[str, MappingSettings], environment: Mapping[str, str]
) -> dict[str, Signature | None]:
    """By name of each mapping with an intake; None where no secret is named, so that a token is asked for.

    Raises ConfigurationError, which names the setting and never the secret.
    """
    found: dict[str, Signature | None] = {}
    for name, mapping in mappings.items():
        if not mapping.intake:
            continue
        secrets = secrets_of(name, mapping, environment)
        if mapping.signature is None or not secrets:
            found[name] = None
        elif not mapping.signature.header:
            raise ConfigurationError(
                f"mappings.{name}.signature: no header is named; write the one that the sender signs in"
            )
        else:
            found[name] = Signature(mapping.signature, secrets)
    return found


def secrets_of(name: str, mapping: MappingSettings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Those of one mapping; none where none is named. Raises ConfigurationError for one that is not where it should be.

    A file may hold the new secret and the one before it, each on a line. A variable is one secret, whatever is in it.
    """
    settings = mapping.signature
    if settings is None:
        return ()
    place = f"mappings.{name}.signature"
    found = read_secret(place, settings.secret_env, settings.secret_file, environment)
    if settings.secret_env or not found:
        return (found,) if found else ()
    lines = tuple(line.strip() for line in found.splitlines() if line.strip())
    if len(lines) > _MOST_SECRETS:
        raise ConfigurationError(
            f"{place}: the file {settings.secret_file} has {len(lines)} lines; keep the secret and the one before it"
        )
    return lines
