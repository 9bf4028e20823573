"""Metrics and shops to evaluate."""

from __future__ import annotations

from typing import Any

import numpy as np

from streams.catalogue.metric import Component, Direction, Metric
from streams.catalogue.term import Term
from streams.settings.settings import Settings

START_MS = 1_793_980_800_000 // 86_400_000 * 86_400_000  # midnight UTC
DAY_MS = 86_400_000
MINUTE_MS = 60_000
UTC = Settings(timezone="UTC")
TERM = (Term(events=("x",)),)


def metric_of(signal: str, direction: Direction, **more: Any) -> Metric:
    fields: dict[str, Any] = {
        "id": "X1",
        "name": "x",
        "title": "X",
        "touchpoint": "order",
        "unit": "ratio",
        "minimum_effect": 0.03,
        "minimum_exposure": 20,
        "numerator": TERM,
        "denominator": () if signal == "count" else TERM,
        "scopes": ((), ("method",)),
        "windows": (60, 300, 900),
    }
    return Metric(signal=signal, direction=direction, **(fields | more))


def daily(days: float, per_minute: float) -> np.ndarray:
    minutes = np.arange(int(days * 1440))
    return per_minute * (1 - 0.7 * np.cos((minutes - 240) / 1440 * 2 * np.pi))


class Payments:
    """Two methods and their whole; successes are drawn from attempts."""

    def __init__(self, shop_of: Any, days: float, per_minute: float, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.shop = shop_of([(0, ()), (1, ("card",)), (1, ("wallet",))], int(days * 8640), START_MS)
        self.attempts = np.repeat(daily(days, per_minute), 6) / 6
        self.success = np.full((2, len(self.attempts)), 0.97)

    def draw(self) -> Any:
        for series in (1, 2):
            tried = self.rng.poisson(self.attempts * (0.4, 0.6)[series - 1])
            self.shop.cells[Component.DENOMINATOR, series] = tried
            self.shop.cells[Component.NUMERATOR, series] = self.rng.binomial(tried, self.success[series - 1])
        self.shop.cells[:, 0] = self.shop.cells[:, 1:].sum(axis=1)
        return self.shop


def inquiries(shop_of: Any, days: int, seed: int = 3) -> tuple[Any, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return shop_of([(0, ()), (1, ("coupon",)), (1, ("parcel",))], days * 8640, START_MS), daily(days, 30), rng
