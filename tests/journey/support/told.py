"""Events of a journey, written short."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from streams.events.event_time import event_time_ms
from streams.events.vocabulary import SHIPPED
from streams.journey.journey import orders_of
from streams.journey.journey_event import JourneyEvent, journey_event

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR


def at(text: str) -> int:
    """Milliseconds of a moment in November 2026: "1 10:00" or "1 10:00:01", in Shanghai."""
    found = event_time_ms(stamp(text))
    assert found is not None
    return found


def stamp(text: str) -> str:
    """The same as RFC 3339."""
    day, clock = text.split()
    return f"2026-11-{int(day):02d}T{clock if clock.count(':') == 2 else f'{clock}:00'}+08:00"


def told(kind: str, when: str, /, **data: Any) -> JourneyEvent:
    """An event as a journey has it; times are moments as of `at`."""
    times = SHIPPED.time_fields[kind]
    written = {name: stamp(value) if name in times else value for name, value in data.items()}
    event = msgspec.convert(
        {
            "type": kind,
            "id": f"{kind}-{when}",
            "source": "/test",
            "specversion": "1.0",
            "time": stamp(when),
            "data": written,
        },
        SHIPPED.types[kind],
    )
    found = journey_event(event, SHIPPED.topic_of[kind], SHIPPED)
    assert found is not None
    return found


def line(*events: JourneyEvent) -> tuple[list[JourneyEvent], list[str]]:
    """The events in order of time, and the order of each."""
    ordered = sorted(events, key=lambda event: (event.time, event.tie))
    return ordered, orders_of(ordered)
