"""Sends the records of an events file to Kafka in slices of ingest time (10 s at most), as fast as it goes or paced."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from confluent_kafka import Producer

from streams.offline.headway import Sent, Stop
from streams.settings.errors import OutageError
from streams.topics.names import ACTIONS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from streams.broker.connection import Connection
    from streams.offline.events_file import Line
    from streams.offline.headway import Headway

LONGEST_GAP_MS = 3_600_000  # of ingest time without records: more of it is skipped, whatever the speed
SLICE_MS = 10_000
HISTORY_SLICE_MS = 3_600_000  # what no detector looks at goes in larger portions: a batch of one record costs a fetch
FINE_BEFORE_MS = 900_000  # ends so long before it is paced
PATIENCE_S = 30.0
_POLL_EVERY = 2_000
_OVERHEAD = 70  # bytes of a record in a small batch beside its key and value
_NOTHING = Sent(0, 0)


class ReplayError(OutageError):
    """The broker did not take the records; the message says what to do."""


@dataclass
class Progress:
    """How far a replay has come: records acknowledged, and the ingest time of the last."""

    sent: int = 0
    at_ms: int = 0
    started_ms: int = 0


class Never:
    """A stop that never comes."""

    def is_set(self) -> bool:
        """No."""
        return False

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep."""
        time.sleep(timeout or 0)
        return False


def replay(
    lines: Iterable[Line],
    connection: Connection,
    partitions: Mapping[str, int],
    *,
    speed: float = 0.0,
    paced_from_ms: int = 0,
    stop: Stop | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    headway: Headway | None = None,
) -> Progress:
    """Sends all records; returns how many were acknowledged.

    Each slice is acknowledged before the next is sent, so that no topic runs ahead of another.

    Args:
        lines: in the order of ingest.
        connection: the way to the brokers.
        partitions: how many each topic has.
        speed: seconds of ingest time per second; 0 is as fast as it goes.
        paced_from_ms: ingest time before which nothing is paced (history goes in at once).
        stop: ends it between two slices, or while it waits.
        report: called after every slice.
        headway: holds it back where the broker would drop what the workers have not read.

    Raises:
        ReplayError: the broker cannot be reached or refuses a record.

    """
    stop = stop or Never()
    progress = Progress()
    sender = _Sender(connection, partitions, headway)
    clock = _Pace(speed, paced_from_ms)
    for slice_ms, records in _slices(lines, _paced_slice_ms(speed), paced_from_ms):
        if stop.is_set() or clock.wait_until(slice_ms, stop):
            break
        count, last_ms = sender.send(records, stop)
        progress.started_ms = progress.started_ms or last_ms
        progress.sent += count
        progress.at_ms = last_ms
        report(progress)
    return progress


def _paced_slice_ms(speed: float) -> int:
    """A quarter of a second of wall time, so that what is paced flows; never longer than 10 s of ingest time."""
    return max(100, min(SLICE_MS, round(speed * 250))) if speed > 0 else SLICE_MS


def _slices(lines: Iterable[Line], paced_ms: int, paced_from_ms: int) -> Iterator[tuple[int, Iterator[Line]]]:
    """Slices by the largest ingest time so far: a record that is stamped earlier goes with its neighbours."""
    largest = -(2**62)

    def slice_of(line: Line) -> int:
        nonlocal largest
        length = paced_ms
        if line.at_ms < paced_from_ms:
            length = HISTORY_SLICE_MS if line.at_ms < paced_from_ms - FINE_BEFORE_MS else SLICE_MS
        largest = max(largest, line.at_ms // length * length)
        return largest

    return groupby(lines, slice_of)


class _Pace:
    """Wall time against ingest time, from the first slice that is paced. Of a gap an hour is waited at most."""

    def __init__(self, speed: float, from_ms: int) -> None:
        self._speed = speed
        self._from_ms = from_ms
        self._origin: tuple[float, int] | None = None
        self._last_ms = 0

    def wait_until(self, slice_ms: int, stop: Stop) -> bool:
        """Waits until a slice is over (its records are all due); true when asked to stop."""
        if self._speed <= 0 or slice_ms < self._from_ms:
            return False
        now = time.monotonic()
        if self._origin is None:
            self._origin = (now, slice_ms)
        elif slice_ms - self._last_ms > LONGEST_GAP_MS:
            self._origin = (self._origin[0], self._origin[1] + slice_ms - self._last_ms - LONGEST_GAP_MS)
        self._last_ms = slice_ms
        start, start_ms = self._origin
        due = start + (slice_ms - start_ms) / 1000 / self._speed
        return due > now and stop.wait(due - now)


class _Sender:
    """Produces and waits for every acknowledgement; the first error ends it."""

    def __init__(self, connection: Connection, partitions: Mapping[str, int], headway: Headway | None) -> None:
        self._broker = connection.broker
        self._partitions = partitions
        self._headway = headway
        self._producer = Producer(_configuration(connection))
        self._failure = ""
        self._sent: dict[tuple[str, int], Sent] = {}

    def send(self, records: Iterator[Line], stop: Stop) -> tuple[int, int]:
        """One slice; how many records, and the ingest time of the last."""
        produce, poll, partitions = self._producer.produce, self._producer.poll, self._partitions
        headway, sent = self._headway, self._sent
        count, last_ms = 0, 0
        for line in records:
            place = line.partition(partitions[line.topic])
            arguments: dict[str, Any] = {"partition": place, "on_delivery": self._delivered}
            if line.topic != ACTIONS_TOPIC:  # which is kept by the wall clock, whatever the events say
                arguments["timestamp"] = line.at_ms
            while True:
                try:
                    produce(line.topic, line.event, line.key, headers=line.headers or None, **arguments)
                    break
                except BufferError:  # the queue is full: let acknowledgements come in
                    poll(0.1)
            count += 1
            last_ms = line.at_ms
            if headway is not None:
                before, size = sent.get((line.topic, place), _NOTHING)
                sent[line.topic, place] = Sent(
                    before + 1, size + len(line.event or b"") + len(line.key or b"") + _OVERHEAD
                )
            if count % _POLL_EVERY == 0:
                poll(0)
                if headway is not None:
                    headway.wait(sent, stop)
        self._settle(stop)
        if headway is not None:
            headway.wait(sent, stop)
        return count, last_ms

    def _settle(self, stop: Stop) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self._producer.flush(0.5) and not self._failure:
            if stop.is_set() or time.monotonic() > deadline:
                break
        if self._failure:
            raise ReplayError(_unreachable(self._broker, self._failure))
        if len(self._producer) and not stop.is_set():
            raise ReplayError(_unreachable(self._broker, f"no acknowledgement within {PATIENCE_S:.0f} s"))

    def _delivered(self, error: Any, _message: Any) -> None:
        if error is not None and not self._failure:
            self._failure = str(error)


def _configuration(connection: Connection) -> dict[str, Any]:
    own = {
        "client.id": "pharos-replay",
        "compression.type": "lz4",
        "linger.ms": 20,
        "acks": "all",
        "enable.idempotence": True,
        "queue.buffering.max.messages": 200_000,
        "message.max.bytes": 2_000_000,
        "delivery.timeout.ms": int(PATIENCE_S * 1000),
        "socket.connection.setup.timeout.ms": 5_000,
        "log_level": 2,
    }
    return connection.for_librdkafka(own)


def _unreachable(broker: str, why: object) -> str:
    return f"broker {broker} did not take the records ({why}); is it running? check --broker, or start: pharos broker"
