from __future__ import annotations

import pytest

from streams.catalogue.load import parse
from streams.catalogue.page import page
from streams.settings.located_yaml import LocatedError

COHORT = """\
metrics:
  - id: L1
    name: collected
    title: Collected within a day
    touchpoint: logistics
    unit: ratio
    signal: cohort
    direction: down
    minimum_effect: 0.05
    minimum_exposure: 20
    denominator:
      - {events: [order.paid], plus_s: 86400}
    numerator:
      - {events: [parcel.collected], at: paid_at, plus_s: 86400, no_later: true}
    exposure:
      - {events: [parcel.collected], at: paid_at, plus_s: 86400, no_later: false, within_s: 604800}
    scopes: [[], [warehouse], [carrier]]
"""
FORECAST = """\
  - id: L3
    name: collected_due_soon
    title: Collections that will be late
    touchpoint: logistics
    unit: number
    signal: due_soon
    forecasts: collected
    direction: up
    minimum_effect: 0.1
    minimum_exposure: 50
    windows: [300]
    scopes: [[], [warehouse]]
"""


def test_a_forecast_counts_what_its_cohort_counts() -> None:
    metrics = parse(COHORT + FORECAST, "mine.yaml").by_name
    assert metrics["collected_due_soon"].numerator == metrics["collected"].numerator
    assert metrics["collected_due_soon"].denominator == metrics["collected"].denominator
    assert metrics["collected_due_soon"].exposure == ()


def test_the_page_tells_what_is_forecast() -> None:
    text = page(parse(COHORT + FORECAST, "mine.yaml"))
    section = text[text.index("## Collected_due_soon") :]
    assert "- forecasts collected" in section
    assert "- opened: `order.paid`, deadline time + 1 d" in section
    assert "how many will not be closed in time" in section


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("forecasts: collected\n", "forecasts: colected\n", "forecasts", 'did you mean "collected"?'),
        ("    forecasts: collected\n", "", "forecasts", "is missing: the cohort"),
        ("forecasts: collected\n", "forecasts: collected_due_soon\n", "forecasts", "no cohort above"),
        ("direction: up", "direction: up\n    exposure: [{events: [a]}]", "exposure", "is that of collected"),
        ("[[], [warehouse]]", "[[], [region]]", "scopes[1]", "no scope of collected"),
        ("direction: up", "direction: down", "direction", "direction: up"),
        ("minimum_effect: 0.1", "minimum_effect: 10", "minimum_effect", "share of the open cases"),
        ("windows: [300]", "windows: [60, 300]", "windows", "every 300 s"),
        ("windows: [300]", "windows: [300]\n    settle_s: 60", "settle_s", "remove this key"),
        ("unit: number", "unit: ratio", "unit", "number"),
        ("unit: number", "unit: number\n    target: 0.9", "target", "only"),
    ],
)  # fmt: skip
def test_a_forecast_that_makes_no_sense_is_refused(old: str, new: str, key: str, words: str) -> None:
    with pytest.raises(LocatedError) as caught:
        parse(COHORT + FORECAST.replace(old, new), "mine.yaml")
    assert caught.value.key == f"metrics[1].{key}"
    assert words in caught.value.what


@pytest.mark.parametrize(
    ("old", "new"), [("direction: down", "direction: up"), ("direction: down", "direction: down\n    stock: false")]
)
def test_only_work_that_must_be_done_by_a_deadline_is_forecast(old: str, new: str) -> None:
    with pytest.raises(LocatedError, match="no work that must be done") as caught:
        parse(COHORT.replace(old, new) + FORECAST, "mine.yaml")
    assert caught.value.key == "metrics[1].forecasts"


def test_nothing_but_a_forecast_names_a_cohort() -> None:
    with pytest.raises(LocatedError, match="only a due_soon forecasts a cohort"):
        parse(COHORT.replace("    scopes", "    forecasts: collected\n    scopes"), "mine.yaml")
