"""What the events of the journeys say besides."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.support.simulated_sale import events_of

if TYPE_CHECKING:
    from tests.support.simulated_sale import SimulatedSale


def test_fields_are_added_and_none_is_changed(small: SimulatedSale) -> None:
    added: dict[str, set[str]] = defaultdict(set)
    for before, after in zip(small.sale.blocks, small.journeys, strict=True):
        assert (before.kind, before.id_prefix) == (after.kind, after.id_prefix)
        for short, long in zip(events_of(before, 200), events_of(after, 200), strict=True):
            assert short.items() <= long.items()
            added[before.kind] |= long.keys() - short.keys() - {"customer"}

    assert {
        kind: fields for kind, fields in added.items() if fields and not kind.startswith(("parcel.", "refund."))
    } == {
        "dispute.opened": {"channel", "return_channel"},
        "dispute.closed": {"channel", "return_channel"},
        "consultation.closed": {"eta"},
        "consultation.rated": {"unclear"},
        "survey.answered": {"touchpoint", "stage"},
    }
    assert all(fields == {"channel"} for kind, fields in added.items() if kind.startswith("parcel."))


def test_a_parcel_names_the_channel_of_the_purchase(small: SimulatedSale) -> None:
    bought = {event["order_id"]: event["channel"] for event in small.of("order.created")}

    assert all(event["channel"] == bought[event["order_id"]] for event in small.of("parcel.collected"))


def test_a_survey_asks_about_one_touchpoint_at_a_stage_that_suits_it(small: SimulatedSale) -> None:
    pairs = {(event["touchpoint"], event["stage"]) for event in small.of("survey.answered")}

    assert pairs == {
        ("page", "presale"),
        ("consultation", "presale"),
        ("consultation", "aftersale"),
        ("order", "sale"),
        ("logistics", "aftersale"),
        ("aftersale", "aftersale"),
    }
