"""Metrics of rare events that make no sense are refused with a place and a remedy."""

from __future__ import annotations

import pytest

from streams.catalogue.load import parse
from streams.settings.located_yaml import LocatedError

HEAD = """\
metrics:
  - {id: X1, name: x, title: X, touchpoint: logistics, minimum_effect: 2, minimum_exposure: 3, windows: [86400],
"""
LOST = "numerator: [{events: [parcel.lost]}]"
DELIVERED = "exposure: [{events: [parcel.delivered]}]"
A_DAY = "signal: rare, unit: per_day, direction: up, scopes: [[], [carrier]]"


def metric(rest: str) -> str:
    return f"{HEAD}     {rest}}}\n"


@pytest.mark.parametrize(
    ("rest", "place", "remedy"),
    [
        (f"signal: rare, unit: per_day, direction: down, scopes: [[]], {LOST}", "direction", "write `direction: up`"),
        (f"{A_DAY}, {LOST}, {DELIVERED}", "unit", "a rare with an exposure is told per_ten_thousand"),
        (
            f"signal: rare, unit: per_ten_thousand, direction: up, scopes: [[]], {LOST}",
            "unit",
            "a rare without an exposure is told per_day",
        ),
        (
            f"signal: rare, unit: per_minute, direction: up, scopes: [[]], {LOST}",
            "unit",
            "has the unit per_ten_thousand or",
        ),
        (f"{A_DAY}, {LOST}, denominator: [{{events: [parcel.delivered]}}]", "denominator", ""),
        (f"{A_DAY}, {LOST}, threshold: 5", "threshold", "judged by what is usual only; remove this key"),
        (f"{A_DAY}, {LOST}, settle_s: 60", "settle_s", "judged when it comes; remove this key"),
        (f"{A_DAY}, {LOST}, opening_hours: true", "opening_hours", "counted day and night; remove this key"),
        (f"{A_DAY}, {LOST}, false_alarms_a_year: 0", "false_alarms_a_year", "above 0, 1,000 at most"),
        (f"{A_DAY}, numerator: [{{events: [parcel.lost], weight: -1}}]", "numerator[0].weight", "remove this key"),
        (f"{A_DAY}, numerator: [{{events: [parcel.lost], at: paid_at}}]", "numerator[0].at", "must be bounded"),
        (
            f"signal: count, unit: per_minute, direction: up, scopes: [[]], {LOST}, false_alarms_a_year: 3",
            "false_alarms_a_year",
            "is for signal rare only; remove this key",
        ),
    ],
)
def test_what_makes_no_sense_is_named_with_its_remedy(rest: str, place: str, remedy: str) -> None:
    with pytest.raises(LocatedError) as refused:
        parse(metric(rest), "x.yaml")

    assert f"metrics[0].{place}: " in str(refused.value)
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    "rest",
    [
        f"{A_DAY}, {LOST}, false_alarms_a_year: 0.2",
        f"signal: rare, unit: per_ten_thousand, direction: up, scopes: [[]], {LOST}, {DELIVERED}",
    ],
)
def test_with_and_without_an_exposure_it_is_right(rest: str) -> None:
    (found,) = parse(metric(rest), "x.yaml").metrics

    assert found.signal == "rare"
