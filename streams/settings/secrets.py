"""A setting that cannot be meant, and secrets out of a variable or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streams.settings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConfigurationError(InputError):
    """A setting that cannot be meant: `where: what; what to do`. Values of secrets never stand in it."""


def read_secret(what: str, variable: str, file: str, environment: Mapping[str, str]) -> str:
    """A secret out of the named variable, else out of the named file; "" where neither is named.

    Raises ConfigurationError, which names the place and never the secret.
    """
    if variable:
        if not environment.get(variable):
            raise ConfigurationError(f"{what}: the variable {variable} is not set; export it before the start")
        return environment[variable].strip()
    if not file:
        return ""
    try:
        secret = Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigurationError(f"{what}: the file {file} cannot be read ({reason}); check the path") from None
    if not secret:
        raise ConfigurationError(f"{what}: the file {file} is empty; put the secret into it")
    return secret
