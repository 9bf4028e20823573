"""What the aborted transaction of a new owner touches: a record for each partition that flushes of a source write.

A flush of the previous owner that broke off may have left a transaction without its end there (decision 0001).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.topics.names import CASES_TOPIC, CELLS_TOPIC, DEAD_LETTERS_TOPIC, SINGLE_EVENTS_TOPIC, SNAPSHOTS_TOPIC
from streams.transport.flush.flush import FlushContent, OutRecord

if TYPE_CHECKING:
    from faust.types import TP

_KEY = b"aborted"  # a compacted topic takes no record without a key


def abort_of_source(source: TP, cells_partitions: int) -> FlushContent:
    """Of a source partition: all of pharos-cells and pharos-cases, that of single events, that of its dead letters."""
    dead = OutRecord(DEAD_LETTERS_TOPIC, None, dead_letter_key(source))
    single = OutRecord(SINGLE_EVENTS_TOPIC, None, _KEY, 0)
    return FlushContent(source, 0, "", [*_of_all((CELLS_TOPIC, CASES_TOPIC), cells_partitions), single, dead])


def abort_of_log(log: TP, cells_partitions: int) -> FlushContent:
    """Of a log that is followed with a state: its partition of pharos-snapshots; what follows cases writes cells too.

    Partitions of pharos-anomalies are not among them: a transition that is published twice carries the same id.
    """
    cells = _of_all((CELLS_TOPIC,), cells_partitions) if log.topic == CASES_TOPIC else []
    return FlushContent(log, 0, "", [*cells, OutRecord(SNAPSHOTS_TOPIC, None, _KEY, log.partition)])


def _of_all(topics: tuple[str, ...], partitions: int) -> list[OutRecord]:
    return [OutRecord(topic, None, _KEY, number) for topic in topics for number in range(partitions)]


def dead_letter_key(source: TP) -> bytes:
    """Dead letters of one source partition stay in order."""
    return f"{source.topic}-{source.partition}".encode()
