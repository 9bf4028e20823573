"""What the composition root hands to a worker: how to make the pure parts, and whom to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from streams.topics.names import VERDICTS_TOPIC

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from faust.types import TP

    from streams.records.anomaly import Transition
    from streams.records.verdicts import TickVerdicts
    from streams.transport.flush.flush import Flusher
    from streams.transport.log.cases_agent import CaseMemory, CaseSnapshot
    from streams.transport.log.cells_agent import Merge
    from streams.transport.log.incident_agent import Desk
    from streams.transport.source.source_partition import Flush, Ingest


def _ignore(*_: object) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Ingests:
    """The ingest side.

    Attributes:
        sources: partitions of each source topic; the worker enters those that are added while it runs.
        make: a fresh ingest partition; also called when a partition starts again from its commit.
        on_flushed: after each flush that took place, with what it held.
        on_flush_ended: after each flush: "committed" or why not, and the seconds it took.
        customer_key: the fingerprint of the key that hashes customers; "" without one.
        make_flusher: only tests give one.

    """

    sources: dict[str, int]
    make: Callable[[TP], Ingest]
    on_flushed: Callable[[TP, Flush], None] = _ignore
    make_flusher: Callable[[TP], Flusher] | None = None
    on_flush_ended: Callable[[TP, str, float], None] = _ignore
    customer_key: str = ""


@dataclass(frozen=True)
class Merges:
    """The merge side.

    Attributes:
        make: a fresh merge of a cells partition.
        needed: names of the chunks that a manifest needs.
        on_judged: after each tick at which detectors ran: the cells partition, and the seconds it took.

    """

    make: Callable[[int], Merge]
    needed: Callable[[bytes], set[str]]
    on_judged: Callable[[int, float], None] = _ignore


@dataclass(frozen=True)
class Cases:
    """What one event says of another.

    Attributes:
        make: a fresh memory of a partition of cases, and what writes its snapshots.
        needed: names of the chunks that a manifest needs.

    """

    make: Callable[[int], tuple[CaseMemory, CaseSnapshot]]
    needed: Callable[[bytes], set[str]]


@dataclass(frozen=True)
class Incidents:
    """The incident side.

    Attributes:
        make: a fresh desk.
        encode: a transition as (key, value) of its record.
        on_transitions: after the transaction that published them; must not block.
        on_tick: every record of pharos-verdicts, as it is read; must not block.

    """

    make: Callable[[], Desk]
    encode: Callable[[Transition], tuple[bytes, bytes]]
    on_transitions: Callable[[Sequence[Transition]], None] = _ignore
    on_tick: Callable[[TickVerdicts], None] = _ignore
    topic: str = VERDICTS_TOPIC
