"""The simulated shop of `pharos demo`, in a process of its own: it and the worker would slow each other down."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.events.event_time import event_time_ms
from streams.events_file import record
from streams.replay import Progress, replay
from streams.settings import SOURCE_TOPICS
from streams.simulate.scenarios import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.connection import Connection
    from streams.events_file import Line

PARTITIONS = 4
_AHEAD_MOST = 60_000  # records the shop may run ahead of the worker: the embedded broker keeps little


class Book(NamedTuple):
    """What shop and worker tell each other, in shared memory.

    Attributes:
        read: records the worker has read.
        sent: records that were acknowledged.
        at_ms: ingest time of the last of them.
        started_ms: ingest time of the first.
        live: set when the history is in.
        stop: set when the demo ends.

    """

    read: Any
    sent: Any
    at_ms: Any
    started_ms: Any
    live: Any
    stop: Any


def keep_shop(scenario: str, seed: int, speed: float, connection: Connection, book: Book) -> None:
    """Sends the scenario: the history at once, the live part at `speed`. Ctrl-C is for the parent to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    simulation = simulate(scenario, seed, "demo")
    live_from = event_time_ms(simulation.scenario["evaluate_from"]) or 0

    def note(progress: Progress) -> None:
        book.sent.value, book.at_ms.value, book.started_ms.value = progress.sent, progress.at_ms, progress.started_ms
        if progress.at_ms >= live_from:
            book.live.set()
        while progress.sent - book.read.value > _AHEAD_MOST and not book.stop.is_set():
            book.stop.wait(0.02)

    partitions = dict.fromkeys(SOURCE_TOPICS, PARTITIONS)
    lines = _records(simulation.lines())
    replay(lines, connection, partitions, speed=speed, paced_from_ms=live_from, stop=book.stop, report=note)


def _records(lines: Iterator[str]) -> Iterator[Line]:
    next(lines)  # the header
    for number, line in enumerate(lines, 2):
        yield record(line.encode(), number, "the simulation")
