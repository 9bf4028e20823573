"""Refunds and the few disputes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Flag, Label, Moment, Named
from streams.simulate.rhythm import DAY_MS, HOUR_MS, MINUTE_MS, SHOPPERS, WorkingTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels
    from streams.simulate.plan import Plan

REFUNDS = 0.05
AUTOMATIC = 0.4
REJECTED, RETAINED, DISPUTED = 0.05, 0.04, 0.03
KINDS = ("refund_only", "return")
BY_HAND_MS = (3 * MINUTE_MS, 10 * MINUTE_MS)  # people hurry where the automatic is out of order
SPOILT_WITHIN_MS = 5 * DAY_MS


@dataclass(frozen=True)
class Refunds:
    """Refunds by columns; times in ms.

    Attributes:
        order: row of the order.
        decided: when the shop agrees, declines, or wins the customer over.
        returned: where the goods are sent back.
        automatic: which nobody has to look at.

    """

    order: NDArray[np.int64]
    requested: NDArray[np.int64]
    decided: NDArray[np.int64]
    returned: NDArray[np.bool_]
    automatic: NDArray[np.bool_]


def play(
    rng: np.random.Generator, orders: Orders, parcels: Parcels, plan: Plan, to_ms: int
) -> tuple[Refunds, list[Block]]:
    """Refunds of delivered parcels within days, and of orders that no parcel was sent for."""
    kept = np.flatnonzero((parcels.part < 2) & (rng.random(len(parcels.order)) < REFUNDS))
    withdrawn = np.flatnonzero(orders.withdrawn > 0)
    shopping = WorkingTime(SHOPPERS, int(orders.created[0]), to_ms + 20 * DAY_MS)
    later = shopping.after(parcels.delivered[kept] + HOUR_MS / 4, rng.exponential(DAY_MS, len(kept)))
    spoilt, spoilt_at = _bad_batch(rng, orders, parcels, kept, plan)
    order = np.concatenate((parcels.order[kept], withdrawn, spoilt))
    early = np.repeat((False, True, False), (len(kept), len(withdrawn), len(spoilt)))
    spoils = np.arange(len(order)) >= len(kept) + len(withdrawn)
    requested = np.concatenate((later.astype(np.int64), orders.withdrawn[withdrawn], spoilt_at))
    count = len(order)
    luck = rng.random(count)
    return_kind = ~early & (rng.random(count) < 0.6)
    automatic = early | (rng.random(count) < AUTOMATIC)
    rejected = ~early & (luck < REJECTED)
    retained = ~early & (luck >= REJECTED) & (luck < REJECTED + RETAINED)
    by_hand = automatic & ~return_kind & _out_of_order(rng, requested, plan)
    automatic &= ~by_hand
    approved = requested + np.where(automatic, 5_000, rng.gamma(2, 2 * HOUR_MS, count)).astype(np.int64)
    completed = approved + np.where(automatic, 60_000, rng.gamma(2, 6 * HOUR_MS, count)).astype(np.int64)
    completed = np.where(by_hand, requested + rng.integers(*BY_HAND_MS, count), completed)
    approved = np.where(by_hand, completed - MINUTE_MS, approved)
    fields = _fields(rng, orders, order, requested, early, return_kind, spoils)
    numbers = np.arange(count)

    def block(kind: str, name: str, time: NDArray[np.int64], keep: NDArray[np.bool_]) -> Block:
        columns = (Label("refund_id", "RF", numbers), *fields, Flag("automatic", automatic))
        return Block("aftersales", kind, "/oms", time, ("RF", numbers), columns, name, np.flatnonzero(keep))

    agreed = ~rejected & ~retained
    disputed = rejected & (rng.random(count) < DISPUTED / REJECTED)
    return Refunds(order, requested, approved, return_kind, automatic), [
        block("refund.requested", "rr-", requested, numbers >= 0),
        block("refund.approved", "ra-", approved, agreed),
        block("refund.completed", "rc-", completed, agreed),
        block("refund.rejected", "rj-", approved, rejected),
        block("refund.retained", "rt-", approved, retained),
        *_disputes(rng, approved, np.flatnonzero(disputed), fields),
    ]


def _bad_batch(
    rng: np.random.Generator, orders: Orders, parcels: Parcels, kept: NDArray[np.intp], plan: Plan
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Orders of the bad batch that are sent back, `size` a minute, and when: what was delivered in the days before."""
    fault = plan.fault("batch")
    if fault is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    sold = orders.sku[parcels.order] == shop.SKUS.index(fault.target["sku"])
    came = (parcels.delivered > fault.start_ms - SPOILT_WITHIN_MS) & (parcels.delivered < fault.start_ms - HOUR_MS)
    sold &= came & (parcels.part < 2)
    sold[kept] = False
    rows = rng.permutation(np.flatnonzero(sold))
    rows = rows[: rng.poisson(fault.size * (fault.end_ms - fault.start_ms) / MINUTE_MS)]
    return parcels.order[rows], rng.integers(fault.start_ms, fault.end_ms, len(rows))


def _out_of_order(rng: np.random.Generator, requested: NDArray[np.int64], plan: Plan) -> NDArray[np.bool_]:
    """Which requests the broken automatic does not take."""
    fault = plan.fault("refunds")
    if fault is None:
        return np.zeros(len(requested), dtype=np.bool_)
    during = (requested >= fault.start_ms) & (requested < fault.end_ms)
    return during & (rng.random(len(requested)) < fault.size)


def _fields(
    rng: np.random.Generator,
    orders: Orders,
    order: NDArray[np.int64],
    requested: NDArray[np.int64],
    early: NDArray[np.bool_],
    returned: NDArray[np.bool_],
    spoils: NDArray[np.bool_],
) -> tuple[Column, ...]:
    count = len(order)
    reason = np.where(early, shop.REFUND_REASONS.code("changed_mind"), shop.REFUND_REASONS.draw(rng, count))
    reason = np.where(spoils, shop.REFUND_REASONS.code("damaged"), reason)
    batch = np.where(spoils, shop.BAD_BATCH, rng.integers(1, shop.BAD_BATCH, count))
    return (
        Label("order_id", "TB", order),
        Named("reason", shop.REFUND_REASONS.values, reason),
        Named("kind", KINDS, returned.astype(np.int16)),
        Named("category", shop.CATEGORIES.values, orders.category[order]),
        Named("sku", shop.SKUS, orders.sku[order]),
        Label("batch", "B", batch),
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
