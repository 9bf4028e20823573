"""Pages and checkouts: what happens before an order is created."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.simulate import shop
from streams.simulate.block import Amount, Block, Column, Label, Named

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from streams.simulate.plan import Plan

VIEWS_PER_CHECKOUT = 2
STEPS = ("address", "payment")
REASONS = ("out_of_stock", "price_changed", "coupon_rejected", "address_invalid")


class Buyers(NamedTuple):
    """Those who complete a checkout, by the time of their order: when, from which region, in which session."""

    at_ms: NDArray[np.int64]
    region: NDArray[np.int16]
    session: NDArray[np.int64]


def play(rng: np.random.Generator, started: NDArray[np.int64], plan: Plan) -> tuple[Buyers, list[Block]]:
    """Checkouts begun at the given times, each in a session of its own: who buys, and the events."""
    count = len(started)
    region, device = shop.REGIONS.draw(rng, count), shop.DEVICES.draw(rng, count)
    channel = shop.CHANNELS.draw(rng, count)
    address = started + rng.integers(4_000, 25_000, count)
    payment = address + rng.integers(3_000, 15_000, count)
    ended = payment + rng.integers(2_000, 20_000, count)
    fails = rng.random(count) < shop.CHECKOUT_FAILURE + _broken(plan, ended, device)
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
        *_views(rng, started, (region, device, channel), plan),
    ]
    buyers = np.flatnonzero(~fails)
    buyers = buyers[np.argsort(ended[buyers], kind="stable")]
    return Buyers(ended[buyers] + 100, region[buyers], buyers), blocks


def _broken(plan: Plan, ended: NDArray[np.int64], device: NDArray[np.int16]) -> NDArray[np.float64]:
    """The share of checkouts that fail beyond the usual."""
    fault = plan.fault("checkout")
    if fault is None:
        return np.zeros(len(ended))
    hit = (ended >= fault.start_ms) & (ended < fault.end_ms) & (device == shop.DEVICES.code(fault.target["device"]))
    return np.where(hit, fault.size, 0.0)


def _slower(plan: Plan, time: NDArray[np.int64], page: NDArray[np.int16]) -> NDArray[np.float64]:
    """How many times as long a page takes as usual."""
    fault = plan.fault("page")
    if fault is None:
        return np.ones(len(time))
    hit = (time >= fault.start_ms) & (time < fault.end_ms) & (page == shop.PAGES.code(fault.target["page"]))
    return np.where(hit, fault.size, 1.0)


def _step(step: int, count: int) -> Column:
    return Named("step", STEPS, np.full(count, step, dtype=np.int16))


def _views(
    rng: np.random.Generator,
    started: NDArray[np.int64],
    who: tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]],
    plan: Plan,
) -> list[Block]:
    """Pages seen in the minutes before a checkout; one in 300 fails, one in 20 is left by going back."""
    time = np.repeat(started, VIEWS_PER_CHECKOUT)
    count = len(time)
    time = time - rng.integers(2_000, 240_000, count)
    region, device, channel = (np.repeat(codes, VIEWS_PER_CHECKOUT) for codes in who)
    sessions = np.repeat(np.arange(len(started)), VIEWS_PER_CHECKOUT)
    page = shop.PAGES.draw(rng, count)
    fields: tuple[Column, ...] = (
        Label("session_id", "S", sessions),
        Named("page", shop.PAGES.values, page),
        Named("device", shop.DEVICES.values, device),
        Named("channel", shop.CHANNELS.values, channel),
        Named("region", shop.REGIONS.values, region),
    )
    load_time = Amount("load_time", np.exp(rng.normal(0, 0.4, count)) * _slower(plan, time, page))
    fails = rng.random(count) < 1 / 300
    back = rng.random(count) < 0.05
    subject = ("S", sessions)
    return [
        Block("visits", "page.viewed", "/web", time, subject, (*fields, load_time), "pv-", np.flatnonzero(~fails)),
        Block("visits", "page.failed", "/web", time, subject, fields, "pf-", np.flatnonzero(fails)),
        Block("visits", "page.back", "/web", time + 1_500, subject, fields, "pb-", np.flatnonzero(back)),
    ]
