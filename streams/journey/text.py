"""A journey as lines of text, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from streams.events.fields import Kind
from streams.journey.deadline import DeadlineState
from streams.journey.etas import Told
from streams.journey.legs import Leg
from streams.records.instant import clock_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from streams.journey.deadline import Deadline
    from streams.journey.etas import MovedEta, ToldEta
    from streams.journey.journey import Journey, Step
    from streams.journey.legs import LateParcel

_NAMES: Final = {
    "collection_24h": "collection within 24 h",
    "collection_48h": "collection within 48 h",
    "delivery": "promised delivery",
    "next_scan": "next tracking update",
    "promise": "promise",
    "case": "case",
    "first_reply": "first reply",
    "refund": "refund",
    "dispute": "dispute",
}
_STATES: Final = {
    DeadlineState.KEPT: "in time",
    DeadlineState.WITHDRAWN: "withdrawn",
    DeadlineState.FAILED: "failed",
    DeadlineState.LATE: "late",
    DeadlineState.OPEN: "open",
    DeadlineState.OVERDUE: "overdue",
    DeadlineState.EXPIRED: "expired",
    DeadlineState.DONE: "done",
    DeadlineState.WAITING: "waiting",
    DeadlineState.UNKNOWN: "unknown",
}


def journey_lines(journey: Journey, zone: tzinfo) -> Iterator[str]:
    """The time line, then deadlines and dates, each with its state; `zone` is the shop's.

    What events say is printed without its control characters: a terminal would obey them.
    """
    for step in journey.steps:
        yield printable(_step(step, zone))
    rows = [
        *(_deadline(row, zone) for row in journey.deadlines),
        *(_told(row, zone) for row in journey.told),
        *(_moved(row, zone) for row in journey.moved),
        *(_late(row) for row in journey.late),
    ]
    if rows:
        yield ""
        yield f"Deadlines and promises at {clock_time(journey.now, zone)}"
        yield from (printable(f"  {row}") for row in rows)


def printable(text: str) -> str:
    """The text with a sign in place of each that is not printed.

    >>> printable("TB1" + chr(27) + "[2J")
    'TB1\ufffd[2J'
    """
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def lasting(seconds: float) -> str:
    """The two largest units of a duration, whatever its sign.

    >>> lasting(-7_260), lasting(93_600), lasting(42)
    ('2 h 1 min', '1 d 2 h', '42 s')
    """
    whole = round(abs(seconds))
    for size, unit, part, smaller in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def _step(step: Step, zone: tzinfo) -> str:
    event = step.event
    said = [f"{name}={_value(event.kinds[name], value, zone)}" for name, value in event.fields.items()]
    after = "" if step.after_s is None else f"  (+{lasting(step.after_s)})"
    return f"{clock_time(event.time, zone)}  {event.type}{after}  {' '.join(said)}".rstrip()


def _value(kind: Kind, value: Any, zone: tzinfo) -> str:
    if kind is Kind.TIME:
        return clock_time(value, zone)
    if kind is Kind.SECONDS:
        return f"{value:g} s"
    return str(value).lower() if kind is Kind.FLAG else str(value)


def _deadline(row: Deadline, zone: tzinfo) -> str:
    words = [f"{_NAMES.get(row.name, row.name)} {row.id}: {_STATES[row.state]}"]
    if row.by_s is not None:
        words.append(f"{lasting(row.by_s)} {'before it was due' if row.by_s <= 0 else 'after it was due'}")
    elif row.took_s is not None:
        words.append(f"after {lasting(row.took_s)}")
    if row.due_at is not None:
        words.append(f"due {clock_time(row.due_at, zone)}")
    if row.closed_by and row.closed_at is not None:
        words.append(f"{row.closed_by} {clock_time(row.closed_at, zone)}")
    if row.missing:
        words.append(f"missing: {', '.join(row.missing)}")
    if row.uncounted:
        words.append(f"not counted by the metrics, for {row.closed_by} has no {row.uncounted}")
    return ", ".join(words)


def _told(row: ToldEta, zone: tzinfo) -> str:
    told = f"delivery told by {row.told_by} {row.id}: {clock_time(row.eta, zone)}"
    if row.state is Told.UNKNOWN or row.courier_eta is None or row.by_s is None:
        return f"{told}, the courier's date is unknown"
    side = "later" if row.by_s >= 0 else "earlier"
    words = f"{told}, {row.state.value}: the courier's was {clock_time(row.courier_eta, zone)}"
    words += f", {lasting(row.by_s)} {side}" if row.by_s else ""
    return words + (f"; the courier moved it by {lasting(row.slipped_s)} afterwards" if row.slipped_s else "")


def _moved(row: MovedEta, zone: tzinfo) -> str:
    first, eta = ("unknown" if at is None else clock_time(at, zone) for at in (row.first_eta, row.eta))
    by = "" if not row.by_s else f", {lasting(row.by_s)} {'later' if row.by_s > 0 else 'earlier'}"
    return f"expected arrival of {row.parcel_id} moved: {first} to {eta}{by}"


def _late(row: LateParcel) -> str:
    late = f"parcel {row.parcel_id} came {lasting(row.late_s)} late"
    if row.accountable is Leg.UNKNOWN or row.shop_s is None or row.carrier_s is None:
        return f"{late}; whose leg is unknown, missing: {', '.join(row.missing)}"
    legs = [
        f"the {name}'s leg took {lasting(seconds)} {'too long' if seconds > 0 else 'less than it had'}"
        for name, seconds in (("shop", row.shop_s), ("carrier", row.carrier_s))
    ]
    return f"{late}; accountable: the {row.accountable.value} ({', '.join(legs)})"
