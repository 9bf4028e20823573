"""A dense sale: the live events of the simulated Double 11, told again at a steady rate.

The simulation takes half a minute, so its live events, and whole sales told from them, are kept under .cache/bench
until the simulation changes.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import itertools
import mmap
import random
import struct
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from confluent_kafka import Producer

from streams.offline.events_file import Line, record
from streams.scenarios.named import simulate
from streams.settings.settings import SOURCE_TOPICS
from streams.topics.placement import murmur2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Spoil = Callable[[float, dict[str, Any]], dict[str, Any]]

PROJECT = Path(__file__).parent.parent
CACHE = PROJECT / ".cache" / "bench"
BEGIN = datetime(2026, 11, 10, 22, 30, tzinfo=timezone(timedelta(hours=8)))
TIME_FIELDS = ("paid_at", "opened_at", "created_at", "promised_at", "collected_at", "previous_scan_at", "requested_at")
_HEAD = struct.Struct("<BIqHI")  # topic, hash of what places it, time of ingest, lengths of key and event


class Placed(NamedTuple):
    """A record ready to be sent: its partition is `hash` modulo their number."""

    topic: str
    hash: int
    at_ms: int
    key: bytes | None
    event: bytes


def dense_sale(
    events: int,
    rate: float = 10_000.0,
    begin: datetime = BEGIN,
    spoil: Spoil | None = None,
    *,
    even: bool = False,
) -> Iterator[Line]:
    """`events` records with ids of their own, `rate` of them a second; times within an event keep their distances.

    `spoil` may change an event, told at so many seconds after the begin. `even` mixes the events, so that the faults
    of the simulation are spread over all of it and every minute is like another.
    """
    for number, (line, time) in enumerate(itertools.islice(itertools.cycle(_timed_lines(even)), events)):
        told_at = begin + timedelta(seconds=number / rate)
        event = dict(line["event"])
        shift = told_at - time
        event["id"] = f"{event['id']}-{number}"
        event["time"] = told_at.isoformat(timespec="milliseconds")
        data = dict(event["data"])
        for field in TIME_FIELDS:
            if field in data:
                data[field] = (datetime.fromisoformat(data[field]) + shift).isoformat(timespec="milliseconds")
        event["data"] = data
        if spoil is not None:
            event = spoil(number / rate, event)
        yield record(orjson.dumps({"topic": line["topic"], "event": event}), number, "the dense sale")


def many_stores(stores: int) -> Spoil:
    """Gives each event that has a store the next of so many, by type."""
    numbers: Counter[str] = Counter()

    def spoil(_seconds: float, event: dict[str, Any]) -> dict[str, Any]:
        if "store" not in event["data"]:
            return event
        numbers[event["type"]] += 1
        store = f"store-{numbers[event['type']] % stores:05d}"
        return event | {"data": event["data"] | {"store": store}}

    return spoil


def placed_sale(events: int, rate: float = 10_000.0) -> Iterator[Placed]:
    """The plain dense sale, kept."""
    return kept(f"sale-{events}-{rate:.0f}", lambda: dense_sale(events, rate))


def kept(name: str, make: Callable[[], Iterator[Line]]) -> Iterator[Placed]:
    """The records of a sale from the cache, at a microsecond each; the first time they are made."""
    path = CACHE / f"{name}-{_fingerprint()}.bin"
    if not path.exists():
        _write_whole(path, map(_frame, make()))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = 0
        while place < len(data):
            topic, hashed, at_ms, key_size, size = _HEAD.unpack_from(data, place)
            event_at = place + _HEAD.size + key_size
            key = data[place + _HEAD.size : event_at] if key_size else None
            yield Placed(SOURCE_TOPICS[topic], hashed, at_ms, key, data[event_at : event_at + size])
            place = event_at + size


def placed(line: Line) -> Placed:
    """A line that is ready to be sent."""
    return Placed(line.topic, murmur2(line.name) & 0x7FFFFFFF, line.at_ms, line.key, line.event)


def send(records: Iterable[Placed], broker: str, partitions: int, suffix: str = "", linger_ms: int = 50) -> int:
    """Produce all of them, to topics whose names end in `suffix`; returns how many.

    Raises RuntimeError where the broker did not take them within a minute.
    """
    producer = Producer(
        {
            "bootstrap.servers": broker,
            "compression.type": "lz4",
            "linger.ms": linger_ms,
            "queue.buffering.max.messages": 500_000,
            "queue.buffering.max.kbytes": 1 << 20,
        }
    )
    count = 0
    for topic, hashed, at_ms, key, event in records:
        while True:
            try:
                producer.produce(topic + suffix, event, key, partition=hashed % partitions, timestamp=at_ms)
                break
            except BufferError:
                producer.poll(0.1)
        count += 1
        if count % 10_000 == 0:
            producer.poll(0)
    if left := producer.flush(60):
        raise RuntimeError(f"{left} of {count} records were not acknowledged by {broker} within a minute")
    return count


def _frame(line: Line) -> bytes:
    topic, hashed, at_ms, key, event = placed(line)
    head = (SOURCE_TOPICS.index(topic), hashed, at_ms, len(key or b""), len(event))
    return _HEAD.pack(*head) + (key or b"") + event


@functools.cache
def _timed_lines(even: bool) -> list[tuple[dict[str, Any], datetime]]:
    """The live lines with the times of their events; reading them takes as long as making a hundred thousand events."""
    gc.disable()  # it would walk over all that stays, again and again
    lines = [orjson.loads(line) for line in _live_lines()]
    if even:
        random.Random(1).shuffle(lines)
    timed = [(line, datetime.fromisoformat(line["event"]["time"])) for line in lines]
    gc.freeze()
    gc.enable()
    return timed


def _live_lines() -> list[bytes]:
    """Those of the evaluated hours that are events with a time; the simulation's first lines are broken on purpose."""
    path = CACHE / f"live-{_fingerprint()}.jsonl"
    if not path.exists():
        simulation = simulate("double11", 1)
        begin = datetime.fromisoformat(simulation.scenario["evaluate_from"])
        wanted = (line.encode() for line in simulation.lines() if '"event":{' in line)
        _write_whole(path, (line.rstrip() + b"\n" for line in wanted if (time := _time_of(line)) and time >= begin))
    return path.read_bytes().splitlines()


def _time_of(line: bytes) -> datetime | None:
    event = orjson.loads(line)["event"]
    if not isinstance(event.get("data"), dict) or "id" not in event:
        return None
    try:
        return datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError):
        return None


def _write_whole(path: Path, parts: Iterable[bytes]) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb", 1 << 20) as file:
        file.writelines(parts)
    unfinished.replace(path)
    for old in CACHE.glob("*-*-*.bin"):
        if _fingerprint() not in old.name:
            old.unlink()


def _fingerprint() -> str:
    """Changes with the code that makes the events."""
    sources = [*sorted((PROJECT / "streams" / "simulate").glob("*.py")), Path(__file__)]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:8]
