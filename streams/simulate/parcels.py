"""Parcels on their way: collected, scanned, delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Block, Column, Count, Flag, Label, Moment, Named
from streams.simulate.disruptions import disrupt
from streams.simulate.rhythm import COURIERS, DAY_MS, HOUR_MS, HUBS, MINUTE_MS, WorkingTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.orders import Orders
    from streams.simulate.plan import Plan

SCANS = 7  # at most, between collection and the courier
SECOND_PARCEL = 0.06
PROMISE_MS = 5 * DAY_MS
NOTIFIED = 0.97
LOST, MISSED = 0.0005, 0.0295
MISSED_BECAUSE = ("nobody_home", "wrong_address")
DAMAGED, SLIPPED = 0.002, 0.04
SLIPS_AFTER_MS = 8 * HOUR_MS  # the collection


@dataclass(frozen=True)
class Parcels:
    """Parcels by columns.

    Attributes:
        order: row of the order.
        part: number of the parcel within its order; 0 where it is the only one.
        moves: time of each movement, by parcel and step: collection, scans, courier, door; 0 where a step is left out.
        notified: whose buyer is told when it is dispatched and when the courier takes it.
        lost: which never arrive.
        missed, missed_because: which do not get in at the first attempt, and codes of `MISSED_BECAUSE`.
        damaged: which arrive in pieces.
        slipped: which are expected later, as soon as they are on their way.

    """

    order: NDArray[np.int64]
    part: NDArray[np.int64]
    moves: NDArray[np.int64]
    notified: NDArray[np.bool_]
    lost: NDArray[np.bool_]
    missed: NDArray[np.bool_]
    missed_because: NDArray[np.int64]
    damaged: NDArray[np.bool_]
    slipped: NDArray[np.bool_]

    @property
    def promised(self) -> NDArray[np.int64]:
        """Until when the carrier promises delivery."""
        return self.moves[:, 0] + PROMISE_MS

    @property
    def delivered(self) -> NDArray[np.int64]:
        """When the parcel reaches the door."""
        return self.moves[:, -1]


def play(rng: np.random.Generator, orders: Orders, plan: Plan, to_ms: int) -> tuple[Parcels, list[Block]]:
    """Parcels of all shipped orders, and their events."""
    rows = orders.shipped()
    two = rows[rng.random(len(rows)) < SECOND_PARCEL]
    order = np.concatenate((rows, two))
    part = np.zeros(len(order), dtype=np.int64)
    part[: len(rows)][np.isin(rows, two)] = 1
    part[len(rows) :] = 2
    moves = _moves(rng, orders.paid[order], to_ms)
    disrupt(rng, moves, orders, order, plan)
    count = len(order)
    notified, luck = rng.random(count) < NOTIFIED, rng.random(count)
    parcels = Parcels(
        order=order,
        part=part,
        moves=np.round(moves).astype(np.int64),
        notified=notified,
        lost=luck < LOST,
        missed=(luck >= LOST) & (luck < LOST + MISSED),
        missed_because=rng.integers(0, len(MISSED_BECAUSE), count),
        damaged=rng.random(count) < DAMAGED,
        slipped=rng.random(count) < SLIPPED,
    )
    return parcels, _blocks(rng, orders, parcels)


def _moves(rng: np.random.Generator, paid: NDArray[np.int64], to_ms: int) -> NDArray[np.float64]:
    """Collected 9 working hours after payment (98 % within a day), then hub after hub, then the courier's day."""
    count = len(paid)
    end = to_ms + 10 * DAY_MS
    hubs = WorkingTime(HUBS, int(paid[0]) - DAY_MS, end)
    couriers = WorkingTime(COURIERS, int(paid[0]) - DAY_MS, end)
    moves = np.zeros((count, SCANS + 3))
    wait = rng.gamma(3, 3 * HOUR_MS, count) + np.where(rng.random(count) < 0.01, rng.gamma(2, 8 * HOUR_MS, count), 0)
    moves[:, 0] = hubs.after(paid + HOUR_MS / 2, wait)
    latest = moves[:, 0].copy()
    steps = rng.integers(5, SCANS + 1, count)
    for step in range(SCANS):
        there = step < steps
        latest = np.where(there, hubs.after(latest + 5 * MINUTE_MS, rng.gamma(2.5, 2.4 * HOUR_MS, count)), latest)
        moves[:, step + 1] = np.where(there, latest, 0)
    moves[:, -2] = couriers.after(latest, rng.gamma(3, 1.5 * HOUR_MS, count))
    moves[:, -1] = couriers.after(moves[:, -2] + 10 * MINUTE_MS, rng.gamma(3, 1.2 * HOUR_MS, count))
    return moves


