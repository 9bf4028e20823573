"""The simulated shop of `pharos demo`, in a process of its own: it and the worker would slow each other down."""

from __future__ import annotations

import enum
import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.events.event_time import event_time_ms
from streams.offline.events_file import record
from streams.offline.replay import Progress, replay
from streams.scenarios.named import simulate
from streams.settings.settings import SOURCE_TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.broker.connection import Connection
    from streams.offline.events_file import Line

PARTITIONS = 4
_AHEAD_MOST = 60_000  # records the shop may run ahead of the worker: the embedded broker keeps little
_UNMERGED_MOST_MS = 36 * 3_600_000  # of the history; the embedded broker keeps the counts of some three days
_AHEAD_MOST_MS = 5 * 60_000  # of shop time, by which it may run ahead of what is judged: what is older is no news


class Behind(enum.Enum):
    """Why the shop waits: the worker is so far behind."""

    READING = enum.auto()
    MERGING = enum.auto()
    JUDGING = enum.auto()


class Book(NamedTuple):
    """What shop and worker tell each other, in shared memory.

    Attributes:
        read: records the worker has read.
        merged_ms: event time up to which it has added up what it counted; less than 0 before the first.
        judged_ms: the last tick whose anomalies it has handled; less than 0 before the first.
        sent: records that were acknowledged.
        at_ms: ingest time of the last of them.
        started_ms: ingest time of the first.
        live: set when the worker has learnt the history.
        stop: set when the demo ends.

    """

    read: Any
    merged_ms: Any
    judged_ms: Any
    sent: Any
    at_ms: Any
    started_ms: Any
    live: Any
    stop: Any


def keep_shop(scenario: str, seed: int, speed: float, connection: Connection, book: Book) -> None:
    """Sends the scenario: the history at once, the live part at `speed`, or as the worker keeps up.

    Ctrl-C and SIGTERM, which may come to the whole process group, are for the parent to handle.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    simulation = simulate(scenario, seed, "demo")
    live_from = event_time_ms(simulation.scenario["evaluate_from"]) or 0

    def note(progress: Progress) -> None:
        book.sent.value, book.at_ms.value, book.started_ms.value = progress.sent, progress.at_ms, progress.started_ms
        while (
            behind(progress, book.read.value, book.merged_ms.value, book.judged_ms.value, live_from)
            and not book.stop.is_set()
        ):
            book.stop.wait(0.02)
        if book.judged_ms.value >= live_from:
            book.live.set()

    partitions = dict.fromkeys(SOURCE_TOPICS, PARTITIONS)
    lines = _records(simulation.lines())
    replay(lines, connection, partitions, speed=speed, paced_from_ms=live_from, stop=book.stop, report=note)


def _end_with_parent() -> None:
    """Nobody else ends it where the parent was killed, or did not stop in time."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(0)


def behind(progress: Progress, read: int, merged_ms: int, judged_ms: int, live_from_ms: int) -> Behind | None:
    """Whether the shop has to wait, and for what. Before `live_from_ms` nothing is judged."""
    if progress.sent - read > _AHEAD_MOST:
        return Behind.READING
    if progress.at_ms - max(merged_ms, progress.started_ms) > _UNMERGED_MOST_MS:
        return Behind.MERGING
    if progress.at_ms - max(judged_ms, live_from_ms) > _AHEAD_MOST_MS:
        return Behind.JUDGING
    return None


def _records(lines: Iterator[str]) -> Iterator[Line]:
    next(lines)  # the header
    for number, line in enumerate(lines, 2):
        yield record(line.encode(), number, "the simulation")
