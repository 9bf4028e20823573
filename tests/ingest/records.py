"""Records for the tests of ingest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from streams.records.batch import RecordBatch
from streams.register.service_time import ServiceTime
from streams.settings.settings import OpeningHours

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKDAYS = OpeningHours(days=("mon", "tue", "wed", "thu", "fri"), opens="09:00", closes="17:00")
SERVICE = ServiceTime("Asia/Shanghai", (WEEKDAYS,))
NOON = 1_762_747_200_000  # 2025-11-10T12:00:00+08:00, full minute


def text_of(ms: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")


def make_event(
    event_type: str, ms: int = NOON, event_id: str = "1", data: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/test",
        "type": event_type,
        "time": text_of(ms),
        "data": data or {"order_id": "TB1"},
    }


def make_batch(
    values: Sequence[bytes | dict[str, Any] | None], topic: str = "orders", first: int = 0, timestamp: int = NOON
) -> RecordBatch:
    raw = [json.dumps(value).encode() if isinstance(value, dict) else value for value in values]
    offsets = range(first, first + len(raw))
    return RecordBatch(topic, 0, offsets, [timestamp] * len(raw), raw, first + len(raw))
