"""A receiver from its settings. Secrets come from the environment or a file, and appear in no message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streams.alerts.receivers.console import ConsoleReceiver
from streams.alerts.receivers.webhook import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    import aiohttp

    from streams.alerts.receiver import Receiver
    from streams.settings import ReceiverSettings


def configured(
    settings: ReceiverSettings,
    environment: Mapping[str, str],
    session: aiohttp.ClientSession,
    write: Callable[[str], object],
    clock: Callable[[], float],
    zone: tzinfo,
) -> Receiver:
    """Raises ValueError that names the receiver and the remedy where an address is missing or is none."""
    if settings.kind == "console":
        return ConsoleReceiver(settings.name, write, zone)
    url = _secret(settings.name, settings.url_env, settings.url_file, environment)
    if not url:
        raise ValueError(f"receiver {settings.name}: no address; set url_env or url_file to where it is kept")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"receiver {settings.name}: the address is no http or https URL; check what url_* names")
    secret = _secret(settings.name, settings.secret_env, settings.secret_file, environment)
    return WebhookReceiver(settings.name, url, secret, session, settings.timeout_s, clock)


def _secret(receiver: str, variable: str, file: str, environment: Mapping[str, str]) -> str:
    if variable:
        value = environment.get(variable, "").strip()
        if not value:
            raise ValueError(f"receiver {receiver}: the environment variable {variable} is empty; set it")
        return value
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"receiver {receiver}: {file} cannot be read ({type(error).__name__})") from None
