"""A Pathway groupby over all topics. It reads, decodes and counts in Rust, a commit of its default 1.5 s at a time."""

import os

import pathway as pw

from benchmarks.rivals.aggregate import Meter, arguments

options = arguments()
meter = Meter(options.events)


class Event(pw.Schema):
    type: str
    time: str
    region: str = pw.column_definition(default_value="")


PLACES = {"type": "/type", "time": "/time", "region": "/data/region"}


def read(topic: str) -> pw.Table:
    settings = {"bootstrap.servers": options.broker, "group.id": options.group, "auto.offset.reset": "earliest"}
    return pw.io.kafka.read(settings, topic, schema=Event, format="json", json_field_paths=PLACES)


events = pw.Table.concat_reindex(*(read(topic) for topic in options.topics))
keys = events.select(pw.this.type, pw.this.region, minute=pw.this.time.str.slice(0, 16))
counts = keys.groupby(pw.this.type, pw.this.region, pw.this.minute).reduce(
    pw.this.type, pw.this.region, pw.this.minute, count=pw.reducers.count()
)


def on_change(key: pw.Pointer, row: dict, time: int, is_addition: bool) -> None:
    meter.seen += row["count"] if is_addition else -row["count"]
    meter.counts[row["type"], row["region"], row["minute"]] += row["count"] if is_addition else -row["count"]


def on_time_end(time: int) -> None:
    if meter.done:
        meter.report()
        os._exit(0)


pw.io.subscribe(counts, on_change=on_change, on_time_end=on_time_end)

if __name__ == "__main__":
    meter.begin()  # its first commit may hold all events, so there is no first one to see
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
