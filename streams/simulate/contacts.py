"""People who ask: which queue they join, whether they are answered, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Count, Flag, Moment, Named
from streams.simulate.contact import Contacts, joined
from streams.simulate.queue import Service, serve
from streams.simulate.rhythm import DAY_MS, MINUTE_MS, Rhythm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.plan import Plan

HANDLING_S = 150.0
REACTION_MS = (800, 4_500)  # of an agent who is free
ASKED_BEFORE_MS = 3 * MINUTE_MS  # customers ask while they look around, before they check out
SNAPSHOT_MS = 30_000
TRANSFERS = 0.03
RATED = 0.12
FIRST_QUESTIONS_MS = 3 * MINUTE_MS  # after a carrier stalls, before the first customers ask
ORDERS_ASKED_ABOUT_MS = 4 * DAY_MS
HANDLERS = ("bot", "human")
Span = tuple[int, int]  # from and to, in ms


@dataclass(frozen=True)
class Demand:
    """Contacts per minute of one intent, by minute of the rhythm: for the whole shop, and what some regions add within
    a span of time.
    """

    intent: str
    per_minute: NDArray[np.float64]
    extra: NDArray[np.float64]
    extra_regions: tuple[str, ...]
    extra_span: Span


def demands(rhythm: Rhythm, shoppers: NDArray[np.float64], plan: Plan) -> list[Demand]:
    """Who asks grows with the orders; `shoppers` are the orders per minute with the trap of tenfold traffic."""
    result = []
    for intent in shop.INTENTS:
        base = shoppers if intent in shop.SHOPPING_INTENTS else rhythm.orders
        per_minute = base * shop.CONTACTS_PER_ORDER[intent]
        extra = np.zeros(len(base))
        regions: tuple[str, ...] = ()
        span = (0, 0)
        coupon, carrier = plan.fault("coupon"), plan.fault("carrier")
        if coupon is not None and intent == coupon.target["intent"]:
            span = coupon.start_ms, coupon.end_ms
            extra = per_minute * (coupon.size - 1) * _touched(rhythm, span)
        if carrier is not None and intent == "logistics":
            regions = carrier.regions
            share = sum(shop.REGIONS.share(name) for name in regions)
            span = carrier.start_ms + FIRST_QUESTIONS_MS, carrier.end_ms + FIRST_QUESTIONS_MS
            extra = per_minute * share * carrier.size * _touched(rhythm, span)
        result.append(Demand(intent, per_minute, extra, regions, span))
    return result


def _touched(rhythm: Rhythm, span: Span) -> NDArray[np.bool_]:
    """The minutes of which a span covers at least a part."""
    return (rhythm.minutes_ms > span[0] - MINUTE_MS) & (rhythm.minutes_ms < span[1])


def play(
    rng: np.random.Generator, rhythm: Rhythm, shoppers: NDArray[np.float64], plan: Plan, paid: NDArray[np.int64]
) -> tuple[Contacts, list[Block]]:
    """All contacts and what becomes of them. `paid` are the times of paid orders: what a customer may ask about."""
    wanted = demands(rhythm, shoppers, plan)
    blocks: list[Block] = []
    parts: list[Contacts] = []
    first = 0
    for number, queue in enumerate(shop.QUEUES):
        here = [demand for demand in wanted if shop.QUEUE_OF_INTENT[demand.intent] == queue]
        opened, intent, region = _contacts(rng, rhythm, here)
        load = sum((demand.per_minute + demand.extra for demand in here), np.zeros(len(shoppers))) * HANDLING_S / 60
        count = len(opened)
        handling = rng.gamma(2, HANDLING_S * 500, count).astype(np.int64)
        patience = rng.gamma(2, 100_000, count).astype(np.int64)
        looks = np.arange(rhythm.history_from_ms, rhythm.live_to_ms, SNAPSHOT_MS)
        if queue == shop.BOT_QUEUE:
            handling //= 3
            state = _bot(rng, opened, len(looks))
        else:
            state = serve(opened, handling, patience, _staff(rhythm, queue, load, plan), looks)
        about = _asked_about(rng, opened, paid)
        none = np.zeros(count, dtype=np.int64)
        asked = Contacts(
            opened=opened,
            answered=none,
            ended=none,
            queue=np.full(count, number, dtype=np.int16),
            channel=shop.CONTACT_CHANNELS.draw(rng, count),
            intent=intent,
            store=shop.STORES.draw(rng, count),
            region=region,
            order=np.where(intent < shop.INTENTS.index("logistics"), -1, about),
            rating=none,
        )
        served, events = _blocks(rng, asked, first, handling, state)
        parts.append(served)
        blocks += [*events, _snapshots(queue, looks, state)]
        first += count
    return joined(parts), blocks


def _contacts(
    rng: np.random.Generator, rhythm: Rhythm, wanted: list[Demand]
) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.int16]]:
    """Times (ascending), intents and regions of the contacts of one queue."""
    times, intents, regions = [], [], []
    for demand in wanted:
        usual, extra = rhythm.arrivals(rng, demand.per_minute), rhythm.arrivals(rng, demand.extra)
        extra = extra[(extra >= demand.extra_span[0]) & (extra < demand.extra_span[1])]
        if demand.intent in shop.SHOPPING_INTENTS:
            usual = usual - rng.integers(0, ASKED_BEFORE_MS, len(usual))
        times += [usual, extra]
        intents.append(np.full(len(usual) + len(extra), shop.INTENTS.index(demand.intent), dtype=np.int16))
        regions.append(shop.REGIONS.draw(rng, len(usual)))
        if demand.extra_regions:
            regions.append(shop.REGIONS.draw_among(rng, demand.extra_regions, len(extra)))
        else:
            regions.append(shop.REGIONS.draw(rng, len(extra)))
    opened = np.concatenate(times)
    order = np.argsort(opened, kind="stable")
    order = order[opened[order] >= rhythm.history_from_ms]
    return opened[order], np.concatenate(intents)[order], np.concatenate(regions)[order]


def _staff(
    rhythm: Rhythm, queue: str, load: NDArray[np.float64], plan: Plan
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When the number of agents changes, and to what: dispatch knows the load (the busiest from twelve minutes ago to
    five ahead) and adds a margin by the square-root rule, so that hardly anybody waits; only a fault takes agents away.
    """
    ahead = np.max([np.roll(load, -shift) for shift in range(-12, 6)], axis=0)
    agents = np.ceil(ahead + 2.5 * np.sqrt(ahead) + 2)
    fault = plan.fault("queue")
    times = rhythm.minutes_ms
    if fault is not None and fault.target["queue"] == queue:
        # Half of what is needed: the margin is lost first.
        left = np.ceil(np.minimum(agents, load * 1.2 + 1) * (1 - fault.size))
        away = (times >= fault.start_ms) & (times < fault.end_ms)
        leave, return_ = np.searchsorted(times, (fault.start_ms, fault.end_ms))
        agents = np.insert(np.where(away, left, agents), (leave, return_), (left[leave - 1], agents[return_ - 1]))
        times = np.insert(times, (leave, return_), (fault.start_ms, fault.end_ms))
    return times, agents.astype(np.int64)


