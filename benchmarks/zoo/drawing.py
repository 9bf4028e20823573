"""Draws a shop from a seed: another rhythm, size, history, words and set of sources each time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.zoo import shop as habits
from benchmarks.zoo.days_off import country
from benchmarks.zoo.rhythm import Peak, Rhythm, local_midnight_ms
from benchmarks.zoo.shop import HOUR_MS, Shop
from benchmarks.zoo.stream import Transport
from benchmarks.zoo.words import Size, dimensions, with_categories

if TYPE_CHECKING:
    from benchmarks.zoo.dimension import Dimension

ALL: Final = frozenset({"orders", "logistics", "consultations", "aftersales", "visits", "feedback"})
_HISTORIES_D: Final = (1, 2, 3, 5, 7, 8, 10, 14)
_STYLES: Final = ("one hump", "two humps", "night", "business", "flat")


class _Span(NamedTuple):
    begin_ms: int
    judged_from_ms: int | None
    end_ms: int
    judged_day: date
    days: float


def draw(seed: int, *, quick: bool = False) -> Shop:
    """The shop of a seed. `quick`: fewer events and hours, for a look."""
    rng = np.random.default_rng([17, seed])
    style = str(rng.choice(_STYLES, p=(0.3, 0.25, 0.12, 0.2, 0.13)))
    land = country(rng)
    opening = bool(rng.random() < 0.17)
    span = _span(rng, land.offset_min, land.days_off, opening=opening, style=style, quick=quick)
    sources = _sources(rng)
    rhythm = _rhythm(rng, style, land.offset_min, span, land.days_off)
    found, of_sku = with_categories(rng, *_words(rng))
    behaviour = _behaviour(rng)
    events = float(np.exp(rng.uniform(np.log(1e5), np.log(4e5)))) * (0.5 if quick else 1.0) * (0.3 if opening else 1.0)
    a_minute = events / (span.days * 1440 * _events_an_order(behaviour, sources))
    return Shop(
        name=f"{style}{', opening' if opening else ''}",
        seed=seed,
        begin_ms=span.begin_ms,
        end_ms=span.end_ms,
        judged_from_ms=span.judged_from_ms,
        opening=opening,
        zone=land.zone,
        rhythm=rhythm,
        transport=Transport(
            float(rng.uniform(0.5, 6)), float(rng.choice((0.0, 0.002, 0.01))), 200.0, float(rng.choice((0.0, 0.005)))
        ),
        dimensions=found,
        sku_category=of_sku,
        sources=sources,
        orders=_orders(rng, a_minute),
        scenario={"holidays": [land.code]},
        **behaviour,
    )


def _span(
    rng: np.random.Generator, offset_min: int, days_off: tuple[date, ...], *, opening: bool, style: str, quick: bool
) -> _Span:
    """A history of so many days, which may begin at any hour, and the hours that are judged."""
    day = date(2025, 2, 3) + timedelta(days=int(rng.integers(0, 660)))
    if rng.random() < 0.15:
        day = days_off[int(rng.integers(len(days_off)))]
    elif rng.random() < 0.3:
        day = days_off[int(rng.integers(len(days_off)))] + timedelta(days=int(rng.integers(1, 5)))
    midnight = local_midnight_ms(day, offset_min)
    hour = float(rng.uniform(6, 15)) if style in ("business", "one hump") else float(rng.uniform(0, 22))
    start = midnight + int(hour * 4) * HOUR_MS // 4
    if opening:
        hours = 4.0 if quick else float(rng.choice((6, 6, 8)))
        start = midnight + int(rng.integers(6, 12)) * HOUR_MS
        return _Span(start, None, start + int(hours * HOUR_MS), day, hours / 24)
    hours = 2.0 if quick else float(rng.choice((3, 4, 4, 5)))
    history = int(rng.choice(_HISTORIES_D)) * 24 * HOUR_MS + int(rng.integers(0, 24)) * HOUR_MS
    end = start + int(hours * HOUR_MS)
    return _Span(start - history, start, end, day, (end - start + history) / (24 * HOUR_MS))


def _sources(rng: np.random.Generator) -> frozenset[str]:
    lacking = {
        name for name in ("logistics", "consultations", "aftersales", "visits", "feedback") if rng.random() < 0.25
    }
    return ALL - lacking if len(lacking) < 5 else ALL


def _rhythm(rng: np.random.Generator, style: str, offset_min: int, span: _Span, days_off: tuple[date, ...]) -> Rhythm:
    hours = np.arange(24) + 0.5

    def hump(at: float, width: float) -> np.ndarray:
        away = np.minimum(np.abs(hours - at), 24 - np.abs(hours - at))
        return np.asarray(np.exp(-0.5 * (away / width) ** 2))

    floor = float(rng.uniform(0.04, 0.3))
    if style == "one hump":
        curve = floor + hump(float(rng.uniform(10, 21)), float(rng.uniform(2.5, 5)))
    elif style == "two humps":
        curve = floor + hump(float(rng.uniform(9, 13)), 2.0) + float(rng.uniform(0.5, 1.6)) * hump(20.5, 2.0)
    elif style == "night":
        curve = floor + hump(float(rng.uniform(22, 27)) % 24, 3.0)
    elif style == "business":
        curve = 0.01 + ((hours > 8) & (hours < 18)) * (1 - 0.4 * hump(12.5, 0.7))
    else:
        curve = 1 + 0.3 * hump(15, 4.0)
    curve = curve / curve.mean()
    week = rng.lognormal(0.0, 0.08, 7)
    if style == "business":
        week[5:] = (0.06, 0.03)
    else:
        week[5:] *= float(rng.choice((0.6, 1.0, 1.4, 2.0)))
    weekend = np.roll(curve, 1) if style != "business" and rng.random() < 0.5 else curve
    peaks: tuple[Peak, ...] = ()
    if rng.random() < 0.2:
        begin = int(rng.integers(span.begin_ms, span.end_ms))
        if rng.random() < 0.6:
            begin = int(rng.integers(span.end_ms - 3 * HOUR_MS, span.end_ms - HOUR_MS))
        peaks = (Peak(begin, begin + int(rng.uniform(0.5, 2) * HOUR_MS), float(rng.uniform(1.5, 4))),)
    first = span.judged_day - timedelta(days=20)
    off = {day: float(rng.uniform(0.1, 0.6)) for day in days_off if first <= day <= span.judged_day}
    return Rhythm(
        offset_min=offset_min,
        hours=tuple(curve.tolist()),
        weekend_hours=tuple(weekend.tolist()),
        week=tuple((week / week.mean()).tolist()),
        growth=float(rng.choice((1.0, 1.0, 1.01, 1.03, 0.99))),
        days_off=off,
        peaks=peaks,
        day_sd=float(rng.uniform(0.0, 0.12)),
        wobble_sd=float(rng.uniform(0.0, 0.2)),
        wobble_min=float(rng.uniform(40, 240)),
        clustered=float(rng.choice((0.0, 0.05, 0.15))),
        cluster_size=float(rng.uniform(1, 3)),
        cluster_s=float(rng.uniform(10, 90)),
    )


def _words(rng: np.random.Generator) -> tuple[dict[str, Dimension], int]:
    size = Size.between(rng, float(rng.uniform(0, 1)) ** 1.5)
    return dimensions(rng, size), size["category"]


def _orders(rng: np.random.Generator, a_minute: float) -> habits.OrderHabits:
    return habits.OrderHabits(
        a_minute,
        failed=float(rng.uniform(0.01, 0.08)),
        pay_s=float(rng.uniform(20, 90)),
        pay_sigma=float(rng.uniform(0.5, 1.0)),
        amount=float(rng.lognormal(4.5, 0.8)),
        amount_sigma=float(rng.uniform(0.4, 0.9)),
    )


def _behaviour(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "parcels": habits.ParcelHabits(
            ship_h=float(rng.uniform(2, 14)),
            legs=int(rng.integers(1, 4)),
            leg_h=float(rng.uniform(3, 9)),
            by_day=bool(rng.random() < 0.5),
            failed=float(rng.uniform(0.02, 0.09)),
            promise_h=float(rng.choice((48, 72, 96))),
        ),
        "refunds": habits.RefundHabits(
            share=float(rng.uniform(0.03, 0.15)),
            after_h=float(rng.uniform(3, 30)),
            automatic=float(rng.uniform(0.3, 0.8)),
            close_h=float(rng.uniform(3, 14)),
            disputed=float(rng.uniform(0.05, 0.4)),
        ),
        "contacts": habits.ContactHabits(
            per_order=float(rng.uniform(0.1, 0.6)),
            wait_s=float(rng.uniform(5, 20)),
            wait_sigma=float(rng.uniform(0.5, 0.9)),
            abandoned=float(rng.uniform(0.01, 0.06)),
        ),
        "visits": habits.VisitHabits(
            views=float(rng.uniform(2, 8)),
            failed_views=float(rng.uniform(0.002, 0.02)),
            load_s=float(rng.uniform(0.3, 1.5)),
            failed_checkouts=float(rng.uniform(0.02, 0.07)),
        ),
        "feedback": habits.FeedbackHabits(
            reviews=float(rng.uniform(0.05, 0.4)),
            mentions=float(rng.uniform(0.02, 0.2)),
            bad=float(rng.uniform(0.05, 0.2)),
        ),
    }


def _events_an_order(behaviour: dict[str, Any], sources: frozenset[str]) -> float:
    visits, contacts, parcels = (behaviour[name] for name in ("visits", "contacts", "parcels"))
    counted = {
        "orders": 2.1,
        "logistics": 3.2 + parcels.legs,
        "consultations": 4.0 * contacts.per_order,
        "aftersales": 2.3 * behaviour["refunds"].share,
        "visits": visits.views * 1.1 + visits.checkouts * 1.8,
        "feedback": 0.5,
    }
    return float(sum(counted[name] for name in sources))
