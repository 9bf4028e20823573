"""Scenario `evening`: the service desk of a shop, and an evening on which two queues have too few agents for the rise.

Contacts come, wait, are answered or give up as in a real queue: nothing is drawn from the formulas that Pharos uses.
Handle times are log-normal and patience is not exponential, where Erlang A takes both for exponential.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from streams.simulate import rhythm
from streams.simulate.arrival import Arrivals
from streams.simulate.block import Amount, Block, Column, Count, Label, Moment, Named, moments
from streams.simulate.evening_queues import QUEUES, Queue, handled_lately
from streams.simulate.queue import serve
from streams.simulate.rhythm import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, TIMEZONE
from streams.simulate.simulation import Simulation
from streams.simulate.truth import entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_HISTORY_DAYS: Final = 4
LIVE_FROM_MS: Final = MIDNIGHT_MS - 5 * DAY_MS + 17 * HOUR_MS
LIVE_TO_MS: Final = LIVE_FROM_MS + 5 * HOUR_MS
_BEGIN_MINUTES: Final = ((45, 100), (150, 200))  # of the live part, between which the two begin
_LASTS_MINUTES: Final = (50, 70)
_MISSING: Final = (0.25, 0.5)  # of the agents needed
_SNAPSHOT_MS: Final = 30_000
_LATELY_MS: Final = 30 * MINUTE_MS  # over which the desk tells handle times
_LATE_MS, _LATEST_MS = 700, 8_000
_CHANNELS: Final = ("phone", "app")
_WHAT: Final = "too few agents for the evening's rise"


@dataclass(frozen=True)
class Shortage:
    """Agents who are missing: of which queue, when, how many are needed as it begins, and how many are there."""

    queue: str
    start_ms: int
    end_ms: int
    needed: int
    staffed: int

    def truth(self) -> dict[str, Any]:
        """An entry of truth.json."""
        scope = {"queue": self.queue}
        own = entry(f"staff {self.queue}", "consultation", scope, (self.start_ms, self.end_ms), "incident", [])
        return {**own, "needed": self.needed, "staffed": self.staffed, "what": _WHAT, "metrics": ["staffing_gap"]}


def evening(seed: int) -> Simulation:
    """Play it: four days of history, then 17:00 to 22:00 on 6 November 2026. The same seed gives the same bytes."""
    draw = _generators(seed)
    minutes, rates = offered(seed)
    short = shortages(draw("shortages"), minutes, rates)
    arriving: list[Arrivals] = []
    first = 0
    for queue in QUEUES:
        rng = draw(queue.name)
        opened = rhythm.arrivals(rng, minutes, rates[queue.name])
        own = [shortage for shortage in short if shortage.queue == queue.name]
        staff = staffing(minutes, queue.roster(rates[queue.name]), own)
        blocks = _blocks(rng, queue, opened, staff, np.arange(minutes[0], LIVE_TO_MS, _SNAPSHOT_MS), first)
        arriving += [_arriving(rng, block) for block in blocks]
        first += len(opened)
    scenario = {
        "name": "evening",
        "seed": seed,
        "evaluate_from": moments(np.array([LIVE_FROM_MS]))[0],
        "timezone": TIMEZONE,
    }
    return Simulation(scenario, [shortage.truth() for shortage in short], 0, 0, arriving, [])


def offered(seed: int) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """The minutes of the scenario, ms, and by queue how many contacts are expected in each."""
    draw = _generators(seed)
    minutes = np.arange(LIVE_FROM_MS - _HISTORY_DAYS * DAY_MS, LIVE_TO_MS, MINUTE_MS, dtype=np.int64)
    return minutes, {queue.name: queue.rates(draw(f"rates {queue.name}"), minutes) for queue in QUEUES}


def shortages(
    rng: np.random.Generator, minutes: NDArray[np.int64], rates: dict[str, NDArray[np.float64]]
) -> list[Shortage]:
    """Two queues, one after the other."""
    found = []
    for number, (earliest, latest) in zip(rng.permutation(len(QUEUES)), _BEGIN_MINUTES, strict=False):
        queue = QUEUES[number]
        start = LIVE_FROM_MS + int(rng.integers(earliest, latest + 1)) * MINUTE_MS
        lasts = int(rng.integers(_LASTS_MINUTES[0], _LASTS_MINUTES[1] + 1)) * MINUTE_MS
        needed = queue.needed(rng, float(rates[queue.name][(start - int(minutes[0])) // MINUTE_MS]))
        left = max(round(needed * (1 - rng.uniform(*_MISSING))), 1)
        found.append(Shortage(queue.name, start, start + lasts, needed, left))
    return found


def staffing(
    minutes: NDArray[np.int64], roster: NDArray[np.int64], short: list[Shortage]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When the number of agents may change, and to what."""
    agents = roster.copy()
    for shortage in short:
        agents[(minutes >= shortage.start_ms) & (minutes < shortage.end_ms)] = shortage.staffed
    return minutes, agents


