"""A journey: the events on one time line, with what was due, promised and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.journey.deadlines import deadlines_of
from streams.journey.etas import MovedEta, ToldEta, moved_etas, told_etas
from streams.journey.journey_event import ORDER, JourneyEvent
from streams.journey.legs import LateParcel, late_parcels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.journey.deadline import Deadline


class Step(NamedTuple):
    """An event, and the seconds since the one before of the same case (parcel, consultation, ...); None: the first."""

    event: JourneyEvent
    after_s: float | None


class Journey(NamedTuple):
    """What the events say, at `now` (ms since the epoch)."""

    now: int
    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...]
    told: tuple[ToldEta, ...]
    moved: tuple[MovedEta, ...]
    late: tuple[LateParcel, ...]


def journey_of(found: Iterable[JourneyEvent], now: int) -> Journey:
    """The journey that events make, in whichever order they were found."""
    events = sorted(found, key=lambda event: (event.time, event.tie))
    orders = orders_of(events)
    return Journey(
        now,
        tuple(_steps(events)),
        tuple(deadlines_of(events, orders, now)),
        tuple(told_etas(events, orders)),
        tuple(moved_etas(events)),
        tuple(late_parcels(events, orders)),
    )


def orders_of(events: Sequence[JourneyEvent]) -> list[str]:
    """The order of each event: the one that it names, or else the only one that its cases are named with; or ""."""
    known: dict[tuple[str, str], set[str]] = {}
    for event in events:
        if ORDER in event.fields:
            for case in event.ids().items():
                known.setdefault(case, set()).add(event.fields[ORDER])
    return [event.fields.get(ORDER) or _only_one(event, known) for event in events]


def _only_one(event: JourneyEvent, known: dict[tuple[str, str], set[str]]) -> str:
    orders = {order for case in event.ids().items() for order in known.get(case, ())}
    return orders.pop() if len(orders) == 1 else ""


def _steps(events: Sequence[JourneyEvent]) -> Iterable[Step]:
    last: dict[tuple[str, str], int] = {}
    for event in events:
        case = event.case, str(event.fields.get(event.case, ""))
        before = last.get(case)
        last[case] = event.time
        yield Step(event, None if before is None else (event.time - before) / 1000)
