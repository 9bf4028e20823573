"""Shops of the zoo that have a name, because each shows something that must hold.

    python -m benchmarks.zoo.members opening --seed 1
    python -m benchmarks.zoo.members business --seed 1 --days 2 --report report.json
    python -m benchmarks.zoo.members foreign94 --seed 1 --out events.jsonl --truth truth.json
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson

from benchmarks.zoo.drawing import ALL
from benchmarks.zoo.incident import Incident
from benchmarks.zoo.judging import judged
from benchmarks.zoo.rhythm import Rhythm, local_midnight_ms
from benchmarks.zoo.shop import DAY_MS, HOUR_MS, OrderHabits, ParcelHabits, RefundHabits, Shop, VisitHabits
from benchmarks.zoo.showing import shown
from benchmarks.zoo.stream import Transport
from benchmarks.zoo.telling import told
from benchmarks.zoo.words import Size, dimensions, with_categories
from streams.offline.events_file import EventsWriter
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zoo.telling import Told

_MINUTE_MS: Final = 60_000
_BRAZIL_MIN: Final = -180
_EVENING: Final = (
    *(0.25, 0.15, 0.1, 0.08, 0.1, 0.2, 0.4, 0.7, 1.0, 1.2, 1.3, 1.3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.3, 1.5, 1.7, 1.7),
    *(1.2, 0.6),
)
_OFFICE: Final = (*(0.0,) * 8, 1.5, 3.0, 3.4, 3.2, 2.0, 2.4, 3.2, 3.0, 2.4, 1.2, *(0.0,) * 6)


def opening(seed: int) -> Told:
    """A new shop with about 1,000 series: its first three days. Nothing is wrong."""
    return told(_shop("opening", seed, date(2026, 3, 10), 72, large=0.45), [])


def business(seed: int) -> Told:
    """Business customers: closed at night and at weekends; it opens on a Monday, and four weeks go by as they should."""
    rhythm = Rhythm(
        _BRAZIL_MIN, _OFFICE, _OFFICE, (1.5, 1.45, 1.4, 1.4, 1.25, 0.0, 0.0), day_sd=0.08, wobble_sd=0.1, clustered=0.1
    )
    shop = _shop("business", seed, date(2026, 5, 4), 28 * 24, rhythm=rhythm, a_minute=2.0, large=0.4)
    return told(replace(shop, parcels=ParcelHabits(by_day=True), sources=ALL - {"visits"}), [])


def double_saturdays(seed: int) -> Told:
    """Twice as many orders on Saturdays. Four weeks from the opening; orders and parcels only."""
    rhythm = _usual(seed, week=(1.0, 0.95, 1.0, 1.0, 1.05, 2.0, 1.1))
    shop = _shop("double_saturdays", seed, date(2026, 3, 2), 28 * 24, rhythm=rhythm, a_minute=4.0, large=0.2)
    return told(replace(shop, sources=frozenset({"orders", "logistics"})), [])


def foreign94(seed: int) -> Told:
    """94 hours from the opening, 20 orders a minute; the last ten hours are judged, with seven plain incidents."""
    shop = _shop("foreign94", seed, date(2026, 4, 6), 94, a_minute=20.0, large=0.5)
    shop = replace(shop, judged_from_ms=shop.begin_ms + 84 * HOUR_MS)
    kinds = (
        ("failed_payments", ("payment_method",), 0, 25, 25, 0.5),
        ("unanswered", ("queue",), 1, 70, 40, 0.5),
        ("refund_wave", ("category",), 1, 130, 40, 6.0),
        ("failed_checkouts", ("device",), 1, 200, 30, 0.4),
        ("stopped_carrier", ("carrier", "region"), 1, 250, 240, 1 / 3),
        ("slow_pages", ("page",), 2, 330, 30, 3.0),
        ("inquiry_wave", ("intent",), 1, 420, 40, 4.0),
    )
    return told(shop, [_incident(shop, f"{kind}", *rest) for kind, *rest in kinds])


def _incident(
    shop: Shop, kind: str, place: tuple[str, ...], rank: int, after_min: int, minutes: int, size: float
) -> Incident:
    """At the values of this rank in the place's dimensions, so long after judging begins."""
    start = shop.judged_ms + after_min * _MINUTE_MS
    found = Incident(kind, kind, {}, start, start + minutes * _MINUTE_MS, size)
    for name in place:
        dimension = found.dimension(shop, name)
        order = np.argsort(-dimension.shares, kind="stable")
        found.place[name] = dimension.values[int(order[min(rank, order.size - 1)])]
    return found


MEMBERS: Final[dict[str, Callable[[int], Told]]] = {
    member.__name__: member for member in (opening, business, double_saturdays, foreign94)
}


def _usual(seed: int, week: tuple[float, ...] = (1.0, 0.97, 1.0, 1.02, 1.05, 0.9, 0.85)) -> Rhythm:
    rng = np.random.default_rng([29, seed])
    hours = tuple(np.roll(_EVENING, int(rng.integers(-2, 3))) * rng.lognormal(0, 0.05, 24))
    return Rhythm(
        _BRAZIL_MIN, hours, hours, week, day_sd=0.06, wobble_sd=float(rng.uniform(0.05, 0.15)), wobble_min=90.0, clustered=0.1
    )


def _shop(
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
    begin = local_midnight_ms(begins, _BRAZIL_MIN)
    return Shop(
        name=name,
        seed=seed,
        begin_ms=begin,
        end_ms=begin + hours * HOUR_MS,
        judged_from_ms=None,
        opening=True,
        zone="America/Sao_Paulo",
        rhythm=_usual(seed) if rhythm is None else rhythm,
        transport=Transport(2.0, 0.002, 200.0, 0.002),
        dimensions=found,
        sku_category=of_sku,
        sources=ALL,
        orders=OrderHabits(a_minute),
        parcels=ParcelHabits(ship_h=5.0, legs=2, leg_h=5.0),
        refunds=RefundHabits(after_h=8.0),
        visits=VisitHabits(views=3.0),
        scenario={"holidays": "BR"},
    )


def cut(whole: Told, from_day: float | None, days: float | None) -> Told:
    """Judged from a day on, and ended after so many days."""
    shop = whole.shop
    if from_day is not None:
        shop = replace(shop, judged_from_ms=shop.begin_ms + int(from_day * DAY_MS) if from_day else None)
    if days is not None:
        shop = replace(shop, end_ms=min(shop.end_ms, shop.begin_ms + int(days * DAY_MS)))
    return told(shop, [one for one in whole.incidents if one.end_ms <= shop.end_ms])


def write(whole: Told, out: Path, truth: Path | None) -> None:
    """The events file and truth.json that `pharos backtest` reads."""
    with EventsWriter(out, whole.scenario) as file:
        for line in whole.stream:
            assert line.event is not None
            file.write(line.topic, line.event, rfc3339(line.at_ms))
    if truth is not None:
        truth.write_bytes(orjson.dumps(whole.truth, option=orjson.OPT_INDENT_2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=MEMBERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, help="end after so many days")
    parser.add_argument("--from-day", type=float, help="judge from this day on; 0: from the first event")
    parser.add_argument("--out", type=Path, help="write the events file instead of judging")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--report", type=Path)
    flags = parser.parse_args()
    member = MEMBERS[flags.name](flags.seed)
    if flags.days is not None or flags.from_day is not None:
        member = cut(member, flags.from_day, flags.days)
    if flags.out is not None:
        write(member, flags.out, flags.truth)
        return
    figures = judged(member)
    print("\n".join(shown(figures)))
    if flags.report is not None:
        flags.report.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
