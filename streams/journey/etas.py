"""Dates of delivery: those that customers were told, against the courier's, and those that the courier moved."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

from streams.journey.deadline_table import CONTRADICTS_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.journey.journey_event import JourneyEvent

_TELL: Final = frozenset({"consultation.closed", "promise.made"})
_DELIVERY: Final = "delivery"  # the kind of promise that tells a date
_MOVED: Final = "parcel.eta_changed"
_COURIERS: Final = frozenset({"parcel.collected", "parcel.scanned", "parcel.out_for_delivery", _MOVED})


class Told(enum.StrEnum):
    """How a date that was told stands to the courier's of that moment."""

    AGREES = "agrees"  # the courier's is no more than a day later
    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"  # no event says the courier's


class ToldEta(NamedTuple):
    """A date that a customer was told. Times are ms since the epoch.

    Attributes:
        courier_eta: the courier's at that moment, None where no event says it.
        by_s: seconds by which the courier's was later.
        slipped_s: seconds by which the courier moved it afterwards.

    """

    told_by: str
    case: str
    id: str
    at: int
    eta: int
    courier_eta: int | None
    state: Told
    by_s: float | None
    slipped_s: float | None


class MovedEta(NamedTuple):
    """A date that the courier moved, by so many seconds from the first. Times are ms; None: the event does not say."""

    parcel_id: str
    at: int
    first_eta: int | None
    eta: int | None
    by_s: float | None


def told_etas(events: Sequence[JourneyEvent], orders: Sequence[str]) -> list[ToldEta]:
    """In order of time; arguments as of `deadlines_of`. Only parcels of the same order have a say."""
    found = []
    for event, order in zip(events, orders, strict=True):
        if not _is_told(event):
            continue
        eta = event.fields["eta"]
        courier = [one for one, other in zip(events, orders, strict=True) if order == other != "" and _is_couriers(one)]
        then, last = _then(courier, event.time), _last(courier)
        state = Told.UNKNOWN
        if then is not None:
            state = Told.CONTRADICTED if then - eta > CONTRADICTS_MS else Told.AGREES
        found.append(
            ToldEta(
                event.type,
                event.case,
                event.fields.get(event.case, ""),
                event.time,
                eta,
                then,
                state,
                None if then is None else (then - eta) / 1000,
                None if then is None or last is None else (last - then) / 1000,
            )
        )
    return found


def moved_etas(events: Sequence[JourneyEvent]) -> list[MovedEta]:
    """In order of time."""
    found = []
    for event in events:
        if event.type == _MOVED:
            first, eta = event.fields.get("first_eta"), event.fields.get("eta")
            by_s = None if first is None or eta is None else (eta - first) / 1000
            found.append(MovedEta(event.fields.get(event.case, ""), event.time, first, eta, by_s))
    return found


def _last(courier: Sequence[JourneyEvent]) -> int | None:
    said = [event.fields["eta"] for event in courier if "eta" in event.fields]
    return said[-1] if said else None


def _is_told(event: JourneyEvent) -> bool:
    return event.type in _TELL and event.fields.get("kind", _DELIVERY) == _DELIVERY and "eta" in event.fields


def _is_couriers(event: JourneyEvent) -> bool:
    return event.type in _COURIERS and ("eta" in event.fields or "first_eta" in event.fields)


def _then(courier: Sequence[JourneyEvent], moment: int) -> int | None:
    """The courier's date at a moment: the last that was said, or else the first that is said afterwards.

    A change says what the date was before.
    """
    before = [event.fields["eta"] for event in courier if event.time <= moment and "eta" in event.fields]
    after = [event.fields.get("first_eta", event.fields.get("eta")) for event in courier if event.time > moment]
    found = before[-1:] or after[:1]
    return found[0] if found else None
