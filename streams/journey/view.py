"""A journey as JSON: what the API and `pharos journey --json` answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streams.events.fields import Kind
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from streams.journey.journey import Journey, Step
    from streams.journey.reading import JourneyReading
    from streams.journey.subject import Subject

_TIMES = frozenset({"at", "eta", "courier_eta", "first_eta"})


def journey_view(subject: Subject, journey: Journey, reading: JourneyReading) -> dict[str, Any]:
    """Times are RFC 3339 in UTC, durations seconds. The hash of a customer is not repeated."""
    return {
        "subject": subject.kind.value,
        "now": rfc3339(journey.now),
        "events": [_step(step) for step in journey.steps],
        "deadlines": [_timed(row._asdict()) for row in journey.deadlines],
        "told": [_timed(row._asdict()) for row in journey.told],
        "moved": [_timed(row._asdict()) for row in journey.moved],
        "late": [row._asdict() for row in journey.late],
        "from": rfc3339(reading.begins),
        "to": rfc3339(reading.ends),
        "records": reading.records,
        "stopped": reading.stopped.name.lower(),
        "cut_short": reading.stopped.cut_short,
        "reason": reading.stopped.value,
        "left_out": reading.left_out,
    }


def _step(step: Step) -> dict[str, Any]:
    event = step.event
    return {
        "type": event.type,
        "topic": event.topic,
        "time": rfc3339(event.time),
        "case": event.case,
        "after_s": step.after_s,
        "fields": [
            {
                "name": name,
                "kind": event.kinds[name].value,
                "value": rfc3339(value) if event.kinds[name] is Kind.TIME else value,
            }
            for name, value in event.fields.items()
        ],
    }


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: rfc3339(value) if value is not None and (name in _TIMES or name.endswith("_at")) else value
        for name, value in row.items()
    }
