"""Reviews, surveys and mentions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Label, Named
from streams.simulate.rhythm import DAY_MS, SHOPPERS, Rhythm, WorkingTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.orders import Orders
    from streams.simulate.parcels import Parcels

REVIEWS, SURVEYS = 0.15, 0.05
MENTIONS_PER_ORDER = 0.02
CAUSES = ("product", "logistics", "service", "price")
SENTIMENTS = ("positive", "neutral", "negative")
PLATFORMS = ("weibo", "xiaohongshu", "douyin")
SURVEYS_KINDS = ("nps", "csat", "ces")


@dataclass(frozen=True)
class Voices:
    """What people say of one kind: reviews, surveys or mentions.

    Attributes:
        prefix: of the names.
        time: when it is said, in ms.
        order: row of the order, -1 without one.
        sentiment: codes of `SENTIMENTS`.
        columns: what is said about it later, too.

    """

    prefix: str
    time: NDArray[np.int64]
    order: NDArray[np.int64]
    sentiment: NDArray[np.int64]
    columns: tuple[Column, ...]


def play(
    rng: np.random.Generator, rhythm: Rhythm, orders: Orders, parcels: Parcels
) -> tuple[list[Voices], list[Block]]:
    """What buyers say about delivered parcels, and what others say about the shop."""
    shopping = WorkingTime(SHOPPERS, int(orders.created[0]), rhythm.live_to_ms + 20 * DAY_MS)
    blocks: list[Block] = []
    voices: list[Voices] = []
    for kind, name, share in (("review.posted", "fr-", REVIEWS), ("survey.answered", "fs-", SURVEYS)):
        rows = np.flatnonzero((parcels.part < 2) & (rng.random(len(parcels.order)) < share))
        count = len(rows)
        time = shopping.after(parcels.delivered[rows], rng.exponential(1.2 * DAY_MS, count)).astype(np.int64)
        order = parcels.order[rows]
        score = 6 - rng.geometric(0.65, count).clip(1, 5)
        sentiment = np.where(score >= 4, 0, np.where(score == 3, 1, 2))
        numbers = np.arange(count)
        subject = (name.upper(), numbers)
        who: tuple[Column, ...] = (
            Label("feedback_id", *subject),
            Label("order_id", "TB", order),
            Named("channel", shop.CHANNELS.values, orders.channel[order]),
            Named("store", shop.STORES.values, orders.store[order]),
        )
        what: tuple[Column, ...] = (
            Named("cause", CAUSES, np.where(score <= 2, rng.integers(0, len(CAUSES), count), -1)),
            Named("sentiment", SENTIMENTS, sentiment),
            Amount("score", score.astype(np.float64)),
        )
        of_kind: tuple[Column, ...] = ()
        if kind == "survey.answered":
            of_kind = (Named("kind", SURVEYS_KINDS, np.full(count, SURVEYS_KINDS.index("csat"))),)
        blocks.append(Block("feedback", kind, "/voice", time, subject, (*who, *what, *of_kind), name, numbers))
        voices.append(Voices(subject[0], time, order, sentiment, (*who, *of_kind)))
    mentions, mention_events = _mentions(rng, rhythm)
    return [*voices, mentions], [*blocks, mention_events]


def _mentions(rng: np.random.Generator, rhythm: Rhythm) -> tuple[Voices, Block]:
    time = rhythm.arrivals(rng, rhythm.orders * MENTIONS_PER_ORDER)
    count = len(time)
    numbers = np.arange(count)
    subject = ("FM-", numbers)
    platform = Named("platform", PLATFORMS, rng.integers(0, len(PLATFORMS), count))
    sentiment = rng.choice(3, count, p=(0.3, 0.5, 0.2))
    who: tuple[Column, ...] = (Label("feedback_id", *subject), platform)
    fields = (*who, Named("sentiment", SENTIMENTS, sentiment))
    voices = Voices(subject[0], time, np.full(count, -1, dtype=np.int64), sentiment, who)
    return voices, Block("feedback", "mention.posted", "/voice", time, subject, fields, "fm-", numbers)
