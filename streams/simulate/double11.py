"""Scenario `double11`: eight days, then the evening and the night of the sale with eleven faults and seven traps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from streams.simulate.block import moments
from streams.simulate.plan import FIRST, QUIET, TENFOLD, Plan, plan
from streams.simulate.recording import Extent, generators, recorded
from streams.simulate.rhythm import (
    FIRST_PEAK,
    HOUR_MS,
    MIDNIGHT_MS,
    MINUTE_MS,
    TIMEZONE,
    WAVES,
    Rhythm,
    rhythm,
    wave_span,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.simulation import Simulation

Profile = Literal["full", "demo"]


@dataclass(frozen=True)
class _Size:
    orders_per_minute: float  # on ordinary days
    crowd: float  # at the sale, of `NIGHT_ORDERS`
    history_days: int
    live_from: int  # minutes from midnight
    resent_ms: int
    broken: int
    foreign: int
    service_hours: int | None = None  # of the history, in which the service around the journeys is told; None: in all


_SIZES: dict[Profile, _Size] = {
    "full": _Size(6.5, 1.0, 8, QUIET[0] - 5, HOUR_MS, broken=60, foreign=30),
    # The live part begins with the first fault; the embedded broker recognises fewer repetitions. Spectators wait
    # until the history is learnt, so it is short, and the service is told for a day and a half of it.
    "demo": _Size(4.0, 1.0, 4, FIRST[0] - 2, HOUR_MS // 4, broken=40, foreign=20, service_hours=36),
}
_WARM_UP_DAYS = 7  # parcels of older orders are under way, and refunds due, when the history begins


def double11(seed: int, profile: Profile = "full") -> Simulation:
    """Play the scenario. The same seed and profile give the same bytes.

    The live part runs from 18:40 on 10 November 2026 to 02:00 (+08:00); everything before is history: the same shop on
    ordinary days, with the same ratios, so that expectations learnt there hold. What is planned, two evenings of
    deposits and two peaks, stands in the scenario's calendar.
    """
    size = _SIZES[profile]
    draw = generators(seed)
    what = plan(draw("plan"), size.resent_ms)
    when = rhythm(
        draw("rhythm"),
        orders_per_minute=size.orders_per_minute,
        crowd=size.crowd,
        history_days=size.history_days,
        live_from=size.live_from,
        warm_up_days=_WARM_UP_DAYS,
    )
    shoppers = _shoppers(when, what)
    scenario = {
        "name": "double11",
        "seed": seed,
        "evaluate_from": moments(np.array([when.live_from_ms]))[0],
        "timezone": TIMEZONE,
        "calendar": calendar(),
    }
    extent = Extent(scenario, what.truth(), size.broken, size.foreign, size.service_hours)
    return recorded(draw, when, what, shoppers, extent)


def calendar() -> list[dict[str, Any]]:
    """What the shop's planners know: when people come, and about how many times as many as usual."""
    planned = [
        *((f"deposits, wave {number}", *wave_span(days), (1.0, 6.0)) for number, (days, _) in enumerate(WAVES, 1)),
        ("the evening of the sale", *_minutes(-300, 0), (1.0, 20.0)),
        ("first peak", *_minutes(FIRST_PEAK, FIRST_PEAK + 30), (2.0, 40.0)),
        ("second peak", *_minutes(0, 45), (3.0, 120.0)),
        ("the night of the sale", *_minutes(45, 120), (1.0, 80.0)),
    ]
    names = ["orders_created", "orders_paid", "revenue_paid"]
    return [
        {"name": name, "begins": begins, "ends": ends, "activity": [*activity], "metrics": names}
        for name, begins_ms, ends_ms, activity in planned
        for begins, ends in [moments(np.array([begins_ms, ends_ms]))]
    ]


def _minutes(begins: int, ends: int) -> tuple[int, int]:
    return MIDNIGHT_MS + begins * MINUTE_MS, MIDNIGHT_MS + ends * MINUTE_MS


def _shoppers(when: Rhythm, what: Plan) -> NDArray[np.float64]:
    """Orders per minute with the trap: tenfold within three minutes, and down again over the last four."""
    trap = what.trap("tenfold")
    edges = np.array([trap.start_ms, trap.start_ms + 3 * MINUTE_MS, trap.end_ms - 4 * MINUTE_MS, trap.end_ms])
    factor = np.interp(when.minutes_ms, edges, (1.0, TENFOLD, TENFOLD, 1.0))
    return np.asarray(when.orders * factor)
