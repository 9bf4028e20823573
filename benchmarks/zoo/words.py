"""What shops call things: the values of their dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.zoo.dimension import Dimension, drawn

if TYPE_CHECKING:
    from collections.abc import Mapping

_STEMS: Final = ("nord", "vale", "porto", "lima", "oka", "sierra", "bel", "tara", "mira", "kano")
# A shop that calls these as the shipped catalogue does; others have words of their own.
_COMMON: Final = {
    "consultation.intent": ("logistics", "payment", "presale", "refund", "account", "invoice", "complaint", "other"),
    "refund.reason": ("quality", "late", "wrong_item", "size", "unwanted", "damaged", "price", "other"),
}


class Size(dict[str, int]):
    """How many values each dimension has.

    >>> Size.between(np.random.default_rng(1), 1.0)["region"] > Size.between(np.random.default_rng(1), 0.0)["region"]
    True
    """

    _LEAST_AND_MOST: Final = {
        "region": (3, 28),
        "channel": (1, 4),
        "store": (1, 16),
        "payment_method": (2, 6),
        "warehouse": (1, 6),
        "carrier": (2, 7),
        "category": (3, 14),
        "sku": (8, 60),
        "page": (4, 9),
        "device": (2, 4),
        "queue": (1, 7),
        "intent": (3, 8),
        "reason": (3, 8),
        "platform": (2, 5),
    }

    @classmethod
    def between(cls, rng: np.random.Generator, large: float) -> Size:
        """From the least (0) to the most (1) that shops of the zoo have, give or take a third."""
        found = cls()
        for name, (least, most) in cls._LEAST_AND_MOST.items():
            middle = least + (most - least) * large * rng.uniform(0.67, 1.33)
            found[name] = int(np.clip(round(middle), least, most))
        return found


def dimensions(rng: np.random.Generator, size: Mapping[str, int]) -> dict[str, Dimension]:
    """All dimensions of a shop; some shops use the catalogue's words for intents and reasons."""
    common = rng.random() < 0.5
    stem = str(rng.choice(_STEMS))

    def of(name: str, count: int, values: tuple[str, ...] = ()) -> Dimension:
        short = name.rpartition(".")[2]
        named = values if common and values else tuple(f"{stem}-{short[:3]}{number}" for number in range(1, count + 1))
        return drawn(rng, named[:count], float(rng.uniform(0.2, 1.2)))

    simple = ("region", "channel", "store", "payment_method", "warehouse", "carrier", "sku", "page", "device")
    found = {name: of(name, size[name]) for name in simple}
    for name in ("channel", "store", "region"):
        found[f"consultation.{name}"] = found[name]
    found["consultation.queue"] = of("consultation.queue", size["queue"])
    found["consultation.intent"] = of("consultation.intent", size["intent"], _COMMON["consultation.intent"])
    found["refund.reason"] = of("refund.reason", size["reason"], _COMMON["refund.reason"])
    found["dispute.reason"] = found["refund.reason"]
    found["refund.kind"] = drawn(rng, ("money_only", "return"), 0.6)
    found["attempt.reason"] = of("attempt.reason", 3)
    found["checkout.reason"] = of("checkout.reason", 4)
    found["parcel.reason"] = found["attempt.reason"]
    found["survey.kind"] = drawn(rng, ("nps", "csat"), 0.5)
    for family in ("survey", "review"):
        for name in ("channel", "store"):
            found[f"{family}.{name}"] = found[name]
    found["review.cause"] = of("review.cause", 4)
    found["mention.platform"] = of("mention.platform", size["platform"])
    found["mention.sentiment"] = Dimension(("negative", "neutral"), np.array([0.3, 0.7]))
    return found


def with_categories(
    rng: np.random.Generator, found: dict[str, Dimension], count: int, stem: str = "cat"
) -> tuple[dict[str, Dimension], np.ndarray]:
    """Adds the categories, and says which category each sku is in; a category's share is that of its skus."""
    skus = found["sku"]
    count = min(count, len(skus.values))
    of_sku = np.concatenate([np.arange(count), rng.integers(0, count, len(skus.values) - count)]).astype(np.int64)
    shares = np.bincount(of_sku, weights=skus.shares, minlength=count).astype(np.float64)
    values = tuple(f"{stem}{number}" for number in range(1, count + 1))
    return {**found, "category": Dimension(values, shares)}, of_sku
