"""A plain consumer in a group of its own: for agents that handle a few records a minute and commit what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer

if TYPE_CHECKING:
    from streams.broker.connection import Connection
    from streams.settings.settings import Settings


def group_consumer(settings: Settings, connection: Connection, purpose: str, *topics: str) -> Any:
    """Not yet started. Its group is named after the application and the purpose; it reads what is committed only."""
    return AIOKafkaConsumer(
        *topics,
        **connection.for_aiokafka(),
        group_id=f"{settings.app}-{purpose}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_wait_ms=100,
        session_timeout_ms=round(settings.session_timeout_s * 1000),
        heartbeat_interval_ms=round(settings.heartbeat_interval_s * 1000),
    )
