"""How soon the best possible test could find an incident: D* = ln(1/p) / KL, for rates that move in time.

Lorden (1971) and Moustakides (1986): no test that is wrong with probability p is faster, on average.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT_NATS: Final = log(1e6)
MINUTE_S: Final = 60.0


def count_nats(then: float, usual: float) -> float:
    """Evidence a minute where events come `then` a minute instead of `usual`: KL of two Poisson processes.

    Two of the kinds that must be found, in minutes: 75 parcels an hour and then 25, 0.1 refunds a minute and then 0.6:

    >>> round(LIMIT_NATS / count_nats(25 / 60, 75 / 60)), round(LIMIT_NATS / count_nats(0.6, 0.1))
    (37, 24)
    >>> count_nats(0.0, 2.0)
    2.0
    """
    if usual <= 0:
        return 0.0 if then <= 0 else float("inf")
    return (then * log(then / usual) if then > 0 else 0.0) - (then - usual)


def share_nats(then: float, usual: float) -> float:
    """Evidence a trial where the share of one outcome is `then` instead of `usual`: KL of two Bernoulli trials.

    >>> round(share_nats(0.2, 0.05), 4), share_nats(0.3, 0.3)
    (0.1398, 0.0)
    """
    parts = ((then, usual), (1 - then, 1 - usual))
    return sum(now * log(now / before) for now, before in parts if now > 0)


def longer_nats(factor: float, sigma: float) -> float:
    """Evidence a duration where durations (lognormal, `sigma` of the log) are `factor` times as long.

    >>> round(longer_nats(2.0, 0.5), 3)
    0.961
    """
    return log(factor) ** 2 / (2 * sigma**2)


def least_delay_s(nats_a_minute: NDArray[np.float64], limit: float = LIMIT_NATS) -> float:
    """Seconds until the evidence of consecutive minutes reaches the limit; beyond them, at their mean pace.

    >>> least_delay_s(np.full(60, 0.5), limit=13.5), least_delay_s(np.zeros(5))
    (1620.0, inf)
    """
    summed = np.cumsum(nats_a_minute)
    if not summed.size or summed[-1] <= 0:
        return float("inf")
    if summed[-1] < limit:
        return float(limit / (summed[-1] / summed.size) * MINUTE_S)
    reached = int(np.searchsorted(summed, limit))
    before = summed[reached - 1] if reached else 0.0
    return float((reached + (limit - before) / nats_a_minute[reached]) * MINUTE_S)
