"""Mistakes in the settings of receivers, those included that only show when secrets are looked for."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, cast

from streams.alerts.receivers.channel import ReceiverContext
from streams.alerts.receivers.configured import ReceiverError, configured
from streams.configuration.name_rules import check_with_catalogue
from streams.settings.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import aiohttp

    from streams.settings.settings import Settings


def settings_faults(settings: Settings, environment: Mapping[str, str]) -> Iterator[Fault]:
    """What `check_with_catalogue` finds, and each receiver that cannot be made. Nothing is sent."""
    yield from check_with_catalogue(settings)
    around = ReceiverContext(environment, cast("aiohttp.ClientSession", None), lambda _: None, lambda: 0.0, UTC)
    for index, receiver in enumerate(settings.receivers):
        try:
            configured(receiver, around)
        except ReceiverError as error:
            yield Fault(("receivers", index, error.field), error.what)
