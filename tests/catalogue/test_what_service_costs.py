"""Golden values of what service costs, saves and earns, counted by hand; faults of what each event adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import load
from streams.settings.located_yaml import LocatedError
from tests.catalogue.support.counting import CUT, DAY, DENOMINATOR, EXPOSURE, NUMERATOR, SQUARES_LOW, Count

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3_600


def six_contacts(count: Count) -> Count:
    """Three by people, two by the bot, one of which nobody knows: that one costs what people cost."""
    for at, handled_by in enumerate(("human", "human", "human", "bot", "bot", None)):
        known = {"handled_by": handled_by} if handled_by else {}
        count.event("consultation.closed", at, consultation_id=f"c{at}", queue="presale", **known)
    return count


def test_four_contacts_at_twelve_and_two_at_fifty_cents_cost_forty_nine() -> None:
    count = six_contacts(Count("service_cost")).event("order.paid", 3)

    assert count.total(NUMERATOR) == count.total(NUMERATOR, "queue=presale") == 4_900
    assert (count.total(DENOMINATOR), count.total(EXPOSURE), count.total(CUT)) == (6, 1, 0)
    assert count.total(SQUARES_LOW) == 4 * 1_200**2 + 2 * 50**2


def test_a_contact_costs_what_all_cost_by_how_many_there_were() -> None:
    count = six_contacts(Count("contact_cost"))

    assert count.total(NUMERATOR) / count.total(DENOMINATOR) == pytest.approx(816.67, abs=0.01)


def test_an_order_costs_what_service_costs_by_the_orders_paid() -> None:
    count = six_contacts(Count("service_cost_of_an_order"))
    for at in range(4):
        count.event("order.paid", at, order_id=f"o{at}")

    assert count.total(NUMERATOR) / count.total(DENOMINATOR) == 1_225


def test_an_order_after_a_presale_enquiry_counts_where_it_was_made() -> None:
    count = Count("presale_orders")
    count.event("consultation.opened", 0, customer="c1", stage="presale", store="s1")
    count.event("consultation.opened", 0, customer="c2", stage="aftersale", store="s1")
    for customer in ("c1", "c2", "c3"):
        count.event("order.paid", HOUR, order_id=f"o-{customer}", customer=customer, store="s2")
    count.event("order.paid", DAY + 1, order_id="late", customer="c1", store="s2", read_at=DAY + 1)

    assert count.slots(NUMERATOR, "store=s2") == count.slots(NUMERATOR) == {HOUR: 1}


def test_an_order_is_of_the_channel_where_the_customer_came_in() -> None:
    count = Count("orders_by_entry")
    count.event("page.viewed", 0, session_id="s1", customer="c1", channel="video")
    count.event("page.viewed", 60, session_id="s2", customer="c1", channel="app")
    count.event("consultation.opened", 120, customer="c1", channel="phone")
    count.event("consultation.opened", 120, customer="c2", channel="phone")
    for customer in ("c1", "c2", "c3"):
        count.event("order.paid", HOUR, order_id=f"o-{customer}", customer=customer, channel="app")

    assert (count.total(NUMERATOR, "channel=video"), count.total(NUMERATOR, "channel=phone")) == (1, 1)
    assert (count.total(NUMERATOR), count.total(NUMERATOR, "channel=app")) == (2, 0)


def test_a_customer_counts_once_in_a_day_however_many_contacts_there_were() -> None:
    count = Count("customers_served")
    for at in (0, 60, 10 * HOUR, DAY - 10):
        count.event("consultation.answered", at, consultation_id=f"a{at}", customer="c1", read_at=at)
        count.event("consultation.closed", at + 5, consultation_id=f"a{at}", customer="c1", read_at=at + 5)
    count.event("consultation.closed", 5, consultation_id="b", customer="c2", handled_by="bot")
    count.event("consultation.closed", 5, consultation_id="nobody")

    assert count.total(NUMERATOR) == 2


METRIC = """metrics:
- {{id: V1, name: cost, title: Cost, touchpoint: consultation, unit: {unit}, signal: {signal}, direction: up,
   minimum_effect: 0.5, minimum_exposure: 50, scopes: [[]], {more}
   numerator: [{{events: [consultation.closed], {term}}}]}}
"""
RATED = "denominator: [{events: [consultation.closed]}],"


@pytest.mark.parametrize(
    ("signal", "unit", "term", "more", "remedy"),
    [
        ("sum", "money_per_minute", "each: 12, value: waited", "", "either what the event says, `value`, or the same"),
        ("sum", "money_per_minute", "each: -1", "", "from 0.01 up to `largest`, 10,000,000"),
        ("sum", "money_per_minute", "each: 0.001", "", "from 0.01 up to `largest`"),
        ("sum", "money_per_minute", "each: 60", "largest: 50,", "from 0.01 up to `largest`, 50"),
        ("mean", "money", "each: 1, by: customer, first_in_s: 86400", RATED, "leave out `by`"),
        ("count", "per_minute", "each: 12", "", "a count counts events"),
        ("ratio", "ratio", "each: 12", RATED, "a ratio counts events"),
        ("mean", "seconds", "each: 12", RATED, "takes durations of events; name one with `value`"),
    ],
)
def test_what_each_event_cannot_add_is_said(
    tmp_path: Path, signal: str, unit: str, term: str, more: str, remedy: str
) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(METRIC.format(signal=signal, unit=unit, term=term, more=more))

    with pytest.raises(LocatedError) as caught:
        load(str(file))

    assert "numerator[0].each" in str(caught.value)
    assert remedy in str(caught.value)
