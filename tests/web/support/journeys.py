"""Journeys without a broker: what a reader finds, and a server that shows it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import msgspec

from streams.events.vocabulary import SHIPPED
from streams.journey.membership import Membership
from streams.journey.reading import JourneyReading, Stopped
from streams.records.instant import rfc3339
from streams.web.journey import add_journey
from tests.web.support.shop_hour import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from streams.events.fields import Event
    from streams.journey.subject import Subject
    from streams.web.security import Security

HOUR = 3_600_000


def event(kind: str, hours: float, /, **data: Any) -> tuple[str, Event]:
    """An event so many hours after ten days before now, with its topic; times in hours likewise."""
    times = SHIPPED.time_fields[kind]
    written = {name: _stamp(value) if name in times else value for name, value in data.items()}
    made = {"type": kind, "id": f"{kind}-{hours}", "source": "/test", "specversion": "1.0", "time": _stamp(hours)}
    return SHIPPED.topic_of[kind], msgspec.convert(made | {"data": written}, SHIPPED.types[kind])


def _stamp(hours: float) -> str:
    return rfc3339(NOW - 240 * HOUR + round(hours * HOUR))


LATE_ORDER = (
    event("order.created", 0, order_id="TB123", store="flagship", region="zhejiang", channel="app", amount=129.9),
    event("order.paid", 0.2, order_id="TB123", store="flagship", payment_method="alipay", amount=129.9),
    event("parcel.collected", 50.2, parcel_id="L1", order_id="TB123", store="flagship", carrier="yto", paid_at=0.2,
          promised_at=100, eta=98),
    event("parcel.scanned", 60, parcel_id="L1", store="flagship", carrier="yto", previous_scan_at=50.2),
    event("consultation.opened", 70, consultation_id="K1", order_id="TB123", store="flagship", queue="delivery"),
    event("consultation.replied", 70.05, consultation_id="K1", store="flagship", handled_by="human"),
    event("promise.made", 70.1, promise_id="P1", order_id="TB123", consultation_id="K1", store="flagship",
          kind="callback", due_at=74),
    event("consultation.closed", 70.2, consultation_id="K1", order_id="TB123", store="flagship", eta=73),
    event("parcel.eta_changed", 90, parcel_id="L1", store="flagship", carrier="yto", first_eta=98, eta=102),
    event("parcel.delivered", 102, parcel_id="L1", store="flagship", carrier="yto", promised_at=100,
          previous_scan_at=90),
    event("refund.requested", 110, refund_id="R1", order_id="TB123", store="flagship", reason="late", amount=129.9),
    event("case.opened", 120, case_id="C1", order_id="TB123", store="outlet", kind="complaint", due_at=144),
)  # fmt: skip
"""What befell an order, of which one event is of another store."""


class Journeys:
    """Finds what it is given; `hold` keeps a reading until it is let go.

    Attributes:
        asked: subjects, days and moments that were asked for.
        started: whether any reading has begun.
        fault: what a reading fails with.

    """

    def __init__(self, *events: tuple[str, Event], stopped: Stopped = Stopped.BEGINNING) -> None:
        self._events = events
        self._stopped = stopped
        self.asked: list[tuple[Subject, int, int]] = []
        self.started = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        self.fault: Exception | None = None

    def read(self, subject: Subject, days: int, now: int, sees: Callable[[Mapping[str, str]], bool]) -> JourneyReading:
        self.asked.append((subject, days, now))
        self.started.set()
        assert self.hold.wait(10.0)
        if self.fault is not None:
            raise self.fault
        found = Membership(subject, SHIPPED, sees)
        for _ in range(2):
            for topic, one in self._events:
                found.take(one, topic)
        return JourneyReading(found.events, self._stopped, now - days * 24 * HOUR, now, 1_234, found.left_out)


def shows(journeys: Journeys, security: Security, *, shown: bool = True) -> Callable[[Any], None]:
    """What adds them to a server."""
    return lambda app: add_journey(
        app, journeys, security, lambda: NOW / 1000, lambda subject: f"mark-of-{subject.kind}", shown=shown
    )
