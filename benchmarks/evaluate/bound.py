"""How soon any test can find a change, at most so many false alarms: what delays are measured by.

References:
    G. Lorden, Procedures for reacting to a change in distribution, Annals of Mathematical Statistics 42 (1971).
    G. Moustakides, Optimal stopping times for detecting changes in distributions, Annals of Statistics 14 (1986).

"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.judgement import LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

TICK_MIN = 1 / 6
NATS = -math.log(LIMIT)
DRAWS = 2_000  # of incidents, for what share of them can be found in time


def nats_of_count(usual: float, now: float) -> float:
    """What a minute says on average for events that come `now` a minute instead of `usual`.

    Infinite for what never comes.

    >>> round(nats_of_count(75 / 60, 22.5 / 60), 2), round(nats_of_count(0.1, 0.6), 2)
    (0.42, 0.58)
    """
    if usual <= 0:
        return 0.0 if now <= 0 else math.inf
    return (now * math.log(now / usual) if now > 0 else 0.0) - (now - usual)


def nats_of_share(usual: float, now: float) -> float:
    """What a trial says on average for shares, both within 0 and 1 but for `now`, which may be either.

    >>> round(nats_of_share(0.05, 0.21), 3)
    0.158
    """
    hit = now * math.log(now / usual) if now > 0 else 0.0
    return hit + ((1 - now) * math.log((1 - now) / (1 - usual)) if now < 1 else 0.0)


def shortest_delay(nats_a_minute: float) -> float:
    """D* in minutes, while what a minute says stays the same.

    >>> round(shortest_delay(0.42)), round(shortest_delay(0.58))
    (33, 24)
    """
    return NATS / nats_a_minute


def shortest_delay_along(nats_a_minute: NDArray[np.float64], step_min: float = TICK_MIN) -> float:
    """D* in minutes, where what a minute says changes from step to step: whole steps, as ticks can tell no finer.

    Args:
        nats_a_minute: float64[steps] from the begin of the change on.
        step_min: minutes in a step.

    Returns infinity where the steps end before enough has been said.
    """
    told = np.cumsum(nats_a_minute) * step_min
    reached = int(np.searchsorted(told, NATS - 1e-9))
    return (reached + 1) * step_min if reached < len(told) else math.inf


class AtBest(NamedTuple):
    """What a CUSUM that knows level and size does with incidents of a kind, at their limit of time.

    Attributes:
        share: of them it finds with a limit of one in a million.
        nats: the limit with which it finds 19 of 20.

    """

    share: float
    nats: float


def at_best(nats: NDArray[np.float64]) -> AtBest:
    """Of float64[steps, draws], what each step says for the change.

    >>> at_best(np.full((3, 20), 5.0))
    AtBest(share=1.0, nats=15.0)
    """
    told, most = np.zeros((2, nats.shape[1]))
    for step in nats:
        told = np.maximum(told + step, 0.0)
        most = np.maximum(most, told)
    return AtBest(float((most >= NATS).mean()), float(np.quantile(most, 0.05)))
