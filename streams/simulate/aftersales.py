"""Refunds and the few disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Flag, Label, Moment, Named
from streams.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS, SHOPPERS, WorkingTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels

REFUNDS = 0.05
AUTOMATIC = 0.4
REJECTED, RETAINED, DISPUTED = 0.05, 0.04, 0.03
KINDS = ("refund_only", "return")


def play(rng: np.random.Generator, orders: Orders, parcels: Parcels, to_ms: int) -> list[Block]:
    """Refunds of delivered parcels within days, and of orders that no parcel was sent for."""
    kept = np.flatnonzero((parcels.part < 2) & (rng.random(len(parcels.order)) < REFUNDS))
    withdrawn = np.flatnonzero(orders.withdrawn > 0)
    shopping = WorkingTime(SHOPPERS, int(orders.created[0]), to_ms + 20 * DAY_MS)
    later = shopping.after(parcels.delivered[kept] + HOUR_MS / 4, rng.exponential(DAY_MS, len(kept)))
    order = np.concatenate((parcels.order[kept], withdrawn))
    early = np.arange(len(order)) >= len(kept)
    requested = np.concatenate((later.astype(np.int64), orders.withdrawn[withdrawn]))
    count = len(order)
    luck = rng.random(count)
    automatic = early | (rng.random(count) < AUTOMATIC)
    rejected = ~early & (luck < REJECTED)
    retained = ~early & (luck >= REJECTED) & (luck < REJECTED + RETAINED)
    approved = requested + np.where(automatic, 5_000, rng.gamma(2, 2 * HOUR_MS, count)).astype(np.int64)
    completed = approved + np.where(automatic, 60_000, rng.gamma(2, 6 * HOUR_MS, count)).astype(np.int64)
    return_kind = ~early & (rng.random(count) < 0.6)
    fields = _fields(rng, orders, order, requested, early, return_kind)
    numbers = np.arange(count)

    def block(kind: str, name: str, time: NDArray[np.int64], keep: NDArray[np.bool_]) -> Block:
        columns = (Label("refund_id", "RF", numbers), *fields, Flag("automatic", automatic))
        return Block("aftersales", kind, "/oms", time, ("RF", numbers), columns, name, np.flatnonzero(keep))

    agreed = ~rejected & ~retained
    disputed = rejected & (rng.random(count) < DISPUTED / REJECTED)
    return [
        block("refund.requested", "rr-", requested, numbers >= 0),
        block("refund.approved", "ra-", approved, agreed),
        block("refund.completed", "rc-", completed, agreed),
        block("refund.rejected", "rj-", approved, rejected),
        block("refund.retained", "rt-", approved, retained),
        *_disputes(rng, approved, np.flatnonzero(disputed), fields),
    ]


def _fields(
    rng: np.random.Generator,
    orders: Orders,
    order: NDArray[np.int64],
    requested: NDArray[np.int64],
    early: NDArray[np.bool_],
    returned: NDArray[np.bool_],
) -> tuple[Column, ...]:
    count = len(order)
    reason = np.where(early, shop.REFUND_REASONS.code("changed_mind"), shop.REFUND_REASONS.draw(rng, count))
    return (
        Label("order_id", "TB", order),
        Named("reason", shop.REFUND_REASONS.values, reason),
        Named("kind", KINDS, returned.astype(np.int8)),
        Named("category", shop.CATEGORIES.values, orders.category[order]),
        Named("sku", shop.SKUS, orders.sku[order]),
        Label("batch", "B", rng.integers(1, 9, count)),
        Named("store", shop.STORES.values, orders.store[order]),
        Named("carrier", shop.CARRIERS.values, orders.carrier[order]),
        Named("warehouse", shop.WAREHOUSES.values, orders.warehouse[order]),
        Named("region", shop.REGIONS.values, orders.region[order]),
        Amount("amount", orders.amount[order]),
        Moment("requested_at", requested),
        Moment("paid_at", orders.paid_at[order]),
        Flag("before_collection", early),
    )


def _disputes(
    rng: np.random.Generator, rejected: NDArray[np.int64], rows: NDArray[np.int64], fields: tuple[Column, ...]
) -> list[Block]:
    count = len(rejected)
    opened = rejected + rng.integers(10 * MINUTE_MS, DAY_MS, count)
    closed = opened + rng.integers(6 * HOUR_MS, 3 * DAY_MS, count)
    upheld = Flag("upheld", rng.random(count) < 0.55)
    numbers = np.arange(count)
    columns = (Label("dispute_id", "DP", numbers), *fields)
    return [
        Block("aftersales", "dispute.opened", "/oms", opened, ("DP", numbers), columns, "do-", rows),
        Block("aftersales", "dispute.closed", "/oms", closed, ("DP", numbers), (*columns, upheld), "dc-", rows),
    ]
