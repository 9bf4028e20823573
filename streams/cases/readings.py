"""What the metrics endpoint shows of a partition of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.cases.partition import CasesPartition
    from streams.catalogue.metric import Metric


class MemoryReading(NamedTuple):
    """One memory of a partition.

    Attributes:
        events: the types whose marks it holds, in one text.
        by: the field that names their cases.
        marks: that it holds.
        since_ms: how far back it reaches; None while it holds nothing.
        forgotten: marks that it let go of before their time, because there was no room.

    """

    events: str
    by: str
    marks: int
    since_ms: int | None
    forgotten: int


class CasesReading(NamedTuple):
    """One partition.

    Attributes:
        frontier_ms: slots below it are decided; NO_WATERMARK before every source has reported.
        waiting: marks that are not decided yet.
        skipped: marks that were never looked at, by reason.
        memories: what is remembered.
        unknown: by the name of the metric, events whose case is not known.

    """

    frontier_ms: int
    waiting: int
    skipped: Mapping[str, int]
    memories: list[MemoryReading]
    unknown: Mapping[str, int]


def reading(cases: CasesPartition, metrics: Sequence[Metric]) -> CasesReading:
    """The reading of a partition as it stands; `metrics` are those of its catalogue."""
    cases.settle()
    waiting = [marks for state in cases.roles.values() for marks in (state.waiting, state.late)]
    return CasesReading(
        frontier_ms=cases.frontier_ms,
        waiting=sum(len(marks) for marks in waiting),
        skipped={
            "no_room": sum(marks.dropped for marks in waiting),
            "missed": cases.missed,
            "unknown_role": cases.unknown_role,
            "crowded": cases.crowded,
        },
        memories=[
            MemoryReading(
                "+".join(sorted(store.role.events)),
                store.role.by + (f"+{store.role.also}" if store.role.also else ""),
                len(store.memory),
                store.memory.since_ms,
                store.memory.forgotten,
            )
            for store in cases.stores
        ],
        unknown={metrics[number].name: count for number, count in cases.unknown.counts.items()},
    )
