"""What a shop is: its rhythm, its words, and how its orders, parcels, refunds, contacts and visits behave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.zoo.rhythm import MINUTE_MS, Rhythm, minutes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.zoo.dimension import Dimension
    from benchmarks.zoo.rhythm import Floats
    from benchmarks.zoo.stream import Transport

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
LEAD_MS: Final = 5 * DAY_MS  # so long before its file begins a shop that is no new one has been selling


class OrderHabits(NamedTuple):
    """`pay_sigma`, `amount_sigma`: standard deviations of logs; `failed`, `cancelled`: shares."""

    a_minute: float
    failed: float = 0.04
    pay_s: float = 40.0
    pay_sigma: float = 0.8
    amount: float = 90.0
    amount_sigma: float = 0.7
    cancelled: float = 0.02


class ParcelHabits(NamedTuple):
    """Medians of hours; `by_day`: collected, carried out and delivered from 8 to 20 local only."""

    ship_h: float = 6.0
    ship_sigma: float = 0.6
    legs: int = 2
    leg_h: float = 6.0
    leg_sigma: float = 0.5
    by_day: bool = False
    failed: float = 0.05
    promise_h: float = 72.0
    notified: float = 0.95


class RefundHabits(NamedTuple):
    """`share` of paid orders; `automatic` share of refunds; hours are medians."""

    share: float = 0.06
    after_h: float = 12.0
    after_sigma: float = 0.9
    automatic: float = 0.6
    close_h: float = 8.0
    disputed: float = 0.1
    upheld: float = 0.4


class ContactHabits(NamedTuple):
    """Contacts for one order; waits in seconds."""

    per_order: float = 0.3
    wait_s: float = 12.0
    wait_sigma: float = 0.7
    abandoned: float = 0.03
    transferred: float = 0.08
    handle_s: float = 240.0


class VisitHabits(NamedTuple):
    """Page views and checkouts for one order; load times in seconds."""

    views: float = 4.0
    checkouts: float = 1.2
    failed_views: float = 0.01
    load_s: float = 0.8
    load_sigma: float = 0.5
    failed_checkouts: float = 0.04
    left: float = 0.2
    back: float = 0.06


class FeedbackHabits(NamedTuple):
    """Surveys, reviews and mentions for one order."""

    surveys: float = 0.06
    reviews: float = 0.08
    mentions: float = 0.05
    bad: float = 0.12
    negative: float = 0.3


@dataclass(frozen=True)
class Shop:
    """One shop.

    Attributes:
        name: what it is called in tables.
        begin_ms, end_ms: of its file.
        judged_from_ms: before it nothing is judged; None for a shop that is judged from its first event.
        opening: whether it begins with the file: nothing was ordered before.
        zone: IANA name.
        dimensions: by name, or by family and name (`refund.reason`).
        sku_category: code of the category of each sku.
        sources: topics that it has.
        new_stores: when a store opens that the shop did not have before; its customers went to all others alike.
        scenario: further entries of the first line of the events file.

    """

    name: str
    seed: int
    begin_ms: int
    end_ms: int
    judged_from_ms: int | None
    opening: bool
    zone: str
    rhythm: Rhythm
    transport: Transport
    dimensions: Mapping[str, Dimension]
    sku_category: Any
    sources: frozenset[str]
    orders: OrderHabits
    parcels: ParcelHabits = field(default_factory=ParcelHabits)
    refunds: RefundHabits = field(default_factory=RefundHabits)
    contacts: ContactHabits = field(default_factory=ContactHabits)
    visits: VisitHabits = field(default_factory=VisitHabits)
    feedback: FeedbackHabits = field(default_factory=FeedbackHabits)
    new_stores: dict[str, int] = field(default_factory=dict)
    scenario: dict[str, Any] = field(default_factory=dict)

    def draw(self, rng: np.random.Generator, times_ms: NDArray[np.int64], name: str) -> NDArray[np.int64]:
        """Codes of a dimension for events at these times."""
        dimension = self.dimensions[name]
        codes = dimension.draw(rng, times_ms.size)
        if name.rpartition(".")[2] == "store":
            for store, opens_ms in self.new_stores.items():
                new = dimension.values.index(store)
                early = np.flatnonzero((codes == new) & (times_ms < opens_ms))
                shares = np.where(np.arange(len(dimension.values)) == new, 0.0, dimension.shares)
                codes[early] = rng.choice(shares.size, early.size, p=shares / shares.sum())
        return codes

    def rng(self, purpose: str) -> np.random.Generator:
        """A stream of its own for each purpose, so that an incident in one place changes no chance elsewhere."""
        return np.random.default_rng([self.seed, *purpose.encode()])

    def factors(self, name: str, sd: float) -> NDArray[np.float64]:
        """How much slower or faster each value of a dimension is than others, by code: a lognormal of median 1."""
        return self.rng(f"factors {name}").lognormal(0.0, sd, len(self.dimensions[name].values))

    @property
    def judged_ms(self) -> int:
        """From when on anomalies can be found."""
        return self.begin_ms if self.judged_from_ms is None else self.judged_from_ms


class Traffic(NamedTuple):
    """How busy a shop is, minute by minute from `begin_ms`, chance included."""

    begin_ms: int
    level: Floats

    def wobbled(self, rng: np.random.Generator, sd: float = 0.05) -> Traffic:
        """The traffic of something that goes nearly with the orders."""
        slow = np.repeat(rng.normal(0.0, sd, self.level.size // 240 + 2), 240)
        smooth = np.convolve(slow, np.ones(240) / 240, mode="valid")[: self.level.size]
        return Traffic(self.begin_ms, self.level * np.exp(smooth))


def traffic(shop: Shop) -> Traffic:
    """From before the file begins, or with it where the shop opens."""
    begin = shop.begin_ms if shop.opening else shop.begin_ms - LEAD_MS
    minutes = minutes_of(begin, shop.end_ms)
    level = shop.rhythm.plan(minutes) * shop.rhythm.drift(shop.rng("traffic"), minutes)
    return Traffic(int(minutes[0]) * MINUTE_MS, level)
