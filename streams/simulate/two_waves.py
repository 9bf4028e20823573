"""Scenario `two_waves`: a week, then two evenings of one sale; in the second fewer people come than the first had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import numpy as np

from streams.simulate.block import moments
from streams.simulate.plan import Plan
from streams.simulate.recording import Extent, generators, recorded
from streams.simulate.rhythm import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SHOPPERS,
    TIMEZONE,
    Rhythm,
    of_day,
)
from streams.simulate.shop import TINY_STORES
from streams.simulate.traps import Trap
from streams.simulate.truth import entry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.simulation import Simulation

Profile = Literal["full", "demo"]
Span = tuple[int, int]

WAVES: tuple[int, int] = tuple(  # type: ignore[assignment] # two
    int(datetime(2026, 12, day, 20, tzinfo=ZoneInfo(TIMEZONE)).timestamp()) * 1000 for day in (11, 12)
)
WAVE_MINUTES = 90
# Orders per minute of a wave by minutes from its beginning; the usual evening has twelve.
_MINUTES = (0, 1, 3, 6, 15, 30, 50, 75, 90)
_ORDERS = (30, 170, 240, 240, 180, 140, 110, 70, 30)
_FOLLOWS = 0.08  # how far the second is from the first, at most
_BEFORE_MINUTES, _AFTER_MINUTES = 20, 30
_RESENT_MS = HOUR_MS // 4
_WARM_UP_DAYS = 7

ABSENT = "absent"
WHAT: dict[str, str] = {
    ABSENT: "in the second wave less than half of the people come that came at this minute of the first, and still "
    "several times as many as on a usual evening",
    "first_wave": "the first wave: ten times the orders of a usual evening within minutes",
    "second_wave": "the second wave, which is like the first",
}
"""What happens, by the beginning of its id in truth.json, for people."""


@dataclass(frozen=True)
class _Size:
    orders_per_minute: float
    crowd: float  # of `_ORDERS`
    history_days: int
    service_hours: int | None = None


_SIZES: dict[Profile, _Size] = {"full": _Size(6.5, 1.0, 7), "demo": _Size(4.0, 0.6, 4, service_hours=36)}


def two_waves(seed: int, profile: Profile = "full") -> Simulation:
    """Play the scenario. The same seed and profile give the same bytes.

    The live part runs from 19:40 on 11 December 2026 to 22:00 on 12 December (+08:00).
    """
    size, draw = _SIZES[profile], generators(seed)
    rng = draw("plan")
    absent = _absent(rng)
    when = _rhythm(draw("rhythm"), size, absent, float(rng.uniform(0.4, 0.48)))
    quiet = WAVES[0] + 14 * HOUR_MS  # the morning between
    plan = Plan(
        (),
        (
            Trap("resend", quiet, quiet + 10 * MINUTE_MS),
            Trap(
                "tiny_store", quiet + HOUR_MS, quiet + HOUR_MS + 10 * MINUTE_MS, {"store": str(rng.choice(TINY_STORES))}
            ),
        ),
        _RESENT_MS,
    )
    scenario = {
        "name": "two_waves",
        "seed": seed,
        "evaluate_from": moments(np.array([when.live_from_ms]))[0],
        "timezone": TIMEZONE,
        "calendar": calendar(),
    }
    truth = sorted([*_truth(absent), *plan.truth()], key=lambda of: (of["start"], of["id"]))
    return recorded(draw, when, plan, when.orders, Extent(scenario, truth, 30, 15, size.service_hours))


def calendar() -> list[dict[str, Any]]:
    """What planners know: when the waves are, little of how large the first will be, and that the second is alike."""
    names = ["orders_created", "orders_paid", "revenue_paid"]
    spans = [moments(np.array([begins, begins + WAVE_MINUTES * MINUTE_MS])) for begins in WAVES]
    waves = [
        {"name": f"wave {number}", "begins": begins, "ends": ends, "activity": [1.0, 60.0], "metrics": names}
        for number, (begins, ends) in enumerate(spans, 1)
    ]
    return [waves[0], waves[1] | {"like": "wave 1"}]


def _absent(rng: np.random.Generator) -> Span:
    """When people stay away: a quarter of an hour of the second wave, past its steepest minutes."""
    start = WAVES[1] + int(rng.integers(12 * 60, 35 * 60)) * 1000
    return start, start + int(rng.integers(15 * 60, 20 * 60)) * 1000


def _rhythm(rng: np.random.Generator, size: _Size, absent: Span, stay: float) -> Rhythm:
    live_from = WAVES[0] - _BEFORE_MINUTES * MINUTE_MS
    live_to = WAVES[1] + (WAVE_MINUTES + _AFTER_MINUTES) * MINUTE_MS
    history_from = live_from - size.history_days * DAY_MS
    minutes = np.arange(history_from - _WARM_UP_DAYS * DAY_MS, live_to, MINUTE_MS, dtype=np.int64)
    orders = size.orders_per_minute * of_day(SHOPPERS, minutes)
    follows = float(rng.uniform(1 - _FOLLOWS, 1 + _FOLLOWS))
    for begins, times in zip(WAVES, (1.0, follows), strict=True):
        within = (minutes >= begins) & (minutes < begins + WAVE_MINUTES * MINUTE_MS)
        wave: NDArray[np.float64] = np.interp((minutes - begins) / MINUTE_MS, _MINUTES, _ORDERS)
        orders = np.where(within, np.maximum(size.crowd * times * wave, orders), orders)
    knots = np.arange(0, len(minutes) + 15, 15)
    wobble = np.interp(np.arange(len(minutes)), knots, rng.normal(0, 0.03, len(knots)))
    # By seconds: a minute of which half is missed is half a minute less.
    missed = np.clip(np.minimum(minutes + MINUTE_MS, absent[1]) - np.maximum(minutes, absent[0]), 0, MINUTE_MS)
    orders = orders * np.exp(wobble) * (1 - (1 - stay) * missed / MINUTE_MS)
    return Rhythm(minutes, history_from, live_from, live_to, orders)


def _truth(absent: Span) -> list[dict[str, Any]]:
    """The incident, and the waves as traps; the second one is none while people stay away, and while they come back."""
    shows = [{"touchpoint": "page", "scope": {}}, {"touchpoint": "consultation", "scope": {}}]
    told = [entry(ABSENT, "order", {}, absent, "incident", shows) | {"what": WHAT[ABSENT]}]
    length = WAVE_MINUTES * MINUTE_MS
    spans = {
        "first_wave": (WAVES[0], WAVES[0] + length),
        "second_wave": (WAVES[1], absent[0]),
        "second_wave-later": (absent[1] + 15 * MINUTE_MS, WAVES[1] + length),
    }
    for name, span in spans.items():
        what = WHAT[name.removesuffix("-later")]
        told += [entry(f"{name}-{of}", of, {}, span, "trap", []) | {"what": what} for of in ("order", "page")]
    return told
