"""Scorecards: which are refused, with line, column and remedy; versions, categories, and what anomalies call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.catalogue.load import load, parse
from streams.settings.located_yaml import LocatedError

if TYPE_CHECKING:
    from pathlib import Path

METRICS = """\
metrics:
  - {id: X1, name: on_time, title: On time, title_zh: 准时, touchpoint: logistics, minimum_effect: 0.1, windows: [3600],
     minimum_exposure: 3, direction: down, scopes: [[], [store]], numerator: [{events: [parcel.delivered]}],
     unit: ratio, signal: ratio, denominator: [{events: [parcel.delivered, parcel.lost]}], told: [2592000, 5184000]}
  - {id: X2, name: refunds, title: Refunds, touchpoint: aftersale, minimum_effect: 0.1, windows: [3600],
     minimum_exposure: 3, direction: up, scopes: [[]], numerator: [{events: [refund.completed]}],
     unit: per_thousand, signal: per_thousand, denominator: [{events: [order.paid]}], trailing_s: 3600}
"""
POINTS = "breakpoints: [[0.9, 1], [0.99, 5]]"
ON_TIME = f"{{metric: on_time, polarity: more_is_better, {POINTS}}}"


def card(indicators: str = ON_TIME, head: str = "name: house, title: House, valid_from: 2026-10-01") -> str:
    return f"  - {{{head},\n     indicators: [{indicators}]}}\n"


def of(*cards: str) -> str:
    return METRICS + "scorecards:\n" + "".join(cards)


def indicator(**changes: str) -> str:
    fields = {"metric": "on_time", "polarity": "more_is_better", "breakpoints": "[[0.9, 1], [0.99, 5]]"} | changes
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"


@pytest.mark.parametrize(
    ("cards", "line", "place", "remedy"),
    [
        (card(indicator(breakpoints="[[0.9, 1], [0.9, 2]]")), 10, "indicators[0].breakpoints[1]", "put them in order"),
        (card(indicator(breakpoints="[[0.95, 1], [0.9, 2]]")), 10, "indicators[0].breakpoints[1]", "figures ascend"),
        (card(indicator(breakpoints="[[0.9, 5], [0.95, 2]]")), 10, "indicators[0].breakpoints[1]", "correct one"),
        (card(indicator(breakpoints="[[0.9, 5]]")), 10, "indicators[0].breakpoints", "at least two"),
        (card(indicator(weight="0")), 10, "indicators", "the weights sum to 0"),
        (card(indicator(weight="-1")), 10, "indicators", "weight above 0"),
        (card(indicator(metric="on_tine")), 10, "indicators[0].metric", 'did you mean "on_time"?'),
        (card(indicator(metric="X1")), 10, "indicators[0].metric", "that is the id of on_time; write the name"),
        (card(indicator(window="7776000")), 10, "indicators[0].window", "write 2592000 or 5184000, or add it"),
        (card(indicator(metric="refunds")), 10, "indicators[0].window", "add `told: [2592000]` to it"),
        (card(indicator(polarity="less_is_better")), 10, "indicators[0].polarity", "write the other polarity"),
        (card(indicator(polarity="up")), 10, "indicators[0].polarity", "more_is_better"),
        (card(indicator(minimum_cases="0")), 10, "indicators[0].minimum_cases", "must be above 0"),
        (card(f"{ON_TIME}, {ON_TIME}"), 10, "indicators[1]", "scored twice; remove one"),
        (card(head="name: house, title: House, valid_from: 1 October"), 9, "valid_from", "write one as 2026-10-01"),
        (card(head="name: on_time, title: House, valid_from: 2026-10-01"), 9, "name", "choose another"),
        (card(head="name: House, title: House, valid_from: 2026-10-01"), 9, "name", "lower-case"),
        (
            card(head="name: h, title: H, valid_from: 2026-10-01, of: shop"),
            10,
            "indicators[0].metric",
            "known are store",
        ),
        (card(head="name: h, title: H, valid_from: 2026-10-01, category: food"), 9, "category", "`of: store` and"),
        (card(head="name: h, title: H, valid_from: 2026-10-01, of: store, only: [a]"), 9, "only", "add `category`"),
        (card() + card(), 11, "valid_from", "two versions of house begin on 2026-10-01"),
        ("  - {name: house}\n", 9, "", "the key `title` is missing; add it"),
        ("  - {nme: house}\n", 9, "nme", 'did you mean "name"?'),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place_and_its_remedy(
    cards: str, line: int, place: str, remedy: str
) -> None:
    with pytest.raises(LocatedError) as refused:
        parse(of(cards), "x.yaml")

    said = str(refused.value)
    assert said.startswith(f"x.yaml:{line}:")
    assert f"scorecards[{cards.count('name:') // 2 if line == 11 else 0}]" in said
    assert place in said
    assert remedy in said


def test_scorecards_are_a_list() -> None:
    with pytest.raises(LocatedError, match="a list of scorecards, each with name"):
        parse(METRICS + "scorecards: {name: x}\n", "x.yaml")


def test_a_value_belongs_to_one_category() -> None:
    first = card(head="name: h, title: H, valid_from: 2026-10-01, of: store, category: food, only: [a, b]")
    other = card(head="name: h, title: H, valid_from: 2026-10-01, of: store, category: shoes, only: [b]")

    with pytest.raises(LocatedError, match=r'scorecards\[1\].only\[0\]: "b" is in category food, too'):
        parse(of(first, other), "x.yaml")


def test_versions_score_the_same_dimension() -> None:
    other = card(head="name: house, title: House, valid_from: 2026-11-01, of: store")

    with pytest.raises(LocatedError, match=r"scorecards\[1\].of: other versions score"):
        parse(of(card(), other), "x.yaml")


def test_an_anomaly_of_a_level_has_the_unit_of_its_indicator_and_its_metric_as_a_cause() -> None:
    catalogue = parse(of(card(f"{ON_TIME}, {indicator(window='5184000')}")), "x.yaml")

    names = [metric.name for metric in catalogue.levels]
    level = catalogue.by_name["house_on_time"]
    assert names == ["house_on_time", "house_on_time_60d", "house"]
    assert (level.unit, level.symptom_of, level.title) == ("ratio", ("on_time",), "House: On time, 30 days")
    assert level.title_zh == "House · 准时 30 天"
    assert catalogue.by_name["house"].symptom_of == ("house_on_time", "house_on_time_60d")
    assert [metric.name for metric in catalogue.metrics] == ["on_time", "refunds"]
    assert catalogue.hash == parse(METRICS, "x.yaml").hash


def test_the_setting_adds_files_of_scorecards(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(METRICS, encoding="utf-8")
    more = tmp_path / "cards.yaml"
    more.write_text("scorecards:\n" + card(), encoding="utf-8")

    assert [found.name for found in load(file, (str(more),)).scorecards] == ["house"]
    assert load(file).scorecards == ()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("shopees", "", "neither a scorecard that is shipped nor a file NAME.yaml"),
        ("cards.yaml", "metrics: []\n", "has the key `scorecards`, and no other"),
        ("cards.yaml", "- 1\n", "has the key `scorecards`, and no other"),
        ("missing.yaml", "", "cannot be read"),
    ],
)
def test_a_setting_that_names_no_scorecards_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    if text:
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = str(tmp_path / name) if "." in name else name

    with pytest.raises(LocatedError) as refused:
        load(None, (path,))

    assert said in str(refused.value)
