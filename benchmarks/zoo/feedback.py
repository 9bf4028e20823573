"""Surveys, reviews and mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.zoo.batch import Batch
from benchmarks.zoo.surge import surged
from benchmarks.zoo.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.zoo.incident import Incident
    from benchmarks.zoo.shop import Shop, Traffic


def feedback(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> list[Batch]:
    """What customers say in public and when they are asked."""
    level = traffic.wobbled(shop.rng("feedback traffic"))
    return [_surveys(shop, level), _reviews(shop, level, incidents), *_mentions(shop, level, incidents)]


def _surveys(shop: Shop, traffic: Traffic) -> Batch:
    rng = shop.rng("surveys")
    table = _table(shop, traffic, rng, shop.feedback.surveys, "survey", ("kind", "channel", "store"))
    kinds = shop.dimensions["survey.kind"].values
    most = np.array([{"nps": 10, "csat": 5, "ces": 7}[kind] for kind in kinds])[table["kind"]]
    score = most * rng.beta(4.0, 1.2, len(table))
    table["score"] = np.clip(np.round(score), 1, most).astype(float)
    return Batch("survey.answered", table["at"], table, ("feedback_id", "kind", "channel", "store", "score"))


def _reviews(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> Batch:
    rng = shop.rng("reviews")
    table = _table(shop, traffic, rng, shop.feedback.reviews, "review", ("channel", "store", "cause"))
    share = np.full(len(table), shop.feedback.bad)
    for incident in incidents:
        if incident.kind == "bad_reviews":
            incident.weigh_share(table["at"], incident.part(shop), shop.feedback.bad)
            more = (incident.size - shop.feedback.bad) * incident.strength(table["at"])
            share = share + more * incident.covers(table, shop)
    bad = rng.random(len(table)) < share
    table["score"] = np.where(bad, rng.integers(1, 3, bad.size), rng.integers(3, 6, bad.size)).astype(float)
    return Batch("review.posted", table["at"], table, ("feedback_id", "channel", "store", "cause", "score"))


def _mentions(shop: Shop, traffic: Traffic, incidents: Sequence[Incident]) -> list[Batch]:
    rng = shop.rng("mentions")
    table = _table(shop, traffic, rng, shop.feedback.mentions, "mention", ("platform",))
    cross = rng.random(len(table)) < shop.feedback.negative
    negative, others = table.take(cross), table.take(~cross)
    for incident in incidents:
        if incident.kind == "mention_wave":
            negative = surged(shop, shop.rng(f"wave {incident.id}"), negative, incident, "at", "feedback_id")
    said = ("feedback_id", "platform", "sentiment")
    words = shop.dimensions["mention.sentiment"].values
    negative["sentiment"] = np.full(len(negative), words.index("negative"))
    others["sentiment"] = np.full(len(others), words.index("neutral"))
    return [Batch("mention.posted", one["at"], one, said) for one in (negative, others)]


def _table(
    shop: Shop,
    traffic: Traffic,
    rng: np.random.Generator,
    per_order: float,
    family: str,
    dimensions: Sequence[str],
) -> Table:
    at = shop.rhythm.arrivals(rng, traffic.level, traffic.begin_ms, shop.orders.a_minute * per_order)
    drawn = {name: shop.draw(rng, at, f"{family}.{name}") for name in dimensions}
    return Table(feedback_id=np.arange(at.size), at=at, **drawn)
