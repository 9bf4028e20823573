"""A dense sale: the live events of the simulated Double 11, told again at ten thousand a second."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import orjson

from streams.events_file import Line, record
from streams.simulate.scenarios import simulate

TIME_FIELDS = ("paid_at", "opened_at", "created_at", "promised_at", "collected_at", "previous_scan_at", "requested_at")


def dense_sale(events: int, rate: float = 10_000.0) -> Iterator[Line]:
    """`events` records with ids of their own; times within an event keep their distances."""
    simulation = simulate("double11", 1)
    begin = datetime.fromisoformat(simulation.scenario["evaluate_from"])
    live = [orjson.loads(line) for line in simulation.lines() if b'"event":{' in line.encode()]
    live = [line for line in live if _time_of(line) and _time_of(line) >= begin]
    for number, line in enumerate(itertools.islice(itertools.cycle(live), events)):
        told_at = begin + timedelta(seconds=number / rate)
        event = dict(line["event"])
        shift = told_at - datetime.fromisoformat(event["time"])
        event["id"] = f"{event['id']}-{number}"
        event["time"] = told_at.isoformat(timespec="milliseconds")
        data = dict(event["data"])
        for field in TIME_FIELDS:
            if field in data:
                data[field] = (datetime.fromisoformat(data[field]) + shift).isoformat(timespec="milliseconds")
        event["data"] = data
        yield record(orjson.dumps({"topic": line["topic"], "event": event}), number, "the dense sale")


def _time_of(line: dict) -> datetime | None:
    event = line.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict) or "id" not in event:
        return None
    try:
        return datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError):
        return None
