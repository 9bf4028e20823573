"""What is known of refunds besides: bought and sent back by which channel, whom the shop won over, who stepped in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.aftersales import Refunds
    from streams.simulate.orders import Orders

CHANNELS = (*shop.CHANNELS.values, "counter")
OTHERWISE = 0.18  # of the returns: by another channel than the purchase
AT_COUNTER = 0.5  # of these
INTERVENED = 0.025  # of the refunds by hand: the platform stepped in


@dataclass(frozen=True)
class Returns:
    """By refund.

    Attributes:
        channel: of the purchase, a code of `shop.CHANNELS`.
        return_channel: a code of `CHANNELS`, -1 where nothing is sent back.
        care_at: when the shop reaches out to those whom it wins over, in ms.
        intervened: where the platform steps in.

    """

    channel: NDArray[np.int16]
    return_channel: NDArray[np.int16]
    care_at: NDArray[np.int64]
    intervened: NDArray[np.bool_]


def returns(rng: np.random.Generator, refunds: Refunds, orders: Orders) -> Returns:
    """Draw it."""
    count = len(refunds.order)
    channel = orders.channel[refunds.order]
    elsewhere = np.where(rng.random(count) < AT_COUNTER, len(CHANNELS) - 1, shop.CHANNELS.draw(rng, count))
    way = np.where(rng.random(count) < OTHERWISE, elsewhere, channel)
    waited = refunds.decided - refunds.requested
    return Returns(
        channel=channel,
        return_channel=np.where(refunds.returned, way, -1).astype(np.int16),
        care_at=refunds.requested + (waited * rng.uniform(0.05, 0.6, count)).astype(np.int64),
        intervened=~refunds.automatic & (rng.random(count) < INTERVENED),
    )
