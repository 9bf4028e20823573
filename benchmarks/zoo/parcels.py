"""Parcels of paid orders: collected, scanned on their way, carried out, delivered, sometimes at a second attempt."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.zoo.batch import Batch
from benchmarks.zoo.rhythm import DAY_MINUTES, MINUTE_MS
from benchmarks.zoo.shop import HOUR_MS
from benchmarks.zoo.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop

    Times = NDArray[np.int64]
    Floats = NDArray[np.float64]

_OPENS_H, _CLOSES_H = 8, 20
_SAID: Final = ("parcel_id", "order_id", "carrier", "warehouse", "region", "paid_at", "promised_at")


class _Chances(NamedTuple):
    """What is drawn once, so that a shop with an incident differs by the incident only."""

    legs_ms: list[Floats]
    morning_ms: list[Floats]
    failed: Floats
    held: Floats
    after_ms: Floats


def parcels(shop: Shop, paid: Table, incidents: Sequence[Incident]) -> list[Batch]:
    """All movements."""
    rng, habits = shop.rng("parcels"), shop.parcels
    size = len(paid)
    promised = paid["paid_at"] + int(habits.promise_h * HOUR_MS)
    table = Table(
        parcel_id=paid["order_id"],
        order_id=paid["order_id"],
        promised_at=promised,
        notified=(rng.random(size) < habits.notified).astype(np.int64),
        **{name: paid[name] for name in ("carrier", "warehouse", "region", "paid_at")},
    )
    sigmas = [habits.ship_sigma, *[habits.leg_sigma] * habits.legs, 0.3, 0.5]
    hours = [habits.ship_h, *[habits.leg_h] * habits.legs, 1.0, 3.0]
    # Carriers differ in speed, and provinces in distance.
    lane = shop.factors("carrier", 0.25)[table["carrier"]] * shop.factors("region", 0.35)[table["region"]]
    even = np.ones(size)
    lanes = [even, *[lane] * habits.legs, even, even]
    chances = _Chances(
        [
            rng.lognormal(np.log(h), sigma, size) * HOUR_MS * slower
            for h, sigma, slower in zip(hours, sigmas, lanes, strict=True)
        ],
        [rng.uniform(0.0, 1.5, size) * HOUR_MS for _ in hours],
        rng.random(size),
        rng.random(size),
        rng.exponential(0.7 * HOUR_MS, size),
    )
    usual = _course(shop, table, chances, [])
    mine = [incident for incident in incidents if incident.kind in _KINDS]
    for incident in mine:
        _weigh(shop, incident, usual)
    return _batches(shop, table, _course(shop, table, chances, mine), chances, mine)


_KINDS: Final = frozenset({"stopped_carrier", "slow_warehouse", "failed_deliveries"})


def _weigh(shop: Shop, incident: Incident, course: list[Times]) -> None:
    part = incident.part(shop)
    if incident.kind == "slow_warehouse":
        incident.weigh_count(course[0], part)
    elif incident.kind == "failed_deliveries":
        incident.weigh_share(course[-1], part, shop.parcels.failed)
    else:
        # Collections go on, scans stop.
        inside = [int((incident.strength(times) > 0).sum()) for times in course]
        moved = 1 - inside[0] / max(sum(inside), 1)
        incident.weigh_count(np.concatenate(course), part, 1 - (1 - incident.size) * moved)


def _course(shop: Shop, table: Table, chances: _Chances, incidents: Sequence[Incident]) -> list[Times]:
    """Times of collection, each scan, going out and delivery. What is held up moves within the hours after the end."""
    at, course = table["paid_at"], []
    for stage, (leg, morning) in enumerate(zip(chances.legs_ms, chances.morning_ms, strict=True)):
        at = at + leg.astype(np.int64)
        if shop.parcels.by_day and stage in (0, len(chances.legs_ms) - 2, len(chances.legs_ms) - 1):
            at = _at_work(at, morning, shop.rhythm.offset_min)
        for incident in incidents:
            stops = {"stopped_carrier": stage > 0, "slow_warehouse": stage == 0}.get(incident.kind, False)
            if stops:
                held = incident.covers(table, shop) & (chances.held < (1 - incident.size) * incident.strength(at))
                at = np.where(held, incident.end_ms + chances.after_ms.astype(np.int64), at)
        course.append(at)
    return course


def _at_work(times: Times, morning_ms: Floats, offset_min: int) -> Times:
    """Nights wait for the morning."""
    minute = (times // MINUTE_MS + offset_min) % DAY_MINUTES
    closed = (minute < _OPENS_H * 60) | (minute >= _CLOSES_H * 60)
    ahead = (_OPENS_H * 60 - minute) % DAY_MINUTES * MINUTE_MS
    return np.where(closed, times + ahead + morning_ms.astype(np.int64), times)


def _batches(
    shop: Shop, table: Table, course: list[Times], chances: _Chances, incidents: Sequence[Incident]
) -> list[Batch]:
    arrived, share = course[-1], np.full(len(table), shop.parcels.failed)
    for incident in incidents:
        if incident.kind == "failed_deliveries":
            more = (incident.size - shop.parcels.failed) * incident.strength(arrived)
            share = share + more * incident.covers(table, shop)
    failed = chances.failed < share
    reasons = shop.dimensions["attempt.reason"]
    collected = table.with_columns(previous_scan_at=np.full(len(table), -1))
    found = [Batch("parcel.collected", course[0], collected, (*_SAID, "notified"))]
    for stage, (before, at) in enumerate(pairwise(course), 1):
        moved = table.with_columns(previous_scan_at=before, collected_at=course[0])
        if stage == len(course) - 1:
            again = arrived + 24 * HOUR_MS - (chances.after_ms * 2).astype(np.int64)
            first = moved.take(failed).with_columns(
                reason=reasons.draw(shop.rng("attempts"), int(failed.sum())),
            )
            second = moved.take(failed).with_columns(previous_scan_at=arrived[failed])
            found.append(Batch("parcel.attempt_failed", at[failed], first, (*_SAID, "reason", "previous_scan_at")))
            found.append(Batch("parcel.delivered", at[~failed], moved.take(~failed), (*_SAID, "previous_scan_at")))
            found.append(Batch("parcel.delivered", again[failed], second, (*_SAID, "previous_scan_at")))
        elif stage == len(course) - 2:
            found.append(Batch("parcel.out_for_delivery", at, moved, (*_SAID, "previous_scan_at", "notified")))
        else:
            found.append(Batch("parcel.scanned", at, moved, (*_SAID, "previous_scan_at")))
    return found
