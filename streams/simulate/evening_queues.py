"""The queues of the scenario `evening`: who comes, how long that takes, who waits how long, and how many agents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from streams.simulate.queue import serve
from streams.simulate.rhythm import MINUTE_MS, SHOPPERS, of_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

TARGET, WITHIN_MS = 0.8, 20_000
_SPREAD: Final = 0.7  # of the logarithm of handle times: they are log-normal, as those of call centres are
_STEADY: Final = 1.4  # shape of patience: few leave at once, as few do where a message asks them to wait
_SHIFT: Final = 30  # minutes for which a roster holds
_TRIED: Final = 12_000  # contacts with which the number of agents that is needed is tried out
_DAYS, _HALF_HOURS = 0.08, 0.04  # by which days and half hours differ


@dataclass(frozen=True)
class Queue:
    """One queue: contacts a minute on average over the day, and means of handle time and patience in seconds."""

    name: str
    a_minute: float
    handle_s: float
    patience_s: float

    def handling(self, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Times to handle contacts, ms."""
        times = rng.lognormal(np.log(self.handle_s * 1000) - _SPREAD**2 / 2, _SPREAD, count)
        return np.asarray(times, dtype=np.int64)

    def patience(self, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Times after which customers give up, ms."""
        return np.asarray(rng.gamma(_STEADY, self.patience_s * 1000 / _STEADY, count), dtype=np.int64)

    def rates(self, rng: np.random.Generator, minutes_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Contacts a minute, minute by minute: a daily curve, days and half hours that differ."""
        half_hours = np.arange(0, len(minutes_ms) + _SHIFT, _SHIFT)
        wobble = rng.normal(0, _HALF_HOURS, len(half_hours))
        of_minute = np.interp(np.arange(len(minutes_ms)), half_hours, wobble)
        day = (np.arange(len(minutes_ms))) // (24 * 60)
        of_day_too = rng.normal(0, _DAYS, int(day[-1]) + 1)[day]
        return np.asarray(self.a_minute * of_day(SHOPPERS, minutes_ms) * np.exp(of_minute + of_day_too))

    def roster(self, rates: NDArray[np.float64]) -> NDArray[np.int64]:
        """Agents, minute by minute: planners know what will be busy, half an hour by half an hour, and add a margin."""
        load = rates * self.handle_s / 60
        shifts = np.pad(load, (0, -len(load) % _SHIFT), mode="edge").reshape(-1, _SHIFT).max(axis=1)
        agents = np.ceil(shifts + 2.3 * np.sqrt(shifts) + 2)
        return np.asarray(np.repeat(agents, _SHIFT)[: len(rates)], dtype=np.int64)

    def needed(self, rng: np.random.Generator, a_minute: float) -> int:
        """The fewest agents with whom four of five contacts are answered within 20 s, found by trying.

        Contacts come at that rate, with the handle times and the patience that this queue has: no formula is asked.
        """
        opened = np.cumsum(rng.exponential(MINUTE_MS / a_minute, _TRIED)).astype(np.int64)
        handling, patience = self.handling(rng, _TRIED), self.patience(rng, _TRIED)
        low, high = 0, int(2 * a_minute * self.handle_s / 60) + 10
        none = np.zeros(0, dtype=np.int64)
        while high - low > 1:
            agents = (low + high) // 2
            staff = np.zeros(1, dtype=np.int64), np.full(1, agents)
            served = serve(opened, handling, patience, staff, none)
            in_time = (served.answered > 0) & (served.answered - opened <= WITHIN_MS)
            low, high = (low, agents) if in_time.mean() >= TARGET else (agents, high)
        return high


QUEUES: Final = (
    Queue("presale", 5.0, 150, 120),
    Queue("aftersale", 3.6, 240, 180),
    Queue("refund", 2.8, 200, 150),
    Queue("logistics", 4.4, 120, 100),
    Queue("vip", 1.4, 180, 240),
)


def handled_lately(
    answered: NDArray[np.int64], handling: NDArray[np.int64], looks: NDArray[np.int64], lately_ms: int
) -> NDArray[np.float64]:
    """float64[looks]: the mean handle time, s, of the contacts that ended lately; NaN where none did."""
    rows = np.flatnonzero(answered > 0)
    ends = answered[rows] + handling[rows]
    order = np.argsort(ends, kind="stable")
    total = np.concatenate(([0], np.cumsum(handling[rows][order])))
    first, last = np.searchsorted(ends[order], np.stack((looks - lately_ms, looks)))
    mean = (total[last] - total[first]) / np.maximum(last - first, 1) / 1000
    return np.where(last > first, mean, np.nan)
