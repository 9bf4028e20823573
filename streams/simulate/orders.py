"""Orders and their payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Flag, Label, Moment, Named
from streams.simulate.rhythm import HOUR_MS, MIDNIGHT_MS, MINUTE_MS, WAVES, wave_span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.plan import Plan

PAID_CANCELS = 0.01
REFUNDS_BEFORE_COLLECTION = 0.035  # bought to reach a discount, and given back at once
RETRIES = 0.55
UNPAID_AFTER_MS = 30 * MINUTE_MS
DEPOSITS = 0.7  # of the orders of a wave; the balance is due at a peak
BALANCE_MS = 12 * MINUTE_MS  # after the peak began, on average
UNPAID, OUT_OF_STOCK, CHANGED_MIND = range(3)
CANCEL_REASONS = ("unpaid", "out_of_stock", "changed_mind")
DECLINES = (*shop.DECLINES.values, "gateway_error")


@dataclass
class Attempts:
    """One attempt to pay per order, by the time of its result; 0 where there is none."""

    time: NDArray[np.int64]
    method: NDArray[np.int16]
    works: NDArray[np.bool_]
    broken: NDArray[np.bool_]  # fails because of the fault

    def failed(self) -> NDArray[np.bool_]:
        """Which were made, and in vain."""
        return (self.time > 0) & ~self.works


@dataclass(frozen=True)
class Orders:
    """Orders by columns: times in ms (0 where it did not happen), dimensions as codes of `shop`.

    Attributes:
        paid: time of the payment that succeeded.
        cancelled: time of the cancellation, of paid and unpaid ones.
        withdrawn: time of a refund request made before the parcel is collected.
        paid_at: what later events say about the payment: nothing about one before the history, whose deadline nobody
            opened.
        begun_at: what its payment says about the order: nothing where a balance was paid, days after the deposit.
        attempts: the first attempt to pay, and a second one after a failure.

    """

    created: NDArray[np.int64]
    paid: NDArray[np.int64]
    cancelled: NDArray[np.int64]
    withdrawn: NDArray[np.int64]
    paid_at: NDArray[np.int64]
    begun_at: NDArray[np.int64]
    region: NDArray[np.int16]
    channel: NDArray[np.int16]
    store: NDArray[np.int16]
    sku: NDArray[np.int16]
    warehouse: NDArray[np.int16]
    carrier: NDArray[np.int16]
    amount: NDArray[np.float64]
    attempts: tuple[Attempts, Attempts]

    @property
    def category(self) -> NDArray[np.int16]:
        """Category of the sku."""
        return (self.sku // shop.SKUS_OF_CATEGORY).astype(np.int16)

    def shipped(self) -> NDArray[np.int64]:
        """Rows that a parcel is sent for."""
        return np.flatnonzero((self.paid > 0) & (self.cancelled == 0) & (self.withdrawn == 0))


def play(
    rng: np.random.Generator, created: NDArray[np.int64], region: NDArray[np.int16], plan: Plan, history_from_ms: int
) -> tuple[Orders, list[Block]]:
    """Orders created at the given times (ascending) by buyers of the given regions, and their events."""
    count = len(created)
    store, category = shop.STORES.draw(rng, count), shop.CATEGORIES.draw(rng, count)
    sku = category * shop.SKUS_OF_CATEGORY + (rng.random(count) ** 2 * shop.SKUS_OF_CATEGORY).astype(np.int16)
    balance = _balance_due(rng, created)
    due = np.where(balance > 0, balance, created)
    first = _attempts(rng, due + rng.integers(8_000, 60_000, count), shop.METHODS.draw(rng, count), plan)
    again = np.where(
        first.failed() & (rng.random(count) < RETRIES), first.time + rng.integers(20_000, 120_000, count), 0
    )
    changed = np.where(rng.random(count) < 0.5, shop.METHODS.draw(rng, count), first.method)
    second = _attempts(rng, again, changed.astype(np.int16), plan)
    _play_tiny_store(plan, created, store, first, second)

    paid = np.where(first.works, first.time, np.where(second.works, second.time, 0))
    luck = rng.random(count)
    regret = paid + rng.integers(5 * MINUTE_MS, 6 * HOUR_MS, count)
    cancels = (paid > 0) & (luck < PAID_CANCELS)
    withdraws = (paid > 0) & ~cancels & (luck < PAID_CANCELS + REFUNDS_BEFORE_COLLECTION)
    orders = Orders(
        created=created,
        paid=paid,
        cancelled=np.where(paid == 0, due + UNPAID_AFTER_MS, np.where(cancels, regret, 0)),
        withdrawn=np.where(withdraws, regret, 0),
        paid_at=np.where(paid >= history_from_ms, paid, 0),
        begun_at=np.where(balance > 0, 0, created),
        region=region,
        channel=shop.CHANNELS.draw(rng, count),
        store=store,
        sku=sku.astype(np.int16),
        warehouse=shop.WAREHOUSES.draw(rng, count),
        carrier=shop.CARRIERS.draw(rng, count),
        amount=np.exp(rng.normal(4.6, 0.8, count)).round(2).astype(np.float64),
        attempts=(first, second),
    )
    return orders, _blocks(rng, orders)


def _balance_due(rng: np.random.Generator, created: NDArray[np.int64]) -> NDArray[np.int64]:
    """When those that were begun with a deposit pay the rest, 0 for all others."""
    due = np.zeros(len(created), dtype=np.int64)
    deposits = rng.random(len(created)) < DEPOSITS
    delay = rng.exponential(BALANCE_MS, len(created)).astype(np.int64)
    for days, peak in WAVES:
        begins, ends = wave_span(days)
        inside = deposits & (created >= begins) & (created < ends)
        due = np.where(inside, MIDNIGHT_MS + peak * MINUTE_MS + delay, due)
    return due


def _attempts(rng: np.random.Generator, time: NDArray[np.int64], method: NDArray[np.int16], plan: Plan) -> Attempts:
    luck = rng.random(len(time))
    works = luck < shop.PAYMENT_SUCCESS
    broken = np.zeros(len(time), dtype=np.bool_)
    fault = plan.fault("payment")
    if fault is not None:
        hit = (time >= fault.start_ms) & (time < fault.end_ms)
        hit &= method == shop.METHODS.code(fault.target["payment_method"])
        broken = hit & works & (luck >= fault.size)
    return Attempts(time, method, works & ~broken & (time > 0), broken)


def _play_tiny_store(
    plan: Plan, created: NDArray[np.int64], store: NDArray[np.int16], first: Attempts, second: Attempts
) -> None:
    """A store with two payments in ten minutes, of which one fails: half of them, and yet nothing."""
    trap = plan.trap("tiny_store")
    inside = np.flatnonzero((created >= trap.start_ms) & (created < trap.end_ms - 2 * MINUTE_MS))
    code = shop.STORES.code(trap.scope["store"])
    store[inside[store[inside] == code]] = 0
    if len(inside) < 2:
        return
    fails, works = inside[len(inside) // 3], inside[2 * len(inside) // 3]
    store[[fails, works]] = code
    first.works[fails], first.works[works] = False, True
    for row in (fails, works):
        second.time[row], second.works[row] = 0, False


def _blocks(rng: np.random.Generator, orders: Orders) -> list[Block]:
    count = len(orders.created)
    first, second = orders.attempts
    subject = ("TB", np.arange(count))
    who: tuple[Column, ...] = (
        Named("region", shop.REGIONS.values, orders.region),
        Named("channel", shop.CHANNELS.values, orders.channel),
        Named("store", shop.STORES.values, orders.store),
        Named("category", shop.CATEGORIES.values, orders.category),
        Named("sku", shop.SKUS, orders.sku),
        Amount("amount", orders.amount),
    )
    begun = Moment("created_at", orders.created)
    way: tuple[Column, ...] = (
        Named("warehouse", shop.WAREHOUSES.values, orders.warehouse),
        Named("carrier", shop.CARRIERS.values, orders.carrier),
    )
    order_id = Label("order_id", *subject)

    def block(
        kind: str, name: str, time: NDArray[np.int64], columns: tuple[Column, ...], keep: NDArray[np.bool_]
    ) -> Block:
        return Block("orders", kind, "/oms", time, subject, (order_id, *who, *columns), name, np.flatnonzero(keep))

    paid_begun = Moment("created_at", orders.begun_at)

    paid_method = np.where(first.works, first.method, second.method)
    why = shop.DECLINES.draw(rng, count)
    blocks = [
        block("order.created", "oc-", orders.created, (begun, *way), orders.created > 0),
        block(
            "order.paid",
            "op-",
            orders.paid,
            (paid_begun, *way, Named("payment_method", shop.METHODS.values, paid_method)),
            orders.paid > 0,
        ),
    ]
    for name, attempt in (("of1-", first), ("of2-", second)):
        reason = np.where(attempt.broken, len(DECLINES) - 1, why)
        method = Named("payment_method", shop.METHODS.values, attempt.method)
        columns = (paid_begun, method, Named("reason", DECLINES, reason))
        blocks.append(block("order.payment_failed", name, attempt.time, columns, attempt.failed()))
    reason = np.where(orders.paid == 0, UNPAID, rng.integers(OUT_OF_STOCK, CHANGED_MIND + 1, count))
    facts = (
        begun,
        *way,
        Named("reason", CANCEL_REASONS, reason),
        Moment("paid_at", orders.paid_at),
        Flag("shipped", np.zeros(count, dtype=np.bool_)),
    )
    blocks.append(block("order.cancelled", "ox-", orders.cancelled, facts, orders.cancelled > 0))
    return blocks
