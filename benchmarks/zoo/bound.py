"""How soon the best possible test could find an incident of which evidence comes by the minute.

What a minute says, and the sources, are those of `benchmarks.evaluate.bound`.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.evaluate.bound import NATS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTE_S: Final = 60.0


def longer_nats(factor: float, sigma: float) -> float:
    """Evidence a duration where durations (lognormal, `sigma` of the log) are `factor` times as long.

    >>> round(longer_nats(2.0, 0.5), 3)
    0.961
    """
    return log(factor) ** 2 / (2 * sigma**2)


def least_delay_s(nats_a_minute: NDArray[np.float64], limit: float = NATS) -> float:
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
