"""What can go wrong in the simulated shop: eleven kinds, each with how it is drawn and what it shows elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.simulate import shop
from streams.simulate.truth import entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

Scope = dict[str, str]
Place = tuple[str, Scope]  # touchpoint and scope


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong for some time.

    Attributes:
        kind: a key of `KINDS`.
        target: where, by dimension: the scope of the truth.
        size: how bad; what the number means is said by the kind.
        regions: provinces that are hit where it is not the whole shop (carrier).

    """

    kind: str
    target: Scope
    start_ms: int
    end_ms: int
    size: float
    regions: tuple[str, ...] = ()

    def truth(self) -> dict[str, Any]:
        """The incident as truth.json has it."""
        kind = KINDS[self.kind]
        symptoms = [{"touchpoint": touchpoint, "scope": scope} for touchpoint, scope in kind.symptoms(self)]
        span = (self.start_ms, self.end_ms)
        return entry(self.kind, kind.touchpoint, self.target, span, "incident", symptoms)


class Drawn(NamedTuple):
    """Where it happens and how bad it is."""

    target: Scope
    size: float
    regions: tuple[str, ...] = ()


class Kind(NamedTuple):
    """A kind of fault.

    Attributes:
        what: for people, `pharos simulate --list`.
        touchpoint: where it shows.
        minutes: how long it lasts, shortest and longest.
        draw: where and how bad.
        symptoms: what follows from it elsewhere.

    """

    what: str
    touchpoint: str
    minutes: tuple[int, int]
    draw: Callable[[np.random.Generator], Drawn]
    symptoms: Callable[[Fault], Sequence[Place]] = lambda _: ()


def _payment(rng: np.random.Generator) -> Drawn:
    return Drawn({"payment_method": _pick(rng, shop.METHODS.above(0.15))}, float(rng.uniform(0.2, 0.6)))


def _coupon(rng: np.random.Generator) -> Drawn:
    return Drawn({"intent": "coupon"}, float(rng.uniform(5, 9)))


def _queue(rng: np.random.Generator) -> Drawn:
    return Drawn({"queue": _pick(rng, ("presale", "logistics", "aftersale"))}, float(rng.uniform(0.5, 0.6)))


def _warehouse(rng: np.random.Generator) -> Drawn:
    return Drawn({"warehouse": _pick(rng, shop.WAREHOUSES.above(0.19))}, float(rng.uniform(0.0, 0.04)))


def _carrier(rng: np.random.Generator) -> Drawn:
    carrier = _pick(rng, shop.CARRIERS.above(0.18))
    large = shop.REGIONS.above(0.095)
    regions = tuple(large[number] for number in sorted(rng.permutation(len(large))[:2].tolist()))
    return Drawn({"carrier": carrier}, float(rng.uniform(3, 6)), regions)


def _batch(rng: np.random.Generator) -> Drawn:
    category = _pick(rng, shop.CATEGORIES.above(0.09))
    sku = shop.SKUS[shop.CATEGORIES.code(category) * shop.SKUS_OF_CATEGORY]  # the one that sells best
    return Drawn(
        {"sku": sku, "category": category, "reason": "damaged", "batch": f"B{shop.BAD_BATCH}"}, float(rng.uniform(3, 6))
    )


def _refunds(rng: np.random.Generator) -> Drawn:
    return Drawn({"kind": "refund_only"}, float(rng.uniform(0.9, 1.0)))


def _page(rng: np.random.Generator) -> Drawn:
    return Drawn({"page": _pick(rng, ("search", "product", "cart"))}, float(rng.uniform(2.2, 4)))


def _checkout(rng: np.random.Generator) -> Drawn:
    return Drawn({"device": _pick(rng, ("ios", "android"))}, float(rng.uniform(0.25, 0.6)))


def _silent(rng: np.random.Generator) -> Drawn:
    return Drawn({"topic": _pick(rng, ("visits", "logistics", "consultations"))}, 1.0)


def _erratic(rng: np.random.Generator) -> Drawn:
    return Drawn({"carrier": _pick(rng, shop.CARRIERS.above(0.18))}, float(rng.uniform(0.55, 0.75)))


_FED: dict[str, tuple[Place, ...]] = {
    "visits": (("page", {}), ("order", {}), ("consultation", {})),
    "logistics": (("logistics", {}),),
    "consultations": (("consultation", {}),),
}

KINDS: dict[str, Kind] = {
    "payment": Kind(
        "the gateway of one payment method refuses; 20 to 60 % of its payments still succeed",
        "order",
        (12, 25),
        _payment,
        lambda _: (("order", {}),),  # fewer orders are paid as a whole, too
    ),
    "coupon": Kind(
        "a wrong coupon makes people ask, 5 to 9 times as many about coupons", "consultation", (12, 25), _coupon
    ),
    "queue": Kind(
        "a queue loses half of the agents it needs",
        "consultation",
        (12, 25),
        _queue,
        lambda _: (("consultation", {}),),
    ),
    "warehouse": Kind("a warehouse hands over nothing", "logistics", (20, 25), _warehouse),
    "carrier": Kind(
        "a carrier stops in two provinces; after three minutes its customers ask where their parcels are",
        "logistics",
        (20, 25),
        _carrier,
        lambda fault: tuple(("consultation", {"intent": "logistics", "region": region}) for region in fault.regions),
    ),
    "batch": Kind("a bad batch of one SKU comes back, 3 to 6 refund requests a minute", "aftersale", (18, 25), _batch),
    "refunds": Kind(
        "automatic refunds break: people do by hand what was done within seconds", "aftersale", (20, 25), _refunds
    ),
    "page": Kind("a page takes 2.2 to 4 times as long to load", "page", (12, 25), _page),
    "checkout": Kind(
        "a quarter to 60 % of the checkouts on one device fail",
        "page",
        (12, 25),
        _checkout,
        lambda _: (("order", {}), ("page", {})),
    ),
    "silent": Kind(
        "a source says nothing, and hands in late what it had to say",
        "pipeline",
        (12, 18),
        _silent,
        lambda fault: _FED[fault.target["topic"]],
    ),
    "erratic": Kind(
        "a carrier delivers half of its parcels a day early or late, at an unchanged mean",
        "logistics",
        (120, 140),
        _erratic,
    ),
}


def _pick(rng: np.random.Generator, values: Sequence[str]) -> str:
    return values[int(rng.integers(len(values)))]
