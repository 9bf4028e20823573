from __future__ import annotations

from msgspec.structs import replace

from streams.catalogue.load import load
from streams.catalogue.provisional import final_after_s, opened_within_s

CATALOGUE = load()
DAY = 86_400


def test_cohorts_with_a_fixed_time_to_the_deadline_have_a_provisional_value() -> None:
    found = {metric.name: final_after_s(metric) for metric in CATALOGUE.metrics if opened_within_s(metric)}

    assert found == {
        "payments_finished": 300,
        "cancelled_unshipped": 3_600,
        "replied_in_3_min": 180,
        "collection_24h": DAY,
        "collection_48h": 2 * DAY,
        "next_scan_24h": DAY,
        "next_scan_48h": 2 * DAY,
        "next_scan_72h": 3 * DAY,
        "notices_in_time": 600,
        "refund_closed_24h": DAY,
        "refund_closed_48h": 2 * DAY,
        "refund_closed_72h": 3 * DAY,
        "refunds_retained": DAY,
        "self_service_resolved": DAY,
        "presale_conversion": DAY,
        "lost_after_delivery": 30 * DAY,
        "detractors_closed": 2 * DAY,
        "checkout_step": 600,
        "mentions_answered": 3_600,
    }


def test_deadlines_that_events_name_are_at_another_time_for_each_case() -> None:
    assert final_after_s(CATALOGUE.by_name["promises_kept"]) == 0
    assert final_after_s(CATALOGUE.by_name["on_time_delivery"]) == 0


def test_service_hours_are_of_another_length_for_each_case() -> None:
    metric = CATALOGUE.by_name["mentions_answered"]
    in_service = tuple(replace(term, plus_s=0, plus_service_s=3_600) for term in metric.denominator)
    both = tuple(replace(term, plus_service_s=3_600) for term in metric.numerator)

    assert final_after_s(replace(metric, denominator=in_service)) == 0
    assert final_after_s(replace(metric, numerator=both)) == 0


def test_the_cases_are_those_of_the_shortest_window_as_far_as_their_deadlines_lie_ahead() -> None:
    metric = CATALOGUE.by_name["mentions_answered"]

    assert opened_within_s(metric) == 3_600
    assert opened_within_s(replace(metric, windows=(900, 3_600))) == 900
    assert opened_within_s(replace(metric, windows=(DAY,))) == 3_600
