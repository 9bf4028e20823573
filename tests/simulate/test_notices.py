"""What buyers are told about their parcels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_a_status_has_its_notice_where_the_parcel_says_so(small: SimulatedSale) -> None:
    for kind, status in (("parcel.collected", "dispatched"), ("parcel.out_for_delivery", "out_for_delivery")):
        notices = {event["parcel_id"]: event for event in small.of("notice.sent") if event["status"] == status}
        reached = {event["parcel_id"]: event for event in small.of(kind)}

        assert {name for name, event in reached.items() if event["notified"]} == notices.keys()
        assert 0.95 * len(reached) < len(notices) < len(reached)
        for name, notice in notices.items():
            assert notice["status_at"] == reached[name]["time"]
            for field in ("order_id", "carrier", "warehouse", "region", "channel"):
                assert notice[field] == reached[name][field]


def test_nearly_all_notices_are_sent_within_ten_minutes(small: SimulatedSale) -> None:
    takes = [
        datetime.fromisoformat(event["time"]) - datetime.fromisoformat(event["status_at"])
        for event in small.of("notice.sent")
    ]
    soon = sum(duration <= timedelta(minutes=10) for duration in takes)

    assert min(takes) > timedelta(0)
    assert 0.97 * len(takes) < soon < len(takes)


def test_most_buyers_of_a_parcel_that_comes_later_than_promised_are_told_of_the_delay(small: SimulatedSale) -> None:
    slipped = {event["parcel_id"]: event["time"] for event in small.of("parcel.eta_changed")}
    told = {event["parcel_id"]: event for event in small.of("notice.sent") if event["status"] == "delayed"}

    assert told.keys() <= slipped.keys()
    assert 0.7 * len(slipped) < len(told) < len(slipped)
    assert all(event["status_at"] == slipped[name] for name, event in told.items())
