"""Shops of the zoo with a name, in which nothing goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from benchmarks.zoo.drawing import ALL
from benchmarks.zoo.rhythm import Rhythm, local_midnight_ms
from benchmarks.zoo.shop import HOUR_MS, OrderHabits, ParcelHabits, RefundHabits, Shop, VisitHabits
from benchmarks.zoo.stream import Transport
from benchmarks.zoo.telling import Told, told
from benchmarks.zoo.words import Size, dimensions, with_categories

BRAZIL_MIN: Final = -180
_EVENING: Final = (
    *(0.25, 0.15, 0.1, 0.08, 0.1, 0.2, 0.4, 0.7, 1.0, 1.2, 1.3, 1.3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.3, 1.5, 1.7, 1.7),
    *(1.2, 0.6),
)
_OFFICE: Final = (*(0.0,) * 8, 1.5, 3.0, 3.4, 3.2, 2.0, 2.4, 3.2, 3.0, 2.4, 1.2, *(0.0,) * 6)


def opening(seed: int) -> Told:
    """A new shop with about 1,000 series: its first three days. Nothing is wrong."""
    return told(named_shop("opening", seed, date(2026, 3, 10), 72, large=0.45), [])


def business(seed: int) -> Told:
    """Business customers: closed at night and at weekends; it opens on a Monday, and four weeks go by."""
    rhythm = Rhythm(
        BRAZIL_MIN, _OFFICE, _OFFICE, (1.5, 1.45, 1.4, 1.4, 1.25, 0.0, 0.0), day_sd=0.08, wobble_sd=0.1, clustered=0.1
    )
    shop = named_shop("business", seed, date(2026, 5, 4), 28 * 24, rhythm=rhythm, a_minute=2.0, large=0.4)
    return told(replace(shop, parcels=ParcelHabits(by_day=True), sources=ALL - {"visits"}), [])


def double_saturdays(seed: int) -> Told:
    """Twice as many orders on Saturdays. Four weeks from the opening; orders and parcels only."""
    rhythm = usual_rhythm(seed, week=(1.0, 0.95, 1.0, 1.0, 1.05, 2.0, 1.1))
    shop = named_shop("double_saturdays", seed, date(2026, 3, 2), 28 * 24, rhythm=rhythm, a_minute=4.0, large=0.2)
    return told(replace(shop, sources=frozenset({"orders", "logistics"})), [])


def usual_rhythm(seed: int, week: tuple[float, ...] = (1.0, 0.97, 1.0, 1.02, 1.05, 0.9, 0.85)) -> Rhythm:
    rng = np.random.default_rng([29, seed])
    hours = tuple((np.roll(_EVENING, int(rng.integers(-2, 3))) * rng.lognormal(0, 0.05, 24)).tolist())
    return Rhythm(
        BRAZIL_MIN,
        hours,
        hours,
        week,
        day_sd=0.06,
        wobble_sd=float(rng.uniform(0.05, 0.15)),
        wobble_min=90.0,
        clustered=0.1,
    )


def named_shop(
    name: str,
    seed: int,
    begins: date,
    hours: int,
    *,
    rhythm: Rhythm | None = None,
    a_minute: float = 8.0,
    large: float = 0.5,
) -> Shop:
    rng = np.random.default_rng([23, seed, *name.encode()])
    size = Size.between(rng, large)
    found, of_sku = with_categories(rng, dimensions(rng, size), size["category"])
    begin = local_midnight_ms(begins, BRAZIL_MIN)
    return Shop(
        name=name,
        seed=seed,
        begin_ms=begin,
        end_ms=begin + hours * HOUR_MS,
        judged_from_ms=None,
        opening=True,
        zone="America/Sao_Paulo",
        rhythm=usual_rhythm(seed) if rhythm is None else rhythm,
        transport=Transport(2.0, 0.002, 200.0, 0.002),
        dimensions=found,
        sku_category=of_sku,
        sources=ALL,
        orders=OrderHabits(a_minute),
        parcels=ParcelHabits(ship_h=5.0, legs=2, leg_h=5.0),
        refunds=RefundHabits(after_h=8.0),
        visits=VisitHabits(views=3.0),
        scenario={"holidays": ["BR"]},
    )