def _blocks(
    rng: np.random.Generator,
    queue: Queue,
    opened: NDArray[np.int64],
    staff: tuple[NDArray[np.int64], NDArray[np.int64]],
    looks: NDArray[np.int64],
    first: int,
) -> list[Block]:
    """The events of one queue, whose contacts are numbered from `first`."""
    count = len(opened)
    handling, patience = queue.handling(rng, count), queue.patience(rng, count)
    served = serve(opened, handling, patience, staff, looks)
    subject = ("E", np.arange(first, first + count))
    here = np.zeros(count, dtype=np.int16)
    fields: tuple[Column, ...] = (
        Label("consultation_id", *subject),
        Named("queue", (queue.name,), here),
        Named("channel", _CHANNELS, rng.integers(0, 2, count).astype(np.int16)),
    )
    person, since = Named("handled_by", ("human",), here), Moment("opened_at", opened)
    answered, gone = served.answered > 0, served.abandoned > 0

    def block(kind: str, name: str, time: NDArray[np.int64], rows: NDArray[np.bool_], *extra: Column) -> Block:
        own = (*fields, *extra)
        return Block("consultations", kind, "/desk", time, subject, own, f"{name}{queue.name}-", np.flatnonzero(rows))

    none = np.zeros(len(looks), dtype=np.int64)
    snapshot: tuple[Column, ...] = (
        Named("queue", (queue.name,), none),
        Count("waiting", served.waiting),
        Amount("oldest_wait", served.oldest_ms / 1000),
        Count("staffed", served.staffed),
        Count("available", served.available),
        Amount("handle_time", handled_lately(served.answered, handling, looks, _LATELY_MS)),
    )
    waited, left = (Amount("waited", (of - opened) / 1000) for of in (served.answered, served.abandoned))
    return [
        block("consultation.opened", "eo-", opened, opened > 0),
        block("consultation.answered", "ea-", served.answered, answered, person, since, waited),
        block("consultation.abandoned", "ex-", served.abandoned, gone, since, left),
        block("consultation.closed", "ec-", served.answered + handling, answered, person, since),
        Block(
            "consultations",
            "queue.snapshot",
            "/desk",
            looks,
            (f"queue-{queue.name}-", none),
            snapshot,
            f"eq-{queue.name}-",
            np.arange(len(looks)),
        ),
    ]


def _arriving(rng: np.random.Generator, block: Block) -> Arrivals:
    """All within seconds; what would come after the end is left out."""
    times = block.time_ms[block.rows]
    at = times + np.minimum(rng.exponential(_LATE_MS, len(times)), _LATEST_MS).astype(np.int64)
    rows, at = block.rows[times < LIVE_TO_MS], at[times < LIVE_TO_MS]
    order = np.argsort(at, kind="stable")
    return Arrivals(block, rows[order], at[order], np.zeros(len(order), dtype=np.bool_))


def _generators(seed: int) -> Callable[[str], np.random.Generator]:
    return lambda part: np.random.Generator(np.random.PCG64([seed, *f"evening {part}".encode()]))
