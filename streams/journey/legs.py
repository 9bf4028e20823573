"""Whose leg made a parcel late: the shop's, from payment to collection, or the carrier's, from there to the door.

As the metric late_by_leg has it: the shop's, where it took longer than it has; else the carrier's.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from streams.journey.deadline_table import SHOP_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.journey.journey_event import JourneyEvent


class Leg(enum.StrEnum):
    """Whose it is."""

    SHOP = "shop"
    CARRIER = "carrier"
    UNKNOWN = "unknown"  # an event is missing


class LateParcel(NamedTuple):
    """A parcel that came after it was promised. What its two legs took too long adds up to what it was late.

    Attributes:
        late_s: seconds after the promise.
        shop_s, carrier_s: seconds that a leg took beyond what it had, negative where it was faster; None: unknown.
        accountable: the shop where its leg took too long, whatever the carrier's did afterwards.
        missing: types of events that would tell.

    """

    parcel_id: str
    late_s: float
    shop_s: float | None
    carrier_s: float | None
    accountable: Leg
    missing: tuple[str, ...]


def late_parcels(events: Sequence[JourneyEvent], orders: Sequence[str]) -> list[LateParcel]:
    """Those that were delivered late, in order of time; arguments as of `deadlines_of`."""
    found = []
    for event, order in zip(events, orders, strict=True):
        parcel = event.fields.get("parcel_id", "") if event.type == "parcel.delivered" else ""
        if not parcel:
            continue
        of_parcel = [e for e in events if e.type == "parcel.collected" and e.fields.get("parcel_id") == parcel]
        of_order = [e for e, o in zip(events, orders, strict=True) if e.type == "order.paid" and o == order != ""]
        collected, paid = (next(iter(one), None) for one in (of_parcel, of_order))
        promised = (collected or event).fields.get("promised_at", event.fields.get("promised_at"))
        if promised is not None and event.time > promised:
            paid_at = event.fields.get("paid_at") if paid is None else paid.time
            collected_at = event.fields.get("collected_at") if collected is None else collected.time
            found.append(_late(parcel, (event.time - promised) / 1000, paid_at, collected_at))
    return found


def _late(parcel: str, late_s: float, paid_at: int | None, collected_at: int | None) -> LateParcel:
    if collected_at is None or paid_at is None:
        told = {"order.paid": paid_at, "parcel.collected": collected_at}
        missing = tuple(name for name, moment in told.items() if moment is None)
        return LateParcel(parcel, late_s, None, None, Leg.UNKNOWN, missing)
    shop_s = (collected_at - paid_at - SHOP_MS) / 1000
    carrier_s = late_s - shop_s
    return LateParcel(parcel, late_s, shop_s, carrier_s, Leg.SHOP if shop_s > 0 else Leg.CARRIER, ())
