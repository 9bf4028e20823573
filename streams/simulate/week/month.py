"""The scenario `month`: nearly five weeks of four stores, of which one is about to lose a level of Shopee's targets.

Play it with the setting `scorecards: [shopee]`. A store whose cancellations of 30 days lie just below 2.5 % cancels
orders by the dozen on one day. Another one lies as high, and has twice its orders on that day, at the usual ratio.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any, Final

import orjson

from streams.simulate.played import Played
from streams.simulate.rhythm import DAY_MS, HOUR_MS, TIMEZONE
from streams.simulate.truth import entry
from streams.simulate.week.hours import BEGIN_MS, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

STORES: Final = ("flagship", "outlet", "kids", "sport")
DAYS: Final = 34
BAD_DAY: Final = 33
_ORDERS: Final = 120  # of a store and day
_NEAR, _FAR = 0.0235, 0.012  # cancelled of a month; the target is 0.025
_SPOILT: Final = 0.22
_FROM_H: Final = 9


class Month(Played):
    """Five weeks that were played."""

    def __init__(
        self, scenario: dict[str, Any], truth: list[dict[str, Any]], lines: list[tuple[int, int, bytes]]
    ) -> None:
        self.scenario = scenario
        self.truth = truth
        self._lines = sorted(lines)

    @property
    def events(self) -> int:
        """Number of lines, the header not."""
        return len(self._lines)

    def records(self) -> Iterator[str]:
        """The lines by the time of their events."""
        return (line.decode() for _, _, line in self._lines)


def month(seed: int) -> Month:
    """Play it. The same seed gives the same bytes."""
    rng = random.Random(f"month {seed}")
    losing, busy = rng.sample(STORES, 2)
    orders = [order for store in STORES for order in _orders(rng, store, busy)]
    cancelled = _cancelled(rng, orders, losing, busy)
    lines: list[tuple[int, int, bytes]] = []
    for number, (paid_ms, store) in enumerate(orders):
        name = f"MO{number}"
        _tell(lines, "order.paid", paid_ms, name, order_id=name, store=store)
        if number in cancelled:
            at_ms = paid_ms + round(rng.uniform(1.2, 4) * HOUR_MS)
            _tell(lines, "order.cancelled", at_ms, name, order_id=name, store=store, paid_at=moment(paid_ms))
        else:
            at_ms = paid_ms + round(rng.uniform(4, 30) * HOUR_MS)
            _tell(lines, "parcel.collected", at_ms, name, parcel_id=name, store=store, paid_at=moment(paid_ms))
    start = BEGIN_MS + BAD_DAY * DAY_MS
    symptoms = [
        {"touchpoint": "logistics", "scope": {"store": losing}}
    ]  # the score, which is told of its first indicator
    span = start + _FROM_H * HOUR_MS, start + DAY_MS
    told = entry("level", "order", {"store": losing}, span, "incident", symptoms)
    truth = [
        told | {"what": "a store cancels orders by the dozen", "metrics": ["shopee_orders_cancelled"]},
        entry("busy-store", "order", {"store": busy}, (start, start + DAY_MS), "trap", []),
    ]
    evaluate_from = moment(BEGIN_MS + BAD_DAY * DAY_MS)
    scenario = {"name": "month", "seed": seed, "evaluate_from": evaluate_from, "timezone": TIMEZONE}
    return Month(scenario, truth, lines)


def _orders(rng: random.Random, store: str, busy: str) -> Iterator[tuple[int, str]]:
    """When orders of a store are paid."""
    for day in range(DAYS):
        usual = _ORDERS * (2 if day == BAD_DAY and store == busy else 1)
        for _ in range(round(rng.gauss(usual, math.sqrt(usual)))):
            hour = rng.triangular(0, 24, 15)
            yield BEGIN_MS + day * DAY_MS + round(hour * HOUR_MS), store


def _cancelled(rng: random.Random, orders: list[tuple[int, str]], losing: str, busy: str) -> set[int]:
    """Numbers of orders that are cancelled: of each store its exact part of the month, and what is spoilt."""
    first_bad = BEGIN_MS + BAD_DAY * DAY_MS
    spoilt_ms = first_bad + _FROM_H * HOUR_MS
    found: set[int] = set()
    for store in STORES:
        mine = [number for number, order in enumerate(orders) if order[1] == store]
        before = [number for number in mine if orders[number][0] < first_bad]
        ratio = _NEAR if store in {losing, busy} else _FAR
        found.update(rng.sample(before, round(ratio * len(before))))
        for number in mine[len(before) :]:
            bad = store == losing and spoilt_ms - 3 * HOUR_MS <= orders[number][0] < first_bad + DAY_MS
            if rng.random() < (_SPOILT if bad else ratio):
                found.add(number)
    return found


def _tell(lines: list[tuple[int, int, bytes]], kind: str, at_ms: int, subject: str, **data: Any) -> None:
    if at_ms >= BEGIN_MS + DAYS * DAY_MS - 60_000:
        return
    number = len(lines)
    event = {
        "specversion": "1.0",
        "id": f"{kind}-{number}",
        "source": "/shop",
        "type": kind,
        "time": moment(at_ms),
        "subject": subject,
        "data": data,
    }
    topic = "logistics" if kind.startswith("parcel.") else "orders"
    lines.append((at_ms, number, orjson.dumps({"topic": topic, "event": event})))
