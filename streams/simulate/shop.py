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

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.int8]:
        """Draw `count` codes, indices into `values`."""
        edges = np.cumsum(np.asarray(self.shares) / sum(self.shares))[:-1]
        return np.searchsorted(edges, rng.random(count), side="right").astype(np.int8)

    def code(self, value: str) -> int:
        """Index of a value. Raises ValueError for one that there is not."""
        return self.values.index(value)

    def share(self, value: str) -> float:
        """Share of a value, of 1."""
        return self.shares[self.code(value)] / sum(self.shares)

    def above(self, share: float) -> tuple[str, ...]:
        """Values whose share is at least this: large enough for a fault there to be seen in a minute or two."""
        return tuple(value for value in self.values if self.share(value) >= share)


REGIONS = Choice(("guangdong", "zhejiang", "jiangsu", "shandong", "sichuan", "beijing"), (30, 22, 17, 14, 10, 7))
CARRIERS = Choice(("zto", "yto", "sf", "jd", "ems"), (38, 26, 18, 12, 6))
WAREHOUSES = Choice(("hangzhou-1", "hangzhou-2", "shenzhen-1", "wuhan-1", "tianjin-1"), (30, 20, 25, 15, 10))
ORIGINS = Choice(("zhejiang", "zhejiang", "guangdong", "hubei", "tianjin"), (1, 1, 1, 1, 1))
METHODS = Choice(("alipay", "wechat", "bank_card", "huabei"), (42, 30, 16, 12))
CHANNELS = Choice(("app", "mini_program", "web", "livestream"), (60, 20, 8, 12))
DEVICES = Choice(("ios", "android", "desktop"), (40, 52, 8))
CONTACT_CHANNELS = Choice(("chat", "phone"), (80, 20))
PAGES = Choice(("home", "search", "product", "cart", "checkout"), (20, 20, 40, 12, 8))
CATEGORIES = Choice(("apparel", "beauty", "electronics", "home", "food", "baby"), (32, 20, 16, 14, 11, 7))
REFUND_REASONS = Choice(("not_as_described", "changed_mind", "damaged", "wrong_item", "late"), (30, 34, 12, 10, 14))
DECLINES = Choice(("insufficient_funds", "declined", "timeout"), (50, 35, 15))
SKUS_OF_CATEGORY = 12

TINY_STORES = tuple(f"corner-{number:02d}" for number in range(1, 13))
STORES = Choice(
    ("flagship", "outlet", "global", *(f"shop-{number:02d}" for number in range(1, 16)), *TINY_STORES),
    (240, 90, 60, *(40 - 2 * number for number in range(15)), *(0.6 for _ in TINY_STORES)),
)
SKUS = tuple(f"{category}-{number:02d}" for category in CATEGORIES.values for number in range(SKUS_OF_CATEGORY))

INTENTS = ("presale", "coupon", "payment", "logistics", "refund")
QUEUES = ("presale", "self_service", "logistics", "aftersale")
QUEUE_OF_INTENT = {
    "presale": "presale",
    "coupon": "self_service",
    "payment": "self_service",
    "logistics": "logistics",
    "refund": "aftersale",
}
CONTACTS_PER_ORDER = {"presale": 0.24, "coupon": 0.06, "payment": 0.05, "logistics": 0.14, "refund": 0.11}
SHOPPING_INTENTS = frozenset({"presale", "coupon", "payment"})  # the others ask about an order that is on its way
BOT_QUEUE = "self_service"

PAYMENT_SUCCESS = 0.96
CHECKOUT_FAILURE = 0.03
