"""A setting that cannot be meant, and secrets out of a variable or a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from streams.settings.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConfigurationError(InputError):
    """A setting that cannot be meant: `where: what; what to do`. Values of secrets never stand in it."""


class SecretError(InputError):
    """A secret that is not where the settings say: what is wrong and what to do. The secret never stands in it."""


def find_secret(variable: str, file: str, environment: Mapping[str, str]) -> str:
    """A secret out of the named variable, else out of the named file; "" where neither is named. Raises SecretError."""
    if variable:
        secret = environment.get(variable, "").strip()
        if not secret:
            raise SecretError(f"the variable {variable} is not set; export it before the start")
        return secret
    if not file:
        return ""
    try:
        secret = Path(file).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SecretError(f"the file {file} cannot be read ({reason}); check the path and its permissions") from None
    if not secret:
        raise SecretError(f"the file {file} is empty; put the secret into it")
    return secret


def read_secret(what: str, variable: str, file: str, environment: Mapping[str, str]) -> str:
    """The same for the setting `what`. Raises ConfigurationError, which names the place and never the secret."""
    try:
        return find_secret(variable, file, environment)
    except SecretError as error:
        raise ConfigurationError(f"{what}: {error}") from None
