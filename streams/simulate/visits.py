"""Pages and checkouts: what happens before an order is created."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Label, Named

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIEWS_PER_CHECKOUT = 2
STEPS = ("address", "payment")
REASONS = ("out_of_stock", "price_changed", "coupon_rejected", "address_invalid")


def play(
    rng: np.random.Generator, started: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8], list[Block]]:
    """Checkouts begun at the given times. Returns the times of the orders (ascending), the buyers' regions, events."""
    count = len(started)
    region, device = shop.REGIONS.draw(rng, count), shop.DEVICES.draw(rng, count)
    channel = shop.CHANNELS.draw(rng, count)
    address = started + rng.integers(4_000, 25_000, count)
    payment = address + rng.integers(3_000, 15_000, count)
    ended = payment + rng.integers(2_000, 20_000, count)
    fails = rng.random(count) < shop.CHECKOUT_FAILURE
    everyone = np.arange(count)
    fields: tuple[Column, ...] = (
        Label("session_id", "S", everyone),
        Named("device", shop.DEVICES.values, device),
        Named("channel", shop.CHANNELS.values, channel),
        Named("region", shop.REGIONS.values, region),
    )

    def block(kind: str, name: str, time: NDArray[np.int64], rows: NDArray[np.int64], *extra: Column) -> Block:
        return Block("visits", kind, "/web", time, ("S", everyone), (*fields, *extra), name, rows)

    reason = Named("reason", REASONS, rng.integers(0, len(REASONS), count))
    blocks = [
        block("checkout.started", "vs-", started, everyone),
        block("checkout.step", "va-", address, everyone, _step(0, count)),
        block("checkout.step", "vp-", payment, everyone, _step(1, count)),
        block("checkout.failed", "vf-", ended, np.flatnonzero(fails), _step(1, count), reason),
        block("checkout.completed", "vc-", ended, np.flatnonzero(~fails)),
        *_views(rng, started, (region, device, channel)),
    ]
    buyers = np.flatnonzero(~fails)
    buyers = buyers[np.argsort(ended[buyers], kind="stable")]
    return ended[buyers] + 100, region[buyers], blocks


def _step(step: int, count: int) -> Column:
    return Named("step", STEPS, np.full(count, step, dtype=np.int8))


def _views(
    rng: np.random.Generator,
    started: NDArray[np.int64],
    who: tuple[NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]],
) -> list[Block]:
    """Pages seen in the minutes before a checkout; one in 300 fails, one in 20 is left by going back."""
    time = np.repeat(started, VIEWS_PER_CHECKOUT)
    count = len(time)
    time = time - rng.integers(2_000, 240_000, count)
    region, device, channel = (np.repeat(codes, VIEWS_PER_CHECKOUT) for codes in who)
    sessions = np.repeat(np.arange(len(started)), VIEWS_PER_CHECKOUT)
    fields: tuple[Column, ...] = (
        Label("session_id", "S", sessions),
        Named("page", shop.PAGES.values, shop.PAGES.draw(rng, count)),
        Named("device", shop.DEVICES.values, device),
        Named("channel", shop.CHANNELS.values, channel),
        Named("region", shop.REGIONS.values, region),
    )
    load_time = Amount("load_time", np.exp(rng.normal(0, 0.4, count)))
    fails = rng.random(count) < 1 / 300
    back = rng.random(count) < 0.05
    subject = ("S", sessions)
    return [
        Block("visits", "page.viewed", "/web", time, subject, (*fields, load_time), "pv-", np.flatnonzero(~fails)),
        Block("visits", "page.failed", "/web", time, subject, fields, "pf-", np.flatnonzero(fails)),
        Block("visits", "page.back", "/web", time + 1_500, subject, fields, "pb-", np.flatnonzero(back)),
    ]
