"""What the aborted transaction of a new owner touches: a record for each partition that flushes of a source write.

A flush of the previous owner that broke off may have left a transaction without its end there (decision 0001).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.topics.names import CELLS_TOPIC, DEAD_LETTERS_TOPIC, SNAPSHOTS_TOPIC
from streams.transport.flush.flush import FlushContent, OutRecord

if TYPE_CHECKING:
    from faust.types import TP

_KEY = b"aborted"  # a compacted topic takes no record without a key


def abort_of_source(source: TP, cells_partitions: int) -> FlushContent:
    """Of a source partition: every partition of pharos-cells, and the one that its dead letters go to."""
    cells = [OutRecord(CELLS_TOPIC, None, _KEY, number) for number in range(cells_partitions)]
    return FlushContent(source, 0, "", [*cells, OutRecord(DEAD_LETTERS_TOPIC, None, dead_letter_key(source))])


def abort_of_log(log: TP) -> FlushContent:
    """Of a log that is followed with a state: its partition of pharos-snapshots.

    Partitions of pharos-anomalies are not among them: a transition that is published twice carries the same id.
    """
    return FlushContent(log, 0, "", [OutRecord(SNAPSHOTS_TOPIC, None, _KEY, log.partition)])


def dead_letter_key(source: TP) -> bytes:
    """Dead letters of one source partition stay in order."""
    return f"{source.topic}-{source.partition}".encode()
