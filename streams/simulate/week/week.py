"""The scenario `week`: learns for six days, then seven days with two troubles every other day, or none."""

from __future__ import annotations

import heapq
import random
from typing import TYPE_CHECKING, Any

import numpy as np

from streams.simulate.played import Played
from streams.simulate.rhythm import HOUR_MS, TIMEZONE
from streams.simulate.week import shop
from streams.simulate.week.aftermath import returns, reviews
from streams.simulate.week.contacts import Desk
from streams.simulate.week.customers import Customers
from streams.simulate.week.faults import Faults, drawn
from streams.simulate.week.hours import LIVE_MS, arrivals, moment
from streams.simulate.week.journal import Journal
from streams.simulate.week.order import place
from streams.simulate.week.parcels import send

if TYPE_CHECKING:
    from collections.abc import Iterator

_THINKS_H = 1.5


class Week(Played):
    """A week that was played."""

    def __init__(self, scenario: dict[str, Any], truth: list[dict[str, Any]], journal: Journal) -> None:
        self.scenario = scenario
        self.truth = truth
        self._journal = journal

    @property
    def events(self) -> int:
        """Number of lines, the header not."""
        return len(self._journal)

    def records(self) -> Iterator[str]:
        """The lines by the time at which they are read."""
        return self._journal.lines()


def week(seed: int) -> Week:
    """Play it. The same seed gives the same bytes."""
    return _played("week", seed, drawn(random.Random(f"faults {seed}")))


def quiet_week(seed: int) -> Week:
    """The same shop while nothing goes wrong."""
    return _played("quiet_week", seed, Faults())


def _played(name: str, seed: int, faults: Faults) -> Week:
    def rng(part: str) -> random.Random:
        return random.Random(f"{part} {seed}")

    journal = Journal(rng("journal"))
    customers, desk = Customers(rng("customers")), Desk(rng("contacts"), journal, faults)
    orders, parcels, after = rng("orders"), rng("parcels"), rng("aftermath")
    number = 0
    for at_ms, customer in _shopping(rng("askers"), seed, customers, desk):
        number += 1
        order = place(orders, journal, number, customer or customers.comes(at_ms), at_ms)
        if not order.paid_ms:
            continue
        parcel = send(parcels, journal, faults, order)
        desk.asks_about(order, parcel)
        returns(after, journal, faults, order, parcel)
        reviews(after, journal, order, parcel)
        if parcel.late:
            customers.loses(order.customer, parcel.delivered_ms)
    scenario = {"name": name, "seed": seed, "evaluate_from": moment(LIVE_MS), "timezone": TIMEZONE}
    return Week(scenario, faults.truth(), journal)


def _shopping(rng: random.Random, seed: int, customers: Customers, desk: Desk) -> Iterator[tuple[int, str | None]]:
    """When orders are placed, ascending, and by whom where that is known: by those who asked before."""
    drawn_by = np.random.default_rng(seed)
    buyers = arrivals(drawn_by, shop.ORDERS_A_MINUTE * (1 - shop.ASKERS * shop.ASKER_BUYS))
    askers = arrivals(drawn_by, shop.ORDERS_A_MINUTE * shop.ASKERS)
    waiting: list[tuple[int, str]] = []
    for at_ms, asks in heapq.merge(((at, False) for at in buyers), ((at, True) for at in askers)):
        while waiting and waiting[0][0] <= at_ms:
            yield heapq.heappop(waiting)
        if not asks:
            yield at_ms, None
            continue
        customer = customers.comes(at_ms)
        desk.asks_before_buying(at_ms, customer)
        if rng.random() < shop.ASKER_BUYS:
            heapq.heappush(waiting, (at_ms + round(rng.expovariate(1 / _THINKS_H) * HOUR_MS), customer))
