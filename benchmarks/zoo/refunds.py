"""Refunds and disputes of paid orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.zoo.batch import Batch
from benchmarks.zoo.shop import HOUR_MS
from benchmarks.zoo.surge import surged
from benchmarks.zoo.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop

_SAID: Final = ("refund_id", "order_id", "reason", "kind", "category", "sku", "store", "region", "warehouse", "carrier")
_DISPUTE: Final = ("dispute_id", "order_id", "reason", "category", "sku", "store", "region", "amount")
_KEPT, _REJECTED = 0.03, 0.05


def refunds(shop: Shop, paid: Table, incidents: Sequence[Incident]) -> list[Batch]:
    """Requests, how they end, and disputes about some."""
    rng, habits = shop.rng("refunds"), shop.refunds
    asked = paid.take(rng.random(len(paid)) < habits.share)
    size = len(asked)
    table = Table(
        refund_id=np.arange(size),
        requested_at=asked["paid_at"]
        + (rng.lognormal(np.log(habits.after_h), habits.after_sigma, size) * HOUR_MS).astype(np.int64),
        reason=shop.dimensions["refund.reason"].draw(rng, size),
        kind=shop.dimensions["refund.kind"].draw(rng, size),
        **{
            name: asked[name]
            for name in ("order_id", "category", "sku", "store", "region", "warehouse", "carrier", "amount", "paid_at")
        },
    )
    if "batch" in shop.dimensions:
        table["batch"] = shop.dimensions["batch"].draw(rng, size)
    for incident in incidents:
        if incident.kind == "refund_wave":
            table = surged(shop, shop.rng(f"wave {incident.id}"), table, incident, "requested_at", "refund_id")
    return [*_ends(shop, table, incidents), *_disputes(shop, table, incidents)]


def _ends(shop: Shop, table: Table, incidents: Sequence[Incident]) -> list[Batch]:
    rng, habits = shop.rng("refund ends"), shop.refunds
    size, asked_at = len(table), table["requested_at"]
    outcome = rng.random(size)
    kept, rejected = outcome < _KEPT, (outcome >= _KEPT) & (outcome < _KEPT + _REJECTED)
    completed = ~kept & ~rejected
    chance = rng.random(size)
    automatic = chance < habits.automatic
    at_once = asked_at + rng.exponential(60_000, size).astype(np.int64)
    for incident in incidents:
        if incident.kind == "manual_refunds":
            incident.weigh_count(at_once[automatic & completed], incident.part(shop))
            stays = habits.automatic * (1 - (1 - incident.size) * incident.strength(asked_at))
            automatic &= ~incident.covers(table, shop) | (chance < stays)
    by_hand = asked_at + (rng.lognormal(np.log(habits.close_h), 0.7, size) * HOUR_MS).astype(np.int64)
    at = np.where(automatic & completed, at_once, by_hand)
    table = table.with_columns(automatic=automatic.astype(np.int64))
    said = (*_SAID, "batch") if "batch" in table else _SAID
    done = (*said, "amount", "requested_at", "paid_at")
    return [
        Batch("refund.requested", asked_at, table, (*said, "amount", "paid_at")),
        Batch("refund.completed", at[completed], table.take(completed), (*done, "automatic")),
        Batch("refund.rejected", at[rejected], table.take(rejected), done),
        Batch("refund.retained", at[kept], table.take(kept), done),
    ]


def _disputes(shop: Shop, refunded: Table, incidents: Sequence[Incident]) -> list[Batch]:
    rng, habits = shop.rng("disputes"), shop.refunds
    table = refunded.take(rng.random(len(refunded)) < habits.disputed)
    size = len(table)
    opened = table["requested_at"] + (rng.lognormal(np.log(3), 0.7, size) * HOUR_MS).astype(np.int64)
    table = Table(
        dispute_id=np.arange(size),
        closed=opened + (rng.lognormal(np.log(6), 0.6, size) * HOUR_MS).astype(np.int64),
        upheld=(rng.random(size) < habits.upheld).astype(np.int64),
        **{name: table[name] for name in _DISPUTE if name in table},
    )
    opening = Batch("dispute.opened", opened, table, _DISPUTE)
    lost = table.take(table["upheld"] == 1)
    for incident in incidents:
        if incident.kind == "lost_disputes":
            lost = surged(shop, shop.rng(f"wave {incident.id}"), lost, incident, "closed", "dispute_id")
    won = table.take(table["upheld"] == 0)
    said = (*_DISPUTE, "upheld")
    return [
        opening,
        Batch("dispute.closed", lost["closed"], lost, said),
        Batch("dispute.closed", won["closed"], won, said),
    ]
