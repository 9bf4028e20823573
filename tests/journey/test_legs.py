"""Whose leg made a parcel late."""

from __future__ import annotations

import pytest

from streams.journey.legs import LateParcel, Leg, late_parcels
from tests.journey.support.told import line, told

PAID = told("order.paid", "1 10:00", order_id="O1")


def parcel(collected: str, promised: str, delivered: str) -> list[LateParcel]:
    events = [
        PAID,
        told("parcel.collected", collected, parcel_id="L1", order_id="O1", promised_at=promised),
        told("parcel.delivered", delivered, parcel_id="L1", promised_at=promised),
    ]
    return late_parcels(*line(*events))


def test_a_shop_that_took_26_hours_too_long_is_accountable_for_a_carrier_that_kept_its_own() -> None:
    (late,) = parcel("3 12:00", "5 18:00", "5 20:00")

    assert late == LateParcel("L1", 7_200, 26 * 3_600, -24 * 3_600, Leg.SHOP, ())


@pytest.mark.parametrize(
    ("collected", "leg", "shop_s", "carrier_s"),
    [
        ("2 10:00", Leg.CARRIER, 0, 7_200),
        ("1 12:00", Leg.CARRIER, -22 * 3_600, 24 * 3_600),
        ("2 10:30", Leg.SHOP, 1_800, 5_400),
        ("2 11:30", Leg.SHOP, 5_400, 1_800),
    ],
)
def test_the_shop_is_accountable_where_it_took_too_long_and_else_the_carrier(
    collected: str, leg: Leg, shop_s: float, carrier_s: float
) -> None:
    (late,) = parcel(collected, "5 18:00", "5 20:00")

    assert (late.accountable, late.shop_s, late.carrier_s) == (leg, shop_s, carrier_s)


def test_a_parcel_in_time_is_nobodys_fault() -> None:
    assert parcel("3 12:00", "5 18:00", "5 18:00") == []


def test_without_the_payment_or_the_collection_nobody_is_accountable() -> None:
    delivered = told("parcel.delivered", "5 20:00", parcel_id="L1", order_id="O1", promised_at="5 18:00")
    (late,) = late_parcels(*line(delivered))

    assert (late.accountable, late.late_s, late.missing) == (Leg.UNKNOWN, 7_200, ("order.paid", "parcel.collected"))


def test_the_delivery_itself_may_tell_both_times() -> None:
    told_all = {"promised_at": "5 18:00", "paid_at": "1 10:00", "collected_at": "3 12:00"}
    (late,) = late_parcels(*line(told("parcel.delivered", "5 20:00", parcel_id="L1", **told_all)))

    assert (late.accountable, late.missing) == (Leg.SHOP, ())
