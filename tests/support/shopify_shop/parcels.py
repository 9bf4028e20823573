"""The way of a parcel: what its carrier scans, and when AfterShip learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.support.shopify_shop.hours import DAY_MS, HOUR_MS, MINUTE_MS, SUNDAY, local

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from tests.support.shopify_shop.faults import Evening
    from tests.support.shopify_shop.orders import Order

POLLED = "USPS"  # the others push: AfterShip learns within minutes
POLL_MS = 90 * MINUTE_MS
HUBS = {"New York": 1, "Ohio": 1, "Illinois": 2, "Florida": 2, "Texas": 3, "California": 4}


class Checkpoint(NamedTuple):
    """One scan: when it was made, and when AfterShip learned of it."""

    tag: str
    subtag: str
    at_ms: int
    learned_ms: int


class Update(NamedTuple):
    """One webhook: all that is known of the parcel, and whether its newest tag is new."""

    checkpoints: list[Checkpoint]
    first_tag: bool


def way(rng: np.random.Generator, order: Order, evening: Evening) -> list[Checkpoint]:
    """All checkpoints of the parcel, in their order. What a stalled carrier does not scan, it scans when it is over."""
    stall, behind = evening.carrier, 0.0
    phase = int(rng.integers(0, POLL_MS))
    found: list[Checkpoint] = []
    learned = 0.0
    for tag, subtag, planned in _plan(rng, order):
        at = planned + behind
        if tag != "InfoReceived" and stall.what == order.carrier and stall.lasts(at):
            restarts = stall.end_ms + rng.exponential(40 * MINUTE_MS)
            behind += restarts - at
            at = restarts
        if order.carrier == POLLED:
            knows = at + POLL_MS - (at + phase) % POLL_MS
        else:
            knows = at + rng.lognormal(1.6, 0.7) * MINUTE_MS
        learned = max(learned, knows)
        found.append(Checkpoint(tag, subtag, round(at), round(learned)))
    return found


def updates(checkpoints: list[Checkpoint]) -> Iterator[Update]:
    """What AfterShip sends: one webhook for all checkpoints that it learned of at once."""
    told: set[str] = set()
    for number, checkpoint in enumerate(checkpoints, 1):
        if number < len(checkpoints) and checkpoints[number].learned_ms == checkpoint.learned_ms:
            continue
        yield Update(checkpoints[:number], checkpoint.tag not in told)
        told.add(checkpoint.tag)


def _plan(rng: np.random.Generator, order: Order) -> Iterator[tuple[str, str, float]]:
    at = order.packed_ms + rng.lognormal(1.0, 0.5) * MINUTE_MS
    yield "InfoReceived", "InfoReceived_001", at
    at = _clock(order.packed_ms, 17.5) + rng.normal(0, 25) * MINUTE_MS
    at = max(at, order.packed_ms + 10 * MINUTE_MS)
    yield "InTransit", "InTransit_002", at
    at += rng.lognormal(0.9, 0.45) * HOUR_MS  # to the first facility, the same evening
    yield "InTransit", "InTransit_007", at
    for _ in range(HUBS[order.state]):
        at += rng.lognormal(2.0, 0.5) * HOUR_MS
        yield "InTransit", "InTransit_003", at
    morning = _clock(at + 8 * HOUR_MS, 7.5) + rng.normal(0, 30) * MINUTE_MS
    morning += DAY_MS if morning < at else 0
    for day in range(3):
        start = morning + day * DAY_MS
        while local(start).weekday() == SUNDAY:
            start += DAY_MS
        yield "OutForDelivery", "OutForDelivery_001", start
        at = start + min(rng.lognormal(1.5, 0.45), 12.0) * HOUR_MS
        if rng.random() >= 0.04:
            yield "Delivered", "Delivered_001", at
            return
        yield "AttemptFail", "AttemptFail_002", at


def _clock(time_ms: float, hour: float) -> float:
    """That hour of the same local day."""
    midnight = local(time_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp() * 1000 + hour * HOUR_MS
