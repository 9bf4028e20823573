"""Scenario `double11`: eight ordinary days, then the night of the sale with four faults and three traps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from streams.simulate import aftersales, contacts, feedback, orders, parcels, visits
from streams.simulate.arrival import arrivals, oddities
from streams.simulate.block import moments
from streams.simulate.plan import TENFOLD, Plan, plan
from streams.simulate.rhythm import MINUTE_MS, TIMEZONE, Rhythm, rhythm
from streams.simulate.shop import CHECKOUT_FAILURE
from streams.simulate.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Profile = Literal["full", "demo"]


@dataclass(frozen=True)
class _Size:
    orders_per_minute: float
    history_days: int
    broken: int
    foreign: int


_SIZES: dict[Profile, _Size] = {
    "full": _Size(orders_per_minute=6.5, history_days=8, broken=60, foreign=30),
    "demo": _Size(orders_per_minute=4.0, history_days=4, broken=40, foreign=20),
}
_WARM_UP_DAYS = 7  # parcels of older orders are under way, and refunds due, when the history begins


def double11(seed: int, profile: Profile = "full") -> Simulation:
    """Play the scenario. The same seed and profile give the same bytes.

    The live part runs from 22:30 to 02:00 on the night of 11 November 2026 (+08:00); everything before is history: the
    same shop on ordinary days, with the same ratios, so that expectations learnt there hold.
    """
    size = _SIZES[profile]
    draw = _generators(seed)
    what = plan(draw("plan"))
    when = rhythm(
        draw("rhythm"),
        orders_per_minute=size.orders_per_minute,
        history_days=size.history_days,
        warm_up_days=_WARM_UP_DAYS,
    )
    shoppers = _shoppers(when, what)
    started = when.arrivals(draw("checkouts"), shoppers / (1 - CHECKOUT_FAILURE))
    created, region, blocks = visits.play(draw("visits"), started)
    bought, order_blocks = orders.play(draw("orders"), created, region, what, when.history_from_ms)
    sent, parcel_blocks = parcels.play(draw("parcels"), bought, what, when.live_to_ms)
    blocks += order_blocks + parcel_blocks
    blocks += contacts.play(draw("contacts"), when, shoppers, what, bought.paid)
    blocks += aftersales.play(draw("aftersales"), bought, sent, when.live_to_ms)
    blocks += feedback.play(draw("feedback"), when, bought, sent)
    late = draw("arrival")
    evaluate_from = moments(np.array([when.live_from_ms]))[0]
    return Simulation(
        scenario={"name": "double11", "seed": seed, "evaluate_from": evaluate_from, "timezone": TIMEZONE},
        truth=what.truth(),
        broken=size.broken,
        foreign=size.foreign,
        _arrivals=[arrivals(late, block, when.history_from_ms, when.live_to_ms) for block in blocks],
        _oddities=oddities(late, when.history_from_ms, when.live_to_ms, broken=size.broken, foreign=size.foreign),
    )


def _generators(seed: int) -> Callable[[str], np.random.Generator]:
    """One generator per part, so that a change in one part leaves the draws of the others as they were."""
    return lambda part: np.random.Generator(np.random.PCG64([seed, *part.encode()]))


def _shoppers(when: Rhythm, what: Plan) -> NDArray[np.float64]:
    """Orders per minute with the trap: tenfold within three minutes, and down again over the last four."""
    trap = what.trap("tenfold")
    edges = np.array([trap.start_ms, trap.start_ms + 3 * MINUTE_MS, trap.end_ms - 4 * MINUTE_MS, trap.end_ms])
    factor = np.interp(when.minutes_ms, edges, (1.0, TENFOLD, TENFOLD, 1.0))
    return np.asarray(when.orders * factor)
