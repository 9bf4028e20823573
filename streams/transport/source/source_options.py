"""Numbers of the ingest side."""

from __future__ import annotations

from typing import NamedTuple


class SourceOptions(NamedTuple):
    """Numbers of the ingest side; durations in seconds.

    `strict_group`: the consumer group where a record that is lost unread ends the worker; None where losing is in the
    nature of the broker, as the embedded one keeps little. `customer_key`: the fingerprint of the key that hashes
    customers, "" without one; `replaced_key`: that of a key which may have been used before.
    """

    cells_partitions: int
    dedup_records: int
    lateness_s: int
    flush_interval_s: float
    idle_after_s: float
    heartbeat_interval_s: float
    strict_group: str | None = None
    customer_key: str = ""
    replaced_key: str = ""
