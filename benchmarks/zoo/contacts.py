"""Contacts of customers: opened, answered after a wait or abandoned, sometimes handed on, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.zoo.batch import Batch
from benchmarks.zoo.surge import surged
from benchmarks.zoo.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop, Traffic

_SAID: Final = ("consultation_id", "order_id", "queue", "channel", "intent", "store", "region")
_AGO: Final = 2_000  # contacts are about one of so many orders before
_NO_ORDER: Final = 0.3
_SHIFT_SD: Final = 0.2


def contacts(shop: Shop, traffic: Traffic, ordered_ms: np.ndarray, incidents: Sequence[Incident]) -> list[Batch]:
    """All contacts; `ordered_ms`: when orders were placed, whose ids are their places."""
    rng, habits = shop.rng("contacts"), shop.contacts
    level = traffic.wobbled(shop.rng("contact traffic")).level
    opened = shop.rhythm.arrivals(rng, level, traffic.begin_ms, shop.orders.a_minute * habits.per_order)
    size = opened.size
    order = np.searchsorted(ordered_ms, opened) - 1 - rng.integers(0, _AGO, size)
    table = Table(
        consultation_id=np.arange(size),
        opened_at=opened,
        order_id=np.where((order >= 0) & (rng.random(size) >= _NO_ORDER), order, -1),
        **{
            name: shop.draw(rng, opened, f"consultation.{name}")
            for name in ("queue", "channel", "intent", "store", "region")
        },
    )
    for incident in incidents:
        if incident.kind == "inquiry_wave":
            table = surged(shop, shop.rng(f"wave {incident.id}"), table, incident, "opened_at", "consultation_id")
    return _course(shop, table, incidents)


def _shift(shop: Shop, opened_ms: np.ndarray) -> np.ndarray:
    """People wait longer at hours that are badly staffed: another factor for each of the day's hours."""
    hour = (opened_ms // 60_000 + shop.rhythm.offset_min) // 60 % 24
    return np.asarray(shop.rng("shifts").lognormal(0.0, _SHIFT_SD, 24)[hour])


def _course(shop: Shop, table: Table, incidents: Sequence[Incident]) -> list[Batch]:
    rng, habits = shop.rng("contact course"), shop.contacts
    size, opened = len(table), table["opened_at"]
    waited = rng.lognormal(np.log(habits.wait_s), habits.wait_sigma, size)
    waited *= shop.factors("consultation.queue", 0.35)[table["queue"]] * _shift(shop, opened)
    share = np.full(size, habits.abandoned)
    for incident in incidents:
        if incident.kind == "unanswered":
            incident.weigh_share(opened, incident.part(shop), habits.abandoned)
            more = (incident.size - habits.abandoned) * incident.strength(opened)
            share = share + more * incident.covers(table, shop)
        elif incident.kind == "slow_answers":
            incident.weigh_factor(opened, incident.part(shop), habits.wait_sigma)
            waited *= 1 + (incident.size - 1) * incident.strength(opened) * incident.covers(table, shop)
    gone = rng.random(size) < share
    patience = np.minimum(rng.exponential(40.0, size) + 6.0, 600.0)
    first = waited + rng.lognormal(np.log(8.0), 0.5, size)
    handed = (rng.random(size) < habits.transferred).astype(np.int64)
    closed_s = waited + rng.lognormal(np.log(habits.handle_s), 0.6, size) * (1 + handed)
    table = table.with_columns(
        waited=np.where(gone, patience, waited),
        first=first,
        transfers=handed,
        automatic=np.zeros(size, dtype=np.int64),
        resolved=(rng.random(size) < 0.85).astype(np.int64),
    )
    left, served = table.take(gone), table.take(~gone)
    wait_ms = (table["waited"] * 1000).astype(np.int64)
    return [
        Batch("consultation.opened", opened, table, _SAID),
        Batch("consultation.abandoned", (opened + wait_ms)[gone], left, (*_SAID, "opened_at", "waited")),
        Batch("consultation.answered", (opened + wait_ms)[~gone], served, (*_SAID, "opened_at", "waited")),
        Batch(
            "consultation.replied",
            (opened + (first * 1000).astype(np.int64))[~gone],
            served,
            (*_SAID, "opened_at", "first", "automatic"),
        ),
        Batch(
            "consultation.closed",
            (opened + (closed_s * 1000).astype(np.int64))[~gone],
            served,
            (*_SAID, "opened_at", "transfers", "resolved"),
        ),
    ]
