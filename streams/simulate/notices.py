"""What buyers are told about their parcels on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Block, Column, Label, Moment, Named
from streams.simulate.parcels import SLIPS_AFTER_MS
from streams.simulate.rhythm import MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels

STATUSES = ("dispatched", "out_for_delivery", "delayed")
USUAL_MS = 90_000  # from the status to its notice, on average
SLOW, SLOW_MS = 0.01, (12 * MINUTE_MS, 40 * MINUTE_MS)
DELAY_TOLD = 0.8  # of the parcels that are expected later than promised


def play(rng: np.random.Generator, orders: Orders, parcels: Parcels) -> list[Block]:
    """Notices at dispatch and when the courier sets out, and of a delay as soon as it is known; not to every buyer."""
    order, collected = parcels.order, parcels.moves[:, 0]
    slips_at = collected + SLIPS_AFTER_MS
    late = parcels.slipped & (parcels.delivered > slips_at) & (rng.random(len(order)) < DELAY_TOLD)
    return [
        _notices(rng, orders, order, STATUSES[0], collected, parcels.notified),
        _notices(rng, orders, order, STATUSES[1], parcels.moves[:, -2], parcels.notified & ~parcels.lost),
        _notices(rng, orders, order, STATUSES[2], slips_at, late),
    ]


def _notices(
    rng: np.random.Generator,
    orders: Orders,
    order: NDArray[np.int64],
    status: str,
    since: NDArray[np.int64],
    sent: NDArray[np.bool_],
) -> Block:
    count = len(order)
    numbers = np.arange(count)
    takes = rng.exponential(USUAL_MS, count).clip(1_000, 9 * MINUTE_MS)
    takes = np.where(rng.random(count) < SLOW, rng.uniform(*SLOW_MS, count), takes)
    columns: tuple[Column, ...] = (
        Label("parcel_id", "P", numbers),
        Label("order_id", "TB", order),
        Named("status", STATUSES, np.full(count, STATUSES.index(status), dtype=np.int16)),
        Named("carrier", shop.CARRIERS.values, orders.carrier[order]),
        Named("warehouse", shop.WAREHOUSES.values, orders.warehouse[order]),
        Named("region", shop.REGIONS.values, orders.region[order]),
        Named("channel", shop.CHANNELS.values, orders.channel[order]),
        Moment("status_at", since),
    )
    time = since + takes.astype(np.int64)
    name = f"n{STATUSES.index(status)}-"
    return Block("logistics", "notice.sent", "/tms", time, ("P", numbers), columns, name, np.flatnonzero(sent))
