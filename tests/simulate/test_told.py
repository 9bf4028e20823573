"""What customers are told at the end of a contact."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_a_date_is_told_to_those_who_ask_for_a_parcel_under_way(small: SimulatedSale) -> None:
    arrived = {event["order_id"]: event["time"] for event in small.of("parcel.delivered", "parcel.lost")}
    told = [event for event in small.of("consultation.closed") if "eta" in event]

    assert len(told) > 100
    for event in told:
        assert event["intent"] == "logistics"
        assert event["handled_by"] == "human"
        assert event["time"] < arrived[event["order_id"]]
        assert event["time"] < event["eta"]


def test_nearly_all_dates_are_those_of_the_carrier_and_some_are_off_by_a_day(small: SimulatedSale) -> None:
    promised = {
        event["order_id"]: event["promised_at"] for event in small.of("parcel.collected") if "part" not in event
    }
    away = [
        abs(datetime.fromisoformat(event["eta"]) - datetime.fromisoformat(promised[event["order_id"]]))
        for event in small.of("consultation.closed")
        if "eta" in event and event["order_id"] in promised
    ]

    same = sum(not difference for difference in away)
    assert 0.94 * len(away) < same < len(away)
    assert max(away) > timedelta(days=1)


def test_a_rating_says_whether_the_answer_was_unclear_and_the_best_never_does(small: SimulatedSale) -> None:
    rated = small.of("consultation.rated")

    assert all("unclear" in event for event in rated)
    assert not any(event["unclear"] for event in rated if event["rating"] == 5)
    shares = {
        bad: [event["unclear"] for event in rated if event["rating"] < 5 and (event["rating"] <= 2) == bad]
        for bad in (True, False)
    }
    assert sum(shares[True]) / len(shares[True]) > 2 * sum(shares[False]) / len(shares[False])
