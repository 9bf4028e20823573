"""How often the interval of tonight's 30-day figure holds what the day then brings: `make bench-scorecards`.

Two hundred simulated days. The ratio of a day lies around that of its shop with a spread between days that is larger
than chance, drifts by the week, and is not the same at all hours; a day's volume varies, too, and the time of day at
which it comes is shifted from that of the days before. The model knows none of this but what it has seen. A figure is
projected four times a day, and compared with what it was at midnight.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detectors.projected_day import Fraction, project
from streams.merge.day_course import DayCourse

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOURS = 24
LEARNED = 29
AT = (6, 10, 14, 18)
NINE_IN_TEN = 1.70  # as streams.scorecards.outlook
HOUR_MS = 3_600_000


class Shop(NamedTuple):
    """One kind of shop: cases a day, usual ratio, spread of the ratio between days (standard deviation)."""

    name: str
    cases: int
    ratio: float
    spread: float


SHOPS = (
    Shop("large, steady", 20_000, 0.95, 0.004),
    Shop("large, erratic", 20_000, 0.95, 0.03),
    Shop("medium", 1_000, 0.90, 0.02),
    Shop("small", 60, 0.96, 0.02),
)


class Days(NamedTuple):
    """int64[days, hours]: what came, and what of it was good."""

    cases: NDArray[np.int64]
    good: NDArray[np.int64]


def simulated(shop: Shop, days: int, rng: np.random.Generator) -> Days:
    """Days of a shop, of which none is like the model's."""
    hours = np.arange(HOURS)
    week = 0.3 * np.sin(2 * np.pi * np.arange(days) / 7)
    precision = shop.ratio * (1 - shop.ratio) / shop.spread**2 - 1
    level = rng.beta(shop.ratio * precision, (1 - shop.ratio) * precision, days)
    cases, good = [], []
    for day in range(days):
        peak = 15 + rng.normal(0, 1.5)  # the hour around which a day's cases come, never quite the same
        shape = np.exp(-0.5 * ((hours - peak) / 5) ** 2) + 0.05
        volume = shop.cases * (1 + 0.2 * week[day]) * rng.lognormal(0, 0.15)
        came = rng.poisson(volume * shape / shape.sum())
        by_hour = np.clip(level[day] + shop.spread / 2 * np.cos(2 * np.pi * (hours - peak) / HOURS), 0.0, 1.0)
        by_hour = np.clip(by_hour + rng.normal(0, shop.spread / 3, HOURS), 0.0, 1.0)
        cases.append(came)
        good.append(rng.binomial(came, by_hour))
    return Days(np.array(cases), np.array(good))


def held(shop: Shop, judged: int, seed: int) -> dict[int, float]:
    """By hour of the day, the share of days whose figure at midnight lay in the interval."""
    rng = np.random.default_rng(seed)
    days = simulated(shop, LEARNED + judged, rng)
    inside = dict.fromkeys(AT, 0)
    course = DayCourse(components=2)
    for day in range(LEARNED + judged):
        course.go_on(day + 1)
        if day >= LEARNED:
            past = slice(day - LEARNED, day)
            window = Fraction(np.array([days.good[past].sum()]), np.array([days.cases[past].sum()]))
            history = Fraction(
                days.good[past].sum(axis=1)[1:, None] * 1.0, days.cases[past].sum(axis=1)[1:, None] * 1.0
            )
            ends = (window.above[0] + days.good[day].sum()) / (window.below[0] + days.cases[day].sum())
            for at in AT:
                today = Fraction(np.array([days.good[day, :at].sum()]), np.array([days.cases[day, :at].sum()]))
                passed = course.passed(at * HOUR_MS)
                found = project(window, today, history, passed.share, passed.later, of_trials=True)
                inside[at] += abs(ends - found.figure[0]) <= NINE_IN_TEN * found.spread[0]
        for hour in range(HOURS):
            numbers = np.array([days.good[day, hour], days.cases[day, hour]])
            course.add(day + 1, np.full(2, hour * HOUR_MS), np.array([0, 1]), numbers)
    return {at: count / judged for at, count in inside.items()}


def main() -> int:
    """Prints a row for each shop; exit code 1 where less than 85 or more than 95 of a hundred days were held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=200, help="judged days of each shop")
    parser.add_argument("--seed", type=int, default=1, help="of the simulated days")
    flags = parser.parse_args()
    print(f"{'shop':<16}" + "".join(f"{f'at {at}:00':>10}" for at in AT) + f"{'all':>10}")
    total = []
    for number, shop in enumerate(SHOPS):
        share = held(shop, flags.days, 100 * flags.seed + number)
        total += list(share.values())
        print(
            f"{shop.name:<16}" + "".join(f"{share[at]:>10.1%}" for at in AT) + f"{np.mean(list(share.values())):>10.1%}"
        )
    everything = float(np.mean(total))
    print(
        f"the 90 % interval held {everything:.1%} of {len(SHOPS) * len(AT) * flags.days:,} figures (goal: 85 to 95 %)"
    )
    return 0 if 0.85 <= everything <= 0.95 else 1


if __name__ == "__main__":
    raise SystemExit(main())
