"""What a truth of the zoo declares is what its events show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from benchmarks.zoo.incident import KINDS, Incident
from benchmarks.zoo.named import named_shop
from benchmarks.zoo.rhythm import Rhythm
from benchmarks.zoo.shop import HOUR_MS, FeedbackHabits, ParcelHabits, RefundHabits, Shop
from benchmarks.zoo.telling import told
from streams.events.event_time import event_time_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    Data = dict[str, Any]

MOVEMENTS = (
    "parcel.collected",
    "parcel.scanned",
    "parcel.out_for_delivery",
    "parcel.delivered",
    "parcel.attempt_failed",
)
EVEN = (1.0,) * 24
SIZES = {"count": 4.0, "share": 0.5, "factor": 3.0}
FALLS = ("fewer_orders", "stopped_carrier", "slow_warehouse", "manual_refunds", "silent_source")


@cache
def shop() -> Shop:
    """An even rate, so that what is counted in the hours of an incident can be told beforehand."""
    found = named_shop("tested", 11, date(2026, 3, 10), 0, a_minute=6.0, large=0.1)
    return replace(
        found,
        opening=False,
        judged_from_ms=found.begin_ms + 6 * HOUR_MS,
        end_ms=found.begin_ms + 15 * HOUR_MS,
        rhythm=Rhythm(-180, EVEN, EVEN, (1.0,) * 7),
        transport=found.transport._replace(copies=0.0),
        parcels=ParcelHabits(ship_h=3.0, leg_h=3.0),
        refunds=RefundHabits(share=0.2, after_h=3.0, close_h=1.0, disputed=0.5),
        feedback=FeedbackHabits(reviews=0.5, mentions=0.5),
    )


def incident(kind: str) -> Incident:
    start = shop().judged_ms + 2 * HOUR_MS
    size = 0.2 if kind in FALLS else SIZES[KINDS[kind].effect]
    found = Incident(kind, kind, {}, start, start + 6 * HOUR_MS, size)
    for name in KINDS[kind].places[-1]:
        if name == "topic":
            found.place[name] = "visits"
        else:
            dimension = found.dimension(shop(), name)
            found.place[name] = dimension.values[int(dimension.shares.argmax())]
    return found


def told_during(wrong: Incident, time: Callable[[str, Data, int], int]) -> list[tuple[str, Data]]:
    """Events at the place within the incident, by the time that counts."""
    found = []
    for line in told(shop(), [wrong]).stream:
        if not wrong.start_ms <= line.at_ms < wrong.end_ms + 2 * HOUR_MS:
            continue
        event = orjson.loads(line.event or b"")
        data = {**event["data"], "topic": line.topic, "time": event["time"]}
        at = time(event["type"], data, _ms(event["time"]))
        if wrong.start_ms <= at < wrong.end_ms and wrong.place.items() <= data.items():
            found.append((event["type"], data))
    return found


def by_event_time(_: str, __: Data, at: int) -> int:
    return at


def by_opening(_: str, data: Data, at: int) -> int:
    return _ms(data["opened_at"]) if "opened_at" in data else at


COUNTED: dict[str, Callable[[str, Data], bool]] = {
    "fewer_orders": lambda kind, _: kind == "order.created",
    "stopped_carrier": lambda kind, _: kind in MOVEMENTS,
    "slow_warehouse": lambda kind, _: kind == "parcel.collected",
    "refund_wave": lambda kind, _: kind == "refund.requested",
    "manual_refunds": lambda kind, data: kind == "refund.completed" and data["automatic"],
    "lost_disputes": lambda kind, data: kind == "dispute.closed" and data["upheld"],
    "inquiry_wave": lambda kind, _: kind == "consultation.opened",
    "mention_wave": lambda kind, data: kind == "mention.posted" and data["sentiment"] == "negative",
    "silent_source": lambda kind, _: kind in {"page.viewed", "page.failed", "checkout.started"},
}
SHARES: dict[str, tuple[str, str]] = {
    "failed_payments": ("order.payment_failed", "order.paid"),
    "failed_deliveries": ("parcel.attempt_failed", "parcel.delivered"),
    "unanswered": ("consultation.abandoned", "consultation.answered"),
    "page_errors": ("page.failed", "page.viewed"),
    "failed_checkouts": ("checkout.failed", "checkout.completed"),
}
MEASURED: dict[str, Callable[[str, Data], float | None]] = {
    "slow_payments": lambda kind, data: (
        (_ms(data["time"]) - _ms(data["created_at"])) / 1000 if kind == "order.paid" else None
    ),
    "cheap_orders": lambda kind, data: data["amount"] if kind == "order.paid" else None,
    "slow_answers": lambda kind, data: data["waited"] if kind == "consultation.answered" else None,
    "slow_pages": lambda kind, data: data["load_time"] if kind == "page.viewed" else None,
}


def test_each_kind_is_compared_with_its_events() -> None:
    assert {*COUNTED, *SHARES, *MEASURED, "bad_reviews"} == set(KINDS)


@pytest.mark.parametrize("kind", COUNTED)
def test_counts_come_at_the_rate_that_was_declared(kind: str) -> None:
    wrong = incident(kind)

    count = sum(COUNTED[kind](*event) for event in told_during(wrong, by_event_time))

    expected = wrong.then * wrong.length_s / 60
    assert count == pytest.approx(expected, abs=4.5 * np.sqrt(expected) + 0.08 * expected)
    assert wrong.then != pytest.approx(wrong.usual, rel=0.3)


@pytest.mark.parametrize("kind", SHARES)
def test_shares_are_those_that_were_declared(kind: str) -> None:
    wrong = incident(kind)
    bad, good = SHARES[kind]

    kinds = [name for name, _ in told_during(wrong, by_opening)]

    trials = kinds.count(bad) + kinds.count(good)
    assert kinds.count(bad) / trials == pytest.approx(0.5, abs=0.06)
    # A second attempt to deliver is no trial of its own.
    assert trials * 60 / wrong.length_s == pytest.approx(wrong.trials, rel=0.15)
    assert wrong.then == 0.5


def test_bad_reviews_are_a_share_of_reviews() -> None:
    wrong = incident("bad_reviews")

    scores = [data["score"] for kind, data in told_during(wrong, by_event_time) if kind == "review.posted"]

    assert np.mean([score <= 2 for score in scores]) == pytest.approx(0.5, abs=0.08)
    assert len(scores) * 60 / wrong.length_s == pytest.approx(wrong.trials, rel=0.25)


@pytest.mark.parametrize("kind", MEASURED)
def test_durations_and_amounts_are_so_many_times_as_large(kind: str) -> None:
    wrong = incident(kind)
    usual = replace(wrong, size=1.0)

    def median(one: Incident) -> float:
        found = (MEASURED[kind](*event) for event in told_during(one, by_opening))
        return float(np.median([number for number in found if number is not None]))

    assert median(wrong) / median(usual) == pytest.approx(3.0, rel=0.1)


def test_what_creeps_is_weighed_by_how_far_it_is() -> None:
    plain, creeping = incident("refund_wave"), replace(incident("refund_wave"), ramp=True)

    told(shop(), [plain])
    told(shop(), [creeping])

    assert creeping.then == pytest.approx((plain.usual + plain.then) / 2, rel=0.02)
    assert plain.bound_s < creeping.bound_s < plain.bound_s + creeping.length_s


def test_an_incident_changes_nothing_elsewhere() -> None:
    wrong = incident("failed_payments")
    quiet, troubled = (told(shop(), incidents).stream.batches for incidents in ([], [wrong]))

    for before, after in zip(quiet, troubled, strict=True):
        if before.topic in {"visits", "feedback", "consultations"}:
            assert (before.time_ms == after.time_ms).all()


def test_the_entry_of_truth_is_that_of_the_contract_and_names_what_follows() -> None:
    whole = told(shop(), [incident("silent_source"), incident("refund_wave")])

    silent, wave = whole.truth
    assert {"id", "touchpoint", "scope", "start", "end", "symptoms", "kind"} <= set(wave)
    assert silent["touchpoint"] == "pipeline"
    assert {"touchpoint": "page", "scope": {}} in silent["symptoms"]
    assert wave["bound_s"] == pytest.approx(wave["bound_s"])


def test_the_category_of_a_sku_follows_from_its_place() -> None:
    wrong = replace(incident("refund_wave"), place={"sku": shop().dimensions["sku"].values[2]})

    assert set(wrong.scope(shop())) == {"sku", "category"}


def _ms(text: str) -> int:
    found = event_time_ms(text)
    assert found is not None
    return found
