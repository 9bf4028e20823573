"""Orders of a shop: placed, paid or not, sometimes cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.zoo.batch import Batch
from benchmarks.zoo.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop, Traffic

_DIMENSIONS: Final = ("region", "channel", "store", "payment_method", "warehouse", "carrier")
_SAID: Final = ("order_id", "region", "channel", "store", "category", "sku", "payment_method", "warehouse", "carrier")


class Orders(NamedTuple):
    """`paid`: those that were paid and not cancelled; `batches`: all events."""

    paid: Table
    batches: list[Batch]


def orders(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> Orders:
    """All orders of a shop, and what went wrong with them."""
    rng, habits = shop.rng("orders"), shop.orders
    created = shop.rhythm.arrivals(rng, traffic.level, traffic.begin_ms, habits.a_minute)
    size = created.size
    sku = shop.dimensions["sku"].draw(rng, size)
    table = Table(
        order_id=np.arange(size),
        created_at=created,
        sku=sku,
        category=shop.sku_category[sku],
        amount=rng.lognormal(np.log(habits.amount), habits.amount_sigma, size),
        **{name: shop.draw(rng, created, name) for name in _DIMENSIONS},
    )
    pay_s = rng.lognormal(np.log(habits.pay_s), habits.pay_sigma, size)
    failed = rng.random(size) < habits.failed
    chance = rng.random(size)
    dropped = np.zeros(size, dtype=bool)
    pay_at = created + (pay_s * 1000).astype(np.int64)
    for incident in incidents:
        part = incident.part(shop) if incident.kind in _KINDS else 0.0
        if incident.kind == "fewer_orders":
            incident.weigh_count(created, part)
            gone = chance < (1 - incident.size) * incident.strength(created)
            dropped |= incident.covers(table, shop) & gone
        elif incident.kind == "failed_payments":
            incident.weigh_share(pay_at, part, habits.failed)
            more = (incident.size - habits.failed) / (1 - habits.failed)
            failed |= incident.covers(table, shop) & (chance < more * incident.strength(pay_at))
        elif incident.kind == "slow_payments":
            incident.weigh_factor(pay_at, part, habits.pay_sigma)
            longer = 1 + (incident.size - 1) * incident.strength(pay_at) * incident.covers(table, shop)
            pay_at = created + (pay_s * longer * 1000).astype(np.int64)
        elif incident.kind == "cheap_orders":
            incident.weigh_factor(pay_at[~failed], part, habits.amount_sigma)
            table["amount"] *= 1 + (incident.size - 1) * incident.strength(pay_at) * incident.covers(table, shop)
    kept = ~dropped
    table, failed, pay_at = table.with_columns(paid_at=pay_at).take(kept), failed[kept], pay_at[kept]
    cancelled = (chance[kept] < habits.cancelled) & ~failed
    cancel_at = pay_at + rng.exponential(2 * 3_600_000, pay_at.size).astype(np.int64)
    table["shipped"] = np.zeros(len(table), dtype=np.int64)
    return Orders(
        table.take(~failed & ~cancelled),
        [
            Batch("order.created", table["created_at"], table, (*_SAID, "amount")),
            _of(table, ~failed, pay_at, "order.paid", (*_SAID, "amount", "created_at")),
            _of(table, failed, pay_at, "order.payment_failed", (*_SAID, "amount", "created_at")),
            _of(table, cancelled, cancel_at, "order.cancelled", (*_SAID, "paid_at", "shipped")),
        ],
    )


_KINDS: Final = frozenset({"fewer_orders", "failed_payments", "slow_payments", "cheap_orders"})


def _of(table: Table, rows: np.ndarray, times: np.ndarray, kind: str, fields: tuple[str, ...]) -> Batch:
    return Batch(kind, times[rows], table.take(rows), fields)
