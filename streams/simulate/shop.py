"""The shop that is simulated: what there is to choose from, and how often it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Choice:
    """Values of one dimension and the share of each (shares are scaled to a sum of 1)."""

    values: tuple[str, ...]
    shares: tuple[float, ...]

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.int16]:
        """Draw `count` codes, indices into `values`."""
        edges = np.cumsum(np.asarray(self.shares) / sum(self.shares))[:-1]
        return np.searchsorted(edges, rng.random(count), side="right").astype(np.int16)

    def draw_among(self, rng: np.random.Generator, values: tuple[str, ...], count: int) -> NDArray[np.int16]:
        """Draw `count` codes of some of the values, by their shares."""
        codes = np.array([self.code(value) for value in values], dtype=np.int16)
        return codes[Choice(values, tuple(self.shares[code] for code in codes)).draw(rng, count)]

    def code(self, value: str) -> int:
        """Index of a value. Raises ValueError for one that there is not."""
        return self.values.index(value)

    def share(self, value: str) -> float:
        """Share of a value, of 1."""
        return self.shares[self.code(value)] / sum(self.shares)

    def above(self, share: float) -> tuple[str, ...]:
        """Values whose share is at least this: large enough for a fault there to be seen in a minute or two."""
        return tuple(value for value in self.values if self.share(value) >= share)


_PROVINCES = (
    ("guangdong", 13.0),
    ("jiangsu", 10.0),
    ("zhejiang", 10.0),
    ("shandong", 7.5),
    ("henan", 6.0),
    ("sichuan", 5.5),
    ("hebei", 4.6),
    ("hubei", 4.3),
    ("hunan", 4.2),
    ("anhui", 4.0),
    ("fujian", 4.0),
    ("shanghai", 3.8),
    ("beijing", 3.6),
    ("liaoning", 2.6),
    ("shaanxi", 2.4),
    ("jiangxi", 2.3),
    ("guangxi", 2.1),
    ("chongqing", 2.0),
    ("yunnan", 1.8),
    ("shanxi", 1.7),
    ("tianjin", 1.4),
    ("heilongjiang", 1.3),
    ("jilin", 1.2),
    ("guizhou", 1.2),
    ("inner_mongolia", 1.0),
    ("xinjiang", 0.9),
    ("gansu", 0.8),
    ("hainan", 0.6),
    ("ningxia", 0.3),
    ("qinghai", 0.2),
    ("tibet", 0.1),
)
REGIONS = Choice(*zip(*_PROVINCES, strict=True))
CARRIERS = Choice(("zto", "yto", "yunda", "sto", "sf", "jd", "jtexpress", "ems"), (27, 20, 15, 12, 10, 8, 5, 3))
WAREHOUSES = Choice(
    ("hangzhou-1", "hangzhou-2", "shenzhen-1", "wuhan-1", "tianjin-1", "chengdu-1"), (28, 19, 22, 14, 9, 8)
)
ORIGINS = Choice(("zhejiang", "zhejiang", "guangdong", "hubei", "tianjin", "sichuan"), (1, 1, 1, 1, 1, 1))
METHODS = Choice(("alipay", "wechat", "bank_card", "huabei"), (42, 30, 16, 12))
CHANNELS = Choice(("app", "mini_program", "web", "livestream"), (60, 20, 8, 12))
DEVICES = Choice(("ios", "android", "desktop"), (40, 52, 8))
CONTACT_CHANNELS = Choice(("chat", "phone"), (80, 20))
PAGES = Choice(("home", "search", "product", "cart", "checkout"), (20, 20, 40, 12, 8))
CATEGORIES = Choice(
    (
        *("apparel", "beauty", "electronics", "home", "food", "baby"),
        *("shoes", "sports", "appliances", "books", "pets", "outdoor"),
    ),
    (20, 15, 12, 10, 9, 7, 8, 6, 5, 3, 3, 2),
)
BAD_BATCH = 9  # others have the numbers below
REFUND_REASONS = Choice(("not_as_described", "changed_mind", "damaged", "wrong_item", "late"), (30, 34, 12, 10, 14))
DECLINES = Choice(("insufficient_funds", "declined", "timeout"), (50, 35, 15))
SKUS_OF_CATEGORY = 12

TINY_STORES = tuple(f"corner-{number:02d}" for number in range(1, 13))
_SHOPS = 285
STORES = Choice(
    ("flagship", "outlet", "global", *(f"shop-{number:03d}" for number in range(1, _SHOPS + 1)), *TINY_STORES),
    (240, 90, 60, *(120 / (number + 2) for number in range(_SHOPS)), *(0.6 for _ in TINY_STORES)),
)
SKUS = tuple(f"{category}-{number:02d}" for category in CATEGORIES.values for number in range(SKUS_OF_CATEGORY))

INTENTS = ("presale", "coupon", "payment", "logistics", "refund", "invoice", "complaint")
QUEUES = ("presale", "self_service", "payment", "logistics", "aftersale", "complaint")
QUEUE_OF_INTENT = {
    "presale": "presale",
    "coupon": "self_service",
    "payment": "payment",
    "logistics": "logistics",
    "refund": "aftersale",
    "invoice": "self_service",
    "complaint": "complaint",
}
CONTACTS_PER_ORDER = {
    "presale": 0.23,
    "coupon": 0.06,
    "payment": 0.05,
    "logistics": 0.13,
    "refund": 0.09,
    "invoice": 0.02,
    "complaint": 0.02,
}
SHOPPING_INTENTS = frozenset({"presale", "coupon", "payment"})  # the others ask about an order that is on its way
BOT_QUEUE = "self_service"

PAYMENT_SUCCESS = 0.96
CHECKOUT_FAILURE = 0.03
