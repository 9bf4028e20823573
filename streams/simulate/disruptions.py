"""What the faults of carriers and warehouses do to parcels that are on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.rhythm import HOUR_MS, MINUTE_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.faults import Fault
    from streams.simulate.orders import Orders
    from streams.simulate.plan import Plan

    Moves = NDArray[np.float64]

PASSES_A_STALL = 0.03
BACKLOG_MS = 90 * MINUTE_MS  # how long it takes to work off what a stall left
DAY_AWAY_MS = (18 * HOUR_MS, 42 * HOUR_MS)  # how early or late an erratic carrier is
_LEAST_STEP_MS = 20 * MINUTE_MS  # from the last hub to the courier, and on to the door


def disrupt(rng: np.random.Generator, moves: Moves, orders: Orders, order: NDArray[np.int64], plan: Plan) -> None:
    """Changes the times of movements (float64[parcels, steps], 0 where a step is left out) in place."""
    carrier, region, warehouse = orders.carrier[order], orders.region[order], orders.warehouse[order]
    erratic = plan.fault("erratic")
    if erratic is not None:
        _mix_up(rng, moves, np.flatnonzero(carrier == shop.CARRIERS.code(erratic.target["carrier"])), erratic)
    stalled = plan.fault("carrier")
    if stalled is not None:
        codes = [shop.REGIONS.code(name) for name in stalled.regions]
        hit = (carrier == shop.CARRIERS.code(stalled.target["carrier"])) & np.isin(region, codes)
        _stall(rng, moves, np.flatnonzero(hit), stalled, PASSES_A_STALL, steps=moves.shape[1])
    closed = plan.fault("warehouse")
    if closed is not None:
        hit = warehouse == shop.WAREHOUSES.code(closed.target["warehouse"])
        _stall(rng, moves, np.flatnonzero(hit), closed, closed.size, steps=1)


def _stall(
    rng: np.random.Generator, moves: Moves, hit: NDArray[np.intp], fault: Fault, passes: float, *, steps: int
) -> None:
    """During a stall hardly anything takes the first `steps` steps; then the backlog does, and all that follows is
    later by as much.
    """
    rows = hit[moves[hit, -1] >= fault.start_ms]
    shift = np.zeros(len(rows))
    for step in range(moves.shape[1]):
        time = moves[rows, step] + shift
        caught = (time >= fault.start_ms) & (time < fault.end_ms) & (rng.random(len(rows)) >= passes) & (step < steps)
        release = fault.end_ms + rng.uniform(0, BACKLOG_MS, len(rows))
        shift = np.where(caught & (moves[rows, step] > 0), shift + release - time, shift)
        moves[rows, step] = np.where(moves[rows, step] > 0, moves[rows, step] + shift, 0)


def _mix_up(rng: np.random.Generator, moves: Moves, rows: NDArray[np.intp], fault: Fault) -> None:
    """Of the deliveries in the span a share is put off by a day; as many come in their place, half of them a day
    late, half a day early: so many as before, as old as before on average, and some much younger or older.
    """
    door = moves[rows, -1]
    inside = (door >= fault.start_ms) & (door < fault.end_ms)
    put_off = rows[inside & (rng.random(len(rows)) < fault.size)]
    late = rows[(door >= fault.start_ms - DAY_AWAY_MS[1]) & (door < fault.start_ms - DAY_AWAY_MS[0])]
    early = rows[
        (door >= fault.end_ms + DAY_AWAY_MS[0])
        & (door < fault.end_ms + DAY_AWAY_MS[1])
        & (moves[rows, 0] < fault.start_ms - 2 * _LEAST_STEP_MS)
    ]
    half = min(len(put_off) // 2, len(late), len(early))
    times = rng.permutation(moves[put_off, -1])[: 2 * half]
    for chosen, when in (
        (rng.permutation(late)[:half], times[:half]),
        (rng.permutation(early)[:half], times[half:]),
    ):
        scans = moves[chosen, :-2]
        moves[chosen, :-2] = np.where(scans < when[:, None] - 2 * _LEAST_STEP_MS, scans, 0)  # early: past some hubs
        moves[chosen, -2] = when - _LEAST_STEP_MS
        moves[chosen, -1] = when
    moves[put_off, -2:] += rng.uniform(*DAY_AWAY_MS, len(put_off))[:, None]
