"""Payments of a small shop: two quiet days, then forty minutes in the last ten of which half of them fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from streams.offline.events_file import Line, record

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 11, 11, tzinfo=UTC)
MINUTES = 40
FAILS_FROM = 30


def payment(number: int, time: datetime, ok: bool) -> dict[str, Any]:
    """One result of a payment."""
    kind = "order.paid" if ok else "order.payment_failed"
    data = {"order_id": f"TB{number}", "payment_method": "alipay", "channel": "app", "region": "zhejiang"}
    head = {"specversion": "1.0", "id": f"e{number}", "source": "/oms", "type": kind, "time": time.isoformat()}
    return head | {"subject": data["order_id"], "data": data}


def lines(late: bool = False) -> Iterator[Line]:
    """A payment a second; from a certain minute on, half of them fail. Every hundredth comes twice, one is broken."""
    number = 0
    for second in range(MINUTES * 60):
        time = START + timedelta(seconds=second)
        ok = second < FAILS_FROM * 60 or second % 2 == 0
        event = payment(second, time, ok) if second != 100 else {"no": "event"}
        delay = 25 if late and second % 7 == 0 else 0
        for _ in range(2 if second % 100 == 50 else 1):
            number += 1
            at = (time + timedelta(seconds=delay)).isoformat()
            yield record(msgspec.json.encode({"topic": "orders", "event": event, "at": at}), number, "test")


def days_before() -> Iterator[Line]:
    """Two days with a payment every half minute, of which one in fifty fails."""
    for number in range(2 * 24 * 120):
        event = payment(-1 - number, START - timedelta(seconds=30 * (2 * 24 * 120 - number)), number % 50 != 0)
        yield record(msgspec.json.encode({"topic": "orders", "event": event}), number, "test")
