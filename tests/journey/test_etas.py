"""Dates that were told, and dates that moved."""

from __future__ import annotations

from typing import Any

import pytest

from streams.journey.etas import MovedEta, Told, moved_etas, told_etas
from tests.journey.support.told import at, line, told

CLOSED = told("consultation.closed", "5 10:00", consultation_id="K1", order_id="O1", eta="12 18:00")


def courier(when: str, **data: Any) -> Any:
    return told("parcel.scanned", when, **{"parcel_id": "L1", "order_id": "O1"} | data)


def moved(when: str, first: str, eta: str) -> Any:
    return told("parcel.eta_changed", when, parcel_id="L1", order_id="O1", first_eta=first, eta=eta)


@pytest.mark.parametrize(
    ("eta", "state", "by_s"),
    [
        ("14 18:00", Told.CONTRADICTED, 172_800),
        ("13 18:00", Told.AGREES, 86_400),
        ("13 18:00:01", Told.CONTRADICTED, 86_401),
        ("11 18:00", Told.AGREES, -86_400),
    ],
)
def test_a_date_is_contradicted_where_the_couriers_was_more_than_a_day_later(
    eta: str, state: Told, by_s: float
) -> None:
    (row,) = told_etas(*line(CLOSED, courier("5 09:00", eta=eta)))

    assert (row.state, row.by_s, row.slipped_s) == (state, by_s, 0)


def test_what_the_courier_moves_afterwards_is_a_slip_and_no_contradiction() -> None:
    (row,) = told_etas(*line(CLOSED, courier("5 09:00", eta="12 18:00"), moved("6 09:00", "12 18:00", "14 18:00")))

    assert (row.state, row.courier_eta, row.slipped_s) == (Told.AGREES, at("12 18:00"), 172_800)


def test_a_later_change_says_what_the_couriers_date_was_before() -> None:
    (row,) = told_etas(*line(CLOSED, moved("6 09:00", "14 18:00", "15 18:00")))

    assert (row.state, row.by_s, row.slipped_s) == (Told.CONTRADICTED, 172_800, 86_400)


def test_the_first_date_that_the_courier_says_afterwards_is_the_couriers() -> None:
    (row,) = told_etas(*line(CLOSED, courier("6 09:00", eta="14 18:00"), courier("7 09:00", eta="15 18:00")))

    assert (row.state, row.by_s, row.slipped_s) == (Told.CONTRADICTED, 172_800, 86_400)


def test_without_a_word_of_the_courier_nothing_is_held_against_anybody() -> None:
    (row,) = told_etas(*line(CLOSED))

    assert (row.state, row.courier_eta, row.by_s, row.slipped_s) == (Told.UNKNOWN, None, None, None)


def test_parcels_of_another_order_have_no_say() -> None:
    (row,) = told_etas(*line(CLOSED, courier("5 09:00", order_id="O2", parcel_id="L2", eta="14 18:00")))

    assert row.state is Told.UNKNOWN


def test_a_promise_of_a_delivery_tells_a_date_as_well() -> None:
    made = told("promise.made", "5 10:00", promise_id="P1", order_id="O1", kind="delivery", eta="12 18:00")
    (row,) = told_etas(*line(made, courier("5 09:00", eta="14 18:00")))

    callback = told("promise.made", "5 10:00", promise_id="P2", order_id="O1", kind="callback", eta="12 18:00")
    assert told_etas(*line(callback)) == []
    assert (row.told_by, row.case, row.id, row.state) == ("promise.made", "promise_id", "P1", Told.CONTRADICTED)


def test_a_date_that_moved_is_told_with_by_how_much() -> None:
    silent = told("parcel.eta_changed", "7 09:00", parcel_id="L1", eta="16 18:00")
    events, _ = line(moved("6 09:00", "12 18:00", "14 18:00"), silent)

    assert moved_etas(events) == [
        MovedEta("L1", at("6 09:00"), at("12 18:00"), at("14 18:00"), 172_800),
        MovedEta("L1", at("7 09:00"), None, at("16 18:00"), None),
    ]
