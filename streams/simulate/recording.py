"""From a rhythm and a plan to an events file: the journeys of a sale, its service, and how they reach the broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from streams.simulate import sale, service
from streams.simulate.arrival import arrivals, oddities
from streams.simulate.rhythm import HOUR_MS
from streams.simulate.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from streams.simulate.plan import Plan
    from streams.simulate.rhythm import Rhythm


class Extent(NamedTuple):
    """What a file holds besides the journeys.

    Attributes:
        scenario, truth: see `Simulation`.
        broken, foreign: how many lines are dead letters, and how many are of types that nobody listens to.
        service_hours: of the history, in which the service around the journeys is told; None: in all.

    """

    scenario: dict[str, Any]
    truth: list[dict[str, Any]]
    broken: int
    foreign: int
    service_hours: int | None = None


def recorded(
    draw: Callable[[str], np.random.Generator],
    when: Rhythm,
    what: Plan,
    shoppers: NDArray[np.float64],
    extent: Extent,
) -> Simulation:
    """Play it. `shoppers` are the orders of each minute of the rhythm, with what the plan makes of them."""
    blocks, added = service.play(draw, sale.play(draw, when, what, shoppers), when.live_to_ms)
    late = draw("arrival")
    span = when.history_from_ms, when.live_to_ms
    arriving = [arrivals(late, block, *span, what) for block in blocks]
    odd = oddities(late, *span, broken=extent.broken, foreign=extent.foreign)
    hours = extent.service_hours
    told_from = span[0] if hours is None else when.live_from_ms - hours * HOUR_MS
    arriving += [
        arrivals(draw(f"arrival of {block.id_prefix}"), block, max(told_from, span[0]), span[1], what)
        for block in added
    ]
    return Simulation(extent.scenario, extent.truth, extent.broken, extent.foreign, arriving, odd)


def generators(seed: int) -> Callable[[str], np.random.Generator]:
    """One generator per part, so that a change in one part leaves the draws of the others as they were."""
    return lambda part: np.random.Generator(np.random.PCG64([seed, *part.encode()]))
