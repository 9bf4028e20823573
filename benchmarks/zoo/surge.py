"""Events that come on top at a place: copies of what happens in the shop, moved there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.zoo.incident import dimension_of
from benchmarks.zoo.rhythm import MINUTE_MS
from benchmarks.zoo.table import joined

if TYPE_CHECKING:
    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop
    from benchmarks.zoo.table import Table

_OWN: Final = 10_000_000  # ids of the shop's own lie below


def surged(shop: Shop, rng: np.random.Generator, table: Table, incident: Incident, time: str, key: str) -> Table:
    """The table with so many more rows at the place that they come `incident.size` times as often.

    Args:
        shop: whose dimensions are meant.
        rng: decides which rows are copied, and when.
        table: rows as they come without it.
        incident: a wave; it is weighed against the table here.
        time: the column with the time of what surges.
        key: the column with ids; copies get new ones.

    """
    part = incident.part(shop)
    incident.weigh_count(table[time], part)
    # Copies lie as far around a row as the level is measured: of a thin place they would come in clumps else.
    apart_ms = int(incident.smooth_min(table[time]) * MINUTE_MS / 2)
    near = np.flatnonzero((table[time] > incident.start_ms - apart_ms) & (table[time] < incident.end_ms + apart_ms))
    extra = table.take(np.repeat(near, rng.poisson((incident.size - 1) * part, near.size)))
    extra[time] = extra[time] + rng.integers(-apart_ms, apart_ms, len(extra))
    extra = extra.take(rng.random(len(extra)) < incident.strength(extra[time]))
    extra[key] = int(table[key].max(initial=_OWN)) + 1 + np.arange(len(extra))
    for name, value in {**incident.place, **incident.marks}.items():
        extra[name] = np.full(len(extra), incident.dimension(shop, name).values.index(value))
    _agree(shop, rng, extra, incident)
    return joined([table, extra])


def _agree(shop: Shop, rng: np.random.Generator, table: Table, incident: Incident) -> None:
    """A sku lies in its category."""
    if "sku" not in table or "category" not in table:
        return
    if "sku" in incident.place:
        table["category"] = shop.sku_category[table["sku"]]
    elif "category" in incident.place:
        inside = np.flatnonzero(shop.sku_category == table["category"][0]) if len(table) else np.zeros(0, dtype=int)
        if inside.size:
            shares = dimension_of(shop.dimensions, "order", "sku").shares[inside]
            table["sku"] = rng.choice(inside, len(table), p=shares / shares.sum())
