"""How busy the shop is at every minute: the daily curve, the night of the sale, and when carriers work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIMEZONE = "Asia/Shanghai"
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
OFFSET_MS = 8 * HOUR_MS
MIDNIGHT_MS = int(datetime(2026, 11, 11, tzinfo=ZoneInfo(TIMEZONE)).timestamp()) * 1000

# Relative activity at each full hour; between them it runs straight. Means are taken out below.
SHOPPERS = (
    *(0.7, 0.4, 0.25, 0.16, 0.13, 0.15, 0.3, 0.55, 0.8, 1.05, 1.25, 1.25),
    *(1.3, 1.25, 1.2, 1.15, 1.15, 1.15, 1.25, 1.45, 1.75, 1.85, 1.65, 1.15),
)
HUBS = (
    *(1.75, 1.6, 1.4, 1.2, 0.9, 0.5, 0.3, 0.3, 0.4, 0.5, 0.6, 0.7),
    *(0.7, 0.7, 0.75, 0.8, 0.9, 1.0, 1.2, 1.4, 1.6, 1.75, 1.8, 1.8),
)
COURIERS = (
    *(0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.1, 0.7, 1.5, 2.0, 2.2, 2.0),
    *(1.6, 1.5, 1.7, 1.8, 1.8, 1.8, 1.8, 1.7, 1.4, 1.0, 0.4, 0.1),
)

FIRST_PEAK = -240  # minutes from midnight

# Orders per minute on the evening and the night of the sale, by minutes from midnight; before, the usual curve holds.
NIGHT_MINUTES = (
    *(-292, -284, -262, -241, -240, -234, -226, -210, -190, -120, -60, -10, -1),
    *(0, 5, 12, 25, 45, 75, 90, 105, 120),
)
NIGHT_ORDERS = (
    *(10, 60, 75, 70, 210, 210, 150, 110, 90, 84, 86, 84, 70),
    *(250, 250, 190, 140, 105, 84, 66, 50, 38),
)
HELD_BACK = 0.65  # of a usual day: what is bought on the day before the sale

# The evenings on which people pay deposits, by days before midnight of the sale; the balance is due at a peak.
WAVES = ((-4, FIRST_PEAK), (-2, 0))
WAVE_MINUTES = 120
DEPOSITS_PER_MINUTE = 16.0


def wave_span(days: int) -> tuple[int, int]:
    """When a wave begins and ends, in ms: 20:00 to 22:00."""
    begins = MIDNIGHT_MS + days * DAY_MS + FIRST_PEAK * MINUTE_MS
    return begins, begins + WAVE_MINUTES * MINUTE_MS


def of_day(curve: tuple[float, ...], times_ms: NDArray[np.int64]) -> NDArray[np.float64]:
    """A curve of 24 hourly values, scaled to mean 1, at times (ms, UTC) of the shop's day."""
    hours = (times_ms + OFFSET_MS) % DAY_MS / HOUR_MS
    values = np.asarray((*curve, curve[0])) / np.mean(curve)
    relative: NDArray[np.float64] = np.interp(hours, np.arange(25), values)
    return relative


def arrivals(
    rng: np.random.Generator, minutes_ms: NDArray[np.int64], per_minute: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Times of a Poisson process with the given rate in each minute, ascending, in ms."""
    counts = rng.poisson(per_minute)
    times = np.repeat(minutes_ms, counts) + rng.integers(0, MINUTE_MS, int(counts.sum()))
    return np.sort(times)


@dataclass(frozen=True)
class Rhythm:
    """Orders per minute of a scenario.

    Attributes:
        minutes_ms: start of each minute, from long enough before the history for parcels to be under way.
        history_from_ms, live_from_ms, live_to_ms: the history, the live part.
        orders: expected orders created in each minute, without traps.

    """

    minutes_ms: NDArray[np.int64]
    history_from_ms: int
    live_from_ms: int
    live_to_ms: int
    orders: NDArray[np.float64]

    def arrivals(self, rng: np.random.Generator, per_minute: NDArray[np.float64]) -> NDArray[np.int64]:
        """Times of a Poisson process with the given rate in each minute, ascending, in ms."""
        return arrivals(rng, self.minutes_ms, per_minute)

    def at(self, per_minute: NDArray[np.float64], time_ms: float) -> float:
        """A rate at one moment."""
        return float(per_minute[int((time_ms - self.minutes_ms[0]) // MINUTE_MS)])


def rhythm(
    rng: np.random.Generator,
    *,
    orders_per_minute: float,
    crowd: float,
    history_days: int,
    live_from: int,
    warm_up_days: int,
) -> Rhythm:
    """Rhythm of the night of 11 November 2026: ordinary days of the given mean, two evenings of deposits, the quiet day
    before the sale, then the sale with `crowd` times its orders. The live part begins `live_from` minutes from
    midnight.

    History and sale share the daily curve, and every ratio; only the number of shoppers differs. Days and quarters of
    an hour vary by a few per cent, as real ones do.
    """
    live_from_ms = MIDNIGHT_MS + live_from * MINUTE_MS
    live_to = MIDNIGHT_MS + 120 * MINUTE_MS
    history_from = live_from_ms - history_days * DAY_MS
    minutes = np.arange(history_from - warm_up_days * DAY_MS, live_to, MINUTE_MS, dtype=np.int64)
    usual = orders_per_minute * of_day(SHOPPERS, minutes)
    usual = np.where(minutes >= MIDNIGHT_MS - DAY_MS, usual * HELD_BACK, usual)
    for days, _ in WAVES:
        begins, ends = wave_span(days)
        usual = np.where((minutes >= begins) & (minutes < ends), usual + DEPOSITS_PER_MINUTE, usual)
    from_midnight = (minutes - MIDNIGHT_MS) / MINUTE_MS
    tonight = crowd * np.interp(from_midnight, NIGHT_MINUTES, NIGHT_ORDERS)
    orders = np.where(from_midnight < NIGHT_MINUTES[0], usual, np.maximum(tonight, usual))
    knots = np.arange(0, len(minutes) + 15, 15)
    wobble = np.interp(np.arange(len(minutes)), knots, rng.normal(0, 0.05, len(knots)))
    day = (minutes - minutes[0]) // DAY_MS
    days = rng.normal(0, 0.03, int(day[-1]) + 1)[day]
    return Rhythm(minutes, history_from, live_from_ms, live_to, orders * np.exp(wobble + days))


class WorkingTime:
    """Carriers do not work evenly round the clock: durations of work are turned into moments by a daily curve."""

    def __init__(self, curve: tuple[float, ...], from_ms: int, to_ms: int) -> None:
        """Cover the time span given (ms); what lies beyond its end comes out as its end."""
        self._clock = np.arange(from_ms, to_ms + HOUR_MS, 10 * MINUTE_MS, dtype=np.int64)
        work = of_day(curve, self._clock)
        self._work = np.concatenate(([0.0], np.cumsum((work[1:] + work[:-1]) / 2) * 10 * MINUTE_MS))

    def after(
        self, start_ms: NDArray[np.floating] | NDArray[np.integer], work_ms: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Moments at which the given amounts of average work are done, begun at `start_ms`."""
        done = np.interp(start_ms, self._clock, self._work)
        moments: NDArray[np.float64] = np.interp(done + work_ms, self._work, self._clock)
        return moments