def _bot(rng: np.random.Generator, opened: NDArray[np.int64], looks: int) -> Service:
    """A bot has no line."""
    none = np.zeros(looks, dtype=np.int64)
    answered = opened + rng.integers(300, 2_500, len(opened))
    return Service(answered, np.zeros_like(opened), none, none, none + 500, none + 500)


def _asked_about(rng: np.random.Generator, opened: NDArray[np.int64], paid: NDArray[np.int64]) -> NDArray[np.int64]:
    """An order paid within the four days before; -1 where there is none."""
    rows = np.flatnonzero(paid > 0)
    order = rows[np.argsort(paid[rows], kind="stable")]
    first, last = np.searchsorted(paid[order], np.stack((opened - ORDERS_ASKED_ABOUT_MS, opened)))
    chosen = first + (rng.random(len(opened)) * (last - first)).astype(np.int64)
    return np.where(last > first, order[np.minimum(chosen, len(order) - 1)], -1)


def _blocks(
    rng: np.random.Generator, asked: Contacts, first: int, handling: NDArray[np.int64], state: Service
) -> tuple[Contacts, list[Block]]:
    """The events of one queue, whose contacts are numbered from `first`, and how each contact ends."""
    opened, fields, count = asked.opened, asked.columns(first), len(asked.opened)
    subject = ("K", np.arange(first, first + count))
    queue = shop.QUEUES[asked.queue[0]] if count else ""
    bot = queue == shop.BOT_QUEUE
    handler = Named("handled_by", HANDLERS, np.full(count, 0 if bot else 1, dtype=np.int16))
    since = Moment("opened_at", opened)
    talked = state.answered > 0
    answered = state.answered + (0 if bot else rng.integers(*REACTION_MS, count))
    moved = talked & (rng.random(count) < TRANSFERS) & (not bot)
    over = answered + handling
    first_reply = answered + rng.integers(500, 12_000, count)
    waited = Amount("waited", (answered - opened) / 1000)
    transfers = np.where(moved, 1, 0)
    resolved = Flag("resolved", rng.random(count) < (0.8 if bot else 0.93))
    automatic = Flag("automatic", np.full(count, bot))

    def block(kind: str, name: str, time: NDArray[np.int64], rows: NDArray[np.bool_], *extra: Column) -> Block:
        columns = (*fields, *extra)
        return Block("consultations", kind, "/cc", time, subject, columns, f"{name}{queue}-", np.flatnonzero(rows))

    halfway = answered + handling // 2
    ended = over + rng.integers(1_000, 5_000, count)
    stayed = Count("transfers", np.zeros(count, dtype=np.int64))
    rated_at = ended + rng.integers(5_000, 90_000, count)
    rated = talked & (rng.random(count) < RATED)
    rating = 5 - rng.geometric(0.6, count).clip(1, 5) + 1
    served = replace(
        asked,
        answered=np.where(talked, answered, 0),
        ended=np.where(talked, ended, 0),
        rating=np.where(rated, rating, 0),
    )
    return served, [
        block("consultation.opened", "co-", opened, opened > 0),
        block("consultation.answered", "ca-", answered, talked, handler, since, waited, stayed),
        block(
            "consultation.replied", "cr-", first_reply, talked, handler, since, automatic, _first(first_reply, opened)
        ),
        block("consultation.transferred", "ct-", halfway, moved, handler, since, Count("transfers", transfers)),
        block("consultation.answered", "cb-", halfway + 4_000, moved, handler, since, Count("transfers", transfers)),
        block(
            "consultation.abandoned",
            "cx-",
            state.abandoned,
            state.abandoned > 0,
            since,
            Amount("waited", (state.abandoned - opened) / 1000),
        ),
        block("consultation.closed", "cc-", ended, talked, handler, since, resolved, Count("transfers", transfers)),
        block("consultation.rated", "cs-", rated_at, rated, handler, Count("rating", rating)),
    ]


def _first(reply: NDArray[np.int64], opened: NDArray[np.int64]) -> Column:
    """Seconds from the question to the first reply."""
    return Amount("first", (reply - opened) / 1000)


def _snapshots(queue: str, looks: NDArray[np.int64], state: Service) -> Block:
    none = np.full(len(looks), -1, dtype=np.int64)
    columns: tuple[Column, ...] = (
        Named("queue", (queue,), none + 1),
        Count("waiting", state.waiting),
        Amount("oldest_wait", state.oldest_ms / 1000),
        Count("staffed", state.staffed),
        Count("available", state.available),
        Amount("handle_time", np.full(len(looks), HANDLING_S)),
    )
    return Block(
        "consultations",
        "queue.snapshot",
        "/cc",
        looks,
        (f"queue-{queue}-", none + 1),
        columns,
        f"qs-{queue}-",
        np.arange(len(looks)),
    )
