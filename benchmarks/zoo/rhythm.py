"""When a shop is busy: its day, its week, its growth, its days off, and how unevenly events come within a minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.signal import lfilter

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Times = NDArray[np.int64]

MINUTE_MS: Final = 60_000
DAY_MINUTES: Final = 1440
_EDGE_MS: Final = 10 * MINUTE_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Peak(NamedTuple):
    """Customers come `factor` times as often, rising and falling within ten minutes."""

    begin_ms: int
    end_ms: int
    factor: float


@dataclass(frozen=True)
class Rhythm:
    """Relative intensity; 1 on average over an ordinary week.

    Attributes:
        offset_min: of the shop's zone, east of Greenwich.
        hours: 24 levels of the local hours of a working day; between them levels go over into one another.
        weekend_hours: the same of Saturday and Sunday.
        week: seven factors from Monday on.
        growth: a day, as a factor (1.01: one per cent).
        days_off: factor of single days.
        peaks: what brings more customers than usual for a while: nothing is wrong.
        day_sd, wobble_sd, wobble_min: standard deviation of the log from day to day, of a slow wobble within a day, and
            the minutes after which that has forgotten itself.
        clustered, cluster_size, cluster_s: the share of events that draw followers, how many on average, how soon.

    """

    offset_min: int
    hours: tuple[float, ...]
    weekend_hours: tuple[float, ...]
    week: tuple[float, ...]
    growth: float = 1.0
    days_off: dict[date, float] = field(default_factory=dict)
    peaks: tuple[Peak, ...] = ()
    day_sd: float = 0.0
    wobble_sd: float = 0.0
    wobble_min: float = 120.0
    clustered: float = 0.0
    cluster_size: float = 2.0
    cluster_s: float = 60.0

    def plan(self, minutes: NDArray[np.int64]) -> Floats:
        """The level of each minute since the epoch, without what chance adds."""
        local = minutes + self.offset_min
        day, within = local // DAY_MINUTES, local % DAY_MINUTES
        weekday = (day + 3) % 7  # the epoch was a Thursday
        place = within / 60.0 - 0.5
        around = np.arange(-1, 25.0)
        curves = [np.interp(place, around, [h[-1], *h, h[0]]) for h in (self.hours, self.weekend_hours)]
        level = np.where(weekday >= 5, curves[1], curves[0]) * np.asarray(self.week)[weekday]
        level *= self.growth ** (day - day[0] if day.size else day)
        for off, factor in self.days_off.items():
            level[day == off.toordinal() - _EPOCH.toordinal()] *= factor
        at_ms = minutes * MINUTE_MS
        for peak in self.peaks:
            edges = (peak.begin_ms, peak.begin_ms + _EDGE_MS, peak.end_ms - _EDGE_MS, peak.end_ms)
            level *= np.interp(at_ms, edges, (1.0, peak.factor, peak.factor, 1.0))
        return np.asarray(level)

    def drift(self, rng: np.random.Generator, minutes: NDArray[np.int64]) -> Floats:
        """What chance makes of the level: whole days, and a slow wobble (an autoregressive walk of the log)."""
        day = (minutes + self.offset_min) // DAY_MINUTES
        steps = rng.normal(0.0, self.day_sd, int(day[-1] - day[0]) + 1) if day.size else np.zeros(0)
        keep = np.exp(-1.0 / self.wobble_min)
        noise = rng.normal(0.0, self.wobble_sd * np.sqrt(1 - keep**2), minutes.size)
        walk = lfilter([1.0], [1.0, -keep], noise)
        drift: Floats = np.exp(steps[day - day[0]] + walk - (self.day_sd**2 + self.wobble_sd**2) / 2)
        return drift

    def arrivals(self, rng: np.random.Generator, level: Floats, begin_ms: int, a_minute: float) -> Times:
        """Event times, sorted, where minute k after `begin_ms` has `a_minute * level[k]` on average."""
        followers = self.clustered * self.cluster_size
        counts = rng.poisson(level * a_minute / (1 + followers))
        leaders = begin_ms + (np.repeat(np.arange(level.size), counts) + rng.random(counts.sum())) * MINUTE_MS
        drawing = leaders[rng.random(leaders.size) < self.clustered]
        behind = np.repeat(drawing, rng.poisson(self.cluster_size, drawing.size))
        behind = behind + rng.exponential(self.cluster_s * 1000, behind.size)
        times = np.sort(np.concatenate([leaders, behind])).astype(np.int64)
        return times[times < begin_ms + level.size * MINUTE_MS]


def minutes_of(begin_ms: int, end_ms: int) -> NDArray[np.int64]:
    """Minutes since the epoch of a span."""
    return np.arange(begin_ms // MINUTE_MS, -(-end_ms // MINUTE_MS), dtype=np.int64)


def local_midnight_ms(day: date, offset_min: int) -> int:
    """When a day begins in the shop's zone."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=offset_min)
    return int(at.timestamp() * 1000)
