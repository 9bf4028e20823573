"""The whole shop: days of history and an evening, as records of the three topics that intake fills."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson

from streams.records.instant import rfc3339
from tests.support.shopify_shop import aftership_webhooks, shopify_webhooks, zendesk_webhooks
from tests.support.shopify_shop.faults import evening
from tests.support.shopify_shop.hours import DAY_MS, HOUR_MS, moment
from tests.support.shopify_shop.orders import orders
from tests.support.shopify_shop.parcels import updates, way
from tests.support.shopify_shop.tickets import tickets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.shopify_shop.faults import Broken
    from tests.support.shopify_shop.orders import Order
    from tests.support.shopify_shop.tickets import Ticket

SHOPIFY, AFTERSHIP, ZENDESK = "pharos-raw-shopify", "pharos-raw-aftership", "pharos-raw-zendesk"
JUDGED_FROM, ENDS = moment("2026-10-22T17:00"), moment("2026-10-22T23:00")
WAY_DAYS = 7  # parcels of so many days before arrive in the history
TICKETS_PER_CHECKOUT = 0.16


class Webhook(NamedTuple):
    """A body on its way: when it arrives, where, the key that the intake gives it, and how to write it."""

    at_ms: int
    number: int
    topic: str
    key: str
    body: Callable[[], dict[str, Any]]


class ShopifyShop:
    """A shop with so many checkouts on a mean day; two of three become orders.

    Attributes:
        truth: the faults of the evening, as truth.json has them.
        scenario: the first line of the events file.

    """

    def __init__(
        self, seed: int, checkouts_per_day: float, history_days: int = 8, broken: Broken | None = None
    ) -> None:
        self._seed = seed
        self._from = JUDGED_FROM - history_days * DAY_MS
        self._evening = evening(self._draw("evening"), JUDGED_FROM, broken)
        self.truth = self._evening.truth()
        self.scenario = {"evaluate_from": rfc3339(JUDGED_FROM)}
        self._sent: list[Webhook] = []
        self._orders(checkouts_per_day)
        self._parcels()
        self._tickets(checkouts_per_day * TICKETS_PER_CHECKOUT)
        self._sent.sort(key=lambda sent: sent[:2])

    def lines(self) -> Iterator[bytes]:
        """The lines of an events file, the scenario first."""
        yield orjson.dumps({"scenario": self.scenario})
        for sent in self._sent:
            head = f'{{"topic":"{sent.topic}","at":"{rfc3339(sent.at_ms)}","key":"{sent.key}","record":'
            yield head.encode() + orjson.dumps(sent.body()) + b"}"

    def write(self, folder: Path) -> None:
        """shop.jsonl, truth.json, and the newest body of each system."""
        with (folder / "shop.jsonl").open("wb") as file:
            file.writelines(line + b"\n" for line in self.lines())
        newest = {sent.topic: sent.body for sent in self._sent}
        for topic, body in newest.items():
            (folder / f"{topic.removeprefix('pharos-raw-')}.json").write_bytes(orjson.dumps(body()))
        (folder / "truth.json").write_bytes(orjson.dumps(self.truth, option=orjson.OPT_INDENT_2))

    def _orders(self, per_day: float) -> None:
        rng = self._draw("orders")
        self._made = orders(rng, (self._from - WAY_DAYS * DAY_MS, ENDS), per_day, self._evening)
        for order in self._made:
            self._send(SHOPIFY, order, order.begun_ms + _soon(rng), partial(shopify_webhooks.checkout_body, order))
            if not order.placed_ms:
                continue
            moments = dict.fromkeys((order.placed_ms, order.paid_ms, order.packed_ms))
            for at in moments:
                if at:
                    body = partial(shopify_webhooks.order_body, order, at + 2000)
                    self._send(SHOPIFY, order, at + 2000 + _soon(rng), body)
            for attempt in order.attempts:
                body = partial(shopify_webhooks.transaction_body, order, attempt)
                self._send(SHOPIFY, order, max(attempt.at_ms, order.placed_ms) + 2000 + _soon(rng), body)

    def _parcels(self) -> None:
        rng = self._draw("parcels")
        for order in self._made:
            if not 0 < order.packed_ms < ENDS:
                continue
            for update in updates(way(rng, order, self._evening)):
                body = partial(aftership_webhooks.tracking_body, order, update)
                self._send(AFTERSHIP, order, update.checkpoints[-1].learned_ms + _soon(rng), body)

    def _tickets(self, per_day: float) -> None:
        rng = self._draw("tickets")
        span = (self._from - DAY_MS, ENDS)
        recent = [order for order in self._made if order.begun_ms >= span[0]]
        for ticket in tickets(rng, span, per_day, self._evening, recent):
            sent = [
                (ticket.opened_ms, partial(zendesk_webhooks.created_body, ticket)),
                (ticket.answered_ms, partial(zendesk_webhooks.assigned_body, ticket)),
                (ticket.replied_ms, partial(zendesk_webhooks.replied_body, ticket)),
                (ticket.solved_ms, partial(zendesk_webhooks.solved_body, ticket)),
            ]
            if ticket.rating:
                at = round(ticket.solved_ms + rng.lognormal(0.5, 0.8) * HOUR_MS)
                sent.append((at, partial(zendesk_webhooks.rating_body, ticket, at)))
            for at, body in sent:
                self._send(ZENDESK, ticket, at + _soon(rng), body)

    def _send(self, topic: str, of: Order | Ticket, at_ms: int, body: Callable[[], dict[str, Any]]) -> None:
        if self._from <= at_ms < ENDS:
            self._sent.append(Webhook(at_ms, len(self._sent), topic, str(of.number), body))

    def _draw(self, part: str) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self._seed, *part.encode()]))


def _soon(rng: np.random.Generator) -> int:
    """How long a webhook takes, in ms: two seconds, seldom half a minute."""
    return round(rng.lognormal(0.7, 0.8) * 1000)
