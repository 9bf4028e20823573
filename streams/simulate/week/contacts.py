"""People who ask the small shop: before they buy, about their order, and again where the bot was no help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streams.simulate.rhythm import HOUR_MS, MINUTE_MS
from streams.simulate.week import shop
from streams.simulate.week.hours import around

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from streams.simulate.week.faults import Faults
    from streams.simulate.week.journal import Journal
    from streams.simulate.week.order import Order
    from streams.simulate.week.parcels import Parcel

_PATIENCE_S, _WAIT_S, _HANDLING_S = 240, 14, 200
_RATED, _UNCLEAR = 0.12, 0.06
_TO_A_PERSON: Final = 0.12  # by the bot
_RETURNS_H: Final = (1.5, 0.8)  # median and sigma: when those come back whom the bot could not help
_KEPT_LATE_H: Final = (20, 60)
_SHARES: Final = {"logistics": (0.3, 0.16), "refund": (0.07, 0.05), "invoice": (0.06, 0.01)}  # of orders: bot, people


@dataclass(frozen=True)
class _Contact:
    name: str
    queue: str
    intent: str
    at_ms: int


class Desk:
    """Whom people ask. Contacts and promises are numbered as they come."""

    def __init__(self, rng: random.Random, journal: Journal, faults: Faults) -> None:
        self._rng = rng
        self._journal = journal
        self._faults = faults
        self._contacts = self._promises = 0

    def asks_before_buying(self, at_ms: int, customer: str) -> None:
        """Somebody who has no order yet."""
        words = {"store": shop.pick(self._rng, shop.STORES), "region": shop.pick(self._rng, shop.REGIONS)}
        self._person(shop.PRESALE, "presale", at_ms, {**words, "customer": customer}, stage="presale")

    def asks_about(self, order: Order, parcel: Parcel) -> None:
        """What the customer of an order asks about it: about the way while it is on it, about the rest afterwards."""
        rng = self._rng
        for intent, (bot, people) in _SHARES.items():
            luck = rng.random()
            way = parcel.delivered_ms - order.paid_ms
            when = order.paid_ms + round(rng.random() * way)
            if intent != "logistics":
                when = parcel.delivered_ms + around(rng, 6, 0.8)
            if luck < bot:
                self._bot(intent, when, order, parcel)
            elif luck < bot + people:
                self._about(intent, when, order, parcel)

    def _bot(self, intent: str, at_ms: int, order: Order, parcel: Parcel) -> None:
        rng = self._rng
        contact = self._next(shop.pick(rng, shop.BOTS), intent, at_ms)
        said = order.place("store", "region")
        self._tell("opened", contact, at_ms, said)
        answered = at_ms + rng.randint(300, 2_000)
        by = {**said, "handled_by": "bot", "opened_at": at_ms}
        self._tell("answered", contact, answered, by, waited=(answered - at_ms) / 1000)
        replied = answered + 500
        self._tell("replied", contact, replied, by, automatic=True, first=(replied - at_ms) / 1000)
        ends = answered + round(rng.expovariate(1 / 90) * 1000) + 10_000
        passed_on = rng.random() < _TO_A_PERSON
        self._tell("closed", contact, ends, by, transfers=int(passed_on), resolved=not passed_on)
        fails = rng.random() < shop.CALLS_BACK or self._faults.spoils("bot", rng, ends, queue=contact.queue)
        back = ends + min(around(rng, *_RETURNS_H), 20 * HOUR_MS)
        if fails and not passed_on:
            self._about(intent, back, order, parcel)

    def _about(self, intent: str, at_ms: int, order: Order, parcel: Parcel) -> None:
        ended = self._person(shop.DESKS[intent], intent, at_ms, order.place("store", "region"), stage="aftersale")
        if ended is None:
            return
        rng = self._rng
        under_way = order.paid_ms < ended.at_ms < min(parcel.promised_ms, parcel.delivered_ms) - HOUR_MS
        if intent == "logistics" and under_way and rng.random() < shop.DATE_TOLD:
            said = {"kind": "delivery", "role": "courier", "due_at": parcel.promised_ms, "eta": parcel.promised_ms}
            self._promise(ended, order, said, parcel.delivered_ms)
        elif rng.random() < shop.SERVICE_PROMISES:
            due = ended.at_ms + rng.randint(2, 6) * HOUR_MS
            kept: int | None = due - round(rng.betavariate(2, 4) * (due - ended.at_ms))
            if rng.random() < shop.PROMISE_LATE:
                kept = due + around(rng, 3, 0.8)
            if self._faults.spoils("promises", rng, due, queue=ended.queue):
                kept = due + round(rng.uniform(*_KEPT_LATE_H) * HOUR_MS) if rng.random() < 0.5 else None
            self._promise(ended, order, {"kind": "callback", "role": "agent", "due_at": due}, kept)

    def _promise(self, contact: _Contact, order: Order, said: Mapping[str, object], kept_ms: int | None) -> None:
        self._promises += 1
        name = f"PM{self._promises}"
        whole = {
            **order.place("store"),
            **said,
            "promise_id": name,
            "consultation_id": contact.name,
            "queue": contact.queue,
            "channel": "chat",
        }
        self._journal.tell("promise.made", contact.at_ms, name, **whole)
        if kept_ms is not None:
            self._journal.tell("promise.kept", kept_ms, name, **whole)

    def _person(self, queue: str, intent: str, at_ms: int, said: Mapping[str, object], stage: str) -> _Contact | None:
        """The contact as it ends; None where the customer hangs up before anybody answers."""
        rng = self._rng
        contact = self._next(queue, intent, at_ms)
        whole = {**said, "stage": stage}
        self._tell("opened", contact, at_ms, whole)
        waits = rng.lognormvariate(0, 0.6) * _WAIT_S
        patience = rng.expovariate(1 / _PATIENCE_S)
        if patience < waits:
            self._tell(
                "abandoned", contact, at_ms + round(patience * 1000), whole, opened_at=at_ms, waited=round(patience, 3)
            )
            return None
        answered = at_ms + round(waits * 1000)
        by = {**whole, "handled_by": "human", "opened_at": at_ms}
        self._tell("answered", contact, answered, by, waited=round(waits, 3), transfers=0)
        first = answered + rng.randint(500, 9_000)
        self._tell("replied", contact, first, by, automatic=False, first=(first - at_ms) / 1000)
        ended = answered + round(rng.gammavariate(2, _HANDLING_S / 2) * 1000)
        self._tell("closed", contact, ended, by, resolved=rng.random() < 0.92, transfers=0)
        if rng.random() < _RATED:
            self._tell(
                "rated",
                contact,
                ended + MINUTE_MS,
                by,
                rating=rng.choices((5, 4, 3, 2, 1), (60, 24, 9, 4, 3))[0],
                unclear=rng.random() < _UNCLEAR,
            )
        return _Contact(contact.name, queue, intent, ended)

    def _next(self, queue: str, intent: str, at_ms: int) -> _Contact:
        self._contacts += 1
        return _Contact(f"K{self._contacts}", queue, intent, at_ms)

    def _tell(self, kind: str, contact: _Contact, at_ms: int, said: Mapping[str, object], **more: object) -> None:
        whole = {
            "consultation_id": contact.name,
            "queue": contact.queue,
            "intent": contact.intent,
            "channel": "chat",
            "stage": "aftersale",
            **said,
            **more,
        }
        self._journal.tell(f"consultation.{kind}", at_ms, contact.name, **whole)
