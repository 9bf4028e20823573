"""Makes the system that fits the broker and the settings."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from streams.app.customer_key import given_key, lacks_without_key, own_key
from streams.app.system import System
from streams.broker.connection import Connection
from streams.broker.detection import BrokerKind, identify
from streams.catalogue.load import load
from streams.transport.clients.topics import prepare_topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.settings.settings import Settings

logger = logging.getLogger(__name__)

_EMBEDDED_DEDUP_RECORDS = 2_000  # the embedded broker keeps little to read again


async def new_system(
    settings: Settings, *, keep: bool = False, pace: float = 1.0, write: Callable[[str], object] = print
) -> System:
    """Finds out what the broker is and has, and wires a worker. Raises TopicsError or BrokerUnreachableError."""
    connection = Connection.of(settings, os.environ)
    customers = given_key(settings, os.environ)
    kind, life = await asyncio.to_thread(identify, connection)
    if kind is BrokerKind.EMBEDDED:
        # Offsets of another life of the broker mean nothing: each life has state of its own.
        state_dir = str(Path(settings.state_dir) / f"embedded-{life}")
        records = min(settings.dedup_records, _EMBEDDED_DEDUP_RECORDS)
        if not customers.fingerprint:
            customers = own_key(settings.state_dir)
        settings = msgspec.structs.replace(settings, transactions=False, state_dir=state_dir, dedup_records=records)
    catalogue = load(settings.catalogue, settings.scorecards, settings.lean)
    if lacking := lacks_without_key(catalogue, customers):
        logger.warning("%s", lacking)
    sources = await prepare_topics(settings, connection, catalogue.vocabulary)
    return System(
        settings,
        catalogue,
        sources,
        connection=connection,
        customers=customers,
        keep=keep,
        pace=pace,
        write=write,
    )
