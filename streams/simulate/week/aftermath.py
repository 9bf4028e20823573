"""What follows a delivery in the small shop: returns, reviews, and whether the shop answers the bad ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.simulate.rhythm import HOUR_MS
from streams.simulate.week import shop
from streams.simulate.week.hours import around, at_work

if TYPE_CHECKING:
    import random

    from streams.simulate.week.faults import Faults
    from streams.simulate.week.journal import Journal
    from streams.simulate.week.order import Order
    from streams.simulate.week.parcels import Parcel

_POST_H, _LONGER_H = (20, 34), (30, 60)
_CLOSED: Final = 0.92  # of the bad reviews: answered and closed


def returns(rng: random.Random, journal: Journal, faults: Faults, order: Order, parcel: Parcel) -> None:
    """A part of the goods comes back, half of it at a counter; money follows when the goods are there."""
    if rng.random() >= shop.RETURNED:
        return
    asked = at_work(rng, parcel.delivered_ms + around(rng, 20, 0.7))
    way = "counter" if rng.random() < shop.BY_COUNTER else "post"
    travels = rng.uniform(*_POST_H)
    if way == "counter" and faults.spoils("closed_counter", rng, asked):
        way, travels = "post", travels + rng.uniform(*_LONGER_H)
    name = f"R{order.number}"
    said = {
        **order.place("channel", "store", "category", "region", "warehouse", "carrier"),
        "refund_id": name,
        "kind": "return",
        "reason": shop.pick(rng, shop.REASONS),
        "return_channel": way,
        "amount": order.amount,
        "automatic": False,
        "requested_at": asked,
        "paid_at": order.paid_ms,
        "before_collection": False,
    }
    agreed = asked + around(rng, 0.7, 0.5)
    done = agreed + (round(travels * HOUR_MS) if way == "post" else around(rng, 1.2, 0.5))
    journal.tell("refund.requested", asked, name, **said)
    journal.tell("refund.approved", agreed, name, **said)
    journal.tell("refund.completed", done, name, **said)


def reviews(rng: random.Random, journal: Journal, order: Order, parcel: Parcel) -> None:
    """A quarter of the buyers reviews; whose parcel was late is mostly angry."""
    if rng.random() >= shop.REVIEWED:
        return
    bad = rng.random() < (shop.BAD_AFTER_LATE if parcel.late else shop.BAD_REVIEW)
    score = rng.choice((1, 2)) if bad else rng.choices((5, 4, 3), (70, 20, 10))[0]
    posted = parcel.delivered_ms + around(rng, 7, 0.7)
    name = f"F{order.number}"
    said = {**order.place("store", "channel"), "feedback_id": name}
    sentiment = "negative" if bad else "positive"
    journal.tell("review.posted", posted, name, **said, score=float(score), sentiment=sentiment)
    if bad and rng.random() < _CLOSED:
        journal.tell("feedback.closed", posted + around(rng, 7, 0.6), name, **said, posted_at=posted)