def _blocks(rng: np.random.Generator, orders: Orders, parcels: Parcels) -> list[Block]:
    count = len(parcels.order)
    order, moves = parcels.order, parcels.moves
    collected, delivered, promised = moves[:, 0], parcels.delivered, parcels.promised
    subject = ("P", np.arange(count))
    fields: tuple[Column, ...] = (
        Label("parcel_id", *subject),
        Label("order_id", "TB", order),
        Count("part", np.where(parcels.part > 0, parcels.part, -1)),
        Named("carrier", shop.CARRIERS.values, orders.carrier[order]),
        Named("warehouse", shop.WAREHOUSES.values, orders.warehouse[order]),
        Named("origin", shop.ORIGINS.values, orders.warehouse[order]),
        Named("region", shop.REGIONS.values, orders.region[order]),
        Named("store", shop.STORES.values, orders.store[order]),
        Moment("paid_at", orders.paid_at[order]),
    )
    everyone = np.arange(count)

    def block(kind: str, name: str, time: NDArray[np.int64], rows: NDArray[np.int64], *extra: Column) -> Block:
        return Block("logistics", kind, "/tms", time, subject, (*fields, *extra), name, rows)

    notified = Flag("notified", parcels.notified)
    due = Moment("promised_at", promised)
    blocks = [block("parcel.collected", "pc-", collected, everyone, due, notified)]
    previous = collected
    for step in range(1, SCANS + 1):
        time = moves[:, step]
        blocks.append(
            block("parcel.scanned", f"ps{step}-", time, np.flatnonzero(time > 0), Moment("previous_scan_at", previous))
        )
        previous = np.where(time > 0, time, previous)
    lost, missed, courier = parcels.lost, parcels.missed, moves[:, -2]
    try_at = (courier + delivered) // 2
    last = np.where(missed, try_at, courier)
    since = Moment("collected_at", collected)
    blocks += [
        block(
            "parcel.out_for_delivery",
            "po-",
            courier,
            np.flatnonzero(~lost),
            Moment("previous_scan_at", previous),
            notified,
        ),
        block(
            "parcel.attempt_failed",
            "pa-",
            try_at,
            np.flatnonzero(missed),
            Moment("previous_scan_at", courier),
            Named("reason", MISSED_BECAUSE, parcels.missed_because),
        ),
        block(
            "parcel.delivered", "pd-", delivered, np.flatnonzero(~lost), due, since, Moment("previous_scan_at", last)
        ),
        block("parcel.lost", "pl-", delivered, np.flatnonzero(lost), due, since, Moment("previous_scan_at", previous)),
        block("parcel.damaged", "pg-", delivered + 60_000, np.flatnonzero(parcels.damaged), since),
    ]
    slip, slips_at = np.flatnonzero(parcels.slipped), collected + SLIPS_AFTER_MS
    eta = Moment("eta", promised + HOUR_MS * rng.integers(6, 48, count))
    blocks.append(block("parcel.eta_changed", "pe-", slips_at, slip, eta, Moment("first_eta", promised)))
    return blocks
