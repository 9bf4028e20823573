"""Shops of the zoo with a name, each with incidents that must be found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from benchmarks.zoo.dimension import Dimension
from benchmarks.zoo.incident import Incident
from benchmarks.zoo.named import BRAZIL_MIN, named_shop
from benchmarks.zoo.rhythm import Rhythm
from benchmarks.zoo.shop import DAY_MS, HOUR_MS, OrderHabits, ParcelHabits, RefundHabits, Shop
from benchmarks.zoo.telling import Told, told
from streams.records.instant import rfc3339

_MINUTE_MS: Final = 60_000


def foreign94(seed: int) -> Told:
    """94 hours from the opening, 20 orders a minute; the last ten hours are judged, with seven plain incidents."""
    shop = named_shop("foreign94", seed, date(2026, 4, 6), 94, a_minute=20.0, large=0.5)
    shop = replace(shop, judged_from_ms=shop.begin_ms + 84 * HOUR_MS)
    kinds: tuple[tuple[str, tuple[str, ...], int, int, int, float], ...] = (
        ("failed_payments", ("payment_method",), 0, 25, 25, 0.5),
        ("unanswered", ("queue",), 1, 70, 40, 0.5),
        ("refund_wave", ("category",), 1, 130, 40, 6.0),
        ("failed_checkouts", ("device",), 1, 200, 30, 0.4),
        ("stopped_carrier", ("carrier", "region"), 1, 250, 240, 1 / 3),
        ("slow_pages", ("page",), 2, 330, 30, 3.0),
        ("inquiry_wave", ("intent",), 1, 420, 40, 4.0),
    )
    return told(shop, [_incident(shop, *one) for one in kinds])


def new_store(seed: int) -> Told:
    """A known shop gets a new store, which is healthy for two hours; then payments fail there.

    Meanwhile refunds come of a batch that was never seen before, from its first parcels on. Eight days of history.
    """
    shop = _known("new_store", seed, days=8, hours=9)
    opens = shop.judged_ms + HOUR_MS
    stores = shop.dimensions["store"]
    weights = np.append(stores.shares * 0.85, 0.15)
    known = Dimension((*stores.values, "newcomer"), weights)
    batches = Dimension(("b-01", "b-02", "b-03", "b-04"), np.array([0.5, 0.3, 0.2, 0.0]))
    found = {name: known if one is stores else one for name, one in shop.dimensions.items()}
    shop = replace(shop, dimensions={**found, "batch": batches}, new_stores={"newcomer": opens})
    failing = Incident(
        "failed_payments", "failed_payments", {"store": "newcomer"}, opens + 2 * HOUR_MS, opens + 3 * HOUR_MS, 0.4
    )
    bad = _incident(shop, "refund_wave", ("sku",), 0, 240, 200, 8.0)
    bad.marks["batch"] = "b-04"
    healthy = {"id": "newcomer", "kind": "trap", "touchpoint": "order", "scope": {"store": "newcomer"}, "symptoms": []}
    quiet = {**healthy, "start": rfc3339(opens), "end": rfc3339(failing.start_ms)}
    whole = told(shop, [failing, bad])
    return whole._replace(truth=[*whole.truth, quiet])


def refunds_tenfold(seed: int) -> Told:
    """Two days of history, then refunds of one category come ten times as often: D* is below ten minutes."""
    shop = _known("refunds_tenfold", seed, days=2, hours=5)
    shop = replace(shop, refunds=RefundHabits(share=0.16, after_h=4.0))
    return told(shop, [_incident(shop, "refund_wave", ("category",), 0, 150, 60, 10.0)])


def four_kinds(seed: int) -> Told:
    """The two of the four kinds that take hours, in a shop of an even rate, after eight days of history.

    A carrier moves 75 parcels an hour in one province, and for four hours 25: collections go on, scans stop. Then
    refunds of one category go from 0.1 to 0.6 a minute for forty minutes, while the whole doubles.
    """
    shop = _known("four_kinds", seed, days=8, hours=8)
    even = (1.0,) * 24
    shop = replace(
        shop,
        rhythm=Rhythm(BRAZIL_MIN, even, even, (1.0,) * 7, day_sd=0.03, wobble_sd=0.05),
        parcels=ParcelHabits(ship_h=5.0, legs=3, leg_h=5.0, failed=0.05),
        refunds=RefundHabits(share=0.5 / _FOUR_ORDERS, after_h=6.0),
        orders=OrderHabits(_FOUR_ORDERS, failed=0.0, cancelled=0.0),
        dimensions={
            **shop.dimensions,
            "carrier": Dimension(("slow", "swift", "steady"), np.array([0.25, 0.45, 0.3])),
            "region": Dimension(tuple(f"province{number}" for number in range(10)), np.full(10, 0.1)),
            "sku": Dimension(tuple(f"sku{number}" for number in range(20)), np.full(20, 0.05)),
            "category": Dimension(tuple(f"cat{number}" for number in range(5)), np.full(5, 0.2)),
        },
        sku_category=np.arange(20) % 5,
    )
    # Of six movements a parcel one is its collection; a third of all is left when a fifth of the others is.
    stop = Incident(
        "long_fall", "stopped_carrier", {"carrier": "slow", "region": "province3"}, *_hours(shop, 1, 5), 0.2
    )
    wave = Incident("refund_wave", "refund_wave", {"category": "cat2"}, *_hours(shop, 6, 6 + 2 / 3), 6.0)
    return told(shop, [stop, wave])


_FOUR_ORDERS: Final = 1.25 / (0.25 * 0.1) / 6.05  # a minute, so that 75 movements an hour are left to a fortieth


def _hours(shop: Shop, begins: float, ends: float) -> tuple[int, int]:
    return shop.judged_ms + int(begins * HOUR_MS), shop.judged_ms + int(ends * HOUR_MS)


def _known(name: str, seed: int, *, days: int, hours: int) -> Shop:
    """A shop that has been there for long, of which so many days are known; judged from 10 o'clock on."""
    shop = named_shop(name, seed, date(2026, 4, 6), 0, large=0.3, a_minute=4.0)
    judged = shop.begin_ms + days * DAY_MS + 10 * HOUR_MS
    return replace(
        shop, begin_ms=judged - days * DAY_MS, judged_from_ms=judged, end_ms=judged + hours * HOUR_MS, opening=False
    )


def _incident(
    shop: Shop, kind: str, place: tuple[str, ...], rank: int, after_min: int, minutes: int, size: float
) -> Incident:
    """At the values of this rank in the place's dimensions, so long after judging begins."""
    start = shop.judged_ms + after_min * _MINUTE_MS
    found = Incident(kind, kind, {}, start, start + minutes * _MINUTE_MS, size)
    for name in place:
        dimension = found.dimension(shop, name)
        order = np.argsort(-dimension.shares, kind="stable")
        found.place[name] = dimension.values[int(order[min(rank, order.size - 1)])]
    return found
