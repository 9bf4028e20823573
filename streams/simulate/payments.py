"""When customers begin to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Block, Label, Named

if TYPE_CHECKING:
    from streams.simulate.orders import Orders

USUAL_MS = 3_300  # from the start of a payment to its result, median
FASTEST_MS, SLOWEST_MS = 800, 7_500


def play(rng: np.random.Generator, orders: Orders) -> list[Block]:
    """One start before each result, after the order."""
    count = len(orders.created)
    numbers = np.arange(count)
    blocks = []
    for name, attempt in zip(("og1-", "og2-"), orders.attempts, strict=True):
        takes = (USUAL_MS * rng.lognormal(0, 0.45, count)).clip(FASTEST_MS, SLOWEST_MS).astype(np.int64)
        columns = (
            Label("order_id", "TB", numbers),
            Named("payment_method", shop.METHODS.values, attempt.method),
            Named("channel", shop.CHANNELS.values, orders.channel),
            Named("region", shop.REGIONS.values, orders.region),
            Named("store", shop.STORES.values, orders.store),
        )
        begun = np.flatnonzero(attempt.time > 0)
        blocks.append(
            Block("orders", "payment.started", "/oms", attempt.time - takes, ("TB", numbers), columns, name, begun)
        )
    return blocks
