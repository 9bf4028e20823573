"""Page views and checkouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.zoo.batch import Batch
from benchmarks.zoo.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop, Traffic


def visits(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> list[Batch]:
    """All of them; views and checkouts are drawn apart."""
    level = traffic.wobbled(shop.rng("visit traffic"))
    return [*_views(shop, level, incidents), *_checkouts(shop, level, incidents)]


def _views(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> list[Batch]:
    rng, habits = shop.rng("views"), shop.visits
    table = _table(shop, traffic, rng, habits.views, ("page", "device", "channel", "region"))
    size, at = len(table), table["at"]
    load = rng.lognormal(np.log(habits.load_s), habits.load_sigma, size)
    load *= shop.factors("page", 0.3)[table["page"]]
    share = np.full(size, habits.failed_views)
    for incident in incidents:
        if incident.kind == "page_errors":
            incident.weigh_share(at, incident.part(shop), habits.failed_views)
            more = (incident.size - habits.failed_views) * incident.strength(at)
            share = share + more * incident.covers(table, shop)
        elif incident.kind == "slow_pages":
            incident.weigh_factor(at, incident.part(shop), habits.load_sigma)
            load *= 1 + (incident.size - 1) * incident.strength(at) * incident.covers(table, shop)
    failed = rng.random(size) < share
    back = rng.random(size) < habits.back
    said = ("session_id", "page", "device", "channel", "region")
    table = table.with_columns(load_time=load)
    return [
        Batch("page.viewed", at[~failed], table.take(~failed), (*said, "load_time")),
        Batch("page.failed", at[failed], table.take(failed), said),
        Batch("page.back", at[back] + 5_000, table.take(back), said),
    ]


def _checkouts(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> list[Batch]:
    rng, habits = shop.rng("checkouts"), shop.visits
    table = _table(shop, traffic, rng, habits.checkouts, ("device", "channel", "region"))
    size, at = len(table), table["at"]
    over = at + (rng.lognormal(np.log(70), 0.5, size) * 1000).astype(np.int64)
    left = rng.random(size) < habits.left
    share = np.full(size, habits.failed_checkouts)
    for incident in incidents:
        if incident.kind == "failed_checkouts":
            incident.weigh_share(over[~left], incident.part(shop), habits.failed_checkouts)
            more = (incident.size - habits.failed_checkouts) * incident.strength(over)
            share = share + more * incident.covers(table, shop)
    failed = ~left & (rng.random(size) < share)
    done = ~left & ~failed
    said = ("session_id", "device", "channel", "region")
    table = table.with_columns(reason=shop.dimensions["checkout.reason"].draw(rng, size))
    return [
        Batch("checkout.started", at, table, said),
        Batch("checkout.failed", over[failed], table.take(failed), (*said, "reason")),
        Batch("checkout.completed", over[done], table.take(done), said),
    ]


def _table(
    shop: Shop, traffic: Traffic, rng: np.random.Generator, per_order: float, dimensions: Sequence[str]
) -> Table:
    at = shop.rhythm.arrivals(rng, traffic.level, traffic.begin_ms, shop.orders.a_minute * per_order)
    drawn = {name: shop.draw(rng, at, name) for name in dimensions}
    return Table(session_id=np.arange(at.size), at=at, **drawn)
