"""The Faust app as Pharos uses it: group, rebalances and agents; commits, seeks and the web are not its business."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import faust
from yarl import URL

from streams.transport.driver.batch_driver import BatchTransport
from streams.transport.driver.batch_schema import BatchSchema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection

    from streams.broker.connection import Connection
    from streams.settings.settings import Settings
    from streams.transport.driver.fetched import Fetched

_BUFFERED_BATCHES = 16  # of up to a MiB each; beyond it the partition is not fetched
_FETCH_BYTES = 1 << 20
_REQUEST_TIMEOUT_S = 40.0


def new_app(settings: Settings, connection: Connection) -> Any:
    """A Faust app for the running event loop. Agents are added by `add_agent` before it starts."""
    Path(settings.state_dir).mkdir(parents=True, exist_ok=True)  # Faust makes its own folder, but no parents
    brokers = [URL(f"kafka://{address}") for address in connection.broker.split(",")]
    app = faust.App(
        settings.app,
        broker=brokers,
        broker_credentials=connection.for_faust(),
        autodiscover=False,
        datadir=f"{settings.state_dir}/faust",
        key_serializer="raw",
        value_serializer="raw",
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_interval_s,
        broker_request_timeout=_REQUEST_TIMEOUT_S,
        broker_max_poll_interval=300.0,
        broker_commit_every=None,
        broker_check_crcs=True,
        consumer_max_fetch_size=_FETCH_BYTES,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=5_000,  # a group that was formed before its topics were known finds them so
        producer_request_timeout=30.0,
        stream_buffer_maxsize=_BUFFERED_BATCHES,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.transport = BatchTransport(brokers, app)
    return app


def add_agent(
    app: Any,
    name: str,
    topics: Collection[str],
    handle: Callable[[Fetched], Awaitable[None]],
    fail: Callable[[str, BaseException], None],
) -> None:
    """One agent that hands each fetched batch to `handle`.

    Whatever `handle` raises goes to `fail`: an agent that Faust starts again would go on behind the batch it lost.
    """

    async def consume(stream: AsyncIterator[Fetched]) -> None:
        async for fetched in stream:
            try:
                await handle(fetched)
            except Exception as error:  # noqa: BLE001 - the loop must not die silently, whatever it was
                fail(f"agent {name}", error)

    channel = app.topic(*topics, schema=BatchSchema(), partitions=None)
    app.agent(channel, name=name)(consume)
