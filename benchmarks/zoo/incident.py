"""What goes wrong in a shop of the zoo: what kind, where, when, how badly, and how soon it could be known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from benchmarks.evaluate.bound import nats_of_count, nats_of_share
from benchmarks.zoo.bound import least_delay_s
from benchmarks.zoo.rhythm import MINUTE_MS
from streams.records.instant import rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.zoo.dimension import Dimension
    from benchmarks.zoo.shop import Shop
    from benchmarks.zoo.table import Table

_SMOOTH_MIN: Final = (30, 240)  # the level around a minute is that of so long, the longer the thinner
_ENOUGH: Final = 400  # events


class Kind(NamedTuple):
    """A kind of incident.

    Attributes:
        touchpoint, topic: where it shows, and which source it needs.
        places: sets of dimensions, one of which it is confined to.
        sizes: range of the factor, or of the share that it rises to; each more than what the catalogue says is news.
        effect: counts that fall or surge, the share of an outcome, durations or amounts by a factor.
        family: whose dimensions are meant.

    """

    touchpoint: str
    topic: str
    places: tuple[tuple[str, ...], ...]
    sizes: tuple[float, float]
    effect: Literal["count", "share", "factor"]
    family: str


KINDS: Final = {
    "fewer_orders": Kind("order", "orders", (("channel",), ("store",)), (0.03, 0.5), "count", "order"),
    "failed_payments": Kind(
        "order",
        "orders",
        (("payment_method",), ("channel",), ("payment_method", "channel")),
        (0.14, 0.7),
        "share",
        "order",
    ),
    "slow_payments": Kind("order", "orders", (("payment_method",), ("channel",)), (2.6, 6.0), "factor", "order"),
    "cheap_orders": Kind("order", "orders", (("store",), ("category",)), (0.2, 0.6), "factor", "order"),
    "stopped_carrier": Kind(
        "logistics", "logistics", (("carrier",), ("carrier", "region")), (0.0, 0.4), "count", "parcel"
    ),
    "slow_warehouse": Kind("logistics", "logistics", (("warehouse",),), (0.0, 0.4), "count", "parcel"),
    "failed_deliveries": Kind("logistics", "logistics", (("carrier",), ("region",)), (0.18, 0.6), "share", "parcel"),
    "refund_wave": Kind(
        "aftersale", "aftersales", (("reason",), ("category",), ("sku",), ("store",)), (2.0, 10.0), "count", "refund"
    ),
    "manual_refunds": Kind("aftersale", "aftersales", (("kind",), ("category",)), (0.05, 0.4), "count", "refund"),
    "lost_disputes": Kind("dispute", "aftersales", (("reason",), ("category",)), (3.0, 15.0), "count", "dispute"),
    "inquiry_wave": Kind(
        "consultation", "consultations", (("intent",), ("intent", "region")), (2.5, 10.0), "count", "consultation"
    ),
    "unanswered": Kind("consultation", "consultations", (("queue",),), (0.2, 0.8), "share", "consultation"),
    "slow_answers": Kind("consultation", "consultations", (("queue",),), (3.0, 8.0), "factor", "consultation"),
    "page_errors": Kind("page", "visits", (("page",), ("device",), ("page", "device")), (0.07, 0.5), "share", "page"),
    "failed_checkouts": Kind(
        "page", "visits", (("device",), ("channel",), ("device", "channel")), (0.13, 0.6), "share", "checkout"
    ),
    "slow_pages": Kind("page", "visits", (("page",), ("device",)), (2.0, 5.0), "factor", "page"),
    "bad_reviews": Kind("feedback", "feedback", (("store",), ("channel",)), (0.4, 0.9), "share", "review"),
    "mention_wave": Kind("feedback", "feedback", (("platform",),), (3.0, 15.0), "count", "mention"),
    "silent_source": Kind("pipeline", "", (("topic",),), (0.0, 0.05), "count", ""),
}


@dataclass
class Incident:
    """One incident; what it is measured against is filled in by the family of events that it befalls.

    Attributes:
        place: dimensions and values that it is confined to.
        marks: what else its own events carry: the batch that is bad.
        size: of its kind: a factor, or the share that it rises to.
        ramp: whether it creeps: the size is reached at the end only.
        usual, then: by what was declared: events a minute at the place, or the share, without and with it.
        trials: events a minute that the share, the duration or the amount is of.
        bound_s: D*, from the start; infinite before it is measured.
        symptoms: what follows elsewhere by construction.

    """

    id: str
    kind: str
    place: dict[str, str]
    start_ms: int
    end_ms: int
    size: float
    ramp: bool = False
    marks: dict[str, str] = field(default_factory=dict)
    usual: float = 0.0
    then: float = 0.0
    trials: float = 0.0
    bound_s: float = float("inf")
    symptoms: list[dict[str, Any]] = field(default_factory=list)

    @property
    def length_s(self) -> float:
        return (self.end_ms - self.start_ms) / 1000

    def strength(self, times_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """0 outside, 1 within; where it creeps, the part of the way."""
        inside = (times_ms >= self.start_ms) & (times_ms < self.end_ms)
        if not self.ramp:
            return inside.astype(float)
        return np.where(inside, (times_ms - self.start_ms) / (self.end_ms - self.start_ms), 0.0)

    def covers(self, table: Table, shop: Shop) -> NDArray[np.bool_]:
        """Which rows lie at the place."""
        mask = np.ones(len(table), dtype=bool)
        for name, value in self.place.items():
            mask &= table[name] == self.dimension(shop, name).values.index(value)
        return mask

    def dimension(self, shop: Shop, name: str) -> Dimension:
        return dimension_of(shop.dimensions, KINDS[self.kind].family, name)

    def part(self, shop: Shop) -> float:
        """The place's share of all events of its family."""
        return float(np.prod([self.dimension(shop, name).share(value) for name, value in self.place.items()]))

    def weigh_count(self, whole_ms: NDArray[np.int64], part: float, factor: float | None = None) -> None:
        """Against the events of all places as they come without it, of which the place has a part."""
        usual = self._a_minute(whole_ms) * part
        strength = self.strength(self._minutes())
        then = usual * (1 + ((self.size if factor is None else factor) - 1) * strength)
        self.usual, self.then = float(usual.mean()), float(then.mean())
        self.bound_s = least_delay_s(np.array([nats_of_count(b, a) for a, b in zip(then, usual, strict=True)]))

    def weigh_share(self, trials_ms: NDArray[np.int64], part: float, usual: float) -> None:
        """A share of trials that rises (or falls) to `size`."""
        trials = self._a_minute(trials_ms) * part
        then = usual + (self.size - usual) * self.strength(self._minutes())
        self.usual, self.then, self.trials = usual, float(then.mean()), float(trials.mean())
        self.bound_s = least_delay_s(trials * [nats_of_share(usual, share) for share in then])

    def weigh_factor(self, trials_ms: NDArray[np.int64], part: float, sigma: float) -> None:
        """Lognormal durations or amounts that become `size` times as large."""
        trials = self._a_minute(trials_ms) * part
        factor = 1 + (self.size - 1) * self.strength(self._minutes())
        self.usual, self.then, self.trials = 1.0, float(factor.mean()), float(trials.mean())
        self.bound_s = least_delay_s(trials * np.log(factor) ** 2 / (2 * sigma**2))

    def truth(self, shop: Shop) -> dict[str, Any]:
        """The entry of truth.json, and what the zoo's scoring needs beyond it."""
        return {
            "id": self.id,
            "kind": "incident",
            "touchpoint": KINDS[self.kind].touchpoint,
            "scope": self.scope(shop),
            "start": rfc3339(self.start_ms),
            "end": rfc3339(self.end_ms),
            "symptoms": self.symptoms,
            "what": self.kind,
            "place": self.place,
            "size": round(self.size, 4),
            "creeps": self.ramp,
            "usual": self.usual,
            "then": self.then,
            "trials": self.trials,
            "bound_s": self.bound_s if np.isfinite(self.bound_s) else None,
        }

    def scope(self, shop: Shop) -> dict[str, str]:
        """The place, and the dimensions that follow from it."""
        if "sku" not in self.place or "category" in self.place:
            return {**self.place, **self.marks}
        category = shop.sku_category[shop.dimensions["sku"].values.index(self.place["sku"])]
        return {**self.place, **self.marks, "category": shop.dimensions["category"].values[category]}

    def _minutes(self) -> NDArray[np.int64]:
        return np.arange(self.start_ms, self.end_ms, MINUTE_MS, dtype=np.int64) + MINUTE_MS // 2

    def smooth_min(self, times_ms: NDArray[np.int64]) -> float:
        """Minutes around each minute of the incident that hold enough events to tell their level."""
        rate = self._counted(times_ms, _SMOOTH_MIN[1]).mean()
        return float(np.clip(_ENOUGH / max(rate, 1e-9), *_SMOOTH_MIN))

    def _a_minute(self, times_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Events a minute around each minute of the incident."""
        return self._counted(times_ms, self.smooth_min(times_ms))

    def _counted(self, times_ms: NDArray[np.int64], minutes: float) -> NDArray[np.float64]:
        at, ordered, half = self._minutes(), np.sort(times_ms), int(minutes * MINUTE_MS / 2)
        return np.asarray((np.searchsorted(ordered, at + half) - np.searchsorted(ordered, at - half)) / minutes)


def dimension_of(dimensions: Mapping[str, Dimension], family: str, name: str) -> Dimension:
    """A family's own dimension of that name, else the shop's. Raises KeyError where there is neither."""
    own = dimensions.get(f"{family}.{name}")
    return dimensions[name] if own is None else own
