"""Reviews, surveys and mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Label, Named
from streams.simulate.rhythm import DAY_MS, SHOPPERS, Rhythm, WorkingTime

if TYPE_CHECKING:
    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels

REVIEWS, SURVEYS = 0.15, 0.05
MENTIONS_PER_ORDER = 0.02
CAUSES = ("product", "logistics", "service", "price")
SENTIMENTS = ("positive", "neutral", "negative")
PLATFORMS = ("weibo", "xiaohongshu", "douyin")
SURVEYS_KINDS = ("nps", "csat", "ces")


def play(rng: np.random.Generator, rhythm: Rhythm, orders: Orders, parcels: Parcels) -> list[Block]:
    """What buyers say about delivered parcels, and what others say about the shop."""
    shopping = WorkingTime(SHOPPERS, int(orders.created[0]), rhythm.live_to_ms + 20 * DAY_MS)
    blocks = []
    for kind, name, share in (("review.posted", "fr-", REVIEWS), ("survey.answered", "fs-", SURVEYS)):
        rows = np.flatnonzero((parcels.part < 2) & (rng.random(len(parcels.order)) < share))
        count = len(rows)
        time = shopping.after(parcels.delivered[rows], rng.exponential(1.2 * DAY_MS, count)).astype(np.int64)
        order = parcels.order[rows]
        score = 6 - rng.geometric(0.65, count).clip(1, 5)
        columns: tuple[Column, ...] = (
            Label("order_id", "TB", order),
            Named("channel", shop.CHANNELS.values, orders.channel[order]),
            Named("store", shop.STORES.values, orders.store[order]),
            Named("cause", CAUSES, np.where(score <= 2, rng.integers(0, len(CAUSES), count), -1)),
            Named("sentiment", SENTIMENTS, np.where(score >= 4, 0, np.where(score == 3, 1, 2))),
            Amount("score", score.astype(np.float64)),
        )
        if kind == "survey.answered":
            columns = (*columns, Named("kind", SURVEYS_KINDS, np.full(count, SURVEYS_KINDS.index("csat"))))
        numbers = np.arange(count)
        subject = (name.upper(), numbers)
        fields = (Label("feedback_id", *subject), *columns)
        blocks.append(Block("feedback", kind, "/voice", time, subject, fields, name, numbers))
    return [*blocks, _mentions(rng, rhythm)]


def _mentions(rng: np.random.Generator, rhythm: Rhythm) -> Block:
    time = rhythm.arrivals(rng, rhythm.orders * MENTIONS_PER_ORDER)
    count = len(time)
    numbers = np.arange(count)
    subject = ("FM-", numbers)
    fields: tuple[Column, ...] = (
        Label("feedback_id", *subject),
        Named("platform", PLATFORMS, rng.integers(0, len(PLATFORMS), count)),
        Named("sentiment", SENTIMENTS, rng.choice(3, count, p=(0.3, 0.5, 0.2))),
    )
    return Block("feedback", "mention.posted", "/voice", time, subject, fields, "fm-", numbers)
